import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { budget } from "../../../server/src/access/budget.ts";
import { attribute } from "../../../server/src/access/catalogue.ts";
import { matchesPattern } from "../../../server/src/access/match-pattern.ts";
import { isCanonicalPath } from "../../../server/src/access/path-domain.ts";
import { fails, holds, type Literal, type Test } from "../../../server/src/access/predicate.ts";
import {
  containing,
  exactly,
  fullMatch,
  ignoringCase,
  oneOf,
  pathTemplate,
  prefix,
  search,
  suffix,
  type TextPattern,
} from "../../../server/src/access/text-pattern.ts";
import { disjoint, implies, satisfy, valueHolds } from "../../../server/src/access/theory.ts";
import { allTexts, patterns, runs } from "./generators.ts";

const subject = attribute("jwt.sub");
const path = attribute("request.path");
const text = (pattern: TextPattern): Test => ({ test: "text", pattern });
const is = (pattern: TextPattern, on = path): Literal => holds(on, text(pattern));
const isNot = (pattern: TextPattern, on = path): Literal => fails(on, text(pattern));

const short = allTexts(["a", "b", "/", "x", "\n"], 5);
const shortPaths = allTexts(["a", "b", "/", "x"], 6)
  .map((one) => `/${one}`)
  .filter(isCanonicalPath);

const literals = (on: typeof path) =>
  fc
    .tuple(patterns, fc.boolean())
    .map(([pattern, negated]) => (negated ? isNot(pattern, on) : is(pattern, on)));

const accepts = (some: readonly Literal[]) => (one: string) =>
  some.every(
    ({ test: asked, negated }) => asked.test === "text" && matchesPattern(asked.pattern, one) !== negated,
  );

describe("satisfiable iff some text is found by trying all short ones", () => {
  test.each([
    ["any text", subject, short],
    ["paths", path, shortPaths],
  ] as const)("%s", (_, on, all) => {
    fc.assert(
      fc.property(fc.array(literals(on), { minLength: 1, maxLength: 4 }), (some) => {
        const present = [holds(on, { test: "present" }), ...some];
        const found = satisfy(present);
        expect(found).not.toBe("too-complex");
        if (found === undefined) expect(all.filter(accepts(some))).toEqual([]);
        else if (typeof found === "object") {
          expect(present.every((one) => valueHolds(found, one))).toBe(true);
          if (on === path && found.kind === "text") expect(isCanonicalPath(found.value)).toBe(true);
        }
      }),
      runs(300),
    );
  });
});

describe("relations of two literals", () => {
  test.each([
    ["any text", subject, short],
    ["paths", path, shortPaths],
  ] as const)("%s", (_, on, all) => {
    fc.assert(
      fc.property(literals(on), literals(on), (a, b) => {
        const inverse = { ...b, negated: !b.negated };
        if (implies(a, b)) expect(all.filter(accepts([a, inverse]))).toEqual([]);
        else expect(satisfy([a, inverse])).toBeTypeOf("object");
        if (disjoint(a, b)) expect(all.filter(accepts([a, b]))).toEqual([]);
        else expect(satisfy([a, b])).toBeTypeOf("object");
      }),
      runs(400),
    );
  });

  test("the domain takes part", () => {
    const principal = attribute("source.principal");
    expect(implies(is(prefix("spiffe"), principal), is(prefix("spiffe://"), principal))).toBe(true);
    expect(implies(is(exactly("/a//b")), is(exactly("/c")))).toBe(true);
    expect(disjoint(is(containing("//")), is(prefix("/")))).toBe(true);
    const transport = attribute("transport");
    expect(implies(isNot(exactly("http"), transport), is(exactly("tcp"), transport))).toBe(true);
    expect(disjoint(isNot(exactly("http"), transport), isNot(exactly("tcp"), transport))).toBe(true);
    const operation = attribute("event.operation");
    expect(implies(isNot(exactly("publish"), operation), is(exactly("consume"), operation))).toBe(false);
  });

  test("a literal against itself and its complement", () => {
    const one = is(prefix("/a"));
    expect(implies(one, one)).toBe(true);
    expect(disjoint(one, one)).toBe(false);
    expect(disjoint(one, isNot(prefix("/a")))).toBe(true);
    const never = is(oneOf([]));
    expect(disjoint(never, never)).toBe(true);
  });
});

