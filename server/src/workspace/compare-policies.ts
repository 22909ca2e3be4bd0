/** Policy against policy: resource by resource, in one environment. */
import { type ComparedPart, undecidedPart } from "./compare-report.ts";
import type { PolicySide } from "./policy-comparands.ts";
import { CallerNames } from "./semantic-diff-callers.ts";
import { wholeAllowance } from "./semantic-diff-causes.ts";
import { definitionChanges } from "./semantic-diff-definitions.ts";
import { type ComparedEnvironment, compareResource } from "./semantic-diff-resource.ts";
import { RulePairs } from "./semantic-diff-rules.ts";

export type { PolicySide } from "./policy-comparands.ts";

/**
 * Resources are matched by name. One that is declared on one side only is compared with a policy that denies it, which
 * is what the other side says: default deny. An undefined side has no control plane, and allows nothing at all.
 */
export function comparePolicies(
  left: PolicySide | undefined,
  right: PolicySide | undefined,
  only: string | undefined,
): readonly ComparedPart[] {
  const known = right ?? left;
  if (known === undefined) return [];
  const { name } = known.environment;
  const environment: ComparedEnvironment = {
    name,
    base: left,
    current: right,
    absent: "there is no control plane",
    pairs: new RulePairs(left?.set, right?.set),
    definitions: definitionChanges(left?.set, right?.set),
    names: new CallerNames(left, right),
    allowance: wholeAllowance(),
  };
  const names = new Set([...(left?.set.resources.keys() ?? []), ...(right?.set.resources.keys() ?? [])]);
  return [...names]
    .filter((resource) => only === undefined || resource === only)
    .map((resource): ComparedPart => {
      const about = { resource, environment: name };
      const doubts = [left, right].flatMap((side) => side?.doubt(resource) ?? []);
      if (doubts.length > 0)
        return undecidedPart(
          about,
          doubts.map((reason) => ({ text: resource, reason })),
        );
      const { complete: _, changes, ...part } = compareResource(resource, environment);
      return {
        ...about,
        ...part,
        changes: changes.map(({ kind, region, cause, witness }) => ({ kind, region, cause, witness })),
      };
    });
}
