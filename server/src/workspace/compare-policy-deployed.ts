/** Policy against deployed config: drift, with the given config in place of what the control plane names. */

import { type Answer, verdictOf } from "../access/compare.ts";
import { toInteraction } from "../access/witness.ts";
import type { DeployedConfig } from "../deployed/config.ts";
import { compareEndToEnd, type EndToEnd } from "../drift/end-to-end.ts";
import { lostIn } from "../drift/lost.ts";
import { type PathInput, readyHops } from "../drift/side.ts";
import { baseInteraction, witnessAlong } from "../drift/witnesses.ts";
import type { Resource } from "../policy/model.ts";
import { pathsOf } from "../simulate/simulation.ts";
import type { DeployedEnvironment } from "../simulate/walk.ts";
import type { PolicySide } from "./compare-policies.ts";
import { type ComparedPart, type SideWitness, undecidedPart } from "./compare-report.ts";

export interface DeployedSide {
  /** By enforcement point: the given config. */
  readonly given: ReadonlyMap<string, DeployedConfig>;
  /** What the control plane says is deployed at the other points of a path. */
  readonly others: DeployedEnvironment;
}

/**
 * Every path through a given enforcement point, end to end, as policy (left) against deployment (right). `swapped`:
 * the deployment is the left side.
 */
export function comparePolicyWithDeployed(
  policy: PolicySide,
  { given, others }: DeployedSide,
  only: string | undefined,
  swapped: boolean,
): readonly ComparedPart[] {
  const deployed = new Map([...others, ...given]);
  return [...policy.set.resources.values()]
    .filter((resource) => only === undefined || resource.name === only)
    .flatMap((resource) =>
      pathsOf(resource)
        .filter((path) => path.some((hop) => given.has(hop)))
        .map((path) => comparePath(policy, resource, path, deployed, swapped)),
    );
}

function comparePath(
  policy: PolicySide,
  resource: Resource,
  path: readonly string[],
  deployed: DeployedEnvironment,
  swapped: boolean,
): ComparedPart {
  const { set, environment } = policy;
  const about = { environment: environment.name, resource: resource.name, path };
  const doubt = policy.doubt(resource.name);
  if (doubt !== undefined) return undecidedPart(about, [{ text: resource.name, reason: doubt }]);
  const input: PathInput = { set, environment, resource, path, deployed };
  const hops = readyHops(input);
  if ("missing" in hops) return undecidedPart(about, hops.missing);
  const result = compareEndToEnd(input, hops);
  if ("tooComplex" in result)
    return undecidedPart(about, [
      { text: resource.name, reason: `too complex to compare: ${result.tooComplex}` },
    ]);
  const surplus = surplusOf(result);
  const [allows, denies] = swapped ? [result.narrower, surplus] : [surplus, result.narrower];
  return {
    ...about,
    verdict: verdictOf(allows, denies),
    newlyAllows: allows.answer,
    newlyDenies: denies.answer,
    witnesses: [allows, denies].flatMap((answer) => witnessesOf(answer, input, swapped)),
    unknown: lostIn(allows, denies),
    lost: result.lost,
    assumptions: result.assumptions,
  };
}

/** What hops could have kept out and what they could not are one question here: does more get through? */
function surplusOf({ wider, unenforced }: EndToEnd): Answer {
  if (wider.answer === "yes") return wider;
  if (unenforced.answer === "yes") return unenforced;
  return wider.answer === "unknown" ? wider : unenforced;
}

function witnessesOf(answer: Answer, input: PathInput, swapped: boolean): readonly SideWitness[] {
  if (answer.answer !== "yes") return [];
  return answer.witnesses.map(({ assignment }) => {
    const { request, policy, policyReason, deployed, hops } = witnessAlong(
      input,
      toInteraction(assignment, baseInteraction(input)),
    );
    const said = { decision: policy, reason: policyReason };
    const last = hops.at(-1);
    const walked = {
      decision: deployed,
      reason: last === undefined ? "" : `${last.enforcementPoint}: ${last.reason}`,
    };
    const [left, right] = swapped ? [walked, said] : [said, walked];
    return {
      request,
      left: left.decision,
      right: right.decision,
      leftReason: left.reason,
      rightReason: right.reason,
    };
  });
}
