import { describe, expect, test } from "vitest";
import { compileCondition } from "../../../server/src/cel/compile.ts";
import { plumblineEnvironment } from "../../../server/src/cel/environment.ts";
import { toolSchema } from "./generate.ts";

const environment = plumblineEnvironment().withToolArguments(
  [{ name: "payments-tools/refund", schema: toolSchema }],
  "specs/payments.tools.json",
);

/** `code [the characters] message` of every problem. */
function problems(source: string): readonly string[] {
  return compileCondition(source, environment).problems.map(
    ({ code, start, end, message }) => `${code} [${source.slice(start, end)}] ${message}`,
  );
}

describe("names", () => {
  test("an unknown argument is underlined alone, with what was meant and where arguments come from", () => {
    const source = "mcp.tool.arguments.amout <= 200.0";
    const [problem] = compileCondition(source, environment).problems;
    expect(problem).toEqual({
      code: "cel/unknown-field",
      severity: "error",
      message:
        'Tool payments-tools/refund has no argument "amout". Did you mean "amount" (number, required)? ' +
        "Arguments come from specs/payments.tools.json.",
      start: 19,
      end: 24,
      replaceWith: "amount",
    });
  });

  test("every mistake of a condition is found, not only the first", () => {
    expect(
      problems('jwtt.sub == "a" && mcp.tool.arguments.amout > 1 || jwt.sub.startWith("a") && jwt.sub == 5'),
    ).toEqual([
      'cel/unknown-variable [jwtt] There is no variable "jwtt". Did you mean "jwt"?',
      expect.stringContaining("cel/unknown-field [amout]"),
      'cel/unknown-function [startWith] CEL has no method "startWith". Did you mean "startsWith"?',
      expect.stringContaining("cel/type [5]"),
    ]);
  });

  test.each([
    ['source.address == "10.0.0.1"', "source.address", "source.ip"],
    ['source.identity.namespace == "a"', "source.identity.namespace", "source.namespace"],
    ['source.spiffeId == "a"', "source.spiffeId", "source.principal"],
    ['request.auth.claims.team == "a"', "request.auth.claims", "jwt"],
    ['request.http.method == "GET"', "request.http", "request"],
    ['input.attributes.request.http.path == "/a"', "input.attributes.request.http", "request"],
    ['connection.sni == "a"', "connection.sni", "destination.sni"],
    ['now > timestamp("2026-01-01T00:00:00Z")', "now", "context.time"],
    ['llm.model == "a"', "llm.model", "llm.requestModel"],
  ])("%s: the name of another system has ours for a fix", (source, written, ours) => {
    expect(problems(source)).toEqual([
      `cel/unknown-${/^(source|request|llm)/.test(written) ? "field" : "variable"} [${written}] Conditions have no "${written}". Here it is ${ours}.`,
    ]);
    const [problem] = compileCondition(source, environment).problems;
    expect(problem?.replaceWith).toBe(ours);
    // What the fix makes is read.
    expect(problems(source.replace(written, ours)).filter((one) => one.includes("unknown"))).toEqual([]);
  });

  test.each([
    ['subject.id == "a"', "[subject]", "source.principal"],
    ['subject.type == "a"', "[subject.type]", "`subjects`"],
    ['"a" in subject.groups', "[subject.groups]", "jwt.groups"],
    ['resource.name == "a"', "[resource]", "`on`"],
    ['apiKey.user == "a"', "[apiKey]", "client.id"],
    ['request.uri == "a"', "[request.uri]", "request.path"],
    ['input.user == "a"', "[input]", "without input"],
    ['request["uri"] == "a"', '[request["uri"]', "request.path"],
  ])("%s: what is read instead is said, without a guess", (source, where, instead) => {
    const found = problems(source);
    expect(found).toEqual([expect.stringContaining(where)]);
    expect(found[0]).toContain(instead);
    expect(compileCondition(source, environment).problems[0]).not.toHaveProperty("replaceWith");
  });

  test("claims below jwt.claims may be there, and are most likely meant for claims of jwt", () => {
    expect(compileCondition('jwt.claims.team == "a"', environment).problems).toMatchObject([
      { severity: "warning", start: 0, end: 10, replaceWith: "jwt" },
    ]);
  });

  test("a name of one's own is no other name", () => {
    expect(problems('jwt.groups.exists(resource, resource == "a")')).toEqual([]);
  });

  test("what cannot be called on a value is not what was meant", () => {
    expect(problems("jwt.sub.nope()")).toEqual(['cel/unknown-function [nope] CEL has no method "nope".']);
  });

  test("any claim is accepted, a field of another variable is not", () => {
    expect(problems('jwt.anything.at.all == "x"')).toEqual([]);
    expect(problems('request.metod == "GET"')).toEqual([
      'cel/unknown-field [metod] request has no field "metod". Did you mean "method" (string)?',
    ]);
  });
});

