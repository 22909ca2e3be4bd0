import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Attribute } from "../../../server/src/access/attribute.ts";
import { opaqueAttribute } from "../../../server/src/access/attribute.ts";
import { attribute } from "../../../server/src/access/catalogue.ts";
import { inNetwork } from "../../../server/src/access/network.ts";
import { fails, holds, type Literal, type Test } from "../../../server/src/access/predicate.ts";
import { exactly, oneOf, prefix, suffix, type TextPattern } from "../../../server/src/access/text-pattern.ts";
import { disjoint, implies, satisfy, valueHolds } from "../../../server/src/access/theory.ts";
import type { AttributeValue } from "../../../server/src/access/value.ts";
import { runs } from "./generators.ts";

const claim = attribute("jwt.claims", "groups");
const header = attribute("request.headers", "x-team");
const amount = attribute("mcp.tool.arguments", "amount");
const ip = attribute("source.ip");

const literalsOf = (on: Attribute, tests: fc.Arbitrary<Test>): fc.Arbitrary<readonly Literal[]> =>
  fc.array(
    fc.tuple(tests, fc.boolean()).map(([test, negated]) => ({ attribute: on, test, negated })),
    { minLength: 1, maxLength: 5 },
  );

/** Decided as the samples say, and both relations of the first two literals as well. */
function agrees(literals: readonly Literal[], samples: readonly AttributeValue[], complete: boolean): void {
  const found = satisfy(literals);
  expect(found).not.toBe("too-complex");
  if (typeof found === "object") expect(literals.every((one) => valueHolds(found, one))).toBe(true);
  const sample = samples.find((one) => literals.every((literal) => valueHolds(one, literal)));
  if (sample !== undefined) expect(found).toBeTypeOf("object");
  else if (complete) expect(found).toBeUndefined();
  const [a, b] = literals;
  if (a === undefined || b === undefined) return;
  const both = samples.some((one) => valueHolds(one, a) && valueHolds(one, b));
  const only = samples.some((one) => valueHolds(one, a) && !valueHolds(one, b));
  if (complete) expect([disjoint(a, b), implies(a, b)]).toEqual([!both, !only]);
  else {
    expect(disjoint(a, b) && both).toBe(false);
    expect(implies(a, b) && only).toBe(false);
  }
}

const patterns = fc.constantFrom<TextPattern>(
  exactly("a"),
  exactly("b"),
  oneOf(["a", "c"]),
  prefix("a"),
  suffix("b"),
  prefix(""),
);
/** Every kind of text that these patterns tell apart. */
const members = ["a", "b", "c", "ab", "ax", "xb", "x"];
const lists = Array.from({ length: 1 << members.length }, (_, bits) =>
  members.filter((_member, i) => bits & (1 << i)),
);

describe("JSON values", () => {
  const tests = fc.oneof(
    fc.constantFrom<Test>(
      { test: "present" },
      { test: "type", type: "text" },
      { test: "type", type: "number" },
      { test: "type", type: "list" },
      { test: "type", type: "map" },
      { test: "type", type: "null" },
      { test: "type", type: "boolean" },
      { test: "boolean", value: true },
      { test: "range", min: 1, max: 2 },
    ),
    patterns.map((pattern): Test => ({ test: "text", pattern })),
    patterns.map((pattern): Test => ({ test: "member", pattern })),
    patterns.map((pattern): Test => ({ test: "member", pattern, scalar: true })),
  );
  const shapes: readonly AttributeValue[] = lists.map((some) => ({ kind: "list", members: some }));

  test("claims: absent, scalars, maps and lists", () => {
    const samples: readonly AttributeValue[] = [
      { kind: "absent" },
      { kind: "null" },
      { kind: "map" },
      { kind: "boolean", value: true },
      { kind: "boolean", value: false },
      { kind: "number", value: 1 },
      { kind: "number", value: 3 },
      ...members.map((value): AttributeValue => ({ kind: "text", value })),
      ...shapes,
    ];
    fc.assert(
      fc.property(literalsOf(claim, tests), (some) => agrees(some, samples, true)),
      runs(1_500),
    );
  });

  test("headers: absent, or a list with members", () => {
    const samples = [{ kind: "absent" } as const, ...shapes.slice(1)];
    fc.assert(
      fc.property(literalsOf(header, tests), (some) => agrees(some, samples, true)),
      runs(500),
    );
  });

  test("a list gives each test its own member, and no member passes an excluded one", () => {
    const member = (pattern: TextPattern): Test => ({ test: "member", pattern });
    expect(
      satisfy([
        holds(claim, member(exactly("support"))),
        holds(claim, member(prefix("eu-"))),
        fails(claim, member(exactly("eu-other"))),
      ]),
    ).toEqual({ kind: "list", members: ["support", "eu-x1"] });
    expect(satisfy([holds(claim, member(exactly("a"))), fails(claim, member(prefix("a")))])).toBeUndefined();
  });
});

