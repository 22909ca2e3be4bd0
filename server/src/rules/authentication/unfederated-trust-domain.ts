import type { Environment, Identity, PolicySet } from "../../policy/model.ts";
import { placeInScalar } from "../../policy/schema-path.ts";
import { trustDomainOf } from "../../policy/spiffe-id.ts";
import { substitute, variablesIn } from "../../policy/variables.ts";
import { child } from "../../text/tree.ts";
import { activeIdentities } from "../analysis/credentials.ts";
import { type LintContext, lintRule, type RuleFinding } from "../lint-rule.ts";

export const unfederatedTrustDomain = lintRule({
  id: "unfederated-trust-domain",
  category: "authentication",
  traffic: ["service", "api", "ai"],
  controls: [
    "OWASP-NHI-2025:NHI3",
    "NIST-CSF-2.0:PR.AA-03",
    "NIST-CSF-2.0:PR.AA-04",
    "NIST-CSF-2.0:GV.SC-05",
  ],
  fixable: false,
  check,
});

const scheme = "spiffe://";

/**
 * A third party whose workloads run in our own trust domain needs no federation. Which domains are ours, the policy
 * says by what it puts there: its other identities, the variables of its environments, and its meshes with the domains that they had before.
 */
function check({ set, environments, today }: LintContext): readonly RuleFinding[] {
  const own = ownDomains(set, environments);
  return activeIdentities(set, today).flatMap((identity) => {
    if (identity.type !== "third-party") return [];
    const key = identity.spiffeId === undefined ? "spiffeIdPattern" : "spiffeId";
    const node = child(identity.node, key);
    const domain = domainOf(identity);
    // What differs by environment is a domain of ours.
    if (node?.kind !== "scalar" || domain === undefined || variablesIn(domain).length > 0) return [];
    const declared = set.controlPlane.trustDomains.get(domain);
    if (declared === undefined || declared.federation !== undefined || own.has(domain)) return [];
    return [
      {
        place: placeInScalar(node, scheme.length, scheme.length + domain.length),
        message: `${identity.name} is a third party in the trust domain ${domain}, which is declared without \`federation\`: nothing says where its keys come from, so that its SVIDs either fail or are verified with keys that somebody copied and nobody replaces. Declare \`federation\` and \`bundleEndpoint\` of ${domain}.`,
        related: [
          { place: declared.place, message: `${domain} is declared here, as if it were a domain of ours.` },
        ],
        data: { identity: identity.name, trustDomain: domain },
      },
    ];
  });
}

function ownDomains(set: PolicySet, environments: LintContext["environments"]): ReadonlySet<string> {
  const ours = [...set.identities.values()].filter((one) => one.type !== "third-party");
  return new Set(
    environments.flatMap(({ environment }) => [
      ...environment.vars.values(),
      ...ours.flatMap((one) => substituted(domainOf(one), environment)),
      ...[...environment.enforcementPoints.values()].flatMap(({ settings }) =>
        [settings.trustDomain, settings.trustDomainAliases]
          .flat()
          .filter((domain): domain is string => typeof domain === "string"),
      ),
    ]),
  );
}

function substituted(domain: string | undefined, environment: Environment): readonly string[] {
  return domain === undefined ? [] : [substitute(domain, environment)];
}

/** As written. */
function domainOf({ spiffeId, spiffeIdPattern }: Identity): string | undefined {
  const written = (spiffeId ?? spiffeIdPattern)?.text;
  return written?.startsWith(scheme) ? trustDomainOf(written) : undefined;
}
