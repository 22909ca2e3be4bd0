/** Resources of Inventory documents, with the operations and tools of the files that they name. */
import type { Problem } from "../../text/problem.ts";
import {
  child,
  entries,
  items,
  type MapNode,
  type ParsedFile,
  type ScalarNode,
  type TreeNode,
  text,
} from "../../text/tree.ts";
import { type McpTools, readMcpTools } from "../mcp-tools.ts";
import type { Binding, Operation, Resource, ResourceType, Tool, Written } from "../model.ts";
import { type OpenApiOperations, readOpenApi } from "../openapi.ts";
import { type ProtoMethods, readProto } from "../proto.ts";
import { type DocumentSource, openReference } from "./files.ts";
import { integer, json, namedMaps, oneOf, present, strings, written, writtenList } from "./read.ts";

const resourceTypes: readonly ResourceType[] = ["api", "service", "mcp-server", "model", "event-channel"];

/** Reads each referenced file once for all resources that name it, and keeps what is wrong in them. */
export class InventoryFiles {
  readonly problems: Problem[] = [];
  readonly #openapi = new Map<string, OpenApiOperations>();
  readonly #tools = new Map<string, McpTools>();
  readonly #proto = new Map<string, ProtoMethods>();
  readonly #reported = new Set<string>();

  constructor(readonly source: DocumentSource) {}

  openapi(file: ParsedFile, basePath: string | undefined): OpenApiOperations {
    const key = `${file.uri} ${basePath ?? ""}`;
    const read = this.#openapi.get(key) ?? readOpenApi(file, basePath);
    this.#openapi.set(key, read);
    this.#report(`openapi ${file.uri}`, read.problems);
    return read;
  }

  tools(file: ParsedFile): readonly Tool[] {
    const read = this.#tools.get(file.uri) ?? readMcpTools(file);
    this.#tools.set(file.uri, read);
    this.#report(`tools ${file.uri}`, read.problems);
    return read.tools;
  }

  proto(file: ParsedFile): readonly Operation[] {
    const read = this.#proto.get(file.uri) ?? readProto(file);
    this.#proto.set(file.uri, read);
    this.#report(`proto ${file.uri}`, read.problems);
    return read.operations;
  }

  /** A file that is named in two ways, as OpenAPI and as tools, is one of them at most: both have findings. */
  #report(reading: string, problems: readonly Problem[]): void {
    if (this.#reported.has(reading)) return;
    this.#reported.add(reading);
    this.problems.push(...problems);
  }
}

/** Undefined where the type is missing or unknown: nothing can be said of such a resource. */
export function buildResource(
  uri: string,
  key: ScalarNode,
  node: MapNode,
  files: InventoryFiles,
): Resource | undefined {
  const type = oneOf(child(node, "type"), resourceTypes);
  if (type === undefined) return undefined;
  return {
    name: key.text,
    place: key.place,
    type,
    hosts: writtenList(child(node, "hosts")) ?? [],
    operations: [],
    tools: [],
    paths: items(child(node, "paths")).map((path) => writtenList(path) ?? []),
    at: new Map(
      namedMaps(child(node, "at")).map((entry) => [entry.key.text, buildBinding(entry.key, entry.value)]),
    ),
    ...(text(child(node, "ambiguousPaths")) === "accept" ? { ambiguousPaths: "accept" as const } : {}),
    ...typed(uri, type, node, files),
    node,
  };
}

/** What only resources of one type have. */
function typed(uri: string, type: ResourceType, node: MapNode, files: InventoryFiles): Partial<Resource> {
  switch (type) {
    case "api":
      return operations(uri, node, files);
    case "service":
      return {
        protocol:
          oneOf(child(node, "protocol"), ["http", "grpc", "tcp"] as const) ??
          (child(node, "proto") === undefined ? "http" : "grpc"),
        ...operations(uri, node, files),
      };
    case "mcp-server":
      return {
        ...present({ target: text(child(node, "target")) }),
        mcpPath: text(child(node, "path")) ?? "/mcp",
        ...present({
          prompts: writtenList(child(node, "prompts")),
          mcpResources: writtenList(child(node, "resources")),
        }),
        ...tools(uri, node, files),
      };
    case "model": {
      const provider = text(child(node, "provider"));
      const model = text(child(node, "model"));
      return provider === undefined || model === undefined ? {} : { model: { provider, model } };
    }
    case "event-channel": {
      const topic = text(child(node, "topic"));
      return topic === undefined ? {} : { event: { topic, types: strings(child(node, "types")) } };
    }
  }
}

