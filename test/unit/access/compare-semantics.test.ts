import { describe, expect, test } from "vitest";
import { opaqueAttribute } from "../../../server/src/access/attribute.ts";
import { attribute } from "../../../server/src/access/catalogue.ts";
import { type Answer, compare, covers, isEmpty } from "../../../server/src/access/compare.ts";
import { readAttribute, termsHold } from "../../../server/src/access/evaluate-terms.ts";
import type { Interaction } from "../../../server/src/access/interaction.ts";
import {
  type AccessFunction,
  fails,
  holds,
  type Literal,
  type OpaqueAtom,
  type Term,
  type Terms,
} from "../../../server/src/access/predicate.ts";
import { containing, exactly, oneOf, prefix } from "../../../server/src/access/text-pattern.ts";
import { toInteraction } from "../../../server/src/access/witness.ts";
import { edited, large, reexpressed, type Shape, shapes } from "./support/large-functions.ts";
import { cases, dimensions, patience, random, randomFunction } from "./support/random-functions.ts";

const method = attribute("request.method");
const path = attribute("request.path");
const is = (value: string): Literal => holds(method, { test: "text", pattern: exactly(value) });
const under = (value: string): Literal => holds(path, { test: "text", pattern: prefix(value) });
const rule = (label: string, ...literals: readonly Literal[]): Term => ({ literals, origins: [{ label }] });

const atoms: readonly OpaqueAtom[] = ["x", "y"].map((id) => ({
  attribute: opaqueAttribute(id),
  text: `condition ${id}`,
  reason: "not expressible",
}));
const [x, y] = atoms as [OpaqueAtom, OpaqueAtom];
const atomIs = (atom: OpaqueAtom, value: "true" | "false" | "error"): Literal =>
  holds(atom.attribute, { test: "opaque", value });

const fn = (allow: Terms, deny: Terms = []): AccessFunction => {
  const used = new Set(
    [...allow, ...deny].flatMap((term) => term.literals.map((literal) => literal.attribute.key)),
  );
  return { allow, deny, opaque: atoms.filter((atom) => used.has(atom.attribute.key)) };
};

const atomsOf = (answer: Answer) =>
  answer.answer === "unknown" ? answer.atoms.map((atom) => atom.attribute.key) : answer.answer;

describe("verdicts", () => {
  const narrow = fn([rule("a", is("GET"), under("/v1/"))]);
  const wide = fn([rule("b", under("/v1/"))]);

  test("wider, narrower, equal, incomparable; read as right against left", () => {
    expect(compare(narrow, wide).verdict).toBe("wider");
    expect(compare(wide, narrow).verdict).toBe("narrower");
    expect(compare(wide, wide).verdict).toBe("equal");
    expect(compare(narrow, fn([rule("c", is("PUT"))])).verdict).toBe("incomparable");
  });

  test("a witness names the term that allows and the term that denies", () => {
    const denying = fn([rule("all")], [rule("no-deletes", is("DELETE"))]);
    const { newlyDenies } = compare(fn([rule("all")]), denying);
    expect(newlyDenies).toMatchObject({
      answer: "yes",
      witnesses: [
        { allowTerm: { origins: [{ label: "all" }] }, deniedBy: { origins: [{ label: "no-deletes" }] } },
      ],
    });
  });

  test("witnesses of different rules, at most as many as asked for", () => {
    const many = fn(["GET", "PUT", "POST", "HEAD"].map((verb) => rule(verb, is(verb), under(`/${verb}/`))));
    const { newlyAllows } = compare(fn([]), many, { maxWitnesses: 3 });
    if (newlyAllows.answer !== "yes") throw new Error(newlyAllows.answer);
    expect(newlyAllows.witnesses.map((one) => one.allowTerm.origins[0]?.label)).toEqual([
      "GET",
      "PUT",
      "POST",
    ]);
  });

  test("impossible regions are taken out of both sides", () => {
    const get = rule("impossible", fails(method, { test: "text", pattern: oneOf(["GET"]) }));
    expect(compare(narrow, wide, { impossible: [get] }).verdict).toBe("equal");
  });

  test("an actor inside an act claim needs the act claim", () => {
    const present = { test: "present" } as const;
    const delegated = fn([rule("act", holds(attribute("jwt.claims", "act", "sub"), present))]);
    const also = fn([
      rule(
        "act",
        holds(attribute("jwt.claims", "act", "sub"), present),
        holds(attribute("jwt.claims", "act"), present),
      ),
    ]);
    expect(compare(delegated, also).verdict).toBe("equal");
  });

  test("isEmpty and covers", () => {
    expect(isEmpty(fn([rule("a", is("GET"))], [rule("d", holds(method, { test: "present" }))]))).toBe(true);
    expect(isEmpty(narrow)).toBe(false);
    expect(
      covers(
        [rule("a", is("GET")), rule("b", fails(method, { test: "text", pattern: exactly("GET") }))],
        rule("all"),
      ),
    ).toBe(true);
    expect(covers([rule("a", is("GET"))], rule("all"))).toBe(false);
  });
});

