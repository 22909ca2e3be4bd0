/** Where unqualified-tool-name ends: what it must not report. */
import { describe, expect, it } from "vitest";
import { foundIn } from "./found-in.ts";

const list = (...names: readonly string[]) =>
  JSON.stringify({
    tools: names.map((name) => ({
      name,
      inputSchema: { type: "object" },
      annotations: { readOnlyHint: true },
    })),
  });

function found(on: string, condition: string, effect = "allow", mode = "enforce") {
  const documents = {
    "ControlPlane/shop": "trustDomains: { prod.example: {} }\nenvironments: { production: {} }",
    "Inventory/shop": `identities:
  job: { type: workload, spiffeId: "spiffe://prod.example/ns/a/sa/job" }
resources:
  one: { type: mcp-server, tools: one.json }
  two: { type: mcp-server, tools: two.json }
  web: { type: service, protocol: http }`,
    "Policy/p": `mode: ${mode}
rules:
  - name: r
    effect: ${effect}
    subjects: [job]
    on: [${on}]
    condition: |-
      ${condition}`,
  };
  const files = { "one.json": list("search", "read"), "two.json": list("search", "write") };
  return foundIn("unqualified-tool-name", documents, files);
}

const both = "{ resource: one }, { resource: two }";

describe("unqualified-tool-name", () => {
  it("says which servers have such a tool, and where", async () => {
    const [finding, ...others] = await found(both, 'mcp.tool.name == "search"');
    expect(others).toEqual([]);
    expect(finding?.shown).toBe('"search"');
    expect(finding?.message).toContain("one and two each have a tool of that name");
    expect(finding?.related.map((one) => one.message)).toEqual(["one has search.", "two has search."]);
  });

  it("speaks of tomorrow where only one server has it", async () => {
    const [finding] = await found(both, 'mcp.tool.name == "read"');
    expect(finding?.message).toContain("it is a tool of one");
  });

  it.each([
    ["one server", "{ resource: one }", 'mcp.tool.name == "search"'],
    ["one server and something else", "{ resource: one }, { resource: web }", 'mcp.tool.name == "search"'],
    [
      "one target that leaves the choice",
      "{ resource: one }, { resource: two, tools: [write] }",
      'mcp.tool.name != "read"',
    ],
    ["a condition that names the server", both, 'mcp.tool.name == "search" && mcp.tool.target == "one"'],
    ["a condition that only excludes", both, 'mcp.tool.name != "search"'],
    ["a condition on something else", both, 'request.host == "a.example"'],
  ])("is no matter of %s", async (_, on, condition) => {
    expect(await found(on, condition)).toEqual([]);
  });

  it("leaves denies and audited rules alone", async () => {
    expect(await found(both, 'mcp.tool.name == "search"', "deny")).toEqual([]);
    expect(await found(both, 'mcp.tool.name == "search"', "allow", "audit")).toEqual([]);
  });
});
