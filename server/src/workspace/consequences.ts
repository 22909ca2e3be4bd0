/**
 * A syntax error makes YAML read on as something else, and what contains it may be missing altogether. What the schema
 * then finds in the same document, and what anything finds behind the error, is a consequence and no mistake of its own.
 */
import { isOfAnotherVersion } from "../policy/migrations/version.ts";
import type { Problem } from "../text/problem.ts";
import type { ParsedFile } from "../text/tree.ts";

export function withoutConsequences<P extends Problem>(
  problems: readonly P[],
  files: readonly ParsedFile[],
): readonly P[] {
  const unsound = new Map(files.map((file) => [file.uri, unsoundParts(file)]));
  return problems.filter(({ place, code }) => {
    const known = unsound.get(place.block.uri);
    if (known === undefined) return true;
    const { start } = known.file.layout.offsets(place);
    const ofShape = code.startsWith("schema/");
    // A key or value that YAML itself complains of needs no second complaint about its shape.
    if (
      ofShape &&
      known.file.problems.some(
        (one) => one.severity === "error" && known.file.layout.encloses(one.place, place),
      )
    )
      return false;
    return !known.parts.some((part) => (ofShape ? part.document : part.start) <= start && start <= part.end);
  });
}

/**
 * Without what is said of names that may be declared behind a syntax error, where nothing is read: they stand in that
 * text. Whoever asks what is broken must still be told, since the names mean nothing until then.
 */
export function withoutLostNames<P extends Problem>(
  problems: readonly P[],
  files: readonly ParsedFile[],
): readonly P[] {
  const unread = files.flatMap((file) =>
    unsoundParts(file).parts.map(({ start, end }) => file.layout.text.slice(start, end)),
  );
  if (unread.length === 0) return problems;
  const words = new Set(unread.flatMap((text) => text.split(/[^\w.-]+/)));
  const byUri = new Map(files.map((file) => [file.uri, file.layout]));
  return problems.filter(({ code, place }) => {
    const layout = byUri.get(place.block.uri);
    if (!code.startsWith("reference/unknown-") || layout === undefined) return true;
    const { start, end } = layout.offsets(place);
    return !words.has(layout.text.slice(start, end).replace(/^["']|["']$/g, ""));
  });
}

/** Of a document of another version only that is told, and where its text is broken: nothing else of it can be judged. */
export function withoutOtherVersions<P extends Problem>(
  problems: readonly P[],
  files: readonly ParsedFile[],
): readonly P[] {
  const others = new Map(
    files.flatMap((file) => {
      const documents = file.documents.filter(isOfAnotherVersion).map((one) => one.place);
      return documents.length === 0 ? [] : [[file.uri, { layout: file.layout, documents }] as const];
    }),
  );
  if (others.size === 0) return problems;
  return problems.filter(({ place, code }) => {
    const other = others.get(place.block.uri);
    if (other === undefined || code === "schema/api-version" || code === "yaml/syntax") return true;
    return !other.documents.some((document) => other.layout.encloses(document, place));
  });
}

interface Unsound {
  readonly file: ParsedFile;
  readonly parts: readonly { readonly document: number; readonly start: number; readonly end: number }[];
}

/** The documents with syntax errors, and where in them the block of the first one starts. */
function unsoundParts(file: ParsedFile): Unsound {
  const broken = file.problems.filter((problem) => problem.code === "yaml/syntax");
  const parts = file.documents.flatMap((document) => {
    const { start, end } = file.layout.offsets(document.place);
    const inside = broken
      .map((problem) => file.layout.base(problem.place.block))
      .filter((base) => start <= base && base <= end);
    return inside.length === 0 ? [] : [{ document: start, start: Math.min(...inside), end }];
  });
  return { file, parts };
}
