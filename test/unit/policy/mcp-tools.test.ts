import { describe, expect, test } from "vitest";
import { parseJson } from "../../../server/src/json/parse.ts";
import { readMcpTools } from "../../../server/src/policy/mcp-tools.ts";
import { short } from "./support.ts";

const read = (value: unknown) => readMcpTools(parseJson("file:///tools.json", JSON.stringify(value)));
const found = (value: unknown) => read(value).problems.map(short);
const tool = { name: "refund", description: "Pays back.", inputSchema: { type: "object" } };

describe("a list of tools", () => {
  test.each([
    ["the JSON-RPC answer", { jsonrpc: "2.0", id: 1, result: { tools: [tool] } }],
    ["its result", { tools: [tool] }],
  ])("from %s", (_name, value) => {
    const { tools, problems } = read(value);
    expect(problems).toEqual([]);
    expect(tools).toMatchObject([
      { name: "refund", description: "Pays back.", inputSchema: { type: "object" } },
    ]);
  });

  test.each([
    [{ readOnlyHint: true }, { readOnly: true }],
    [
      { destructiveHint: true, readOnlyHint: false, title: "x" },
      { destructive: true, readOnly: false },
    ],
    [{ destructiveHint: "true" }, undefined],
    [{}, undefined],
    ["destructiveHint", undefined],
  ])("with the annotations %j", (annotations, expected) => {
    expect(read({ tools: [{ ...tool, annotations }] }).tools.map((one) => one.annotations)).toEqual([
      expected,
    ]);
  });

  test("a broken tool does not take the others along", () => {
    const { tools, problems } = read({
      tools: [{ name: 3 }, tool, { name: "a b" }, { ...tool, inputSchema: "x" }],
    });
    expect(tools.map(({ name }) => name)).toEqual(["refund"]);
    expect(problems.map(short)).toEqual(["mcp/tool «3»", 'mcp/tool «"a b"»', 'mcp/tool «"x"»']);
  });

  test("a tool that stands twice", () => {
    expect(found({ tools: [tool, tool] })).toEqual(["mcp/duplicate-tool «refund»"]);
  });

  test("one page of several", () => {
    expect(found({ tools: [tool], nextCursor: "2" })).toEqual(['mcp/incomplete-list «"2"»']);
  });

  test.each([
    [{ jsonrpc: "2.0", id: 1, error: { code: -32601 } }, 'mcp/no-tools «{"code":-32601}»'],
    [{ tools: {} }, "mcp/no-tools «{}»"],
    [{ openapi: "3.1.0" }, 'mcp/no-tools «"openapi"»'],
    [[tool.name], 'mcp/no-tools «["refund"]»'],
  ])("%j is none", (value, finding) => {
    expect(found(value)).toEqual([finding]);
  });
});
