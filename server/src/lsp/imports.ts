/** An import for the protocol: which inventory, and edits by lines that the client makes. */
import { ImportError } from "../workspace/import/imported.ts";
import { planImport } from "../workspace/import/plan.ts";
import { importLines } from "../workspace/import/report.ts";
import { importTarget, inventoryFiles, newInventoryUri } from "../workspace/import/target.ts";
import type { Snapshot } from "../workspace/snapshot.ts";
import { isInside, resolve } from "../workspace/uris.ts";
import type { ImportAnswer, ImportParams } from "./protocol.ts";

/** `name`: a URI as the person knows it. Throws `ImportError`. */
export function importAnswer(
  snapshot: Snapshot,
  { kind, files, into, ...options }: ImportParams,
  folders: readonly string[],
  name: (uri: string) => string,
): ImportAnswer {
  const inventories = inventoryFiles(snapshot);
  const [only, ...others] = inventories;
  const [folder] = folders;
  if (folder === undefined)
    throw new ImportError(
      "Open the folder of the control plane first: an import writes into one of its files.",
    );
  const uri = into ?? (others.length === 0 ? only : undefined);
  if (uri === undefined)
    return {
      state: "choose",
      inventories,
      fresh: newInventoryUri(snapshot) ?? resolve(folder, "inventory.plumb.yaml"),
    };
  const root = folders.find((one) => isInside(uri, one));
  if (root === undefined)
    throw new ImportError(`${uri} is outside of the workspace, so nothing is written there.`);
  const target = importTarget(snapshot, uri, root, name);
  const plan = planImport(files, target, { kind, ...options });
  const { file } = target;
  const start = { line: 0, character: 0 };
  return {
    state: "planned",
    uri,
    isNew: file === undefined,
    before: plan.before,
    after: plan.after,
    edits: plan.edits.map((edit) => ({
      range:
        file === undefined
          ? { start, end: start }
          : { start: file.layout.positionAt(edit.start), end: file.layout.positionAt(edit.end) },
      newText: edit.text,
    })),
    report: importLines(plan, name),
  };
}
