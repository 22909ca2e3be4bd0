/** Runs the lint rules on one control plane. */
import { policySetIn } from "../policy/in-environment.ts";
import type { PolicySet } from "../policy/model.ts";
import type { FixableProblem } from "../text/fix.ts";
import { type Allowed, allowed } from "./analysis/allowed.ts";
import { type LogicFacts, logicFacts } from "./analysis/facts.ts";
import { withLiveRules } from "./analysis/live-rules.ts";
import type { Plane } from "./analysis/plane.ts";
import type { Known, LetsThrough, LintContext, LintRule, RuleFinding } from "./lint-rule.ts";
import { lintRules } from "./registry.ts";

/** `environment`: it holds there only. */
export type LintProblem = FixableProblem & { readonly environment?: string };

/**
 * One cause gives one finding. Among the rules that compare what is possible `analysis/facts.ts` decides which; what
 * rules let through is said after that, of what is left (`analysis/live-rules.ts`).
 *
 * `isBroken`: resources that a part with an error speaks of; rules that compare decisions leave them out.
 */
export function lint(
  set: PolicySet,
  isBroken: Plane["isBroken"],
  known: Known,
  rules: readonly LintRule[] = lintRules,
): readonly LintProblem[] {
  const context = lintContext(set, isBroken, known);
  const given = new Map<LetsThrough | undefined, LintContext>([[undefined, context]]);
  return rules.flatMap((rule) => {
    const { letsThrough } = rule;
    const own = given.get(letsThrough) ?? withLiveRules(context, letsThrough ?? "active");
    given.set(letsThrough, own);
    return [...rule.check(own)].map((finding) => problemOf(rule, finding));
  });
}

export function lintContext(
  set: PolicySet,
  isBroken: Plane["isBroken"],
  known: Known = nothingKnown,
): LintContext {
  const environments = [...set.controlPlane.environments.values()].map((environment) => ({
    environment,
    set: policySetIn(set, environment),
  }));
  const plane: Plane = { set, environments, isBroken };
  let logic: LogicFacts | undefined;
  let letThrough: Allowed | undefined;
  return {
    ...known,
    ...plane,
    get logic() {
      logic ??= logicFacts(plane);
      return logic;
    },
    get allowed() {
      letThrough ??= allowed(plane);
      return letThrough;
    },
  };
}

const nothingKnown: Known = { files: [], tests: [], deployed: new Map(), today: undefined };

function problemOf(rule: LintRule, finding: RuleFinding): LintProblem {
  return { code: rule.id, severity: rule.severity, ...finding };
}
