import type { Identity } from "../../policy/model.ts";
import { at, child } from "../../text/tree.ts";
import { activeIdentities, credentialNode } from "../analysis/credentials.ts";
import { type LintContext, lintRule, type RuleFinding } from "../lint-rule.ts";

export const humanUsesNhi = lintRule({
  id: "human-uses-nhi",
  category: "credentials",
  traffic: ["api", "service", "ai"],
  controls: ["OWASP-NHI-2025:NHI10", "NIST-CSF-2.0:PR.AA-02"],
  fixable: true,
  check,
});

/** What programs prove themselves with; people have tokens of a login, client certificates or (weakly) passwords. */
const ofPrograms: ReadonlyMap<string, string> = new Map([
  ["x509-svid", "the X509-SVID of a workload"],
  ["jwt-svid", "the JWT-SVID of a workload"],
  ["wit-svid", "the WIT-SVID of a workload"],
  ["transaction-token", "a transaction token, which workloads hand on"],
  ["client-credentials", "the client credentials of a program"],
  ["private-key-jwt", "the key of an OAuth client"],
  ["api-key", "an API key"],
  ["static-secret", "a static secret"],
]);

function check({ set, today }: LintContext): readonly RuleFinding[] {
  return activeIdentities(set, today)
    .filter((one) => one.type === "group")
    .flatMap((group) => [...credentialOfProgram(group), ...sharedConsumers(group)]);
}

function credentialOfProgram(group: Identity): readonly RuleFinding[] {
  const node = child(credentialNode(group), "type");
  const what = ofPrograms.get(group.credential?.type ?? "");
  if (what === undefined || node?.kind !== "scalar") return [];
  const login = group.issuer === undefined ? "of a login" : `that ${group.issuer.text} issues on login`;
  return [
    {
      place: node.place,
      message: `${group.name} are people, but prove themselves with ${what}: nobody can tell afterwards who of them it was, and it stays when one of them leaves. Let them use a token ${login} (oidc).`,
      data: { identity: group.name, type: group.credential?.type },
      fixes:
        group.issuer === undefined
          ? []
          : [
              {
                title: `Use tokens of ${group.issuer.text}`,
                isSafe: false,
                edits: [{ edit: "set-scalar", node, value: "oidc" }],
              },
            ],
    },
  ];
}

/** A gateway's consumer is one API client with one credential, groups there are several. */
function sharedConsumers(group: Identity): readonly RuleFinding[] {
  return [...group.deployedAs].flatMap(([gateway, { consumer }]) => {
    const node = at(group.node, "deployedAs", gateway, "consumer");
    if (consumer === undefined || node === undefined) return [];
    return [
      {
        place: node.place,
        message: `${group.name} are people, but at ${gateway} all of them are the one consumer "${consumer}": its credential is shared, nobody can tell afterwards who it was, and it stays when one of them leaves. Recognise them by the tokens of their login, or by \`groups\` of consumers of their own.`,
        data: { identity: group.name, consumer },
      },
    ];
  });
}
