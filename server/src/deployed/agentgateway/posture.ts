import { attribute } from "../../access/catalogue.ts";
import { fails, holds, type Literal } from "../../access/predicate.ts";
import { exactly } from "../../access/text-pattern.ts";
import type { Problem } from "../../text/problem.ts";
import type { Destination } from "../adapter.ts";
import type { AgentgatewayModel, JwtPolicy } from "./model.ts";
import { tableFor } from "./way.ts";

/** Token policies on the way to the destination that let more through than they seem to, each once. */
export function postureAgentgateway(model: AgentgatewayModel, destination: Destination): readonly Problem[] {
  const policies = new Set(tableFor(model, destination).entries.flatMap(({ way }) => way?.tokens ?? []));
  return [...policies].flatMap(weaknesses);
}

function weaknesses(policy: JwtPolicy): readonly Problem[] {
  const found: Problem[] = [];
  if (policy.mode !== "strict") {
    const effect =
      policy.mode === "optional"
        ? "requests without a token pass it"
        : "requests without a token, and with one that is not valid, pass it";
    found.push({
      code: "drift/jwt-not-required",
      severity: "warning",
      message: `${policy.name} is ${policy.mode}, so that ${effect} and only rules on the token keep them out. Set mode: strict unless anonymous callers are meant.`,
      place: policy.place,
    });
  }
  if (policy.providers.some((provider) => provider.audiences === undefined)) {
    found.push({
      code: "drift/jwt-audience-unchecked",
      severity: "warning",
      message: `${policy.name} does not check audiences, so that a token that the issuer made for any other service is accepted. Set audiences.`,
      place: policy.place,
    });
  } else if (policy.providers.some((provider) => !provider.requiresAudience)) {
    found.push({
      code: "drift/jwt-audience-optional",
      severity: "information",
      message: `${policy.name} checks the audience of tokens that have one; a token without "aud" passes. Set jwtValidationOptions: { requiredClaims: [exp, aud] } unless the issuer always names an audience, which the comparison assumes.`,
      place: policy.place,
    });
  }
  return found;
}

/**
 * What the comparison assumes of tokens: an issuer whose audiences are checked always names one. Tokens without `aud`
 * do pass agentgateway unless `requiredClaims` says otherwise, which the posture finding tells.
 */
export function impossibleAgentgateway(
  model: AgentgatewayModel,
): readonly { readonly literals: readonly Literal[]; readonly why: string }[] {
  const policies = model.binds.flatMap((bind) =>
    bind.listeners.flatMap((listener) => [
      listener.policies.jwt,
      ...listener.routes.map((route) => route.policies.jwt),
    ]),
  );
  const issuers = policies.flatMap((policy) =>
    (policy?.providers ?? []).flatMap(({ audiences, requiresAudience, issuer }) =>
      audiences === undefined || requiresAudience ? [] : [issuer],
    ),
  );
  return [...new Set(issuers)].map((issuer) => ({
    literals: [
      holds(attribute("jwt.iss"), { test: "text", pattern: exactly(issuer) }),
      fails(attribute("jwt.aud"), { test: "present" }),
    ],
    why: `tokens of ${issuer} name an audience`,
  }));
}
