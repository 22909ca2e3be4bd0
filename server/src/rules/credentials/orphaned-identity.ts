import type { Identity } from "../../policy/model.ts";
import { uses } from "../../policy/uses.ts";
import { child, type TreeNode, text } from "../../text/tree.ts";
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

/** Where documents name identities; a rule or scenario with an error is not in the model, but names them all the same. */
const naming: ReadonlySet<string> = new Set([
  "subjects",
  "onBehalfOf",
  "actsFor",
  "of",
  "replacedBy",
  "identity",
  "from",
  "as",
]);

function check(context: LintContext): readonly RuleFinding[] {
  const { set, files } = context;
  const named = uses(set).filter((use) => use.kind === "identity");
  // What cannot be read may use any of them, and a name that nobody has may be meant for one.
  if (files.some((file) => file.problems.some((problem) => problem.severity === "error"))) return [];
  if (named.some((use) => !set.identities.has(use.text) && !use.text.includes("${"))) return [];
  const used = new Set(named.filter((use) => use.by !== `identity ${use.text}`).map((use) => use.text));
  for (const file of files)
    for (const { root } of file.documents)
      if (text(child(root, "kind")) !== "Inventory") addNames(root, false, used);
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

function addNames(node: TreeNode | undefined, isName: boolean, names: Set<string>): void {
  switch (node?.kind) {
    case undefined:
      return;
    case "scalar":
      if (isName) names.add(node.text);
      return;
    case "list":
      for (const item of node.items) addNames(item, isName, names);
      return;
    case "map":
      for (const { key, value } of node.entries) addNames(value, naming.has(key.text), names);
  }
}
