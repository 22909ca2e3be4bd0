import { describe, expect, test } from "vitest";
import type { Interaction } from "../../../server/src/access/interaction.ts";
import { compileCondition } from "../../../server/src/cel/compile.ts";
import { agentgatewayEnvironment } from "../../../server/src/cel/environment.ts";

const environment = agentgatewayEnvironment("payments");
const compile = (source: string) => {
  const compiled = compileCondition(source, environment);
  expect(compiled.problems).toEqual([]);
  return compiled;
};
const request: Interaction = {
  traffic: "ai",
  source: { principal: "spiffe://td/ns/ai/sa/copilot" },
  http: { method: "POST", path: "/mcp", headers: { "x-team": ["red", "blue"] } },
  mcp: { method: "tools/call", tool: { name: "refund", arguments: { amount: 5 } } },
};

describe("agentgateway", () => {
  test("constants are folded away", () => {
    const { partition } = compile('mcp.tool.target == "payments" && mcp.tool.name == "refund"');
    expect(partition.opaque).toEqual([]);
    expect(partition.true).toHaveLength(1);
    expect(partition.true[0]?.literals.map((one) => one.attribute.key)).toEqual(["mcp.tool.name"]);
    expect(compile('mcp.tool.target == "other"').evaluate(request)).toEqual({ value: "false" });
  });

  test("arguments are not there when it authorises", () => {
    const compiled = compile("mcp.tool.arguments.amount <= 10");
    expect(compiled.evaluate(request)).toEqual({
      value: "error",
      reason: "mcp.tool.arguments.amount is missing: agentgateway authorises before the arguments are known",
    });
    expect(compiled.partition.error).toEqual([{ literals: [], origins: [] }]);
    expect(compiled.partition.true).toEqual([]);
  });

  test("identity parts are patterns on the SPIFFE ID", () => {
    const { partition, evaluate } = compile('source.identity.namespace == "ai"');
    expect(evaluate(request)).toEqual({ value: "true" });
    expect(partition.true[0]?.literals.map((one) => one.attribute.key)).toEqual(["source.principal"]);
  });

  test("a header is its first value, which no predicate can tell", () => {
    const compiled = compile('request.headers["x-team"] == "red"');
    expect(compiled.evaluate(request)).toEqual({ value: "true" });
    expect(compiled.partition.opaque.map((atom) => atom.reason)).toEqual([
      "agentgateway reads only the first value of a repeated header",
    ]);
    expect(compile('"x-team" in request.headers').partition.opaque).toEqual([]);
  });

  test("its own functions are opaque, and those of nobody are a mistake", () => {
    const compiled = compile('default(jwt.role, "user") == "admin" && mcp.tool.name == "refund"');
    expect(compiled.partition.opaque.map((atom) => atom.text)).toEqual([
      'default(jwt.role, "user") == "admin"',
    ]);
    expect(compileCondition("nope(jwt.role)", environment).problems[0]?.code).toBe("cel/unknown-function");
    expect(compile("has(jwt)").evaluate(request)).toEqual({ value: "false" });
  });
});
