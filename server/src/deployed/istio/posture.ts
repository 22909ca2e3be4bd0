import type { Place } from "../../text/place.ts";
import type { Problem } from "../../text/problem.ts";
import type { Destination, HopContext } from "../adapter.ts";
import { constraints, type IstioModel, readsPeer, readsToken } from "./model.ts";
import { type Workload, workloadOf } from "./workload.ts";

/** What weakens authentication at the workload, without comparing anything. */
export function istioPosture(
  model: IstioModel,
  destination: Destination,
  context: HopContext,
): readonly Problem[] {
  const workload = workloadOf(model, destination, context);
  return [...permissive(workload), ...unverifiedTokens(workload), ...dryRuns(workload, context)];
}

/** Rules that speak of the peer are worth what the peer's identity is: PERMISSIVE also takes plaintext. */
function permissive(workload: Workload): readonly Problem[] {
  const policies = [...workload.deny, ...workload.allow];
  const byPeer = policies
    .flatMap((policy) => policy.rules.flatMap(constraints))
    .filter((one) => readsPeer(one.field));
  const [first] = byPeer;
  if (first === undefined) return [];
  const open = byPeer.find((one) => one.notValues.length > 0);
  return [workload.mode, ...workload.portModes.values()]
    .filter((mode) => mode.mode === "PERMISSIVE")
    .slice(0, 1)
    .map(({ setBy }): Problem => {
      const place: Place = setBy?.place ?? first.place;
      const by = setBy === undefined ? "no PeerAuthentication sets a mode" : `${setBy.label} sets it`;
      const effect =
        open === undefined
          ? "plaintext callers reach the workload without an identity"
          : "plaintext callers have no identity, and so they match the rule's negated principals";
      return {
        code: "drift/permissive-mtls",
        severity: "warning",
        message: `Mutual TLS is PERMISSIVE here (${by}), but rules of this workload decide by who the caller is: ${effect}. Set STRICT in a PeerAuthentication once every caller is in the mesh.`,
        place,
        ...(open === undefined
          ? {}
          : { related: [{ place: open.place, message: "Plaintext callers match this." }] }),
      };
    });
}

/** A missing token passes a RequestAuthentication; without audiences it takes tokens made for anybody. */
function unverifiedTokens(workload: Workload): readonly Problem[] {
  if (workload.jwt === undefined) return [];
  const problems: Problem[] = [];
  const rules = [...workload.deny, ...workload.allow].flatMap((policy) => policy.rules);
  const [firstJwtRule] = workload.jwt.rules;
  if (firstJwtRule !== undefined && !rules.flatMap(constraints).some((one) => readsToken(one.field))) {
    problems.push({
      code: "drift/optional-jwt",
      severity: "warning",
      message:
        "A request without a token passes this RequestAuthentication, and no AuthorizationPolicy of the workload asks for one. Add a rule with requestPrincipals.",
      place: firstJwtRule.place,
    });
  }
  for (const rule of workload.jwt.rules) {
    if (rule.audiences.length > 0) continue;
    problems.push({
      code: "drift/unchecked-audience",
      severity: "warning",
      message: `Tokens of ${rule.issuer?.text ?? "any issuer"} are accepted whatever their audience, also those made for another service. List the audiences of this workload.`,
      place: rule.issuer?.place ?? rule.place,
    });
  }
  return problems;
}

function dryRuns(workload: Workload, context: HopContext): readonly Problem[] {
  return workload.notEnforced.map((policy) => ({
    code: "drift/dry-run",
    severity: "warning",
    message: `AuthorizationPolicy ${policy.label} is in dry-run: Istio logs what it would do in ${context.environment}, and enforces nothing of it. Remove the annotation to enforce it.`,
    place: policy.dryRun ?? policy.place,
  }));
}
