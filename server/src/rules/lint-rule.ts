/** What a lint rule is. One rule a file: `rules/<category>/<rule-id>.ts`; its page is `docs/codes/<rule-id>.md`. */
import type { DeployedConfig } from "../deployed/config.ts";
import type { Scenario } from "../policy/model.ts";
import type { Decision } from "../simulate/decision.ts";
import { findingCode } from "../text/codes.ts";
import type { Fix } from "../text/fix.ts";
import type { Place } from "../text/place.ts";
import type { Problem, Severity } from "../text/problem.ts";
import type { ParsedFile } from "../text/tree.ts";
import type { Allowed } from "./analysis/allowed.ts";
import type { LogicFacts } from "./analysis/facts.ts";
import type { Plane } from "./analysis/plane.ts";

/** As the field groups them; a rule stands in the folder of its category. */
export type Category =
  | "credentials"
  | "authentication"
  | "privilege"
  | "ai"
  | "events"
  | "coverage"
  | "logic";

/** The traffic that a rule can speak of. */
export type Traffic = "api" | "service" | "ai" | "event";

/** What is known of a control plane besides its policy. */
export interface Known {
  /** The policy files, for what the model leaves out. */
  readonly files: readonly ParsedFile[];
  /** Scenarios as they were run, each in its environments. Empty where nobody ran them. */
  readonly tests: readonly Tested[];
  /** What is deployed, by environment and enforcement point. */
  readonly deployed: ReadonlyMap<string, ReadonlyMap<string, DeployedConfig>>;
  /** The day as `2026-01-15` (UTC). Undefined: nobody said, so that nothing is due or expired. */
  readonly today: string | undefined;
}

export interface Tested {
  readonly scenario: Scenario;
  readonly environment: string;
  readonly status: "passed" | "failed";
  /** Undefined where its request could not be read. */
  readonly decision?: Decision;
}

/** What a rule may look at. */
export interface LintContext extends Plane, Known {
  /** What the access functions say about the rules: made when the first rule asks for it, then kept. */
  readonly logic: LogicFacts;
  /** What single rules let through: every finding that says that a rule lets somebody do something asks it. */
  readonly allowed: Allowed;
}

export interface RuleFinding {
  /** The smallest range that shows it. */
  readonly place: Place;
  /** What is wrong, why it matters, what to do; the facts before the advice. */
  readonly message: string;
  /** The evidence, with its places. */
  readonly related?: NonNullable<Problem["related"]>;
  readonly data?: NonNullable<Problem["data"]>;
  readonly fixes?: readonly Fix[];
  /** Where it is less telling than the rule's own. */
  readonly severity?: Severity;
  /** Where it holds in one environment only; findings that say the same in several are merged. */
  readonly environment?: string;
}

/**
 * That the findings of a rule are about what allow rules let through: it is given the control plane without the rules
 * that let nothing through, since those have a finding that says why (`analysis/live-rules.ts`). `active`: for
 * identities in use; of others `retired-identity-referenced` speaks, which alone asks for `all`.
 */
export type LetsThrough = "active" | "all";

export interface LintRule {
  /** Also the code of its findings. Stable, never used again for something else. */
  readonly id: string;
  readonly category: Category;
  /** The severity without settings. */
  readonly severity: Severity;
  readonly traffic: readonly Traffic[];
  /** The controls that it gives evidence for, as `FRAMEWORK-EDITION:ID` (`policy/controls.ts` has the list). */
  readonly controls: readonly string[];
  /** Whether its findings have fixes, at least where nothing keeps them from it. */
  readonly fixable: boolean;
  /** Undefined: its findings are not about what rules let through, or they tell apart themselves which rules do. */
  readonly letsThrough?: LetsThrough;
  /** Its page, relative to `docs/codes`. */
  readonly docs: string;
  check(context: LintContext): Iterable<RuleFinding>;
}

/** The severity of a rule is that of its code in `text/codes.ts`. Throws where it has none: a defect. */
export function lintRule(definition: Omit<LintRule, "severity" | "docs">): LintRule {
  const code = findingCode(definition.id);
  if (code === undefined) throw new Error(`${definition.id} is not in text/codes.ts`);
  return { ...definition, severity: code.severity, docs: `${definition.id}.md` };
}
