import { type Kind, kindOf } from "../../policy/schema-kinds.ts";
import { child, type MapNode, type ParsedFile } from "../../text/tree.ts";

/** The `spec` of every document of one kind. */
export function specsOf(files: readonly ParsedFile[], kind: Kind): readonly MapNode[] {
  return files.flatMap((file) =>
    file.documents.flatMap((document) => {
      const spec = kindOf(document) === kind ? child(document.root, "spec") : undefined;
      return spec?.kind === "map" ? [spec] : [];
    }),
  );
}
