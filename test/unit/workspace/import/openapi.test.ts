/** What an import of an OpenAPI document cannot take over is said, and no rule covers more than before. */
import { expect, test } from "vitest";
import type { ImportOptions } from "../../../../server/src/workspace/import/imported.ts";
import { controlPlane, imported, inventory, reportOf } from "./support.ts";

const inline: ImportOptions = { kind: "openapi", inline: true, name: "shop" };

function document(paths: string, servers = "https://api.acme.example"): string {
  return `openapi: 3.1.0
info: { title: Shop, version: "1" }
servers: [${servers
    .split(" ")
    .map((url) => `{ url: "${url}" }`)
    .join(", ")}]
paths:
${paths}`;
}

const operation = (path: string, method: string, id?: string): string =>
  `  ${path}:\n    ${method}: { ${id === undefined ? "" : `operationId: ${id}, `}responses: {} }\n`;

const plan = (source: string, options: ImportOptions, there = inventory) =>
  imported(
    {
      files: { "acme.plumb.yaml": controlPlane, "inventory.plumb.yaml": there, "shop.yaml": source },
      from: ["shop.yaml"],
    },
    options,
  );

const holey = document(
  operation("/a", "get", "one") +
    operation("/b", "get", "one") +
    operation("no-slash", "get", "two") +
    '  /c: { $ref: "other.yaml#/c" }\n  /d: { $ref: "#/components/pathItems/no" }\n',
);

const lost = [
  'shop.yaml:8: operationId "one" stands twice in this document, so a rule that names it would be ambiguous. This operation is left out; give it an id of its own.',
  'shop.yaml:9: A path of an OpenAPI document starts with "/". Requests never match "no-slash".',
  'shop.yaml:11: The operations of /c were left out: they stand in another file, "other.yaml#/c", which is not read. Bundle the document into one file to have them.',
  'shop.yaml:12: The operations of /d were left out: "#/components/pathItems/no" leads to nothing in this document.',
];

test("every operation that is left out is said, inline and by reference", async () => {
  const made = await plan(holey, inline);
  expect(made.after).toContain("operations: [{ id: one, method: GET, path: /a }]\n");
  expect(made.notes.slice(0, 4)).toEqual(lost);
  expect((await plan(holey, { kind: "openapi" })).notes.slice(0, 4)).toEqual(lost);
});

test("methods of OpenAPI 3.2 come in: QUERY inline as well, others by reference", async () => {
  const source = document(
    "  /a:\n    query: { operationId: find, responses: {} }\n    additionalOperations: { COPY: { responses: {} } }\n",
  ).replace("3.1.0", "3.2.0");
  const made = await plan(source, inline);
  expect(made.after).toContain("operations: [{ id: find, method: QUERY, path: /a }]\n");
  expect(made.notes).toContain(
    "shop.yaml: COPY /a was left out, since inline operations have the methods of HTTP itself. Import with a reference to the document to have it.",
  );
  expect((await plan(source, { kind: "openapi" })).notes.join()).not.toContain("COPY");
});

test("where no operation is left, the reasons stand in the refusal", async () => {
  await expect(plan(document('  /c: { $ref: "other.yaml#/c" }\n'), inline)).rejects.toThrow(
    /^shop\.yaml has no operations that could be written into the inventory\. shop\.yaml:5: The operations of \/c were left out/,
  );
});

test("a broken document of a thousand mistakes has a report that can be read", async () => {
  const many = Array.from({ length: 1000 }, (_, index) => operation(`p${index}`, "get")).join("");
  const { notes } = await plan(document(operation("/a", "get") + many), { kind: "openapi" });
  expect(notes.length).toBeLessThan(25);
  expect(notes).toContain("shop.yaml: 980 more are as the last ones.");
});

test("types that are missing are said where they would be used: by reference", async () => {
  const source = document(
    '  /a:\n    post: { requestBody: { content: { application/json: { schema: { $ref: "x.json" } } } } }\n',
  );
  expect((await plan(source, { kind: "openapi" })).notes[0]).toMatch(
    /^shop\.yaml:6: "x\.json" stands in another file/,
  );
  expect((await plan(source, inline)).notes.join()).not.toContain("x.json");
});

