/** Resources whose parts a document gives: APIs from OpenAPI, MCP servers from an answer to `tools/list`. */
import { resolveReference } from "../../policy/build/files.ts";
import { readMcpTools } from "../../policy/mcp-tools.ts";
import { readOpenApi } from "../../policy/openapi.ts";
import { child, items, type ParsedFile, text } from "../../text/tree.ts";
import { pathOf } from "../uris.ts";
import {
  type Change,
  type Entry,
  ImportError,
  type Imported,
  type ImportOptions,
  type Reading,
} from "./imported.ts";
import { inlineOperations, isInline, operationUpdate } from "./inline-operations.ts";
import { nameOf, titleName } from "./names.ts";
import { hostNotes, readerNotes } from "./openapi-notes.ts";
import { relativePath } from "./relative-path.ts";
import { wrongKind } from "./source.ts";

interface Source {
  readonly file: ParsedFile;
  readonly name: string;
}

/** Where the inventory stands, and what its references may not leave. URIs. */
export interface Standing {
  readonly inventory: string;
  readonly root: string;
}

export function readOpenApiFiles(
  sources: readonly Source[],
  entries: readonly Entry[],
  standing: Standing,
  options: ImportOptions,
): Reading {
  const notes: string[] = [];
  const goneParts: { entry: Entry; part: string }[] = [];
  const things = sources.map(({ file, name }): Imported => {
    const root = file.documents.find((one) => one.root !== undefined)?.root;
    const { operations, problems } = readOpenApi(file);
    if (child(root, "openapi") === undefined && child(root, "swagger") === undefined)
      throw wrongKind(file, name, "openapi");
    const unfit = problems.find((problem) => problem.code === "openapi/not-openapi");
    if (unfit !== undefined) throw new ImportError(`${name} was not imported. ${unfit.message}`);
    const title = text(child(child(root, "info"), "title"));
    const names = named(options, [title === undefined ? undefined : titleName(title), stem(file.uri)]);
    const hosts = hostsOf(file);
    const base = {
      type: "api",
      ...(hosts.length === 0 ? {} : { hosts }),
    };
    const owner = options.owner === undefined ? {} : { owner: options.owner };
    const common = { section: "resources" as const, names, label: `OpenAPI document ${name}` };
    if (options.inline !== true) {
      const value = {
        ...base,
        openapi: reference(file.uri, standing, name, " or write its operations into the inventory: --inline"),
        ...owner,
      };
      const present = presentByFile("openapi", file.uri, value.openapi, names, entries, standing, options);
      notes.push(...readerNotes(file, name, problems, false));
      notes.push(...present.flatMap(({ entry }) => hostNotes(entry, hosts, name)));
      return { ...common, value, present };
    }
    const written = inlineOperations(operations, name);
    notes.push(...readerNotes(file, name, problems, true), ...written.notes);
    if (written.operations.length === 0)
      throw new ImportError(
        [`${name} has no operations that could be written into the inventory.`, ...notes].join(" "),
      );
    notes.push(
      "Parameters and bodies are not written inline: conditions that speak of them are typed only with a reference to the document.",
    );
    const only = entries.find((entry) => isInline(entry, names));
    const update = only && operationUpdate(only, written.operations);
    if (only !== undefined) notes.push(...hostNotes(only, hosts, name), ...(update?.notes ?? []));
    goneParts.push(...(update?.goneParts ?? []));
    return {
      ...common,
      value: { ...base, operations: written.operations.map((one) => one.value), ...owner },
      present: only === undefined ? [] : [{ entry: only, changes: update?.changes ?? [] }],
    };
  });
  return { things, gone: [], goneParts, notes };
}

