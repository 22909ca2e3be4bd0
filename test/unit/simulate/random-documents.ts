/** What random resources say of themselves beside their names: documents, schemas of bodies, routes, endpoints. */
import type { Interaction, Json } from "../../../server/src/access/interaction.ts";
import { isCanonicalPath } from "../../../server/src/access/path-domain.ts";
import type { Resource, Rule } from "../../../server/src/policy/model.ts";
import { operationOf, pathOf } from "../../../server/src/simulate/targets.ts";
import { type Fields, type Random, some } from "./random.ts";

interface Documented {
  readonly resources: Fields;
  /** By their names. */
  readonly files: Readonly<Record<string, string>>;
}

/** The same resources: operations may stand in an OpenAPI document, gRPC methods in a .proto file. */
export function documented(random: Random, declared: Fields): Documented {
  const files: Record<string, string> = { "ledger.proto": proto(random) };
  const made = Object.entries(declared).map(([name, value]): readonly [string, Fields] => {
    const resource = value as Fields;
    switch (resource.type) {
      case "mcp-server":
        return [name, { ...resource, ...(random.chance(0.5) ? { path: "/v1/mcp" } : {}) }];
      case "model":
        return [name, { ...resource, ...(random.chance(0.5) ? { routes: routes(random) } : {}) }];
      case "service":
      case "api":
        return [name, withDocument(random, name, resource, files)];
      default:
        return [name, resource];
    }
  });
  return { resources: Object.fromEntries(made), files };
}

function withDocument(random: Random, name: string, resource: Fields, files: Record<string, string>): Fields {
  const { operations, rpcs, openapi, ...rest } = resource;
  const ambiguous = random.chance(0.35) ? { ambiguousPaths: "accept" } : {};
  if (rpcs !== undefined && random.chance(0.5)) return { ...rest, proto: "ledger.proto" };
  if (!Array.isArray(operations)) return { ...resource, ...ambiguous };
  const known = operations.map((one: unknown) => fieldsOf(one));
  if (openapi !== undefined || random.chance(0.5))
    return { ...resource, ...ambiguous, operations: known.map((one) => inline(random, one)) };
  const file = `${name}.openapi.json`;
  const split = random.chance(0.3) ? Math.ceil(known.length / 2) : known.length;
  files[file] = JSON.stringify(openApi(random, known.slice(0, split)));
  const beside = known.slice(split).map((one) => inline(random, one));
  return { ...rest, ...ambiguous, openapi: file, ...(beside.length > 0 ? { operations: beside } : {}) };
}

interface OperationFields {
  readonly id?: string;
  readonly method: string;
  readonly path: string;
}

function fieldsOf(operation: unknown): OperationFields {
  if (typeof operation !== "string") return operation as OperationFields;
  const [method = "", path = ""] = operation.split(" ");
  return { method, path };
}

function inline(random: Random, operation: OperationFields): string | Fields {
  if (random.chance(0.6)) return { ...operation, body: body(random) };
  return operation.id === undefined ? `${operation.method} ${operation.path}` : { ...operation };
}

/** A document as somebody's framework writes it: references, parameters on paths and on operations, servers. */
function openApi(random: Random, operations: readonly OperationFields[]): Fields {
  const paths = new Map<string, Fields>();
  for (const { id, method, path } of operations) {
    const known = paths.get(path) ?? pathItem(random, path);
    const described = {
      ...(id === undefined ? {} : { operationId: id }),
      ...(random.chance(0.4) ? { parameters: [{ $ref: "#/components/parameters/q" }] } : {}),
      ...(random.chance(0.1) ? { servers: [{ url: "/other" }] } : {}),
      ...(method === "POST" || random.chance(0.3) ? { requestBody: requestBody(random) } : {}),
      responses: { "200": { description: "done" } },
    };
    paths.set(path, { ...known, [method.toLowerCase()]: described });
  }
  return {
    openapi: random.pick(["3.0.3", "3.1.0"]),
    info: { title: "random", version: "1" },
    ...(random.chance(0.7) ? { servers: servers(random) } : {}),
    paths: Object.fromEntries(paths),
    components: {
      parameters: { q: { name: "q", in: "query", schema: { type: "string" } } },
      schemas: { Body: body(random) },
    },
  };
}

function servers(random: Random): readonly Fields[] {
  return random.pick([
    [{ url: "https://api.acme.example/v2/" }],
    [{ url: "/v2" }, { url: "https://other.example/v3" }],
    [
      {
        url: "https://{region}.example/{stage}",
        variables: { region: { default: "eu" }, stage: { default: "beta" } },
      },
    ],
    [{ url: "https://api.acme.example" }],
  ]);
}

function pathItem(random: Random, path: string): Fields {
  const names = [...path.matchAll(/\{([^{}]*)\}/g)].map((match) => match[1]);
  if (names.length === 0 || random.chance(0.3)) return {};
  const schema = random.pick<Fields>([
    { type: "string" },
    { type: "integer" },
    { type: "string", enum: ["1", "a"] },
  ]);
  return { parameters: names.map((name) => ({ name, in: "path", required: true, schema })) };
}

