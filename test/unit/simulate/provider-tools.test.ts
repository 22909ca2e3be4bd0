import { describe, expect, it } from "vitest";
import { providerSideServers } from "../../../server/src/simulate/provider-tools.ts";

const asking = (tools: readonly object[]) =>
  ({
    traffic: "ai",
    llm: { model: "gpt-large" },
    http: { body: { model: "gpt-large", tools: tools as never } },
  }) as const;

describe("tools that the model's provider calls itself", () => {
  it("names their servers, which no enforcement point stands before", () => {
    const tools = [
      { type: "function", name: "lookup" },
      { type: "mcp", server_label: "pay", server_url: "https://mcp.pay.example" },
    ];
    expect(providerSideServers(asking(tools))).toEqual(["https://mcp.pay.example"]);
  });

  it("has nothing to say of other requests", () => {
    expect(providerSideServers(asking([]))).toEqual([]);
    expect(
      providerSideServers({ traffic: "api", http: { body: { tools: [{ type: "mcp", server_url: "x" }] } } }),
    ).toEqual([]);
    expect(providerSideServers({ traffic: "ai", llm: {}, http: { body: "text" } })).toEqual([]);
  });
});