describe("types", () => {
  test("a number of JSON Schema compares with whole and with decimal literals", () => {
    for (const operator of ["==", "!=", "<", "<=", ">", ">="]) {
      expect(problems(`mcp.tool.arguments.amount ${operator} 200`)).toEqual([]);
      expect(problems(`mcp.tool.arguments.amount ${operator} 200.0`)).toEqual([]);
      expect(problems(`-200 ${operator} mcp.tool.arguments.amount`)).toEqual([]);
    }
    expect(problems("mcp.tool.arguments.amount in [1, 2.5]")).toEqual([]);
  });

  test("a mistake says which operator got what, and what to write", () => {
    expect(problems("jwt.sub == 5")).toEqual([
      'cel/type [5] "==" cannot be used here: jwt.sub is a string and 5 is an int. To fix it, write "5".',
    ]);
    expect(problems('credential.ttl <= "15m"')).toEqual([
      'cel/type ["15m"] "<=" cannot be used here: credential.ttl is a duration and "15m" is a string. ' +
        'To fix it, write duration("15m").',
    ]);
    expect(problems("mcp.tool.arguments.count + 1.0 > 2.0")[0]).toContain("To fix it, write 1.");
    expect(problems('jwt.aud.startsWith("x")')[0]).toContain("jwt.aud.exists(v, v.startsWith(...))");
  });

  test("a condition that is neither true nor false", () => {
    expect(problems("jwt.sub")[0]).toContain("cel/not-boolean [jwt.sub] A condition must be true or false");
    expect(problems("request.method && true")[0]).toContain("cel/type [request.method]");
  });
});

describe("syntax", () => {
  test.each([
    ['(jwt.sub == "a"', 'cel/syntax ["a"] The condition ends too early: the closing ")" is missing.'],
    ['jwt.sub = "a"', 'cel/syntax [=] CEL has no "=" here. Write ==.'],
    ['jwt.sub == "a" and true', 'cel/syntax [and] CEL has no "and" here. Write &&.'],
    ['jwt.sub == "a', 'cel/syntax ["a] This string has no closing quote.'],
    ["jwt.sub ==", "cel/syntax [==] The condition ends too early: something must follow here."],
    ["", "cel/syntax [] The condition is empty. Leave the key out if there is no condition."],
  ])("%s", (source, expected) => {
    expect(problems(source)).toEqual([expected]);
  });

  test("expressions that are no RE2 are underlined at the literal", () => {
    expect(problems('request.path.matches("^/a(?!b)")')[0]).toContain('cel/regex ["^/a(?!b)"]');
    expect(problems('request.path.matches(r"(a)\\1")')[0]).toContain("back-references");
    expect(problems('request.path.matches("(a")')[0]).toContain("cel/regex");
  });
});

