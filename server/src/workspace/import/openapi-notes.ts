/** What of an OpenAPI document did not come through an import, and what stays otherwise than the document says. */
import { OpenApiReferences } from "../../policy/openapi-references.ts";
import type { Problem } from "../../text/problem.ts";
import { child, entries, items, type ParsedFile, text } from "../../text/tree.ts";
import type { Entry } from "./imported.ts";

/** Beyond these only their number is said. */
const maxNotes = 20;
/** They cost operations; the others cost the types of what an operation takes. */
const losing: ReadonlySet<string> = new Set([
  "openapi/path",
  "openapi/duplicate-operation-id",
  "openapi/too-many-operations",
]);

/** `problems`: the reader's. Inline no types are written, so that nothing is said of those that are missing. */
export function readerNotes(
  file: ParsedFile,
  name: string,
  problems: readonly Problem[],
  isInline: boolean,
): readonly string[] {
  const root = file.documents[0]?.root;
  const lines = new Map<number, string>();
  const say = (place: Problem["place"], message: string): void => {
    const { start } = file.layout.offsets(place);
    if (!lines.has(start)) lines.set(start, `${name}:${file.layout.range(place).start.line + 1}: ${message}`);
  };
  const references = new OpenApiReferences(root);
  for (const { key, value } of entries(child(root, "paths"))) {
    const reference = child(value, "$ref");
    if (!key.text.startsWith("/") || reference === undefined || references.follow(value) !== undefined)
      continue;
    say(
      reference.place,
      references.externalOf(value) !== undefined
        ? `The operations of ${key.text} were left out: they stand in another file, "${text(reference)}", which is not read. Bundle the document into one file to have them.`
        : `The operations of ${key.text} were left out: "${text(reference)}" leads to nothing in this document.`,
    );
  }
  for (const { code, message, place } of problems) if (!isInline || losing.has(code)) say(place, message);
  const all = [...lines].sort(([a], [b]) => a - b).map(([, line]) => line);
  return all.length <= maxNotes + 1
    ? all
    : [...all.slice(0, maxNotes), `${name}: ${all.length - maxNotes} more are as the last ones.`];
}

/** Rules hold where the resource is reached, so that its hosts are the person's to change. */
export function hostNotes({ key, node }: Entry, hosts: readonly string[], name: string): readonly string[] {
  const own = items(child(node, "hosts")).flatMap((one) => text(one)?.toLowerCase() ?? []);
  // What a variable stands for differs from environment to environment.
  if (own.length === 0 || own.some((host) => host.includes("${"))) return [];
  const missing = hosts.filter((host) => !own.some((one) => covers(one, host)));
  return missing.length === 0
    ? []
    : [
        `${key.text} has hosts ${own.join(", ")}, and ${name} names ${missing.join(", ")} in its servers. The hosts stay as they are, since an import never moves what rules hold for: change them if the API is reached there.`,
      ];
}

function covers(own: string, host: string): boolean {
  return own.startsWith("*.") ? host.endsWith(own.slice(1)) : own === "*" || own === host;
}
