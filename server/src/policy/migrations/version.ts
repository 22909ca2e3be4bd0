/** The version of a document, and what can be done about one that is not the current. */
import type { Fix } from "../../text/fix.ts";
import { child, type MapNode, type TreeDocument, text } from "../../text/tree.ts";
import { apiVersion } from "../schema-kinds.ts";
import type { Migration } from "./migration.ts";
import { migrations } from "./registry.ts";

/** Whether it says another version than the current one: then nothing else of it can be judged. */
export function isOfAnotherVersion({ root }: TreeDocument): boolean {
  return (
    root?.kind === "map" && root.byKey.has("apiVersion") && text(child(root, "apiVersion")) !== apiVersion
  );
}

/** Those that can be migrated, the current one last. */
export function knownVersions(registry: readonly Migration[] = migrations): readonly string[] {
  return [...registry.filter((one) => leadsToCurrent(one, registry)).map((one) => one.from), apiVersion];
}

/**
 * The step to the next version; from there the document is looked at again. Undefined where no steps lead from its
 * version to the current one.
 */
export function migrationOf(root: MapNode, registry: readonly Migration[] = migrations): Fix | undefined {
  const node = child(root, "apiVersion");
  const version = text(node);
  const migration = registry.find((one) => one.from === version && leadsToCurrent(one, registry));
  if (migration === undefined || node?.kind !== "scalar") return undefined;
  return {
    title: `Migrate to ${migration.to}`,
    isSafe: true,
    edits: [{ edit: "set-scalar", node, value: migration.to }, ...migration.edits(root)],
  };
}

/** A migration that leads in a circle would never end; one that leads nowhere would leave the document between versions. */
function leadsToCurrent(first: Migration, registry: readonly Migration[]): boolean {
  let next: Migration | undefined = first;
  for (let steps = 0; next !== undefined && steps <= registry.length; steps++) {
    const { to }: Migration = next;
    if (to === apiVersion) return true;
    next = registry.find((one) => one.from === to);
  }
  return false;
}
