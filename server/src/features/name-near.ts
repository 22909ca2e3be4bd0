/** Where a deployed file says a name, near a place that is known to ask for it. */
import type { SourceLayout } from "../text/layout.ts";
import type { ParsedFile, TreeNode } from "../text/tree.ts";

interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * The offset of the name in the smallest node around `span` that says it, not counting whole documents: what stands
 * anywhere in the file may be something else of the same name.
 */
export function nameNear({ documents, layout }: ParsedFile, span: Span, name: string): number | undefined {
  const around = [span];
  for (const { root } of documents) {
    if (root === undefined) continue;
    // From the outermost to the innermost; the document itself is not among them.
    for (
      let node = childAround(root, layout, span);
      node !== undefined;
      node = childAround(node, layout, span)
    )
      around.splice(1, 0, layout.offsets(node.place));
  }
  for (const { start, end } of around) {
    const at = find(layout.text.slice(start, end), name);
    if (at !== undefined) return start + at;
  }
  return undefined;
}

function childAround(node: TreeNode, layout: SourceLayout, span: Span): TreeNode | undefined {
  const children =
    node.kind === "map" ? node.entries.map((entry) => entry.value) : node.kind === "list" ? node.items : [];
  return children.find((child) => {
    const { start, end } = layout.offsets(child.place);
    return start <= span.start && span.end <= end;
  });
}

/** The name as a whole word; Istio writes SPIFFE IDs without their scheme. */
function find(text: string, name: string): number | undefined {
  for (const form of [name, name.replace(/^spiffe:\/\//, "")]) {
    for (let at = text.indexOf(form); at >= 0; at = text.indexOf(form, at + 1))
      if (!isPartOfWord(text[at - 1]) && !isPartOfWord(text[at + form.length])) return at;
  }
  return undefined;
}

function isPartOfWord(character: string | undefined): boolean {
  return character !== undefined && /[\w./-]/.test(character);
}
