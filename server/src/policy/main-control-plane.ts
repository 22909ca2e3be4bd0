import type { TreeNode } from "../text/tree.ts";

/**
 * Of several ControlPlane documents in one folder, the one that says most counts: a stray second one then is one
 * finding, and does not make every name of the others unknown. Of equals the first. Undefined for none.
 */
export function mainControlPlane<T extends { readonly root: TreeNode }>(
  documents: readonly T[],
): T | undefined {
  let main: { readonly document: T; readonly size: number } | undefined;
  for (const document of documents) {
    const size = documents.length === 1 ? 0 : parts(document.root);
    if (main === undefined || size > main.size) main = { document, size };
  }
  return main?.document;
}

/** How many keys and items a tree has. */
function parts(node: TreeNode): number {
  switch (node.kind) {
    case "scalar":
      return 1;
    case "list":
      return node.items.reduce((sum, item) => sum + parts(item), 1);
    case "map":
      return node.entries.reduce((sum, entry) => sum + 1 + parts(entry.value), 1);
  }
}