function buildBinding(key: ScalarNode, node: MapNode): Binding {
  return {
    ...present({
      namespace: text(child(node, "namespace")),
      service: text(child(node, "service")),
      port: integer(child(node, "port")),
    }),
    labels: new Map(
      entries(child(node, "labels")).flatMap(({ key: label, value }): readonly [string, string][] => {
        const one = text(value);
        return one === undefined ? [] : [[label.text, one]];
      }),
    ),
    place: key.place,
  };
}

function operations(uri: string, node: MapNode, files: InventoryFiles): Partial<Resource> {
  const basePath = text(child(node, "basePath"));
  const inline = [
    ...items(child(node, "operations")).flatMap((item) =>
      inlineOperation(item, basePath?.replace(/\/+$/, "") ?? ""),
    ),
    ...items(child(node, "rpcs")).flatMap(rpc),
  ];
  const proto = written(child(node, "proto"));
  if (proto !== undefined) {
    const opened = openReference(uri, proto, files.source);
    if ("problem" in opened) files.problems.push(opened.problem);
    const found = "problem" in opened ? [] : files.proto(opened.file);
    return {
      operations: [...found, ...inline],
      ...("problem" in opened ? {} : { document: { written: proto, uri: opened.file.uri } }),
      ...(found.length === 0 ? { incomplete: true } : {}),
    };
  }
  const reference = written(child(node, "openapi"));
  if (reference === undefined) return { operations: inline };
  const opened = open(uri, reference, files, "openapi/not-openapi");
  if (opened === undefined) return { operations: inline, incomplete: true };
  const { operations: found, isPartial = false } = files.openapi(opened, basePath);
  return {
    operations: [...found, ...inline],
    document: { written: reference, uri: opened.uri },
    ...(found.length === 0 || isPartial ? { incomplete: true } : {}),
  };
}

function open(
  uri: string,
  reference: Written,
  files: InventoryFiles,
  ifEmpty: "openapi/not-openapi" | "mcp/no-tools",
): ParsedFile | undefined {
  const opened = openReference(uri, reference, files.source);
  if ("problem" in opened) {
    files.problems.push(opened.problem);
    return undefined;
  }
  const { documents, problems } = opened.file;
  if (documents.length > 0 || problems.length > 0) return opened.file;
  // There is no character in an empty file at which a finding could stand, so it stands at the reference.
  const [gives, wanted] =
    ifEmpty === "mcp/no-tools"
      ? ["tools", "the answer to tools/list"]
      : ["operations", "the OpenAPI document"];
  files.problems.push({
    code: ifEmpty,
    severity: "error",
    message: `"${reference.text}" is empty, so it gives no ${gives}. Save ${wanted} there.`,
    place: reference.place,
  });
  return undefined;
}

function inlineOperation(item: TreeNode, base: string): readonly Operation[] {
  const short = written(item);
  const [, method, path] = /^([A-Z]+) (\/\S*)$/.exec(short?.text ?? "") ?? [
    undefined,
    text(child(item, "method")),
    text(child(item, "path")),
  ];
  if (method === undefined || path === undefined) return [];
  const body = child(item, "body");
  return [
    {
      ...present({ id: text(child(item, "id")) }),
      method,
      path: base + path,
      ...(base === "" ? {} : { documentPath: path }),
      place: short?.place ?? written(child(item, "path"))?.place ?? item.place,
      parameters: [],
      ...(body === undefined ? {} : { body: json(body) }),
    },
  ];
}

/** A gRPC method is a POST to `/pkg.Service/Method`. */
function rpc(item: TreeNode): readonly Operation[] {
  const name = written(item);
  return name === undefined
    ? []
    : [{ method: "POST", path: `/${name.text}`, rpc: name.text, place: name.place, parameters: [] }];
}

function tools(uri: string, node: MapNode, files: InventoryFiles): Partial<Resource> {
  const reference = written(child(node, "tools"));
  if (reference === undefined) return { incomplete: true };
  const opened = open(uri, reference, files, "mcp/no-tools");
  if (opened === undefined) return { incomplete: true };
  const found = files.tools(opened);
  return {
    tools: found,
    document: { written: reference, uri: opened.uri },
    ...(found.length === 0 ? { incomplete: true } : {}),
  };
}
