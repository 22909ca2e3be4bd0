/** SPIFFE IDs as they are in each environment: their syntax after `${var}`, and whether their trust domain is known. */
import { didYouMean } from "../../text/did-you-mean.ts";
import type { Problem } from "../../text/problem.ts";
import { child, type ScalarNode } from "../../text/tree.ts";
import type { Environment, Identity, PolicySet } from "../model.ts";
import { withoutVariables } from "../schema-meaning.ts";
import { placeInScalar } from "../schema-path.ts";
import { spiffeIdMistake, trustDomainOf } from "../spiffe-id.ts";
import { spiffeIdPatternMistake } from "../spiffe-id-pattern.ts";
import { substitute, undefinedVariables, variablesIn } from "../variables.ts";
import { replacement } from "./replacement.ts";

export function spiffeIdProblems(set: PolicySet): readonly Problem[] {
  return [...set.identities.values()].flatMap((identity) =>
    (["spiffeId", "spiffeIdPattern"] as const).flatMap((key) => {
      const node = child(identity.node, key);
      const mistakeIn = key === "spiffeId" ? spiffeIdMistake : spiffeIdPatternMistake;
      return identity[key] === undefined || node?.kind !== "scalar"
        ? []
        : check(set, identity, node, mistakeIn);
    }),
  );
}

function check(
  set: PolicySet,
  identity: Identity,
  node: ScalarNode,
  mistakeIn: typeof spiffeIdMistake,
): readonly Problem[] {
  const written = node.text;
  if (mistakeIn(withoutVariables(written)) !== undefined) return [];
  // What is wrong whatever the variables are, the schema check has found; an undefined variable has a finding of its own.
  const environments = [...set.controlPlane.environments.values()].filter(
    (environment) => undefinedVariables(written, environment).length === 0,
  );
  const broken: Environment[] = [];
  const unknown = new Map<string, Environment[]>();
  let mistake = "";
  for (const environment of environments) {
    const id = substitute(written, environment);
    const found = mistakeIn(id);
    if (found !== undefined) {
      broken.push(environment);
      mistake = `${found.message} Here it becomes "${id}".`;
      continue;
    }
    const domain = trustDomainOf(id);
    const { trustDomains } = set.controlPlane;
    if (trustDomains.size > 0 && !trustDomains.has(domain)) {
      unknown.set(domain, [...(unknown.get(domain) ?? []), environment]);
    }
  }
  const hasVariables = variablesIn(written).length > 0;
  return [
    ...(broken.length > 0 && hasVariables ? [brokenId(node, mistake, broken)] : []),
    ...[...unknown].map(([domain, where]) => unknownDomain(set, identity, node, domain, where)),
  ];
}

function brokenId(node: ScalarNode, mistake: string, environments: readonly Environment[]): Problem {
  return {
    code: "schema/spiffe-id",
    severity: "error",
    message: `In ${namesOf(environments).join(", ")}: ${mistake}`,
    place: placeInScalar(node, 0, node.text.length),
    data: { environments: namesOf(environments) },
  };
}

function unknownDomain(
  set: PolicySet,
  identity: Identity,
  node: ScalarNode,
  domain: string,
  environments: readonly Environment[],
): Problem {
  const start = "spiffe://".length;
  const slash = node.text.indexOf("/", start);
  const place = placeInScalar(node, start, slash === -1 ? node.text.length : slash);
  const isWritten = node.text.startsWith(domain, start);
  const meant = isWritten ? didYouMean(domain, set.controlPlane.trustDomains.keys()) : undefined;
  const where = isWritten ? "" : ` (in ${namesOf(environments).join(", ")})`;
  return {
    code: "reference/unknown-trust-domain",
    severity: "error",
    message: `Nothing says that certificates of trust domain "${domain}"${where} are trusted here, so ${identity.name} could never prove itself. ${meant === undefined ? "Declare it under spec.trustDomains of the ControlPlane." : `Did you mean "${meant}"?`}`,
    place,
    data: {
      ...(isWritten ? {} : { environments: namesOf(environments) }),
      ...(meant === undefined ? {} : { replaceWith: replacement(place, meant) }),
    },
  };
}

function namesOf(environments: readonly Environment[]): readonly string[] {
  return environments.map((environment) => environment.name);
}
