import type { Identity } from "../../policy/model.ts";
import type { Fix } from "../../text/fix.ts";
import { child, type MapNode, text } from "../../text/tree.ts";
import { switchedOff } from "../analysis/credentials.ts";
import { type InventoryDocument, inventoryDocuments, specDocuments } from "../analysis/documents.ts";
import { type LintContext, lintRule, type RuleFinding } from "../lint-rule.ts";
import { inWords } from "../words.ts";

export const missingOwner = lintRule({
  id: "missing-owner",
  category: "credentials",
  traffic: ["api", "service", "ai", "event"],
  controls: [
    "OWASP-NHI-2025:NHI1",
    "NIST-CSF-2.0:PR.AA-01",
    "NIST-CSF-2.0:GV.RR-02",
    "NIST-AI-RMF-1.0:GOVERN-2.1",
  ],
  fixable: true,
  check,
});

/** People and what they are in belong to their directory, and a set is only a name for others. */
const ownedElsewhere: ReadonlySet<Identity["type"]> = new Set(["group", "set"]);

function check(context: LintContext): readonly RuleFinding[] {
  const owner = ownerOfPlane(context);
  return inventoryDocuments(context).flatMap((document) => {
    // The team that answers for an inventory answers for what is in it.
    if (hasOwner(document.spec)) return [];
    const counted = document.declared.filter(
      (one) => !ownedElsewhere.has(one.type) && switchedOff(one, context.today) === undefined,
    );
    const without = counted.filter((one) => !hasOwner(one.node));
    // A document that never speaks of owners lacks one thing, not one for each identity.
    return without.length > 1 && without.length === counted.length
      ? [ofDocument(document, without, owner)]
      : without.map((identity) => ofIdentity(identity, owner));
  });
}

function hasOwner(node: MapNode): boolean {
  return (text(child(node, "owner")) ?? "").trim() !== "";
}

const risk = "what has no owner is never reviewed or cleaned up, and nobody is told when it leaks";

function ofIdentity(identity: Identity, owner: string | undefined): RuleFinding {
  return {
    place: identity.place,
    message: `Nobody owns ${identity.name}, and ${risk}. Name the team or person who runs it under \`owner\`.`,
    data: { identity: identity.name },
    fixes: fixesOf(identity.node, identity.name, owner),
  };
}

function ofDocument(
  { spec, name, identities }: InventoryDocument,
  without: readonly Identity[],
  owner: string | undefined,
): RuleFinding {
  const shown = without.slice(0, 3).map((one) => one.name);
  const rest = without.length - shown.length;
  const who = inWords(rest > 0 ? [...shown, `${rest} ${rest > 1 ? "others" : "other"}`] : shown);
  return {
    place: spec.entries.find((entry) => entry.value === identities)?.key.place ?? spec.place,
    message: `Nobody owns ${who}, and ${risk}. Name the team of the whole inventory under \`spec.owner\`, or an \`owner\` for each.`,
    data: { identities: without.map((one) => one.name) },
    fixes: fixesOf(spec, `inventory ${name?.text ?? ""}`.trim(), owner),
  };
}

/** Only who answers for the control plane is known: somebody to start from. */
function fixesOf(map: MapNode, what: string, owner: string | undefined): readonly Fix[] {
  if (owner === undefined) return [];
  return [
    {
      title: `Make ${owner} the owner of ${what}`,
      isSafe: false,
      edits: [{ edit: "set-property", map, key: "owner", value: owner }],
    },
  ];
}

function ownerOfPlane(context: LintContext): string | undefined {
  const owners = specDocuments(context)
    .filter((one) => one.kind === "ControlPlane")
    .map(({ spec }) => text(child(spec, "owner")));
  return owners.find((owner) => owner !== undefined && owner.trim() !== "");
}
