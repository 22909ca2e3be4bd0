/**
 * What `compare` says of two functions against requests: none of many near the boundaries of the tests contradicts
 * an *equal*, and every witness is what it claims for both ordinary evaluators, as an assignment and as an interaction.
 */
import { describe, expect, test } from "vitest";
import { type Assignment, decideOn } from "../../../server/src/access/assignment.ts";
import { type Answer, compare } from "../../../server/src/access/compare.ts";
import {
  type OpaqueAssignment,
  type OpaqueValue,
  termsHold,
} from "../../../server/src/access/evaluate-terms.ts";
import type { Interaction } from "../../../server/src/access/interaction.ts";
import type { AccessFunction } from "../../../server/src/access/predicate.ts";
import { toInteraction } from "../../../server/src/access/witness.ts";
import { randomPair } from "./oracle/random-pair.ts";
import { samplerOf } from "./oracle/samples.ts";
import { atoms } from "./oracle/vocabulary.ts";
import { pairInWords } from "./oracle/words.ts";
import { cases, random } from "./support/random-functions.ts";

const isDeep = process.env.PLUMBLINE_DEEP !== undefined;
const patience = isDeep ? 3_600_000 : 120_000;

/** Attributes that no term of a pair speaks of have some value, too. */
const base: Interaction = {
  traffic: "api",
  environment: "test",
  http: { method: "GET", path: "/base", host: "base.example" },
};

const opaqueOf = (values: Assignment): OpaqueAssignment =>
  new Map(
    [...values.values()].flatMap(({ attribute, value }) =>
      value.kind === "opaque" ? [[attribute.key, value.value] as const] : [],
    ),
  );

/** The decision of the evaluator of interactions; where an atom is missing that it needs, undefined. */
function decided(
  fn: AccessFunction,
  request: Interaction,
  opaque: OpaqueAssignment,
): "allow" | "deny" | undefined {
  const [allowed, denied] = [termsHold(fn.allow, request, opaque), termsHold(fn.deny, request, opaque)];
  if (denied === true || allowed === false) return "deny";
  return denied === "unknown" || allowed === "unknown" ? undefined : "allow";
}

/** All values of all atoms. */
function everyOpaque(): readonly OpaqueAssignment[] {
  let all: readonly (readonly (readonly [string, OpaqueValue])[])[] = [[]];
  for (const { attribute } of atoms) {
    all = all.flatMap((one) =>
      (["true", "false", "error"] as const).map((value) => [...one, [attribute.key, value] as const]),
    );
  }
  return all.map((one) => new Map(one));
}
const opaques = everyOpaque();

describe("requests", () => {
  test(
    "a thousand near the boundaries find no counterexample to an equal",
    () => {
      let equal = 0;
      let allowed = 0;
      const requests = 1_000;
      for (let seed = 700_000; seed < 700_000 + cases(30); seed++) {
        const { left, right } = randomPair(seed);
        if (compare(left, right).verdict !== "equal") continue;
        equal++;
        const sampler = samplerOf(left, right);
        const source = random(seed);
        for (let count = 0; count < requests; count++) {
          const values = sampler(source);
          const [one, other] = [decideOn(left, values), decideOn(right, values)];
          if (one === "allow") allowed++;
          if (one === other) continue;
          const request = JSON.stringify(
            [...values.values()].map(({ attribute, value }) => [attribute.key, value]),
          );
          expect.fail(`seed ${seed}: ${request} is ${one}, ${other}\n${pairInWords(left, right)}`);
        }
      }
      console.info(`${equal} equal pairs, ${requests} requests each, ${allowed} of them allowed`);
      expect(equal).toBeGreaterThan(cases(30) / 5);
      // Requests that everybody denies would prove little.
      expect(allowed / (equal * requests)).toBeGreaterThan(0.1);
      expect(allowed / (equal * requests)).toBeLessThan(0.9);
    },
    patience,
  );

  test(
    "every witness is what it claims, for both evaluators",
    () => {
      let seen = 0;
      for (let seed = 800_000; seed < 800_000 + cases(80); seed++) {
        const { left, right } = randomPair(seed);
        const { newlyAllows, newlyDenies } = compare(left, right);
        seen += witnessesHold(newlyAllows, right, left, seed) + witnessesHold(newlyDenies, left, right, seed);
      }
      console.info(`${seen} witnesses hold`);
      expect(seen).toBeGreaterThan(cases(80) / 2);
    },
    patience,
  );
});

function witnessesHold(
  answer: Answer,
  allowing: AccessFunction,
  denying: AccessFunction,
  seed: number,
): number {
  if (answer.answer !== "yes") return 0;
  for (const { assignment, holds } of answer.witnesses) {
    const said = () =>
      `seed ${seed}: ${JSON.stringify([...assignment.values()].map(({ attribute, value }) => [attribute.key, value]))}\n` +
      pairInWords(allowing, denying);
    expect(decideOn(allowing, assignment), said()).toBe("allow");
    expect(decideOn(denying, assignment), said()).toBe("deny");
    const request = toInteraction(assignment, base);
    const own = opaqueOf(assignment);
    // Nobody has confirmed anything here, so a witness must hold whatever the atoms are.
    expect(holds, said()).toBe("every");
    for (const opaque of [own, ...opaques]) {
      expect([decided(allowing, request, opaque), decided(denying, request, opaque)], said()).toEqual([
        "allow",
        "deny",
      ]);
    }
  }
  return answer.witnesses.length;
}
