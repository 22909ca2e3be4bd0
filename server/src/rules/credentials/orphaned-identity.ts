import type { Identity } from "../../policy/model.ts";
import { uses } from "../../policy/uses.ts";
import { switchedOff } from "../analysis/credentials.ts";
import { type InventoryDocument, inventoryDocuments } from "../analysis/documents.ts";
import { type LintContext, lintRule, type RuleFinding } from "../lint-rule.ts";
import { inWords } from "../words.ts";

export const orphanedIdentity = lintRule({
  id: "orphaned-identity",
  category: "credentials",
  traffic: ["api", "service", "ai", "event"],
  controls: [
    "OWASP-NHI-2025:NHI1",
    "NIST-CSF-2.0:PR.AA-01",
    "NIST-CSF-2.0:ID.AM-08",
    "NIST-AI-RMF-1.0:GOVERN-1.7",
  ],
  fixable: true,
  check,
});

/** More of them in one document are one fact: an inventory that was imported, or written before its policy. */
const manyInOne = 5;

/** Those of a kind that could not be read may use it all the same. */
const users = ["ControlPlane", "Inventory", "Policy", "Scenarios"];

function check(context: LintContext): readonly RuleFinding[] {
  const { set } = context;
  if (users.some((kind) => set.unreadable?.kinds.has(kind))) return [];
  const used = new Set(
    uses(set)
      .filter((use) => use.kind === "identity" && use.by !== `identity ${use.text}`)
      .map((use) => use.text),
  );
  return inventoryDocuments(context).flatMap((document) => {
    // A retired one should be used by nobody.
    const unused = document.declared.filter(
      (one) => !used.has(one.name) && switchedOff(one, context.today) === undefined,
    );
    return unused.length > manyInOne ? [many(document, unused)] : unused.map((one) => single(document, one));
  });
}

function single({ identities }: InventoryDocument, identity: Identity): RuleFinding {
  const { name } = identity;
  return {
    place: identity.place,
    message: `Nothing uses ${name}: no rule, scenario, enforcement point or other identity names it. If it is gone, its credential may still be valid: revoke that, and retire ${name} (status: retired) or remove it.`,
    data: { identity: name },
    fixes: [
      {
        title: `Retire ${name}`,
        isSafe: false,
        edits: [
          identity.type === "set"
            ? { edit: "remove-property", map: identities, key: name }
            : { edit: "set-property", map: identity.node, key: "status", value: "retired" },
        ],
      },
    ],
  };
}

function many({ identities, spec, declared }: InventoryDocument, unused: readonly Identity[]): RuleFinding {
  const shown = unused.slice(0, 3).map((one) => one.name);
  return {
    place: spec.entries.find((entry) => entry.value === identities)?.key.place ?? identities.place,
    message: `Nothing uses ${unused.length} of these ${declared.length} identities (${inWords([...shown, `${unused.length - shown.length} others`])}): no rule, scenario, enforcement point or other identity names them. Write the rules that they need, retire those that are gone and revoke their credentials.`,
    data: { identities: unused.map((one) => one.name) },
  };
}
