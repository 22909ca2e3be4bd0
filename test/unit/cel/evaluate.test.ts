import { describe, expect, test } from "vitest";
import type { Interaction } from "../../../server/src/access/interaction.ts";
import { compileCondition } from "../../../server/src/cel/compile.ts";
import { plumblineEnvironment } from "../../../server/src/cel/environment.ts";
import { toolSchema } from "./generate.ts";

const environment = plumblineEnvironment().withToolArguments([{ name: "refund", schema: toolSchema }]);

const request: Interaction = {
  traffic: "ai",
  source: { principal: "spiffe://td/ns/shop/sa/web" },
  jwt: {
    iss: "https://idp",
    sub: "alice",
    aud: ["api"],
    claims: { groups: ["support"], level: 3, act: { sub: "copilot" } },
  },
  credential: { ttl: "15m" },
  http: { method: "POST", path: "/mcp?x=1", headers: { "x-team": ["red"] } },
  mcp: { method: "tools/call", tool: { name: "refund", arguments: { amount: 250, note: 7, tags: ["a"] } } },
  time: "2026-01-15T09:00:00Z",
};

const evaluate = (source: string, on: Interaction = request) => {
  const compiled = compileCondition(source, environment);
  // A constant that can only fail is reported, and still evaluated.
  expect(compiled.problems.filter(({ code }) => code !== "cel/invalid-constant")).toEqual([]);
  return compiled.evaluate(on);
};
const explain = (source: string, on: Interaction = request) =>
  compileCondition(source, environment).explain(on);

describe("values", () => {
  test.each([
    ["mcp.tool.arguments.amount <= 200", "false"],
    ["mcp.tool.arguments.amount == 250.0", "true"],
    ['source.namespace == "shop" && source.serviceAccount == "web"', "true"],
    ['"support" in jwt.groups && "api" in jwt.aud', "true"],
    ['request.headers["X-Team"][0] == "red"', "true"],
    ['request.query.x.exists(v, v == "1")', "true"],
    ['request.path == "/mcp"', "true"],
    ['credential.ttl <= duration("15m")', "true"],
    ['context.time < timestamp("2026-01-15T09:00:01Z")', "true"],
    ['onBehalfOf.exists(p, p.id == "alice" && p.issuer == "https://idp" && "support" in p.groups)', "true"],
    ['onBehalfOf[0].id == "alice"', "true"],
    ["has(jwt.team)", "false"],
    ["jwt.level > 2", "true"],
    ['jwt.level == "3"', "false"],
  ])("%s is %s", (source, value) => {
    expect(evaluate(source).value).toBe(value);
  });

  test.each([
    ["orders.read orders.write", '"orders.read" in jwt.scope', "true"],
    ["orders.read.all", '"orders.read" in jwt.scope', "false"],
    [" orders.read  ", "jwt.scope.size() == 1", "true"],
    ["", "jwt.scope == []", "true"],
    ["a orders.read", 'jwt.scope.exists(one, one.startsWith("orders."))', "true"],
    [["orders.read"], '"orders.read" in jwt.scope', "true"],
    [7, "has(jwt.scope)", "error"],
    [undefined, "has(jwt.scope)", "false"],
    [undefined, '"orders.read" in jwt.scope', "error"],
  ])("the scopes %j: %s is %s", (scope, source, value) => {
    const token = { iss: "https://idp", claims: { ...(scope !== undefined && { scope }) } };
    expect(evaluate(source, { traffic: "api", jwt: token }).value).toBe(value);
  });

  test("scopes are a list, whichever way a token writes them", () => {
    expect(compileCondition('jwt.scope == "orders.read"', environment).problems).toMatchObject([
      { code: "cel/type", message: expect.stringContaining("jwt.scope") },
    ]);
  });

  test("without a token, has() of a claim is false and reading it is an error", () => {
    const anonymous: Interaction = { traffic: "api" };
    expect(evaluate("has(jwt.team)", anonymous)).toEqual({ value: "false" });
    expect(evaluate('jwt.team == "a"', anonymous)).toEqual({
      value: "error",
      reason: 'the request carries no token, so jwt has no claim "team"',
    });
  });

  test("&& and || absorb errors", () => {
    expect(evaluate('jwt.team == "a" && false').value).toBe("false");
    expect(evaluate('jwt.team == "a" || true').value).toBe("true");
    expect(evaluate('jwt.team == "a" && true').value).toBe("error");
  });
});

describe("reasons", () => {
  test.each([
    ['jwt.team == "a"', 'jwt has no claim "team"'],
    ['mcp.tool.arguments.note == "a"', 'argument "note" is a number, the tool\'s schema says string'],
    ["mcp.tool.arguments.count > 1", 'the call has no argument "count"'],
    ['"a" in jwt.act', "jwt.act is not a list"],
    ['jwt.level.startsWith("a")', "startsWith() does not work on a double"],
    ["jwt.sub == jwt.missing", 'jwt has no claim "missing"'],
    ['context.time.getHours("Nowhere/At-All") > 1', '"Nowhere/At-All" is no time zone'],
    ['grpc.service == "a"', "grpc.service is missing: the request is no gRPC call"],
  ])("%s: %s", (source, reason) => {
    expect(evaluate(source)).toEqual({ value: "error", reason });
  });
});

describe("near misses", () => {
  test.each([
    ["mcp.tool.arguments.amount <= 200.0", "amount was 250, needed <= 200"],
    ["200 >= mcp.tool.arguments.amount", "amount was 250, needed <= 200"],
    ['jwt.sub == "alice" && mcp.tool.arguments.amount < 100', "amount was 250, needed < 100"],
    ['jwt.sub == "bob"', 'sub was "alice", needed "bob"'],
    ['jwt.sub != "alice"', 'sub was "alice", needed anything but "alice"'],
    ['!(jwt.sub == "alice")', 'sub was "alice", needed anything but "alice"'],
    ['jwt.sub in ["bob", "eve"]', 'sub was "alice", needed one of "bob", "eve"'],
    ['"admin" in jwt.groups', 'groups was ["support"], needed "admin" in it'],
    ['request.path.startsWith("/v1")', 'path was "/mcp", needed it to start with "/v1"'],
    ['credential.ttl < duration("10m")', "ttl was 15m, needed < 10m"],
    ["has(jwt.team)", "jwt.team is missing"],
    ['jwt.team == "a"', 'jwt has no claim "team"'],
    ['jwt.sub == "bob" || jwt.level > 5', 'sub was "alice", needed "bob", and level was 3, needed > 5'],
  ])("%s", (source, expected) => {
    expect(explain(source)).toBe(expected);
  });
});