describe("constants that can only fail", () => {
  test.each([
    ['credential.ttl <= duration("1d")', '["1d"]', "is no duration", '"24h"'],
    ['credential.ttl <= duration("15min")', '["15min"]', "the units are h, m, s", '"15m"'],
    ["credential.ttl <= duration('2 days')", "['2 days']", "is no duration", "'48h'"],
    ['credential.ttl <= duration("PT1H30M")', '["PT1H30M"]', "is no duration", '"1h30m"'],
    ['credential.ttl <= duration("soon")', '["soon"]', "is no duration", undefined],
    ['context.time < timestamp("2026-13-01T00:00:00Z")', '["2026-13-01T00:00:00Z"]', "is no time", undefined],
    ['context.time < timestamp("2026-12-01")', '["2026-12-01"]', "is no time", '"2026-12-01T00:00:00Z"'],
    ['context.time.getHours("Europe/Berln") < 9', '["Europe/Berln"]', "no time zone", '"Europe/Berlin"'],
    ['mcp.tool.arguments.count < int("1x")', '["1x"]', "int() cannot read", undefined],
    ["mcp.tool.arguments.count < 1 / 0", "[1 / 0]", "division by zero", undefined],
  ])("%s", (source, where, reason, replaceWith) => {
    const found = compileCondition(source, environment).problems;
    expect(problems(source)).toEqual([expect.stringContaining(`cel/invalid-constant ${where}`)]);
    expect(found[0]?.message).toContain(reason);
    expect(found[0]?.replaceWith).toBe(replaceWith);
  });

  test.each([
    ["1 / 0 == 1", "This fails on every request, so that"],
    ['size("a".split(",")[1 / 0]) == 1', "This fails on every request, so that"],
    ['request.method == "GET" || 1 / 0 == 1', "This can only fail, and where the rest"],
    ['request.method == "GET" && 1 / 0 == 1', "This can only fail, and where the rest"],
    ['request.method == "GET" ? true : 1 / 0 == 1', "This can only fail, and where the rest"],
    ["jwt.groups.exists(g, 1 / 0 == 1)", "This can only fail, and where the rest"],
  ])("%s: whether something else can decide is said", (source, beginning) => {
    expect(problems(source)).toEqual([expect.stringContaining(`cel/invalid-constant [1 / 0] ${beginning}`)]);
  });

  test("what has a value, or is not known, is no finding", () => {
    for (const source of [
      'credential.ttl <= duration("24h") + duration("1h")',
      'context.time.getHours("+02:00") < 9 && context.time.getHours("Europe/Berlin") < 9',
      "context.time.getHours(jwt.zone) < 9",
      "credential.ttl <= duration(jwt.limit)",
      "request.path.matches(jwt.sub)",
    ]) {
      expect(problems(source)).toEqual([]);
    }
  });

  test("another part still decides", () => {
    const compiled = compileCondition(
      'request.method == "GET" || credential.ttl < duration("1d")',
      environment,
    );
    expect(compiled.evaluate({ traffic: "api", http: { method: "GET" } }).value).toBe("true");
    expect(compiled.evaluate({ traffic: "api", http: { method: "PUT" } }).value).toBe("error");
  });

  test("an expression of RE2 that is put together of constants", () => {
    expect(problems('request.path.matches("a" + "(")')).toEqual([
      expect.stringContaining('cel/regex ["a" + "("] This is no RE2 expression'),
    ]);
    expect(problems('request.path.matches("^/a" + "/b")')).toEqual([]);
  });
});

describe("bounds", () => {
  const code = (source: string) => compileCondition(source, environment).problems[0]?.code;

  test("what is too large is refused before it is parsed", () => {
    expect(code(`jwt.sub == "${"a".repeat(10_000)}"`)).toBe("cel/too-complex");
    expect(code(Array.from({ length: 700 }, () => "true").join("&&"))).toBe("cel/too-complex");
    expect(code(`${"(".repeat(1_000)}true${")".repeat(1_000)}`)).toBe("cel/too-complex");
    expect(code(`${"!".repeat(5_000)}true`)).toBe("cel/too-complex");
    expect(code("jwt.a.all(x, jwt.b.all(y, jwt.c.all(z, true)))")).toBe("cel/too-complex");
    expect(code(Array.from({ length: 160 }, () => "has(jwt.a)").join(" || "))).toBeUndefined();
  });

  test("a regular expression that would backtrack takes no time", () => {
    const compiled = compileCondition('request.path.matches("^(/a+)+$")', environment);
    const request = { traffic: "api", http: { path: `${"/a".repeat(2_000)}!` } } as const;
    expect(compiled.evaluate(request)).toEqual({ value: "false" });
  });

  test("a condition with errors is an error on every request", () => {
    const compiled = compileCondition("jwt.sub == 5", environment);
    expect(compiled.evaluate({ traffic: "api" }).value).toBe("error");
    expect(compiled.partition.error).toEqual([{ literals: [], origins: [] }]);
  });
});

test("a condition names the attributes that it reads, each at its first place", () => {
  const source =
    'source.namespace == "a" && (mcp.tool.arguments.amount > 1 || mcp.tool.arguments.amount < 0)';
  const { attributes } = compileCondition(source, environment);
  expect(attributes.map(({ attribute, start, end }) => [attribute.key, source.slice(start, end)])).toEqual([
    ["source.principal", "source.namespace"],
    ["mcp.tool.arguments.amount", "mcp.tool.arguments.amount"],
  ]);
  expect(attributes[1]?.start).toBe(28);
});