describe("opaque atoms", () => {
  test("the same atom on both sides cancels", () => {
    const one = fn([rule("a", atomIs(x, "true"), is("GET"))], [rule("d", atomIs(y, "error"))]);
    expect(compare(one, { ...one, allow: [...one.allow] }).verdict).toBe("equal");
  });

  test("an allow that an atom restricts is narrower at most, and nobody knows whether it is", () => {
    const result = compare(fn([rule("a", is("GET"))]), fn([rule("a", is("GET"), atomIs(x, "true"))]));
    expect(result.newlyAllows.answer).toBe("no");
    expect(atomsOf(result.newlyDenies)).toEqual(["opaque:x"]);
    expect(result.verdict).toBe("unknown");
    expect(result.newlyDenies).toMatchObject({
      reason: "It depends on what cannot be compared: condition x.",
    });
  });

  test("its three values together are everything", () => {
    const split = fn(
      (["true", "false", "error"] as const).map((value) => rule(value, is("GET"), atomIs(x, value))),
    );
    expect(compare(fn([rule("a", is("GET"))]), split).verdict).toBe("equal");
    const two = fn([
      rule("true", is("GET"), atomIs(x, "true")),
      rule("false", is("GET"), atomIs(x, "false")),
    ]);
    expect(compare(fn([rule("a", is("GET"))]), two).verdict).toBe("unknown");
  });

  test("different atoms are independent", () => {
    const result = compare(fn([rule("a", atomIs(x, "true"))]), fn([rule("a", atomIs(y, "true"))]));
    expect([result.newlyAllows.answer, result.newlyDenies.answer]).toEqual(["unknown", "unknown"]);
  });

  test("a difference outside of what atoms touch is certain", () => {
    const left = fn(
      [rule("a", is("GET"), atomIs(x, "true"))],
      [rule("d", under("/secret/"), atomIs(y, "true"))],
    );
    const right = fn([...left.allow, rule("b", is("PUT"), under("/v1/"))], left.deny);
    const result = compare(left, right);
    expect(result.newlyAllows).toMatchObject({ answer: "yes", witnesses: [{ holds: "every" }] });
    expect(result.newlyDenies.answer).toBe("no");
    expect(result.verdict).toBe("wider");
  });

  test("an atom that may deny everything on the allowing side leaves it unknown, on the denying side not", () => {
    const left = fn([]);
    const right = fn([rule("a", is("GET"))], [rule("d", atomIs(x, "true"))]);
    expect(compare(left, right).newlyAllows.answer).toBe("unknown");
    expect(
      compare(fn([], [rule("d", atomIs(x, "true"))]), fn([rule("a", is("GET"))])).newlyAllows.answer,
    ).toBe("yes");
  });

  test("the evaluators may know: confirmed requests count, others stay unknown", () => {
    const left = fn([rule("a", is("GET"))]);
    const right = fn([rule("a", is("GET"), atomIs(x, "true"))]);
    const confirmed = compare(left, right, { confirm: () => ({ left: "allow", right: "deny" }) });
    expect(confirmed.newlyDenies).toMatchObject({ answer: "yes", witnesses: [{ holds: "confirmed" }] });
    const other = compare(left, right, { confirm: () => ({ left: "allow", right: "allow" }) });
    expect(other.newlyDenies.answer).toBe("unknown");
    expect(other.refuted).toEqual([]);
  });

  test("at most eight requests are offered", () => {
    let offers = 0;
    const right = fn(
      Array.from({ length: 40 }, (_, index) => rule(`r${index}`, under(`/${index}/`), atomIs(x, "true"))),
    );
    compare(fn([]), right, {
      confirm: () => {
        offers++;
        return { left: "unknown", right: "unknown" };
      },
    });
    expect(offers).toBe(8);
  });
});