describe("numbers", () => {
  const bounds = fc.constantFrom(-1, 0, 0.5, 1, 2, 200, 1e15);
  const ranges = fc
    .record({
      min: fc.option(bounds, { nil: undefined }),
      max: fc.option(bounds, { nil: undefined }),
      minOpen: fc.boolean(),
      maxOpen: fc.boolean(),
      integer: fc.boolean(),
    })
    .map(
      ({ min, max, minOpen, maxOpen, integer }): Test => ({
        test: "range",
        ...(min === undefined ? {} : { min }),
        ...(max === undefined ? {} : { max }),
        ...(minOpen ? { minOpen: true } : {}),
        ...(maxOpen ? { maxOpen: true } : {}),
        ...(integer ? { integer: true } : {}),
      }),
    );
  const values = [
    -3,
    -1.5,
    -1,
    -0.5,
    0,
    0.25,
    0.5,
    0.75,
    1,
    1.5,
    2,
    2.5,
    3,
    200,
    200.5,
    201,
    1e15,
    1e15 + 0.5,
    2e15,
  ];

  test("agree with samples of every interval", () => {
    const samples: readonly AttributeValue[] = [
      { kind: "absent" },
      { kind: "text", value: "a" },
      ...values.map((value): AttributeValue => ({ kind: "number", value })),
    ];
    fc.assert(
      fc.property(literalsOf(amount, ranges), (some) => agrees(some, samples, true)),
      runs(1_000),
    );
  });

  test.each<[number | undefined, Test, Test]>([
    [200.01, { test: "type", type: "number" }, { test: "range", max: 200 }],
    [201, { test: "range", integer: true }, { test: "range", max: 200 }],
    [0.5, { test: "type", type: "number" }, { test: "range", integer: true }],
    [
      undefined,
      { test: "range", min: 1, max: 2, integer: true, minOpen: true, maxOpen: true },
      { test: "boolean", value: true },
    ],
    [0.1, { test: "range", min: 0.1, max: 0.3 }, { test: "range", min: 0.2 }],
  ])("%s shows it best", (expected, inside, outside) => {
    const found = satisfy([holds(amount, inside), fails(amount, outside)]);
    expect(found).toEqual(expected === undefined ? undefined : { kind: "number", value: expected });
  });

  test("ports are whole and bounded, lifetimes are not negative", () => {
    const port = attribute("destination.port");
    expect(satisfy([holds(port, { test: "range", max: 0 })])).toBeUndefined();
    expect(satisfy([holds(port, { test: "range", min: 65_535, minOpen: true })])).toBeUndefined();
    expect(satisfy([holds(port, { test: "range", min: 80, minOpen: true })])).toEqual({
      kind: "number",
      value: 65_535,
    });
    expect(
      implies(holds(port, { test: "present" }), holds(port, { test: "range", min: 1, integer: true })),
    ).toBe(true);
    const ttl = attribute("credential.ttl");
    expect(satisfy([holds(ttl, { test: "range", min: 900, minOpen: true })])).toEqual({
      kind: "number",
      value: 901,
    });
    expect(satisfy([holds(ttl, { test: "range", max: 0, maxOpen: true })])).toBeUndefined();
  });
});

