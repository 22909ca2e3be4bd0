/** Seeded random access functions over small domains, and the same questions answered by enumeration. */
import {
  type AssignedValue,
  type Assignment,
  decideOn,
  firstHolding,
} from "../../../../server/src/access/assignment.ts";
import type { Attribute } from "../../../../server/src/access/attribute.ts";
import { attribute } from "../../../../server/src/access/catalogue.ts";
import { impossibleByShape } from "../../../../server/src/access/possible.ts";
import type { AccessFunction, Literal, Term, Terms, Test } from "../../../../server/src/access/predicate.ts";
import {
  containing,
  exactly,
  ignoringCase,
  oneOf,
  prefix,
  suffix,
} from "../../../../server/src/access/text-pattern.ts";
import { valueHolds } from "../../../../server/src/access/theory.ts";
import type { AttributeValue } from "../../../../server/src/access/value.ts";

export interface Random {
  next(): number;
  below(limit: number): number;
  pick<T>(items: readonly T[]): T;
  chance(probability: number): boolean;
}

/** mulberry32: small, seeded, good enough for test data. */
export function random(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return {
    next,
    below,
    pick: (items) => {
      const item = items[below(items.length)];
      if (item === undefined) throw new Error("nothing to pick from");
      return item;
    },
    chance: (probability) => next() < probability,
  };
}

/** How many random cases: `npm test` takes the seeded few, `npm run test:deep` many more. */
export const cases = (few: number): number =>
  few * (process.env.PLUMBLINE_DEEP === undefined ? 1 : Number(process.env.PLUMBLINE_DEEP_FACTOR ?? 20));

/** Milliseconds that a test of `cases` may take. */
export const patience: number = process.env.PLUMBLINE_DEEP === undefined ? 120_000 : 1_800_000;

export interface Dimension {
  readonly attribute: Attribute;
  readonly values: readonly AttributeValue[];
  test(random: Random): Test;
}

const absent: AttributeValue = { kind: "absent" };
const text = (value: string): AttributeValue => ({ kind: "text", value });

/** Short strings over the letters of the tests below: every region that those can make has one of them. */
const strings: readonly string[] = [...new Set([...stringsOver("abcAB", 4), ...stringsOver("abc", 5)])];

function stringsOver(letters: string, longest: number): readonly string[] {
  let layer = [""];
  const all = [""];
  for (let length = 1; length <= longest; length++) {
    layer = layer.flatMap((one) => [...letters].map((letter) => one + letter));
    all.push(...layer);
  }
  return all;
}

function textTest(random: Random): Test {
  switch (random.below(7)) {
    case 0:
      return { test: "present" };
    case 1:
      return { test: "text", pattern: exactly(random.pick(["a", "b", "ab", "abc"])) };
    case 2:
      return { test: "text", pattern: oneOf([random.pick(["a", "b"]), random.pick(["c", "ab"])]) };
    case 3:
      return { test: "text", pattern: prefix(random.pick(["a", "b", "ab", ""])) };
    case 4:
      return { test: "text", pattern: suffix(random.pick(["b", "c", "bc"])) };
    case 5:
      return { test: "text", pattern: containing(random.pick(["b", "bb"])) };
    default:
      return { test: "text", pattern: ignoringCase(exactly(random.pick(["b", "ab"]))) };
  }
}

function numberTest(random: Random): Test {
  const low = random.below(6);
  switch (random.below(4)) {
    case 0:
      return { test: "present" };
    case 1:
      return { test: "range", min: low, ...(random.chance(0.5) ? { minOpen: true as const } : {}) };
    case 2:
      return { test: "range", max: low, ...(random.chance(0.5) ? { maxOpen: true as const } : {}) };
    default:
      return { test: "range", min: low, max: low + random.below(3) };
  }
}

function claimTest(random: Random): Test {
  const member = random.pick(["a", "b", "c"]);
  switch (random.below(7)) {
    case 0:
      return { test: "present" };
    case 1:
      return {
        test: "type",
        type: random.pick(["text", "number", "boolean", "list", "map", "null"] as const),
      };
    case 2:
      return { test: "text", pattern: exactly(member) };
    case 3:
      return { test: "boolean", value: random.chance(0.5) };
    case 4:
      return numberTest(random);
    case 5:
      return { test: "member", pattern: exactly(member), scalar: true };
    default:
      return { test: "member", pattern: random.chance(0.5) ? exactly(member) : oneOf([member, "d"]) };
  }
}

const jsonValues: readonly AttributeValue[] = [
  absent,
  { kind: "null" },
  { kind: "map" },
  { kind: "boolean", value: true },
  { kind: "boolean", value: false },
  ...["a", "b", "c", "d", "zz"].map(text),
  ...Array.from({ length: 20 }, (_, index): AttributeValue => ({ kind: "number", value: index / 2 - 1 })),
  ...Array.from({ length: 32 }, (_, bits): AttributeValue => {
    const members = ["a", "b", "c", "d", "zz"].filter((_, index) => (bits >> index) & 1);
    return { kind: "list", members };
  }),
];

