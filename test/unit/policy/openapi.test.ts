import { describe, expect, test } from "vitest";
import { parseJson } from "../../../server/src/json/parse.ts";
import { readOpenApi } from "../../../server/src/policy/openapi.ts";
import { parseYaml } from "../../../server/src/yaml/parse.ts";
import { short } from "./support.ts";

const read = (text: string, basePath?: string) =>
  readOpenApi(parseYaml("file:///a.openapi.yaml", text, { dialect: "deployed" }), basePath);
const names = (text: string, basePath?: string) =>
  read(text, basePath).operations.map(({ id, method, path }) => `${id ?? "-"} ${method} ${path}`);
const found = (text: string) => read(text).problems.map(short);

describe("operations", () => {
  test("by id, method and path, with the base paths of the servers", () => {
    const text = `
openapi: 3.0.3
servers: [{ url: "https://a.example/v1/" }, { url: "https://b.example/v1" }, { url: "/{stage}", variables: { stage: { default: beta } } }]
paths:
  /things/{id}:
    get: { operationId: getThing }
    x-note: {}
  /health:
    servers: [{ url: https://a.example }]
    get: {}
    head: { operationId: probe, servers: [{ url: /probe }] }
`;
    expect(names(text)).toEqual([
      "getThing GET /v1/things/{id}",
      "getThing GET /beta/things/{id}",
      "- GET /health",
      "probe HEAD /probe/health",
    ]);
    expect(names(text, "/api/")).toContain("getThing GET /api/things/{id}");
    expect(read(text).problems).toEqual([]);
    expect(read(text).operations[0]?.documentPath).toBe("/things/{id}");
  });

  test("of OpenAPI 3.2: QUERY, and what is named under additionalOperations", () => {
    const text = (version: string) => `
openapi: ${version}
paths:
  /search:
    get: { operationId: list }
    query: { operationId: search }
    additionalOperations:
      COPY: { operationId: copy }
`;
    expect(names(text("3.2.0"))).toEqual(["list GET /search", "search QUERY /search", "copy COPY /search"]);
    // Before, a path had no such fields.
    expect(names(text("3.1.1"))).toEqual(["list GET /search"]);
  });

  test("from JSON as well", () => {
    const file = parseJson(
      "file:///a.json",
      '{"openapi":"3.1.0","paths":{"/a":{"post":{"operationId":"make"}}}}',
    );
    expect(readOpenApi(file).operations.map(({ id }) => id)).toEqual(["make"]);
  });

  test("parameters of the path under those of the operation, references followed", () => {
    const text = `
openapi: 3.1.0
paths:
  /a/{id}:
    parameters:
      - { $ref: "#/components/parameters/Id" }
      - { name: q, in: query, schema: { type: string } }
    get:
      parameters: [{ name: q, in: query, schema: { type: integer } }]
components:
  parameters: { Id: { name: id, in: path, required: true, schema: { type: string } } }
`;
    expect(read(text).operations[0]?.parameters).toEqual([
      { name: "id", in: "path", required: true, schema: { type: "string" } },
      { name: "q", in: "query", required: false, schema: { type: "integer" } },
    ]);
  });

  test("bodies carry the components that their references lead into; recursion is legal", () => {
    const text = `
openapi: 3.1.0
paths:
  /a:
    post:
      requestBody: { $ref: "#/components/requestBodies/Tree" }
components:
  requestBodies:
    Tree: { content: { application/vnd.a+json: { schema: { $ref: "#/components/schemas/Tree" } } } }
  schemas:
    Tree: { type: object, properties: { child: { $ref: "#/components/schemas/Tree" } } }
`;
    const { operations, problems } = read(text);
    expect(problems).toEqual([]);
    expect(operations[0]?.body).toMatchObject({
      $ref: "#/components/schemas/Tree",
      components: { schemas: { Tree: { type: "object" } } },
    });
  });
});

describe("what is wrong in the document", () => {
  test("references in a circle give one finding", () => {
    const text = `
openapi: 3.1.0
paths:
  /a:
    get: { parameters: [{ $ref: "#/components/parameters/A" }] }
    put: { parameters: [{ $ref: "#/components/parameters/B" }] }
components:
  parameters:
    A: { $ref: "#/components/parameters/B" }
    B: { $ref: "#/components/parameters/A" }
`;
    expect(found(text)).toEqual(['openapi/ref-cycle «"#/components/parameters/A"»']);
    expect(read(text).operations).toHaveLength(2);
  });

  test("a schema that is only a reference to itself", () => {
    const text = `
openapi: 3.1.0
paths:
  /a:
    post: { requestBody: { content: { application/json: { schema: { $ref: "#/components/schemas/A" } } } } }
components: { schemas: { A: { $ref: "#/components/schemas/A" } } }
`;
    expect(found(text)).toEqual(['openapi/ref-cycle «"#/components/schemas/A"»']);
  });

  test.each(["[/a, /b]", "none", "5", "null"])("paths that are no map: %s", (paths) => {
    expect(found(`openapi: 3.1.0\npaths: ${paths}\n`)).toEqual([`openapi/not-openapi «${paths}»`]);
  });

  test("paths that are not there, or empty", () => {
    expect(found("openapi: 3.1.0\n")).toEqual([]);
    expect(found("openapi: 3.1.0\npaths: {}\n")).toEqual([]);
  });

  test("references that lead nowhere, or out of the file, each once", () => {
    const text = `
openapi: 3.1.0
paths:
  /a: { get: { parameters: [{ $ref: "#/components/parameters/X" }, { $ref: "other.yaml#/Y" }] } }
  /b: { get: { parameters: [{ $ref: "#/components/parameters/X" }] } }
`;
    expect(found(text)).toEqual([
      'openapi/unresolved-ref «"#/components/parameters/X"»',
      'openapi/external-ref «"other.yaml#/Y"»',
    ]);
  });

  test("a path that stands in another file, of which what stands here is read", () => {
    const text = `
openapi: 3.1.0
paths:
  /a: { $ref: "other.yaml#/paths/a", post: { operationId: here } }
  /b: { get: {} }
`;
    expect(found(text)).toEqual(['openapi/external-ref «"other.yaml#/paths/a"»']);
    const read = readOpenApi(parseYaml("u", text, { dialect: "deployed" }));
    expect(read.isPartial).toBe(true);
    expect(read.operations.map(({ method, path }) => `${method} ${path}`)).toEqual(["POST /a", "GET /b"]);
  });

  test("an operationId that stands twice", () => {
    expect(
      found("openapi: 3.1.0\npaths: { /a: { get: { operationId: x } }, /b: { get: { operationId: x } } }"),
    ).toEqual(["openapi/duplicate-operation-id «x»"]);
  });

  test.each([
    ["swagger: '2.0'\npaths: {}", "openapi/not-openapi «'2.0'»"],
    ["openapi: 4.0.0\npaths: {}", "openapi/not-openapi «4.0.0»"],
    ["kind: Deployment", "openapi/not-openapi «kind»"],
    ["openapi: 3.1.0\npaths: { a: { get: {} } }", "openapi/path «a»"],
  ])("%j", (text, finding) => {
    expect(found(text)).toEqual([finding]);
  });
});
