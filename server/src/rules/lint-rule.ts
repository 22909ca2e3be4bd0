/** What a lint rule is. One rule a file: `rules/<category>/<rule-id>.ts`; its page is `docs/codes/<rule-id>.md`. */
import { findingCode } from "../text/codes.ts";
import type { Place } from "../text/place.ts";
import type { Problem, Severity } from "../text/problem.ts";
import type { LogicFacts } from "./analysis/facts.ts";
import type { Plane } from "./analysis/plane.ts";

/** As `domain.md` ("Lint rules to have") groups them. */
export type Category =
  | "credentials"
  | "authentication"
  | "privilege"
  | "ai"
  | "events"
  | "coverage"
  | "logic";

/** What a rule may look at. */
export interface LintContext extends Plane {
  /** What the access functions say about the rules: made when the first rule asks for it, then kept. */
  readonly logic: LogicFacts;
}

export interface RuleFinding {
  /** The smallest range that shows it. */
  readonly place: Place;
  /** What is wrong, why it matters, what to do; the facts before the advice. */
  readonly message: string;
  /** The evidence, with its places. */
  readonly related?: NonNullable<Problem["related"]>;
  readonly data?: NonNullable<Problem["data"]>;
  /** Where it holds in one environment only; findings that say the same in several are merged. */
  readonly environment?: string;
}

export interface LintRule {
  /** Also the code of its findings. Stable, never used again for something else. */
  readonly id: string;
  readonly category: Category;
  /** The severity without settings. */
  readonly severity: Severity;
  /** What its findings are about, as a title. */
  readonly title: string;
  /** Its page, relative to `docs/codes`. */
  readonly docs: string;
  check(context: LintContext): Iterable<RuleFinding>;
}

/** Severity and title of a rule are those of its code in `text/codes.ts`. Throws where it has none: a defect. */
export function lintRule(definition: Pick<LintRule, "id" | "category" | "check">): LintRule {
  const code = findingCode(definition.id);
  if (code === undefined) throw new Error(`${definition.id} is not in text/codes.ts`);
  return { ...definition, severity: code.severity, title: code.title, docs: `${definition.id}.md` };
}