test("the id of an operation on two base paths is said to be the first one's", async () => {
  const source = document(
    operation("/a", "get", "one"),
    "https://api.acme.example/v1 https://api.acme.example/v2",
  );
  const made = await plan(source, inline);
  expect(made.after).toContain("operations: [{ id: one, method: GET, path: /v1/a }, GET /v2/a]\n");
  expect(made.notes[0]).toBe(
    "shop.yaml: its servers have several base paths, and of each operation only the first has the id here (GET /v1/a is one, GET /v2/a has none). A rule that names one covers less than it would with a reference to the document: name the others by method and path.",
  );
  expect((await plan(source, { kind: "openapi" })).notes.join()).not.toContain("base paths");
});

const has = (resource: string): string =>
  inventory.replace("resources: {}", `resources:\n    shop: ${resource}\n `);

test.each([
  ["by reference", { kind: "openapi" } as ImportOptions, "openapi: shop.yaml"],
  ["inline", inline, "operations: [GET /a]"],
])("a host that the document names otherwise is said, %s", async (_, options, what) => {
  const source = document(operation("/a", "get"), "https://new.acme.example");
  const notes = async (hosts: string): Promise<string> =>
    (await plan(source, options, has(`{ type: api, hosts: [${hosts}], ${what} }`))).notes.join("\n");
  expect(await notes("old.acme.example")).toContain(
    "shop has hosts old.acme.example, and shop.yaml names new.acme.example in its servers. The hosts stay as they are, since an import never moves what rules hold for: change them if the API is reached there.",
  );
  for (const fine of ["new.acme.example", "a.example, New.acme.example", '"*.acme.example"', '"${h}"'])
    expect(await notes(fine)).not.toContain("has hosts");
});

const listed = (...operations: string[]): string =>
  has(`\n      type: api\n      operations:\n${operations.map((one) => `        - ${one}\n`).join("")}`);

test("an operation that moved keeps its id, and its line", async () => {
  const there = listed("{ id: addE, method: POST, path: /e } # adds", "{ id: other, method: GET, path: /o }");
  const source = document(operation("/v2/e/{id}", "put", "addE") + operation("/o", "get", "other"));
  const made = await plan(source, inline, there);
  expect(made.after).toBe(there.replace("method: POST, path: /e }", 'method: PUT, path: "/v2/e/{id}" }'));
  expect(reportOf(made)).toContain("shop: operation addE POST /e -> PUT /v2/e/{id}  ");
  expect(made.goneParts).toEqual([]);
  expect((await plan(source, inline, made.after)).edits).toEqual([]);
});

test("an id that another operation keeps is not given a second time", async () => {
  const there = listed("{ id: addE, method: POST, path: /e }");
  const source = document(operation("/e", "post") + operation("/f", "post", "addE"));
  const note =
    "shop has the id addE at POST /e, so POST /f did not get it: a rule that names addE means POST /e alone. Move the id if the rule should mean POST /f.";
  const made = await plan(source, inline, there);
  expect(made.after).toContain("- { id: addE, method: POST, path: /e }\n        - POST /f\n");
  expect(made.notes).toContain(note);
  const again = await plan(source, inline, made.after);
  expect([again.edits, again.notes.includes(note)]).toEqual([[], true]);
});

test("an id goes over to an operation that is there where its own got another one, and else stays", async () => {
  const swapped = document(operation("/e", "get", "f") + operation("/f", "get", "e"));
  const there = listed("{ id: e, method: GET, path: /e }", "{ id: f, method: GET, path: /f }");
  expect((await plan(swapped, inline, there)).after).toBe(
    listed("{ id: f, method: GET, path: /e }", "{ id: e, method: GET, path: /f }"),
  );
  const bare = listed("{ id: e, method: GET, path: /old }", "{ method: GET, path: /f }");
  const made = await plan(document(operation("/f", "get", "e")), inline, bare);
  expect(made.edits).toEqual([]);
  expect(made.notes.join("\n")).toContain("shop has the id e at GET /old, so GET /f did not get it");
});

test("a path that would be a variable here is left out, and said", async () => {
  const made = await plan(document(operation("/a", "get") + operation("/${b}", "get")), inline);
  expect(made.after).toContain("operations: [GET /a]\n");
  expect(made.notes[0]).toBe(
    "shop.yaml: GET /${b} was left out, since ${...} in a policy is a variable of the control plane.",
  );
});
