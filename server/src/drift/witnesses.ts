/** Witnesses of requests that enter a path behind its first hop. */
import type { Assignment } from "../access/compare.ts";
import { toInteraction } from "../access/witness.ts";
import { decide } from "../simulate/decide.ts";
import { walk } from "../simulate/walk.ts";
import { baseInteraction } from "./end-to-end.ts";
import type { Witness } from "./report.ts";
import type { PathInput } from "./side.ts";

export function directWitness(values: Assignment, input: PathInput, path: readonly string[]): Witness {
  const direct: PathInput = { ...input, path };
  const request = toInteraction(values, baseInteraction(direct));
  const decision = decide(input.set, input.environment, request);
  const walked = walk(input.set, input.environment, input.resource, path, input.deployed, request);
  return {
    request,
    policy: decision.decision === "allow" ? "allow" : "deny",
    policyReason: decision.reason,
    deployed: walked.decision === "allow" ? "allow" : "deny",
    hops: walked.hops,
  };
}
