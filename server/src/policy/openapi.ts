/**
 * Operations of an OpenAPI 3.0, 3.1 or 3.2 document. The document is untrusted: nothing in it is compiled, references are
 * followed only inside of it and never twice, and its size is bounded by the reader and by `maxOperations`.
 */
import type { Json } from "../access/interaction.ts";
import type { Problem } from "../text/problem.ts";
import {
  child,
  entries,
  items,
  type MapEntry,
  type ParsedFile,
  type TreeNode,
  text,
  toValue,
} from "../text/tree.ts";
import type { Operation } from "./model.ts";
import { OpenApiReferences } from "./openapi-references.ts";
import { basePathsOf } from "./openapi-servers.ts";

export interface OpenApiOperations {
  readonly operations: readonly Operation[];
  /** A path is only a reference that says nothing, which has its finding: there may be operations that are not known. */
  readonly isPartial?: true;
  /** Places are in the OpenAPI document. */
  readonly problems: readonly Problem[];
}

const methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];
/** OpenAPI 3.2, Path Item Object: the method QUERY has a field, and all others stand in a map by their names. */
const methodsSince32 = [...methods, "query"];
const maxOperations = 20_000;

/**
 * Reads every operation under `paths`, once for each base path of the servers that apply to it (OpenAPI: those of the
 * operation, else of the path, else of the document). `basePath` replaces the servers'.
 */
export function readOpenApi(file: ParsedFile, basePath?: string): OpenApiOperations {
  const root = file.documents[0]?.root;
  const references = new OpenApiReferences(root);
  const unfit = notOpenApi(file, root) ?? withoutPaths(root);
  if (unfit !== undefined) return { operations: [], problems: [unfit] };
  const reader = new OpenApiReader(root, references, basePath);
  for (const path of entries(child(root, "paths"))) reader.readPath(path);
  return {
    operations: reader.operations,
    ...(reader.isPartial ? { isPartial: true } : {}),
    problems: [...reader.problems, ...references.problems()],
  };
}

function notOpenApi(file: ParsedFile, root: TreeNode | undefined): Problem | undefined {
  const finding = (message: string, node: TreeNode | undefined): Problem | undefined => {
    const place = node?.place ?? file.documents[0]?.place;
    return place === undefined
      ? undefined
      : { code: "openapi/not-openapi", severity: "error", message, place };
  };
  if (root === undefined) {
    // What is broken in the file's syntax has its own findings.
    return file.problems.length > 0
      ? undefined
      : finding("This file is empty, so it gives no operations.", undefined);
  }
  const version = child(root, "openapi");
  if (version?.kind === "scalar" && /^3\.[0-9]/.test(version.text)) return undefined;
  const swagger = child(root, "swagger");
  if (swagger !== undefined) {
    return finding("Swagger 2.0 is not read. Convert the document to OpenAPI 3.", swagger);
  }
  if (version !== undefined)
    return finding("OpenAPI 3.0, 3.1 and 3.2 are read; this is another version.", version);
  return finding(
    'This is not an OpenAPI document, so it gives no operations: it has no "openapi" version at its top.',
    root.kind === "map" ? (root.entries[0]?.key ?? root) : root,
  );
}

/** `paths` may be missing (3.1), but nothing else than a map. */
function withoutPaths(root: TreeNode | undefined): Problem | undefined {
  const paths = child(root, "paths");
  return paths === undefined || paths.kind === "map"
    ? undefined
    : {
        code: "openapi/not-openapi",
        severity: "error",
        message:
          '"paths" of an OpenAPI document is a map from each path to its operations. This is none, so the document gives no operations.',
        place: paths.place,
      };
}

class OpenApiReader {
  readonly operations: Operation[] = [];
  readonly problems: Problem[] = [];
  readonly #ids = new Map<string, TreeNode>();
  #components: Json | undefined;
  #isCut = false;
  isPartial = false;

  constructor(
    private readonly root: TreeNode | undefined,
    private readonly references: OpenApiReferences,
    private readonly basePath: string | undefined,
  ) {}

  readPath({ key, value }: MapEntry): void {
    const path = key.text;
    if (path.startsWith("x-")) return;
    if (!path.startsWith("/")) {
      this.problems.push({
        code: "openapi/path",
        severity: "error",
        message: `A path of an OpenAPI document starts with "/". Requests never match "${path}".`,
        place: key.place,
      });
      return;
    }
    const external = this.references.externalOf(value);
    if (external !== undefined) {
      this.isPartial = true;
      this.problems.push({
        code: "openapi/external-ref",
        severity: "warning",
        message: `"${external.text}" stands in another file, which is not read, so that the operations of ${path} are not known: no allow rule takes them, and names of operations of this document are not checked. Bundle the document into one file.`,
        place: external.place,
      });
    }
    const item = external === undefined ? this.references.follow(value) : value;
    if (item === undefined) this.isPartial = true;
    for (const entry of this.#operationsOf(item)) {
      if (this.operations.length < maxOperations) this.#readOperation(path, item, entry);
      else this.#leaveOut(path, entry);
    }
  }