describe("witnesses read well", () => {
  const value = (...some: readonly Literal[]) => {
    const found = satisfy(some);
    return typeof found === "object" && found.kind === "text" ? found.value : found;
  };
  const principal = attribute("source.principal");
  const host = attribute("request.host");
  test.each<[string, readonly Literal[]]>([
    ["/payments/other", [is(prefix("/payments/"))]],
    ["/payments", [is(prefix("/payments"))]],
    ["/payments/other", [is(pathTemplate("/payments/{id}")), isNot(exactly("/payments/search"))]],
    ["/other", [isNot(pathTemplate("/payments/{id}"))]],
    ["/other.json", [is(suffix(".json"))]],
    ["/v1/users/other/a", [is(fullMatch("/v[0-9]+/users/[^/]+/(a|b)")), isNot(prefix("/v0"))]],
    ["spiffe://prod.example/ns/other/sa/other", [is(prefix("spiffe://prod.example/"), principal)]],
    ["spiffe://prod.example/ns/shop/sa/other", [is(prefix("spiffe://prod.example/ns/shop/"), principal)]],
    ["spiffe://other.example/ns/other/sa/checkout", [is(suffix("/sa/checkout"), principal)]],
    ["spiffe://other.example/ns/shop/sa/checkout", [is(suffix("/ns/shop/sa/checkout"), principal)]],
    ["spiffe://other.example/ns/shop/sa/other", [is(containing("/ns/shop/"), principal)]],
    ["other.acme.example", [is(suffix(".acme.example"), host)]],
    ["other.example", [holds(host, { test: "present" })]],
    ["api.acme.example", [is(ignoringCase(exactly("API.acme.Example")), host)]],
    ["PUT", [isNot(oneOf(["GET", "POST"]), attribute("request.method"))]],
    ["tcp", [isNot(exactly("http"), attribute("transport"))]],
  ])("%s", (expected, some) => {
    expect(value(...some)).toBe(expected);
  });

  test("declared names come first", () => {
    const tool = attribute("mcp.tool.name");
    const hints = ["refund", "charge", "list_payments"];
    expect(satisfy([holds(tool, { test: "present" }), isNot(exactly("refund"), tool)], { hints })).toEqual({
      kind: "text",
      value: "charge",
    });
    expect(satisfy([is(prefix("list"), tool)], { hints })).toEqual({ kind: "text", value: "list_payments" });
  });

  test("absent or a value first, as asked", () => {
    const literal = isNot(exactly("x"), subject);
    expect(satisfy([literal], { prefer: "value" })).toEqual({ kind: "text", value: "other" });
    expect(satisfy([literal], { prefer: "absent" })).toEqual({ kind: "absent" });
  });
});

describe("bounds", () => {
  test("a spent budget is said, not guessed", () => {
    const hard = [
      is(search("a[ab]{18}c"), subject),
      isNot(search("b[ab]{16}c"), subject),
      is(search("[ab]{40}$"), subject),
    ];
    expect(satisfy(hard, { budget: budget(50) })).toBe("too-complex");
  });

  test("an exponential automaton is given up in time", () => {
    const never = [is(fullMatch("[ab]*a[ab]{18}"), subject), is(fullMatch("[ab]*b[ab]{18}"), subject)];
    expect(satisfy(never)).toBe("too-complex");
    expect(disjoint(never[0] as Literal, never[1] as Literal)).toBe(false);
  });

  test("a thousand excluded prefixes are quick", () => {
    const many = Array.from({ length: 1_000 }, (_, i) => isNot(prefix(`/p${i}/`)));
    expect(satisfy([is(prefix("/p")), ...many])).toEqual({ kind: "text", value: "/p" });
    const exact = Array.from({ length: 1_000 }, (_, i) => isNot(exactly(`/${i}`)));
    expect(satisfy([is(pathTemplate("/{id}")), is(fullMatch("/[0-9]+")), ...exact])).toEqual({
      kind: "text",
      value: expect.stringMatching(/^\/(0\d+|\d{4,})$/),
    });
  });
});
