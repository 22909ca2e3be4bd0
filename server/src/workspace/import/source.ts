/** Files that are imported: bounded, whole and not templates, or one sentence about what is wrong with them. */
import { parseJson } from "../../json/parse.ts";
import type { SourceLayout } from "../../text/layout.ts";
import { child, type ParsedFile, type TreeNode } from "../../text/tree.ts";
import { parseYaml } from "../../yaml/parse.ts";
import { isJson, isPolicyFile } from "../uris.ts";
import { ImportError, type ImportKind } from "./imported.ts";

/** Bytes of a source; what the editor's client sends in one message, and what is read in a few seconds. */
export const maxImportBytes = 16 * 1024 * 1024;

export interface ImportSource {
  readonly uri: string;
  /** The path as the person knows it. */
  readonly name: string;
  readonly text: string;
}

/** Throws `ImportError`. */
export function readSource({ uri, name, text }: ImportSource, kind: ImportKind): ParsedFile {
  if (isPolicyFile(uri))
    throw new ImportError(`${name} is a policy file itself. Name the file that it should be fed from.`);
  if (text.length > maxImportBytes || new TextEncoder().encode(text).length > maxImportBytes)
    throw tooLarge(name, text.length, kind);
  const file =
    isJson(uri) || /^\uFEFF?\s*[{[]/.test(text)
      ? parseJson(uri, text)
      : parseYaml(uri, text, { dialect: "deployed" });
  const template = templateIn(file);
  if (template !== undefined) throw isTemplate(`${name}:${template.line}`, template.written);
  const broken = file.problems.find((problem) => problem.severity === "error");
  if (broken !== undefined) {
    const { start } = file.layout.range(broken.place);
    throw new ImportError(
      `Nothing was imported, since ${name}:${start.line + 1}:${start.character + 1} cannot be read: ${broken.message}`,
    );
  }
  const documents = file.documents.filter((one) => one.root !== undefined);
  if (documents.length === 0)
    throw new ImportError(`${name} is empty. ${wanted[kind]}${kind === "kubernetes" ? "" : "."}`);
  const meant = seemsToBe(file);
  if (kind !== "kubernetes" && documents.length > 1 && meant !== undefined && meant !== kind)
    throw wrongKind(file, name, kind);
  if (kind !== "kubernetes" && documents.length > 1)
    throw new ImportError(
      `${name} holds ${documents.length} YAML documents, and ${wantedShort[kind]} is one. Split it at its \`---\` lines.`,
    );
  return file;
}

export function tooLarge(name: string, bytes: number, kind: ImportKind): ImportError {
  const less =
    kind === "kubernetes" ? " (`kubectl get serviceaccounts,deployments,services -A -o json`)" : "";
  return new ImportError(
    `${name} has ${Math.ceil(bytes / 1e6)} MB; an import reads ${Math.floor(maxImportBytes / 1e6)} MB at most. Export less${less}, or split it.`,
  );
}

/** What each kind of source is, and how people get one. */
const wanted: Readonly<Record<ImportKind, string>> = {
  openapi: "Name an OpenAPI 3.0, 3.1 or 3.2 document",
  mcp: 'Save the answer to tools/list: a JSON object with "result": { "tools": [...] }',
  kubernetes: "Name manifests, or what `kubectl get serviceaccounts,deployments,services -A -o json` prints.",
  spire: "Save what `spire-server entry show -output json` prints",
};
const wantedShort: Readonly<Record<ImportKind, string>> = {
  openapi: "an OpenAPI document",
  mcp: "an answer to tools/list",
  kubernetes: "a manifest",
  spire: "a list of SPIRE entries",
};

/** A file that is something else than what the person said: what it seems to be. */
export function wrongKind(file: ParsedFile, name: string, kind: ImportKind): ImportError {
  const meant = seemsToBe(file);
  const hint =
    meant === undefined || meant === kind
      ? `${wanted[kind].replace(/\.$/, "")}.`
      : `It looks like ${wantedShort[meant]}: \`plumbline import ${meant} ${name}\`.`;
  return new ImportError(`${name} is not ${wantedShort[kind]}. ${hint}`);
}

function seemsToBe(file: ParsedFile): ImportKind | undefined {
  const root = file.documents.find((one) => one.root !== undefined)?.root;
  if (child(root, "openapi") !== undefined || child(root, "swagger") !== undefined) return "openapi";
  if (child(root, "tools") !== undefined || child(child(root, "result"), "tools") !== undefined) return "mcp";
  if (child(root, "entries") !== undefined) return "spire";
  if (child(root, "apiVersion") !== undefined && child(root, "kind") !== undefined) return "kubernetes";
  return undefined;
}

/** `where`: the file, and the line where it is known. */
export function isTemplate(where: string, written: string): ImportError {
  const shown = written.length > 40 ? `${written.slice(0, 40)}...` : written;
  return new ImportError(
    `${where} is a template (${shown}): what it stands for is known only when it is rendered. Import the rendered files, for example what \`helm template\` prints.`,
  );
}

/**
 * The first template action where a value, a key or a whole line should stand. Braces inside of a text are data: alerts
 * of Prometheus in a ConfigMap are full of them.
 */
function templateIn({
  layout,
  documents,
}: ParsedFile): { readonly line: number; readonly written: string } | undefined {
  const action = /^[ \t]*(?:-[ \t]+)*(?:[\w./-]+:[ \t]+)?(\{\{-?[ \t]*[\w.$/("][^\n}]*\}\})/gm;
  for (const found of layout.text.matchAll(action)) {
    const written = found[1] ?? "";
    const at = found.index + found[0].length - written.length;
    const isText = documents.some(({ root }) => root !== undefined && isInScalar(root, at, layout));
    if (!isText) return { line: layout.positionAt(at).line + 1, written };
  }
  return undefined;
}

function isInScalar(node: TreeNode, offset: number, layout: SourceLayout): boolean {
  const { start, end } = layout.offsets(node.place);
  if (offset < start || offset >= end) return false;
  switch (node.kind) {
    case "scalar":
      return node.style !== "plain";
    case "list":
      return node.items.some((item) => isInScalar(item, offset, layout));
    case "map":
      return node.entries.some(({ value }) => isInScalar(value, offset, layout));
  }
}
