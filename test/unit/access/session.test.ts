import { describe, expect, test } from "vitest";
import { decideOn, firstHolding } from "../../../server/src/access/assignment.ts";
import { opaqueAttribute } from "../../../server/src/access/attribute.ts";
import { type Comparison, compare } from "../../../server/src/access/compare.ts";
import type { AccessFunction, OpaqueAtom, Term, Terms } from "../../../server/src/access/predicate.ts";
import { ComparisonSession } from "../../../server/src/access/session.ts";
import {
  cases,
  dimensions,
  patience,
  type Random,
  random,
  randomFunction,
  randomTerms,
} from "./support/random-functions.ts";

type Sides = Record<"left" | "right", AccessFunction>;

/** The same term may stand in a list twice; one of them goes. */
function without(terms: Terms, removed: Term | undefined): Terms {
  const at = removed === undefined ? -1 : terms.indexOf(removed);
  return terms.filter((_, index) => index !== at);
}

const atoms: readonly OpaqueAtom[] = ["x", "y"].map((id) => ({
  attribute: opaqueAttribute(id),
  text: id,
  reason: "a plugin",
}));

/** Now and then a term depends on an opaque atom besides. */
function withAtom(source: Random, term: Term): Term {
  if (!source.chance(0.25)) return term;
  const { attribute } = source.pick(atoms);
  const value = source.pick(["true", "false", "error"] as const);
  const literal = { attribute, test: { test: "opaque", value }, negated: source.chance(0.3) } as const;
  return { ...term, literals: [...term.literals, literal] };
}

/** Takes a term out, puts one in, or both, on either side. */
function editOnce(source: Random, sides: Sides, session: ComparisonSession): void {
  const side = source.pick(["left", "right"] as const);
  const list = source.pick(["allow", "deny"] as const);
  const old = sides[side];
  const removed = old[list].length > 0 && source.chance(0.6) ? source.pick(old[list]) : undefined;
  const shared = sides[side === "left" ? "right" : "left"][list];
  const added =
    source.chance(0.3) && shared.length > 0
      ? [source.pick(shared)]
      : source.chance(0.7)
        ? randomTerms(source, dimensions, 1, "added").map((term) => withAtom(source, term))
        : [];
  sides[side] = { ...old, [list]: [...without(old[list], removed), ...added], opaque: atoms };
  session.edit({
    side,
    removed: removed === undefined ? {} : { [list]: [removed] },
    added: { [list]: added, opaque: atoms },
  });
}

describe("a session", () => {
  test(
    "answers after any edits as a comparison of its own would",
    () => {
      for (let seed = 400_000; seed < 400_000 + cases(60); seed++) {
        const source = random(seed);
        const left = randomFunction(source, dimensions, 10);
        const right = source.chance(0.5) ? left : randomFunction(source, dimensions, 10);
        const impossible = source.chance(0.3) ? randomTerms(source, dimensions, 2, "impossible") : [];
        const sides: Sides = { left, right };
        const session = new ComparisonSession(left, right, { impossible });
        for (let step = 0; step < 12; step++) {
          const result = session.compare();
          const fresh = compare(sides.left, sides.right, { impossible });
          const answers = ({ newlyAllows, newlyDenies }: Comparison) => [
            newlyAllows.answer,
            newlyDenies.answer,
          ];
          expect(answers(result), `seed ${seed} step ${step}`).toEqual(answers(fresh));
          for (const [answer, allowing, denying] of [
            [result.newlyAllows, sides.right, sides.left],
            [result.newlyDenies, sides.left, sides.right],
          ] as const) {
            if (answer.answer !== "yes") continue;
            for (const { assignment } of answer.witnesses) {
              expect(decideOn(allowing, assignment)).toBe("allow");
              expect(decideOn(denying, assignment)).toBe("deny");
              expect(firstHolding(impossible, assignment)).toBeUndefined();
            }
          }
          editOnce(source, sides, session);
        }
      }
    },
    patience,
  );

  test("a term that stands twice goes with its second removal only", () => {
    const [term] = randomTerms(random(1), dimensions, 1, "twice");
    if (term === undefined) throw new Error("no term was made");
    const again = { ...term };
    const once: AccessFunction = { allow: [term], deny: [], opaque: [] };
    const session = new ComparisonSession(once, { ...once, allow: [term, again] });
    expect(session.compare().verdict).toBe("equal");
    session.edit({ side: "right", removed: { allow: [again] } });
    expect(session.compare().verdict).toBe("equal");
    session.edit({ side: "right", removed: { allow: [term] } });
    expect(session.compare().verdict).toBe("narrower");
    expect(() => session.edit({ side: "right", removed: { allow: [term] } })).toThrow(/cannot be removed/);
  });
});
