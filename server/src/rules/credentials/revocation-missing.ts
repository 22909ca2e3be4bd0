import { formatDuration } from "../../policy/duration.ts";
import type { Identity } from "../../policy/model.ts";
import { child } from "../../text/tree.ts";
import { activeIdentities, credentialNode, staticInWords, staticType } from "../analysis/credentials.ts";
import { type LintContext, lintRule, type RuleFinding } from "../lint-rule.ts";

export const revocationMissing = lintRule({
  id: "revocation-missing",
  category: "credentials",
  traffic: ["api", "service", "ai", "event"],
  controls: ["OWASP-NHI-2025:NHI1", "OWASP-NHI-2025:NHI7", "NIST-CSF-2.0:PR.AA-01"],
  fixable: true,
  check,
});

/** What expires within a day is gone before anybody has revoked it. */
const longLived = 86_400;

/** People are offboarded by their directory, third parties by what `third-party-without-offboarding` asks for. */
const elsewhere: ReadonlySet<Identity["type"]> = new Set(["group", "set", "third-party"]);

function check({ set, today }: LintContext): readonly RuleFinding[] {
  return activeIdentities(set, today).flatMap((identity) => {
    const node = credentialNode(identity);
    const why = staysValid(identity);
    if (node === undefined || why === undefined || elsewhere.has(identity.type)) return [];
    if (child(node, "revokedOn") !== undefined) return [];
    return [
      {
        place: child(node, "type")?.place ?? identity.place,
        message: `Nothing says when the credential of ${identity.name} is revoked, and ${why}: after a leak or when ${identity.name} goes, it keeps its access. Say in \`revokedOn\` what takes it back (rotation, offboarding, manual).`,
        data: { identity: identity.name },
        fixes: [
          {
            title: "Declare that it is revoked on offboarding",
            isSafe: false,
            edits: [{ edit: "set-property", map: node, key: "revokedOn", value: "offboarding" }],
          },
        ],
      },
    ];
  });
}

/** Undefined: it expires by itself soon enough, or nobody said how long it lives. */
function staysValid({ credential }: Identity): string | undefined {
  const type = staticType(credential?.type);
  if (type !== undefined) return `${staticInWords(type)} does not expire by itself`;
  const maxTtl = credential?.maxTtl;
  return maxTtl !== undefined && maxTtl > longLived ? `it lives up to ${formatDuration(maxTtl)}` : undefined;
}
