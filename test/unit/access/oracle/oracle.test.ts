/** The oracle itself on pairs whose answers are plain: what it says of random pairs is worth as much as this. */
import { afterAll, describe, expect, test } from "vitest";
import type { Attribute } from "../../../../server/src/access/attribute.ts";
import { attribute } from "../../../../server/src/access/catalogue.ts";
import { compare } from "../../../../server/src/access/compare.ts";
import {
  type AccessFunction,
  fails,
  holds,
  type Literal,
  type Test,
} from "../../../../server/src/access/predicate.ts";
import {
  containing,
  exactly,
  fullMatch,
  ignoringCase,
  oneOf,
  pathTemplate,
  prefix,
  search,
  sequence,
  suffix,
  type TextPattern,
} from "../../../../server/src/access/text-pattern.ts";
import { random } from "../support/random-functions.ts";
import { comparePairsWithZ3, median } from "./compare-with-z3.ts";
import { z3Verdict, z3VerdictAtOnce } from "./oracle-verdict.ts";
import { randomPair } from "./random-pair.ts";
import { samplerOf } from "./samples.ts";
import { StringTheory } from "./string-theory.ts";
import { atoms } from "./vocabulary.ts";
import { Z3 } from "./z3.ts";

type Row = readonly [string, readonly Literal[], readonly Literal[], string];

const text = (pattern: TextPattern): Test => ({ test: "text", pattern });
const is = (on: Attribute, pattern: TextPattern): Literal => holds(on, text(pattern));
const member = (pattern: TextPattern, scalar = false): Test => ({
  test: "member",
  pattern,
  ...(scalar ? { scalar: true as const } : {}),
});
const path = attribute("request.path");
const sub = attribute("jwt.sub");
const ip = attribute("source.ip");
const port = attribute("destination.port");
const claim = attribute("jwt.claims", "groups");
const team = attribute("request.headers", "x-team");
const act = attribute("jwt.claims", "act");
const actor = attribute("jwt.claims", "act", "sub");
const present: Test = { test: "present" };
const chars = { any: "chars" } as const;
const atomIs = (value: "true" | "false" | "error"): Literal =>
  holds((atoms[0] as (typeof atoms)[number]).attribute, { test: "opaque", value });

/** What the left and the right side allow; whether the right newly allows, and newly denies. */
const rows: readonly Row[] = [
  ["a prefix has more than a text", [is(sub, exactly("ab"))], [is(sub, prefix("a"))], "yes,no"],
  ["a text and its suffix", [is(sub, suffix("b"))], [is(sub, exactly("ab"))], "no,yes"],
  ["what contains a letter may have others", [is(sub, containing("b"))], [is(sub, fullMatch("b"))], "no,yes"],
  ["an expression for a set", [is(sub, oneOf(["ab", "b"]))], [is(sub, fullMatch("a?b"))], "no,no"],
  ["a search", [is(sub, search("^a"))], [is(sub, prefix("a"))], "no,no"],
  ["a search for the end", [is(sub, search("a$|^$"))], [is(sub, suffix("a"))], "no,yes"],
  ["a dot is no newline", [is(sub, fullMatch(".*"))], [holds(sub, present)], "yes,no"],
  ["ASCII case", [is(sub, ignoringCase(exactly("k")))], [is(sub, oneOf(["k", "K"]))], "no,no"],
  ["RE2's case has the Kelvin sign", [is(sub, fullMatch("(?i)k"))], [is(sub, oneOf(["k", "K"]))], "no,yes"],
  ["a template", [is(path, pathTemplate("/a/{x}"))], [is(path, fullMatch("/a/[^/]+"))], "no,no"],
  ["no path has two slashes", [is(path, containing("//"))], [is(path, exactly("nowhere"))], "no,no"],
  ["a path is absent or starts with /", [], [is(path, prefix("/"))], "no,yes"],
  ["no path ends in dots", [is(path, suffix("/.."))], [is(path, exactly("/a?"))], "no,no"],
  ["escapes of what is reserved", [is(path, exactly("/a%20"))], [is(path, exactly("/a%2F"))], "no,yes"],
  [
    "two wildcards",
    [is(path, sequence({ literal: "/" }, chars, { literal: "/a/" }, chars))],
    [is(path, containing("/a/"))],
    "yes,no",
  ],
  [
    "halves of a network",
    [
      holds(ip, { test: "cidr", network: "10.0.0.0/8" }),
      fails(ip, { test: "cidr", network: "10.128.0.0/9" }),
    ],
    [holds(ip, { test: "cidr", network: "10.0.0.0/9" })],
    "no,no",
  ],
  [
    "an address in a network",
    [is(ip, exactly("::1"))],
    [holds(ip, { test: "cidr", network: "::/0" })],
    "yes,no",
  ],
  [
    "no IPv4 in IPv6",
    [holds(ip, { test: "cidr", network: "::/0" })],
    [fails(ip, { test: "cidr", network: "0.0.0.0/0" }), holds(ip, present)],
    "no,no",
  ],
  [
    "ports are whole",
    [holds(port, { test: "range", min: 79, minOpen: true, max: 81, maxOpen: true })],
    [holds(port, { test: "range", min: 80, max: 80 })],
    "no,no",
  ],
  ["no port 0", [holds(port, { test: "range", max: 0 })], [is(sub, oneOf([]))], "no,no"],
  [
    "claims are not whole",
    [holds(claim, { test: "range", min: 0, minOpen: true, max: 1, maxOpen: true })],
    [holds(claim, { test: "range", min: 0.5, max: 0.5 })],
    "no,yes",
  ],
  [
    "members are independent",
    [holds(claim, member(exactly("a"))), holds(claim, member(exactly("b")))],
    [holds(claim, member(oneOf(["a", "b"])))],
    "yes,no",
  ],
  [
    "a scalar is no list",
    [holds(claim, member(exactly("a"), true))],
    [holds(claim, member(exactly("a")))],
    "no,yes",
  ],
  [
    "a list may be empty in a claim",
    [holds(claim, { test: "type", type: "list" })],
    [holds(claim, member(sequence(chars)))],
    "no,yes",
  ],
  ["and not in a header", [holds(team, present)], [holds(team, member(sequence(chars)))], "no,no"],
  ["no blank at the ends of a header", [holds(team, member(suffix(" ")))], [is(sub, oneOf([]))], "no,no"],
  ["a part needs its whole", [holds(actor, present)], [holds(actor, present), holds(act, present)], "no,no"],
  [
    "an atom restricts, nobody knows how",
    [is(sub, exactly("a"))],
    [is(sub, exactly("a")), atomIs("true")],
    "no,unknown",
  ],
  ["an atom is on one side", [atomIs("true")], [is(sub, oneOf([]))], "no,unknown"],
];