describe("confirmation of certain differences", () => {
  const [left, right] = [fn([rule("a", is("GET"))]), fn([rule("a", is("GET")), rule("b", is("PUT"))])];

  test("an evaluator that contradicts the terms is reported, and no verdict is built on it", () => {
    const result = compare(left, right, { confirm: () => ({ left: "deny", right: "deny" }) });
    expect(result.newlyAllows.answer).toBe("unknown");
    expect(result.verdict).toBe("unknown");
    expect(result.refuted.length).toBeGreaterThan(0);
  });

  test("an evaluator that does not know makes it unknown, but refutes nothing", () => {
    const result = compare(left, right, { confirm: () => ({ left: "unknown", right: "allow" }) });
    expect([result.newlyAllows.answer, result.refuted.length]).toEqual(["unknown", 0]);
  });
});

describe("budget", () => {
  test("a hard pair ends as unknown and names the part", () => {
    const source = random(7);
    const claims = Array.from({ length: 26 }, (_, index) => attribute("jwt.claims", `c${index}`));
    const clauses = Array.from(
      { length: 110 },
      (_, index): Term =>
        rule(
          `clause ${index}`,
          ...[0, 1, 2].map(() => ({
            ...holds(source.pick(claims), { test: "boolean", value: true } as const),
            negated: source.chance(0.5),
          })),
        ),
    );
    const result = compare(fn(clauses), fn([rule("everything")]), { budget: { remaining: 300 } });
    expect(result.newlyAllows).toMatchObject({
      answer: "unknown",
      atoms: [],
      reason: "Too complex to decide within the budget at everything.",
      part: { origins: [{ label: "everything" }] },
    });
  });
});

describe("metamorphic", () => {
  test(
    "order, repetition and splitting of terms change nothing",
    () => {
      for (let seed = 0; seed < cases(150); seed++) {
        const source = random(seed);
        const one = randomFunction(source, dimensions, 6);
        const reordered: AccessFunction = {
          allow: [...one.allow, ...one.allow].reverse(),
          deny: one.deny.map((term) => ({ ...term, literals: [...term.literals].reverse() })),
          opaque: [],
        };
        const divider = source.pick(dimensions);
        const test = divider.test(source);
        const split = (terms: Terms) =>
          terms.flatMap((term) => [
            { ...term, literals: [...term.literals, holds(divider.attribute, test)] },
            { ...term, literals: [fails(divider.attribute, test), ...term.literals] },
          ]);
        expect(compare(one, reordered).verdict, `seed ${seed}`).toBe("equal");
        expect(
          compare(one, { allow: split(one.allow), deny: split(one.deny), opaque: [] }).verdict,
          `seed ${seed}`,
        ).toBe("equal");
        expect(compare(one, one).verdict).toBe("equal");
      }
    },
    patience,
  );

  test(
    "swapping the sides swaps the answers",
    () => {
      for (let seed = 500; seed < 500 + cases(150); seed++) {
        const source = random(seed);
        const [a, b] = [randomFunction(source, dimensions), randomFunction(source, dimensions)];
        const [there, back] = [compare(a, b), compare(b, a)];
        expect([there.newlyAllows.answer, there.newlyDenies.answer]).toEqual([
          back.newlyDenies.answer,
          back.newlyAllows.answer,
        ]);
      }
    },
    patience,
  );
});

