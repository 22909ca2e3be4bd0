import { formatDuration } from "../../policy/duration.ts";
import type { Identity, PolicySet } from "../../policy/model.ts";
import type { Fix } from "../../text/fix.ts";
import { child } from "../../text/tree.ts";
import {
  activeIdentities,
  credentialNode,
  isExternal,
  isReportedAsStatic,
  limitOf,
  staticInWords,
  staticType,
  unmanagedParts,
} from "../analysis/credentials.ts";
import { type LintContext, lintRule, type RuleFinding } from "../lint-rule.ts";
import { inWords } from "../words.ts";

export const staticCredential = lintRule({
  id: "static-credential",
  category: "credentials",
  traffic: ["api", "service", "ai", "event"],
  controls: ["OWASP-NHI-2025:NHI7", "OWASP-NHI-2025:NHI2", "NIST-CSF-2.0:PR.AA-01", "NIST-CSF-2.0:PR.AA-03"],
  fixable: true,
  check,
});

/** Who stands outside cannot have an SVID: a key that is kept, replaced and said where is what can be asked of it. */
function check({ set, today }: LintContext): readonly RuleFinding[] {
  return (
    activeIdentities(set, today)
      // That people prove themselves as programs do `human-uses-nhi` says, and what they should use instead.
      .filter((one) => isReportedAsStatic(one) && one.type !== "group")
      .flatMap((identity) => {
        const node = child(credentialNode(identity), "type");
        const type = staticType(identity.credential?.type);
        if (node === undefined || type === undefined) return [];
        const { name } = identity;
        const risk = `whoever copies it is ${name} until somebody replaces it`;
        const proof = `${name} proves itself with ${staticInWords(type)}`;
        const message = isExternal(identity)
          ? `${proof}, and nothing says ${inWords(unmanagedParts(identity).map(missing))}: ${risk}. Say it in ${inWords(unmanagedParts(identity).map((key) => `\`${key}\``))}, or agree on a credential without a shared secret (private-key-jwt, mtls).`
          : `${proof}${lifetime(identity, set)}: ${risk}. Give it a short-lived credential that an issuer makes when it is needed (x509-svid, jwt-svid, token-exchange).`;
        return [
          {
            place: node.place,
            message,
            data: { identity: name, type },
            fixes: fixesOf(identity, set),
          },
        ];
      })
  );
}

function missing(key: string): string {
  if (key === "secretManager") return "which secret manager holds it";
  return key === "secretRef" ? "where in there" : "how often it is replaced";
}

/** Of the same key `ttl-too-long` says nothing more. */
function lifetime(identity: Identity, set: PolicySet): string {
  const maxTtl = identity.credential?.maxTtl;
  const limit = limitOf(identity, set);
  if (maxTtl === undefined) return "";
  const lives = ` that lives ${formatDuration(maxTtl)}`;
  return limit === undefined || maxTtl <= limit.seconds
    ? lives
    : `${lives}, while ${limit.name} is ${formatDuration(limit.seconds)}`;
}

/** A workload that SPIRE knows has the better credential already. */
function fixesOf(identity: Identity, set: PolicySet): readonly Fix[] {
  if (isExternal(identity) || identity.spiffeId === undefined) return [];
  const maxTtl = formatDuration(limitOf(identity, set)?.seconds ?? 3600);
  return [
    {
      title: `Let ${identity.name} prove itself with its X509-SVID`,
      isSafe: false,
      edits: [
        {
          edit: "set-property",
          map: identity.node,
          key: "credential",
          value: { type: "x509-svid", maxTtl },
        },
      ],
    },
  ];
}
