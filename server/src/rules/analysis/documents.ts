/** The policy documents behind the model, for rules that speak of a whole document or of what the model leaves out. */
import type { Identity, PolicySet } from "../../policy/model.ts";
import { child, entries, type MapNode, type ScalarNode, text } from "../../text/tree.ts";
import type { Known } from "../lint-rule.ts";

export interface SpecDocument {
  readonly kind: string;
  /** `metadata.name`. */
  readonly name: ScalarNode | undefined;
  readonly spec: MapNode;
}

/** Documents whose `spec` could be read. */
export function specDocuments({ files }: Pick<Known, "files">): readonly SpecDocument[] {
  return files.flatMap((file) =>
    file.documents.flatMap(({ root }) => {
      const kind = text(child(root, "kind"));
      const name = child(child(root, "metadata"), "name");
      const spec = child(root, "spec");
      if (kind === undefined || spec?.kind !== "map") return [];
      return [{ kind, name: name?.kind === "scalar" ? name : undefined, spec }];
    }),
  );
}

export interface InventoryDocument extends SpecDocument {
  /** The map that its identities are in. */
  readonly identities: MapNode;
  /** Those of the model; of two of one name in the control plane only one is in it. */
  readonly declared: readonly Identity[];
}

export function inventoryDocuments(
  context: Pick<Known, "files"> & { readonly set: PolicySet },
): readonly InventoryDocument[] {
  const ofNode = new Map([...context.set.identities.values()].map((one) => [one.node, one]));
  return specDocuments(context).flatMap((document) => {
    const identities = child(document.spec, "identities");
    if (document.kind !== "Inventory" || identities?.kind !== "map") return [];
    const declared = entries(identities).flatMap(({ value }) => {
      const identity = value.kind === "map" ? ofNode.get(value) : undefined;
      return identity ?? [];
    });
    return [{ ...document, identities, declared }];
  });
}
