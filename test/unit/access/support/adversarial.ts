/** Inputs that are small to write and hard to decide: deciding is co-NP-hard, and automata can grow exponentially. */
import { attribute } from "../../../../server/src/access/catalogue.ts";
import {
  type AccessFunction,
  fails,
  holds,
  type Literal,
  type Term,
} from "../../../../server/src/access/predicate.ts";
import {
  exactly,
  fullMatch,
  type TextPart,
  type TextPattern,
} from "../../../../server/src/access/text-pattern.ts";
import { random } from "./random-functions.ts";

export interface Adversary {
  readonly name: string;
  readonly left: AccessFunction;
  readonly right: AccessFunction;
}

const path = attribute("request.path");
const flag = (index: number) => attribute("jwt.claims", `flag${index}`);
const isTrue = (index: number, value: boolean): Literal =>
  (value ? holds : fails)(flag(index), { test: "boolean", value: true });
const text = (pattern: TextPattern): Literal => holds(path, { test: "text", pattern });
const header = (pattern: TextPattern): Literal =>
  holds(attribute("jwt.claims", "note"), { test: "text", pattern });

const rule = (label: string, literals: readonly Literal[]): Term => ({ literals, origins: [{ label }] });
const allowing = (...allow: readonly Term[]): AccessFunction => ({ allow, deny: [], opaque: [] });
const everything = allowing(rule("everything", []));

/** Random disjunctions of conjunctions of three out of `flags` booleans, near the threshold where they cover all. */
function booleans(flags: number, terms: number, seed: number): AccessFunction {
  const source = random(seed);
  return allowing(
    ...Array.from({ length: terms }, (_, index) => {
      const chosen = new Set<number>();
      while (chosen.size < 3) chosen.add(source.below(flags));
      return rule(
        `random-${index}`,
        [...chosen].map((one) => isTrue(one, source.chance(0.5))),
      );
    }),
  );
}

/** Every way to put n + 1 pigeons into n holes leaves two in one: true, and hard to see for any search by cases. */
function pigeons(holes: number): AccessFunction {
  const sits = (pigeon: number, hole: number) => pigeon * holes + hole;
  const terms: Term[] = [];
  for (let pigeon = 0; pigeon <= holes; pigeon++) {
    const nowhere = Array.from({ length: holes }, (_, hole) => isTrue(sits(pigeon, hole), false));
    terms.push(rule(`pigeon-${pigeon}-sits-nowhere`, nowhere));
    for (let other = 0; other < pigeon; other++) {
      for (let hole = 0; hole < holes; hole++) {
        const both = [isTrue(sits(pigeon, hole), true), isTrue(sits(other, hole), true)];
        terms.push(rule(`pigeons-${other}-and-${pigeon}-in-${hole}`, both));
      }
    }
  }
  return allowing(...terms);
}

/** `*w1*w2*...`: texts that have many words in one order, and in another. */
function wildcards(words: readonly string[]): TextPattern {
  const parts = words.flatMap((literal): TextPart[] => [{ any: "chars" }, { literal }]);
  return { kind: "sequence", parts: [...parts, { any: "chars" }] };
}

export function adversaries(): readonly Adversary[] {
  const letters = [..."abcdefghijkl"];
  const shuffled = (seed: number): readonly string[] => {
    const source = random(seed);
    return [...letters].sort(() => source.next() - 0.5);
  };
  const inAllOrders = Array.from({ length: 8 }, (_, seed) => header(wildcards(shuffled(seed))));
  return [
    { name: "random conjunctions over 60 booleans", left: everything, right: booleans(60, 420, 7) },
    { name: "random conjunctions over 150 booleans", left: everything, right: booleans(150, 1_100, 8) },
    { name: "twelve pigeons in eleven holes", left: everything, right: pigeons(11) },
    {
      name: "a letter twenty places before the end, against twenty-one",
      left: allowing(rule("twenty", [header(fullMatch("(a|b)*a(a|b){20}"))])),
      right: allowing(rule("twenty-one", [header(fullMatch("(a|b)*a(a|b){21}|(a|b)*a(a|b){20}"))])),
    },
    {
      name: "many wildcards in many orders",
      left: allowing(rule("all-orders", inAllOrders)),
      right: allowing(
        rule("none", [
          ...inAllOrders,
          fails(inAllOrders[0]?.attribute ?? path, { test: "text", pattern: wildcards(shuffled(99)) }),
        ]),
      ),
    },
    {
      name: "nested repetitions",
      left: allowing(rule("nested", [header(fullMatch("((a{1,10}b?){1,10}){1,10}"))])),
      right: allowing(rule("plain", [header(fullMatch("(a|b){1,1000}"))])),
    },
    {
      name: "paths of many segments in many templates",
      left: allowing(
        rule("six-segments", [
          text({
            kind: "sequence",
            parts: [...Array(6).keys()].flatMap((): TextPart[] => [{ literal: "/" }, { any: "segment" }]),
          }),
        ]),
      ),
      right: allowing(
        ...Array.from({ length: 600 }, (_, index) => {
          const source = random(index);
          const parts = [...Array(6).keys()].flatMap((): TextPart[] => [
            { literal: "/" },
            source.chance(0.6) ? { any: "segment" } : { literal: source.pick(["a", "b"]) },
          ]);
          return rule(`template-${index}`, [
            text({ kind: "sequence", parts }),
            holds(attribute("request.method"), {
              test: "text",
              pattern: exactly(source.pick(["GET", "POST"])),
            }),
          ]);
        }),
      ),
    },
  ];
}