describe("addresses", () => {
  const networks = fc.constantFrom(
    "10.0.0.0/30",
    "10.0.0.0/31",
    "10.0.0.2/31",
    "10.0.0.1/32",
    "10.0.0.3",
    "0.0.0.0/0",
    "::/0",
    "2001:db8::/126",
    "2001:db8::2/127",
    "::ffff:10.0.0.0/127",
  );
  const samples: readonly AttributeValue[] = [
    { kind: "absent" },
    ...["10.0.0.0", "10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "192.0.2.1"].map(
      (value): AttributeValue => ({ kind: "text", value }),
    ),
    ...["2001:db8::", "2001:db8::1", "2001:db8::2", "2001:db8::3", "2001:db8::4"].map(
      (value): AttributeValue => ({ kind: "text", value }),
    ),
  ];

  test("agree with samples of every network", () => {
    const tests = networks.map((network): Test => ({ test: "cidr", network }));
    fc.assert(
      fc.property(literalsOf(ip, tests), (some) => agrees(some, samples, true)),
      runs(1_000),
    );
  });

  test("networks and texts together", () => {
    const tests = fc.oneof(
      networks.map((network): Test => ({ test: "cidr", network })),
      fc
        .constantFrom(
          prefix("10."),
          suffix(".3"),
          exactly("10.0.0.2"),
          prefix("2001:"),
          oneOf(["x", "10.0.0.1"]),
        )
        .map((pattern): Test => ({ test: "text", pattern })),
    );
    fc.assert(
      fc.property(literalsOf(ip, tests), (some) => {
        const found = satisfy(some);
        if (typeof found === "object") expect(some.every((one) => valueHolds(found, one))).toBe(true);
        if (found === undefined) {
          expect(samples.filter((one) => some.every((literal) => valueHolds(one, literal)))).toEqual([]);
        }
      }),
      runs(500),
    );
  });

  test("the part of a network that is left", () => {
    const found = satisfy([
      holds(ip, { test: "cidr", network: "10.0.0.0/8" }),
      fails(ip, { test: "cidr", network: "10.0.0.0/9" }),
    ]);
    expect(found).toEqual({ kind: "text", value: "10.128.0.1" });
    const halves = [
      fails(ip, { test: "cidr", network: "0.0.0.0/1" }),
      fails(ip, { test: "cidr", network: "128.0.0.0/1" }),
    ];
    expect(satisfy([...halves, holds(ip, { test: "cidr", network: "0.0.0.0/0" })])).toBeUndefined();
  });

  test("an address that is ruled out as a text is ruled out of its network", () => {
    const inSix = holds(ip, { test: "cidr", network: "2001:db8:1:8000::/49" });
    const not = (...values: readonly string[]) => fails(ip, { test: "text", pattern: oneOf(values) });
    expect(satisfy([inSix, not("2001:db8:1:8000::1", "192.168.7.7")])).toEqual({
      kind: "text",
      value: "2001:db8:1:8000::",
    });
    const two = holds(ip, { test: "cidr", network: "2001:db8::2/127" });
    expect(satisfy([two, not("2001:db8::2", "2001:db8::3")])).toBeUndefined();
    // Another form of the same address is not how addresses are written.
    expect(satisfy([two, not("2001:db8::2", "2001:0db8::3")])).toEqual({
      kind: "text",
      value: "2001:db8::3",
    });
  });

  test("a mapped address is its IPv4 address", () => {
    expect(inNetwork("::ffff:10.1.2.3", "10.0.0.0/8")).toBe(true);
    expect(inNetwork("10.1.2.3", "::ffff:10.0.0.0/104")).toBe(true);
    expect(inNetwork("10.1.2.3", "::/0")).toBe(false);
  });
});

describe("opaque atoms", () => {
  const atom = opaqueAttribute("kong|x");
  const asks = (value: "true" | "false" | "error"): Test => ({ test: "opaque", value });
  test("have one of three values and are never absent", () => {
    expect(satisfy([fails(atom, asks("true")), fails(atom, asks("false"))])).toEqual({
      kind: "opaque",
      value: "error",
    });
    expect(
      satisfy([fails(atom, asks("true")), fails(atom, asks("false")), fails(atom, asks("error"))]),
    ).toBeUndefined();
    expect(disjoint(holds(atom, asks("true")), holds(atom, asks("false")))).toBe(true);
    expect(implies(holds(atom, asks("true")), fails(atom, asks("error")))).toBe(true);
    expect(implies(fails(atom, asks("true")), holds(atom, asks("error")))).toBe(false);
  });
});