export function readMcpFiles(
  sources: readonly Source[],
  entries: readonly Entry[],
  standing: Standing,
  options: ImportOptions,
): Reading {
  const notes: string[] = [];
  const things = sources.map(({ file, name }): Imported => {
    const root = file.documents.find((one) => one.root !== undefined)?.root;
    const { tools, problems } = readMcpTools(file);
    if (
      [root, child(root, "result")].every((one) => child(one, "tools") === undefined) &&
      child(root, "error") === undefined
    )
      throw wrongKind(file, name, "mcp");
    const unfit = problems.find((problem) => problem.code === "mcp/no-tools");
    if (unfit !== undefined) throw new ImportError(`${name} was not imported. ${unfit.message}`);
    for (const { message } of problems) notes.push(`${name}: ${message}`);
    const value = {
      type: "mcp-server",
      tools: reference(file.uri, standing, name, ""),
      ...(options.owner === undefined ? {} : { owner: options.owner }),
    };
    const names = named(options, [stem(file.uri)]);
    return {
      section: "resources",
      names,
      label: `MCP server with ${tools.length} ${tools.length === 1 ? "tool" : "tools"} of ${name}`,
      value,
      present: presentByFile("tools", file.uri, value.tools, names, entries, standing, options),
    };
  });
  return { things, gone: [], goneParts: [], notes };
}

/** The entries that name the document, else the one that the person named, which then names this document. */
function presentByFile(
  property: "openapi" | "tools",
  uri: string,
  path: string,
  names: readonly string[],
  entries: readonly Entry[],
  { root }: Standing,
  options: ImportOptions,
): Imported["present"] {
  const [name] = names;
  const types = property === "openapi" ? ["api", "service"] : ["mcp-server"];
  const meant = options.name === undefined ? undefined : entries.find((entry) => entry.key.text === name);
  const same = entries.filter((entry) => {
    const written = text(child(entry.node, property));
    const found = written === undefined ? undefined : resolveReference(entry.file.uri, written, root);
    return found !== undefined && "uri" in found && found.uri === uri;
  });
  if (meant === undefined) return same.map((entry) => ({ entry, changes: [] }));
  const type = text(child(meant.node, "type"));
  if (type !== undefined && !types.includes(type))
    throw new ImportError(
      `There is a resource ${meant.key.text} of type ${type} already; ${property} belongs to one of type ${types[0]}. Choose another --name.`,
    );
  if (property === "openapi" && child(meant.node, "operations") !== undefined)
    throw new ImportError(
      `${meant.key.text} has its operations written in the inventory. Bring them up to date with --inline, or remove them first.`,
    );
  if (same.includes(meant)) return [{ entry: meant, changes: [] }];
  const from = text(child(meant.node, property));
  const change: Change = {
    what: property,
    ...(from === undefined ? {} : { from }),
    to: path,
    edits: [{ edit: "set-property", map: meant.node, key: property, value: path }],
  };
  return [{ entry: meant, changes: [change] }];
}

function reference(uri: string, { inventory, root }: Standing, name: string, otherwise: string): string {
  const path = relativePath(inventory, uri);
  const found = path === undefined ? undefined : resolveReference(inventory, path, root);
  if (path === undefined || found === undefined || "error" in found || found.uri !== uri)
    throw new ImportError(
      `${name} lies outside of the folder that policies may refer to (${decodeURIComponent(root.replace(/^file:\/\//, ""))}). Copy it into that folder${otherwise}.`,
    );
  return path;
}

function named({ name }: ImportOptions, found: readonly (string | undefined)[]): readonly string[] {
  if (name !== undefined) {
    if (nameOf(name) !== name)
      throw new ImportError(
        `"${name}" cannot be a name: letters, digits, ".", "_" and "-" only, beginning with a letter or digit.`,
      );
    return [name];
  }
  const names = found.flatMap((one) => one ?? []);
  return names.length === 0 ? ["imported"] : names;
}

/** `payments.tools.json` is `payments-tools`, `payments.openapi.yaml` is `payments`. */
function stem(uri: string): string | undefined {
  const file = pathOf(uri).split("/").at(-1) ?? "";
  return titleName(file.replace(/(\.openapi)?\.[A-Za-z]+$/, "").replaceAll(".", "-"));
}

/** The hosts of absolute server URLs; those that people use on their own machine are not where the API is. */
function hostsOf(file: ParsedFile): readonly string[] {
  const root = file.documents.find((one) => one.root !== undefined)?.root;
  const hosts = items(child(root, "servers")).flatMap((server) => {
    const host = /^https?:\/\/([^/:?#@{}*\s]+)(?:[:/?#]|$)/i
      .exec(text(child(server, "url")) ?? "")?.[1]
      ?.toLowerCase();
    return host === undefined || /^(localhost|127\.|0\.0\.0\.0$)/.test(host) ? [] : [host];
  });
  return [...new Set(hosts)];
}