const fn = (literals: readonly Literal[]): AccessFunction => ({
  allow: [{ literals, origins: [] }],
  deny: [],
  opaque: atoms,
});

describe("the oracle", () => {
  const z3 = new Z3(500);
  const theory = new StringTheory();
  afterAll(() => z3.end());

  test.each(rows)("%s", async (_, left, right, expected) => {
    const { newlyAllows, newlyDenies } = await z3Verdict(z3, theory, fn(left), fn(right));
    expect([newlyAllows, newlyDenies].join()).toBe(expected);
    // In one script z3 cannot decide even some of these, but what it decides is the same.
    const atOnce = await z3VerdictAtOnce(z3, fn(left), fn(right));
    for (const [index, answer] of [atOnce.newlyAllows, atOnce.newlyDenies].entries()) {
      expect(["undecided", expected.split(",")[index]]).toContain(answer);
    }
  });

  test("three values of an atom are everything, two are not", async () => {
    const all = (values: readonly ("true" | "false" | "error")[]): AccessFunction => ({
      ...fn([]),
      allow: values.map((value) => ({ literals: [is(sub, exactly("a")), atomIs(value)], origins: [] })),
    });
    const plain = fn([is(sub, exactly("a"))]);
    const three = await z3Verdict(z3, theory, all(["true", "false", "error"]), plain);
    expect([three.newlyAllows, three.newlyDenies]).toEqual(["no", "no"]);
    const two = await z3Verdict(z3, theory, all(["true", "false"]), plain);
    expect([two.newlyAllows, two.newlyDenies]).toEqual(["unknown", "no"]);
  });

  test("what is impossible is no difference", async () => {
    const impossible = [{ literals: [fails(sub, text(exactly("a")))], origins: [] }];
    const said = await z3Verdict(
      z3,
      theory,
      fn([is(sub, exactly("a"))]),
      fn([is(sub, prefix("a"))]),
      impossible,
    );
    expect([said.newlyAllows, said.newlyDenies]).toEqual(["no", "no"]);
  });

  test("a disagreement is reported with both functions in words", async () => {
    const left = fn([is(sub, exactly("a"))]);
    const right = fn([is(sub, prefix("a"))]);
    const agreed = await comparePairsWithZ3([{ name: "wider", left, right }]);
    expect(agreed).toMatchObject({ pairs: 1, agree: 1, disagreements: [], labels: { wider: 1 } });
    // To our comparison alone the difference is impossible.
    const impossible = [{ literals: [fails(sub, text(exactly("a")))], origins: [] }];
    const ours = compare(left, right, { impossible });
    const wrong = await comparePairsWithZ3([{ name: "seed 7", left, right }], { compare: () => ours });
    expect(wrong.agree).toBe(0);
    expect(wrong.disagreements).toEqual([
      "seed 7: newly allows, newly denies: ours no, no (equal), z3 yes, no\n" +
        "  left\n    allow jwt.sub text =a\n  right\n    allow jwt.sub text ^a",
    ]);
  });
});

test("the median of an even count is in the middle", () => {
  expect([median([3, 1, 2]), median([4, 1, 2, 3])]).toEqual([2, 2.5]);
});

test("samples are possible requests, and not always the same", () => {
  const { left, right } = randomPair(11);
  const sampler = samplerOf(left, right);
  const source = random(1);
  const texts = new Set(Array.from({ length: 50 }, () => JSON.stringify([...sampler(source).values()])));
  expect(texts.size).toBeGreaterThan(5);
});
