/**
 * The checks that need the whole control plane: names that nothing defines, targets that do not fit their resource,
 * delegation in a circle, variables and trust domains for each environment.
 */
import type { Problem } from "../text/problem.ts";
import type { PolicySet } from "./model.ts";
import { delegationCycles, setCycles } from "./references/cycles.ts";
import { sameOperations } from "./references/same-operations.ts";
import { spiffeIdProblems } from "./references/spiffe-ids.ts";
import { mcpResourceProblems, promptProblems, targetProblems } from "./references/targets.ts";
import { unknownNames } from "./references/unknown-names.ts";
import { variableProblems } from "./references/variables.ts";

export function checkReferences(set: PolicySet): readonly Problem[] {
  return [
    ...unknownNames(set),
    ...targetProblems(set),
    ...promptProblems(set),
    ...mcpResourceProblems(set),
    ...sameOperations(set),
    ...delegationCycles(set),
    ...setCycles(set),
    ...variableProblems(set),
    ...spiffeIdProblems(set),
  ];
}