  #operationsOf(item: TreeNode | undefined): readonly MapEntry[] {
    const version = text(child(this.root, "openapi")) ?? "";
    const named = /^3\.[01](?!\d)/.test(version) ? methods : methodsSince32;
    return [
      ...entries(item).filter((entry) => named.includes(entry.key.text)),
      ...(named === methodsSince32 ? entries(child(item, "additionalOperations")) : []),
    ];
  }

  /** One finding, however many follow. */
  #leaveOut(path: string, { key }: MapEntry): void {
    if (this.#isCut) return;
    this.#isCut = true;
    this.problems.push({
      code: "openapi/too-many-operations",
      severity: "error",
      message: `At most ${maxOperations.toLocaleString("en")} operations are read of one document, so ${key.text.toUpperCase()} ${path} and those behind it are left out: no rule can allow them. Split the document, and declare a resource for each part.`,
      place: key.place,
    });
  }

  #readOperation(path: string, item: TreeNode | undefined, { key, value }: MapEntry): void {
    const id = text(child(value, "operationId"));
    if (id !== undefined && this.#isDuplicate(id, value)) return;
    const parameters = this.#parameters(item, value);
    const body = this.#body(value);
    const { place } = key;
    const bases =
      this.basePath === undefined
        ? basePathsOf([child(value, "servers"), child(item, "servers"), child(this.root, "servers")])
        : [this.basePath.replace(/\/+$/, "")];
    for (const base of bases) {
      this.operations.push({
        ...(id === undefined ? {} : { id }),
        method: key.text.toUpperCase(),
        path: base + path,
        ...(base === "" ? {} : { documentPath: path }),
        place,
        parameters,
        ...(body === undefined ? {} : { body }),
      });
    }
  }

  #isDuplicate(id: string, operation: TreeNode): boolean {
    const node = child(operation, "operationId");
    const first = this.#ids.get(id);
    if (first === undefined || node === undefined) {
      if (node !== undefined) this.#ids.set(id, node);
      return false;
    }
    this.problems.push({
      code: "openapi/duplicate-operation-id",
      severity: "error",
      message: `operationId "${id}" stands twice in this document, so a rule that names it would be ambiguous. This operation is left out; give it an id of its own.`,
      place: node.place,
      related: [{ place: first.place, message: "The first one stands here." }],
    });
    return true;
  }

  /** The operation's parameters over those of its path; an operation's parameter replaces one of equal name and place. */
  #parameters(item: TreeNode | undefined, operation: TreeNode): Operation["parameters"] {
    const found = new Map<string, Operation["parameters"][number]>();
    for (const node of [...items(child(item, "parameters")), ...items(child(operation, "parameters"))]) {
      const parameter = this.references.follow(node);
      const name = text(child(parameter, "name"));
      const place = text(child(parameter, "in"));
      if (name === undefined || (place !== "path" && place !== "query" && place !== "header")) continue;
      found.set(`${place} ${name}`, {
        name,
        in: place,
        // OpenAPI 3.1, Parameter Object: those of a path always are.
        required: place === "path" || text(child(parameter, "required")) === "true",
        schema: this.#schema(child(parameter, "schema")) ?? true,
      });
    }
    return [...found.values()];
  }

  #body(operation: TreeNode): Json | undefined {
    const body = this.references.follow(child(operation, "requestBody"));
    const media = entries(child(body, "content")).find(({ key }) => isJson(key.text));
    return this.#schema(child(media?.value, "schema"));
  }

  /** A schema that can stand alone: pointers of its references lead into the `components` that go with it. */
  #schema(node: TreeNode | undefined): Json | undefined {
    if (node === undefined) return undefined;
    this.references.check(node);
    const schema = toValue(node) as Json;
    if (node.kind !== "map" || !hasReference(node)) return schema;
    this.#components ??= (toValue(child(this.root, "components")) ?? {}) as Json;
    return { ...(schema as { readonly [key: string]: Json }), components: this.#components };
  }
}

function isJson(mediaType: string): boolean {
  const [essence = ""] = mediaType.toLowerCase().split(";");
  return /^(application\/json|application\/[a-z0-9.+-]+\+json|\*\/\*|application\/\*)$/.test(essence.trim());
}

function hasReference(node: TreeNode): boolean {
  switch (node.kind) {
    case "scalar":
      return false;
    case "list":
      return node.items.some(hasReference);
    case "map":
      return node.entries.some(({ key, value }) => key.text === "$ref" || hasReference(value));
  }
}
