/** Witnesses: a request, what the policy says of it, and what each hop of a path does with it. */
import type { Interaction } from "../access/interaction.ts";
import { decide } from "../simulate/decide.ts";
import { requestTo } from "../simulate/request-to.ts";
import { atEntry } from "../simulate/simulation.ts";
import { walk } from "../simulate/walk.ts";
import type { Witness } from "./report.ts";
import type { PathInput } from "./side.ts";

/** Runs both ordinary evaluators on a request that enters `input.path` at its first hop. */
export function witnessAlong(input: PathInput, request: Interaction): Witness {
  const { set, environment, resource, path, deployed } = input;
  const decision = decide(set, environment, request);
  const walked = walk(set, environment, resource, path, deployed, decision.interaction);
  const [first] = decision.trace;
  const nearest = decision.trace.filter((one) => one.closeness > 0 && one.closeness === first?.closeness);
  return {
    request: decision.interaction,
    policy: decision.decision === "allow" ? "allow" : "deny",
    policyReason: decision.reason,
    nearest: nearest.map((one) => ({ label: one.rule, place: one.place })),
    deployed: walked.decision === "allow" ? "allow" : "deny",
    hops: walked.hops,
  };
}

/** What every request of this path has, before a witness says more. */
export function baseInteraction(input: PathInput): Interaction {
  const { resource, environment, set } = input;
  return atEntry(set, environment, resource, input.path, requestTo(resource, environment));
}