function requestBody(random: Random): Fields {
  const schema = random.chance(0.5) ? { $ref: "#/components/schemas/Body" } : body(random);
  const type = random.pick(["application/json", "application/json; charset=utf-8", "text/plain"]);
  return { content: { [type]: { schema } } };
}

function body(random: Random): Fields {
  return {
    type: "object",
    properties: {
      amount: random.pick<Fields>([
        { type: "number" },
        { type: "integer" },
        { type: "number", maximum: 6 },
        { type: "number", nullable: true },
        { type: "string" },
      ]),
      note: random.pick<Fields>([
        { type: "string" },
        { type: "string", enum: ["abc", "x"] },
        { type: "string", minLength: 2 },
      ]),
    },
    ...(random.chance(0.5) ? { required: ["amount"] } : {}),
    ...(random.chance(0.2) ? { additionalProperties: false } : {}),
  };
}

function routes(random: Random): readonly Fields[] {
  return some(
    random,
    [
      { provider: "openai", model: "gpt-large" },
      { provider: "mistral", model: "small-prod.example" },
      { provider: "other", model: "fallback" },
    ],
    1,
    2,
  );
}

function proto(random: Random): string {
  const [append, read] = [
    "rpc Append(Entry) returns (Entry);",
    "rpc Read (stream Key) returns (stream Entry) { option deprecated = true; }",
  ];
  return [
    'syntax = "proto3"; // rpc None(A) returns (B);',
    random.pick(["package shop;", "package shop;", "package shop;", "package store;"]),
    `service Ledger { ${random.pick([`${append} ${read}`, `${append} ${read}`, read])} }`,
    "message Entry { string id = 1; } message Key { string id = 1; }",
  ].join("\n");
}

/** Bodies that fit the schemas, or do not. */
export function bodyOf(random: Random): Json | undefined {
  return random.pick<Json | undefined>([
    undefined,
    { amount: 5 },
    { amount: 5, note: "abc" },
    { amount: 3, note: "abc" },
    { amount: 5.5, note: "x" },
    { amount: 8, note: 7 },
    { amount: null, note: "abc" },
    { amount: "5" },
    "text",
  ]);
}

export const bodyConditions = [
  "request.body.amount < 10.0",
  "request.body.amount <= 6",
  'has(request.body.note) && request.body.note == "abc"',
  'request.body.note.startsWith("a")',
  'request.body.amount == "5"',
];

/** A target with few operations, which have what its condition reads; undefined where there are none. */
export function aboutOperations(
  random: Random,
  declared: Fields,
): { readonly on: readonly Fields[]; readonly condition: string } | undefined {
  const resource = random.pick(["api", "svc"]);
  const { operations = [] } = (declared[resource] ?? {}) as { readonly operations?: readonly unknown[] };
  const all = operations.map(fieldsOf);
  const read = random.pick(["body", "body", "id", "id", "other"]);
  const fitting =
    read === "body"
      ? all.filter(({ method }) => method === "POST")
      : all.filter(({ path }) => path.split("/").includes(`{${read}}`));
  if (fitting.length === 0) return undefined;
  const names = fitting.map(({ id, method, path }) => id ?? `${method} ${path}`);
  const condition =
    read === "body"
      ? random.pick(bodyConditions)
      : random.pick([
          `request.pathParameters.${read} == "1"`,
          `request.pathParameters.${read}.startsWith("a")`,
          `request.pathParameters.${read} != "search"`,
          `request.pathParameters.${read} in ["1", "a", "events"]`,
        ]);
  return { on: [{ resource, operations: [...new Set(some(random, names, 1, 3))] }], condition };
}

/** How often a rule applied that depends on one of these; what is never drawn is not tested. */
export class Drawn {
  readonly counts = {
    openapi: 0,
    "base path": 0,
    "body schema": 0,
    parameter: 0,
    proto: 0,
    "MCP path": 0,
    routes: 0,
    "ambiguous path": 0,
    audit: 0,
  };

  count(resource: Resource, rule: Rule, interaction: Interaction): void {
    const { counts } = this;
    const condition = rule.condition?.source ?? "";
    const operation = operationOf(resource, interaction);
    if (resource.document?.uri.endsWith(".openapi.json")) counts.openapi++;
    if (resource.document?.uri.endsWith(".proto")) counts.proto++;
    if (operation?.documentPath !== undefined) counts["base path"]++;
    if (condition.includes("request.body.") && operation?.body !== undefined) counts["body schema"]++;
    if (condition.includes("request.pathParameters.")) counts.parameter++;
    if (resource.mcpPath === "/v1/mcp") counts["MCP path"]++;
    if (resource.node.byKey.has("routes")) counts.routes++;
    const path = pathOf(interaction);
    if (path !== undefined && !isCanonicalPath(path)) counts["ambiguous path"]++;
    if (rule.mode === "audit") counts.audit++;
  }
}
