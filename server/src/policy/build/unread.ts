import { child, type ParsedFile, text } from "../../text/tree.ts";
import { isOfAnotherVersion } from "../migrations/version.ts";
import { isKind } from "../schema-kinds.ts";

/**
 * The kinds of which a document is too broken to be read, told by its text, or of a version that is not known. What such a document declares is not
 * known, so uses of its names are not unknown names: the broken document has its own finding, and one is enough.
 */
export function unreadKinds(files: readonly ParsedFile[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const file of files) {
    for (const document of file.documents) {
      if (isOfAnotherVersion(document)) {
        const kind = text(child(document.root, "kind"));
        if (isKind(kind)) found.add(kind);
      }
      if (file.problems.length === 0 || document.root !== undefined) continue;
      const { start, end } = file.layout.offsets(document.place);
      const name = /^kind:[ \t]*["']?([A-Za-z]+)/m.exec(file.layout.text.slice(start, end))?.[1];
      // A document that does not even tell its kind is taken for none of ours: the others keep their findings.
      if (isKind(name)) found.add(name);
    }
  }
  return found;
}