export const dimensions: readonly Dimension[] = [
  {
    attribute: attribute("jwt.sub"),
    values: [absent, ...strings.map(text)],
    test: textTest,
  },
  {
    attribute: attribute("llm.params.max_tokens"),
    values: [
      absent,
      ...Array.from({ length: 14 }, (_, index): AttributeValue => ({ kind: "number", value: index - 2 })),
    ],
    test: numberTest,
  },
  { attribute: attribute("jwt.claims", "groups"), values: jsonValues, test: claimTest },
  { attribute: attribute("jwt.claims", "groups", "inner"), values: jsonValues, test: claimTest },
  {
    attribute: attribute("request.method"),
    values: [absent, ...["GET", "POST", "PUT", "PATCH"].map(text)],
    test: (random) =>
      random.chance(0.1)
        ? { test: "present" }
        : {
            test: "text",
            pattern: oneOf([random.pick(["GET", "POST", "PUT"]), random.pick(["GET", "POST"])]),
          },
  },
];

export function randomLiteral(random: Random, from: readonly Dimension[]): Literal {
  const dimension = random.pick(from);
  return { attribute: dimension.attribute, test: dimension.test(random), negated: random.chance(0.35) };
}

export function randomTerm(random: Random, from: readonly Dimension[], label: string): Term {
  const literals = Array.from({ length: random.below(4) + (random.chance(0.9) ? 1 : 0) }, () =>
    randomLiteral(random, from),
  );
  return { literals, origins: [{ label }] };
}

export function randomTerms(random: Random, from: readonly Dimension[], most: number, label: string): Terms {
  return Array.from({ length: random.below(most + 1) }, (_, index) =>
    randomTerm(random, from, `${label}${index}`),
  );
}

export function randomFunction(random: Random, from: readonly Dimension[], most = 5): AccessFunction {
  return {
    allow: randomTerms(random, from, most, "allow"),
    deny: randomTerms(random, from, Math.ceil(most / 2), "deny"),
    opaque: [],
  };
}

/** A function that shares most of its terms with another. */
export function mutated(random: Random, fn: AccessFunction, from: readonly Dimension[]): AccessFunction {
  const change = (terms: Terms): Terms => {
    const kept = terms.filter(() => random.chance(0.85));
    const edited = kept.map((term, index) =>
      random.chance(0.2) && term.literals.length > 0
        ? { ...term, literals: [...term.literals.slice(1), randomLiteral(random, from)] }
        : { ...term, origins: [{ label: `mutated${index}` }] },
    );
    return random.chance(0.3) ? [...edited, randomTerm(random, from, "added")] : edited;
  };
  return { allow: change(fn.allow), deny: change(fn.deny), opaque: [] };
}

/** One assignment for every combination of what the terms can tell apart, without those that cannot be. */
export function* assignments(from: readonly Dimension[], ...all: readonly Terms[]): Generator<Assignment> {
  const terms = all.flat();
  const used = from.filter((dimension) =>
    terms.some((term) => term.literals.some((one) => one.attribute.key === dimension.attribute.key)),
  );
  const impossible = impossibleByShape(used.map((dimension) => dimension.attribute));
  const choices = used.map((dimension) => ({
    attribute: dimension.attribute,
    values: distinguishable(dimension, [...terms, ...impossible]),
  }));
  function* combine(index: number, chosen: Map<string, AssignedValue>): Generator<Assignment> {
    const choice = choices[index];
    if (choice === undefined) {
      if (firstHolding(impossible, chosen) === undefined) yield new Map(chosen);
      return;
    }
    for (const value of choice.values) {
      chosen.set(choice.attribute.key, { attribute: choice.attribute, value });
      yield* combine(index + 1, chosen);
    }
  }
  yield* combine(0, new Map());
}

function distinguishable(dimension: Dimension, terms: Terms): readonly AttributeValue[] {
  const literals = terms
    .flatMap((term) => term.literals)
    .filter((one) => one.attribute.key === dimension.attribute.key);
  const bySignature = new Map<string, AttributeValue>();
  for (const value of dimension.values) {
    const signature = literals.map((literal) => (valueHolds(value, literal) ? "1" : "0")).join("");
    if (!bySignature.has(signature)) bySignature.set(signature, value);
  }
  return [...bySignature.values()];
}

export interface Expected {
  readonly newlyAllows: boolean;
  readonly newlyDenies: boolean;
}

/** The truth, by looking at every distinguishable request. */
export function bruteForce(
  left: AccessFunction,
  right: AccessFunction,
  from: readonly Dimension[],
  impossible: Terms = [],
): Expected {
  let newlyAllows = false;
  let newlyDenies = false;
  for (const values of assignments(from, left.allow, left.deny, right.allow, right.deny, impossible)) {
    if (firstHolding(impossible, values) !== undefined) continue;
    const [before, after] = [decideOn(left, values), decideOn(right, values)];
    if (before === "deny" && after === "allow") newlyAllows = true;
    if (before === "allow" && after === "deny") newlyDenies = true;
    if (newlyAllows && newlyDenies) break;
  }
  return { newlyAllows, newlyDenies };
}