describe("large functions", () => {
  const steps = (left: AccessFunction, right: AccessFunction) => {
    const budget = { remaining: 3_000_000 };
    const { verdict } = compare(left, right, { budget });
    return { verdict, steps: 3_000_000 - budget.remaining };
  };

  test.each(shapes.map((shape) => [shape] as const))(
    "%s: near-equal pairs of 1,000 terms take few steps",
    (shape: Shape) => {
      const left = large(shape, 1_000);
      expect(steps(left, { ...left, allow: [...left.allow].reverse() })).toEqual({
        verdict: "equal",
        steps: 0,
      });
      const one = steps(left, edited(left, 1_000));
      expect(one.verdict).toBe("incomparable");
      expect(one.steps).toBeLessThan(10_000);
      const tenth = steps(left, edited(left, 10));
      expect(tenth.verdict).toBe("incomparable");
      expect(tenth.steps).toBeLessThan(50_000);
    },
  );

  test.each(shapes.map((shape) => [shape] as const))(
    "%s: the same in other words is equal",
    (shape: Shape) => {
      const left = large(shape, 200);
      expect(steps(left, reexpressed(left)).verdict).toBe("equal");
    },
  );
});

describe("witnesses as interactions", () => {
  test(
    "the evaluators of interactions say what the witness claims",
    () => {
      const base: Interaction = {
        traffic: "api",
        environment: "test",
        http: { method: "GET", path: "/base?k=1" },
        grpc: { service: "s", method: "m" },
      };
      let seen = 0;
      for (let seed = 0; seed < cases(400); seed++) {
        const source = random(seed);
        const [left, right] = [randomFunction(source, dimensions), randomFunction(source, dimensions)];
        const { newlyAllows } = compare(left, right);
        if (newlyAllows.answer !== "yes") continue;
        for (const { assignment } of newlyAllows.witnesses) {
          const request = toInteraction(assignment, base);
          const allows = (one: AccessFunction) =>
            termsHold(one.allow, request) === true && termsHold(one.deny, request) === false;
          expect([allows(left), allows(right)], `seed ${seed}`).toEqual([false, true]);
          seen++;
        }
      }
      expect(seen).toBeGreaterThan(100);
    },
    patience,
  );

  test("hints give the names", () => {
    const right = fn([rule("a", holds(path, { test: "text", pattern: containing("pay") }))]);
    const { newlyAllows } = compare(fn([]), right, {
      hints: { byAttribute: new Map([["request.path", ["/orders", "/payments/7"]]]) },
    });
    if (newlyAllows.answer !== "yes") throw new Error(newlyAllows.answer);
    const [witness] = newlyAllows.witnesses;
    const request = toInteraction(witness?.assignment ?? new Map(), { traffic: "api" });
    expect(readAttribute(request, path)).toEqual({ kind: "text", value: "/payments/7" });
  });

  test("a token with an act claim says for whom", () => {
    const values = new Map(
      (
        [
          [attribute("jwt.iss"), { kind: "text", value: "https://i" }],
          [attribute("jwt.sub"), { kind: "text", value: "alice" }],
          [attribute("jwt.claims", "act", "sub"), { kind: "text", value: "agent" }],
          [attribute("jwt.claims", "act"), { kind: "map" }],
          [attribute("jwt.claims", "groups"), { kind: "list", members: ["support"] }],
        ] as const
      ).map(([one, value]) => [one.key, { attribute: one, value }]),
    );
    expect(toInteraction(values, { traffic: "ai" })).toEqual({
      traffic: "ai",
      jwt: { iss: "https://i", sub: "alice", claims: { groups: ["support"], act: { sub: "agent" } } },
      onBehalfOf: [{ id: "alice", issuer: "https://i", groups: ["support"] }],
    });
  });
});
