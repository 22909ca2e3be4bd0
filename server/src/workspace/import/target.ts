/** Which inventory an import writes: the only one of the control plane, or the one that the person names. */
import type { ControlPlaneSnapshot, Snapshot } from "../snapshot.ts";
import { isInside, resolve } from "../uris.ts";
import { isInventory } from "./inventory-edits.ts";
import type { ImportTarget } from "./plan.ts";

/** The files with an Inventory document, in the order of their URIs. */
export function inventoryFiles(snapshot: Snapshot): readonly string[] {
  return snapshot.controlPlanes
    .flatMap((plane) =>
      plane.files.filter((file) => file.documents.some(isInventory)).map((file) => file.uri),
    )
    .sort();
}

/** Where an inventory would be made: beside the ControlPlane document. Undefined without one. */
export function newInventoryUri(snapshot: Snapshot): string | undefined {
  const [plane] = snapshot.controlPlanes;
  return plane && resolve(plane.set.controlPlane.folder, "inventory.plumb.yaml");
}

/** `folder`: what references may not leave where the inventory belongs to no control plane. */
export function importTarget(
  snapshot: Snapshot,
  uri: string,
  folder: string,
  name: (uri: string) => string,
): ImportTarget {
  const plane = nearest(snapshot, uri);
  return {
    uri,
    name: name(uri),
    file: snapshot.policyFiles.get(uri),
    controlPlane: plane?.set.controlPlane,
    files: plane?.files ?? [],
    root: plane?.root ?? folder,
  };
}

function nearest({ controlPlanes }: Snapshot, uri: string): ControlPlaneSnapshot | undefined {
  const length = (plane: ControlPlaneSnapshot): number => plane.set.controlPlane.folder.length;
  return controlPlanes
    .filter((plane) => isInside(uri, plane.set.controlPlane.folder))
    .sort((a, b) => length(b) - length(a))[0];
}
