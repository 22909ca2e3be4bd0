import { describe, expect, test } from "vitest";
import { type Assignment, decideOn, firstHolding } from "../../../server/src/access/assignment.ts";
import { opaqueAttribute } from "../../../server/src/access/attribute.ts";
import { attribute } from "../../../server/src/access/catalogue.ts";
import { newlyDenied } from "../../../server/src/access/compare.ts";
import {
  type AccessFunction,
  holds,
  type Literal,
  type Origin,
  type Term,
  type Terms,
} from "../../../server/src/access/predicate.ts";
import { differenceCauses } from "../../../server/src/access/responsible.ts";
import { exactly, oneOf, prefix } from "../../../server/src/access/text-pattern.ts";
import {
  assignments,
  cases,
  dimensions,
  mutated,
  patience,
  type Random,
  random,
  randomFunction,
  randomTerms,
} from "./support/random-functions.ts";

const labels = (origins: readonly Origin[]) => origins.map(({ label }) => label);
const none: AccessFunction = { allow: [], deny: [], opaque: [] };

/** Rules are told apart by their labels: here every term is one, or shares its rule with the next. */
function withRules(fn: AccessFunction): AccessFunction {
  const name = (terms: Terms, what: string): Terms =>
    terms.map((term, index) => ({ ...term, origins: [{ label: `${what}${Math.floor(index / 2)}` }] }));
  return { ...fn, allow: name(fn.allow, "allow"), deny: name(fn.deny, "deny") };
}

const without = (terms: Terms, taken: ReadonlySet<string>): Terms =>
  terms.filter((term) => !taken.has(term.origins[0]?.label ?? ""));

const few = (source: Random) => {
  const start = source.below(dimensions.length);
  return [0, 1].map(
    (offset) => dimensions[(start + offset) % dimensions.length] as (typeof dimensions)[number],
  );
};

describe("rules with opaque atoms that share the work", () => {
  const atom = opaqueAttribute("plumbline:f(request)");
  const opaque = [{ attribute: atom, text: "f(request)", reason: "nobody knows" }];
  const is = (value: "true" | "false" | "error") => holds(atom, { test: "opaque", value });
  const get = holds(attribute("request.method"), { test: "text", pattern: exactly("GET") });
  const rule = (label: string, ...literals: readonly Literal[]): Term => ({ literals, origins: [{ label }] });
  const each = (label: string) =>
    (["true", "false", "error"] as const).map((value) => rule(`${label} ${value}`, get, is(value)));
  const causesOf = (allowing: AccessFunction, denying: AccessFunction) => {
    const { causes, complete } = differenceCauses(allowing, denying, { allowingIs: "left" });
    return {
      complete,
      kinds: causes.map(({ kind }) => kind),
      rules: causes.flatMap((one) => labels(one.denyOrigins)),
    };
  };

  test("denies: under each value another one stops the request", () => {
    const allow = [rule("all", get)];
    const found = causesOf({ ...none, allow }, { allow, deny: each("deny"), opaque });
    expect(found.kinds).toContain("denied");
    expect(found.rules.every((label) => label.startsWith("deny "))).toBe(true);
    // What the rules that are left stop depends on the atom.
    expect(found.complete).toBe(false);
  });

  test("allows: under each value another one lets the request in", () => {
    const { causes, complete } = differenceCauses({ ...none, allow: each("allow"), opaque }, none, {
      allowingIs: "left",
    });
    expect(causes.map(({ kind }) => kind)).toContain("not-allowed");
    expect(
      causes.flatMap((one) => labels(one.allowOrigins)).every((label) => label.startsWith("allow ")),
    ).toBe(true);
    expect(complete).toBe(false);
  });
});

interface Truth {
  readonly allows: ReadonlySet<string>;
  readonly denies: ReadonlySet<string>;
  readonly notAllowed: ReadonlySet<string>;
}

/** The definition itself, request by request. */
function truth(
  allowing: AccessFunction,
  denying: AccessFunction,
  impossible: Terms,
  from: readonly (typeof dimensions)[number][],
): Truth {
  const allows = new Set<string>();
  const denies = new Set<string>();
  const notAllowed = new Set<string>();
  const holdOn = (terms: Terms, values: Assignment): readonly string[] =>
    terms.filter((term) => firstHolding([term], values)).flatMap((term) => labels(term.origins));
  for (const values of assignments(
    from,
    allowing.allow,
    allowing.deny,
    denying.allow,
    denying.deny,
    impossible,
  )) {
    if (firstHolding(impossible, values) !== undefined) continue;
    if (decideOn(allowing, values) === "deny" || decideOn(denying, values) === "allow") continue;
    for (const label of holdOn(allowing.allow, values)) {
      allows.add(label);
      if (firstHolding(denying.allow, values) === undefined) notAllowed.add(label);
    }
    for (const label of holdOn(denying.deny, values)) denies.add(label);
  }
  return { allows, denies, notAllowed };
}

describe("against the definition, by enumeration", () => {
  test.each([
    ["independent functions", false],
    ["functions that share most terms", true],
  ])(
    "%s",
    (_, similar) => {
      let different = 0;
      let both = 0;
      for (let seed = 0; seed < cases(150); seed++) {
        const source = random(seed + (similar ? 500_000 : 0));
        const from = few(source);
        const impossible = source.chance(0.3) ? randomTerms(source, from, 2, "impossible") : [];
        const allowing = withRules(randomFunction(source, from));
        const denying = withRules(similar ? mutated(source, allowing, from) : randomFunction(source, from));
        const expected = truth(allowing, denying, impossible, from);
        const { causes, complete } = differenceCauses(allowing, denying, {
          impossible,
          allowingIs: "left",
          most: 50,
        });
        expect(complete, `seed ${seed}`).toBe(true);
        const allows = new Set(causes.flatMap((cause) => labels(cause.allowOrigins)));
        const denies = new Set(causes.flatMap((cause) => labels(cause.denyOrigins)));
        expect([...allows].sort(), `allow rules, seed ${seed}`).toEqual([...expected.allows].sort());
        expect([...denies].sort(), `deny rules, seed ${seed}`).toEqual([...expected.denies].sort());
        const missing = causes.filter(({ kind }) => kind === "not-allowed");
        expect(missing.flatMap((cause) => labels(cause.allowOrigins)).sort(), `seed ${seed}`).toEqual(
          [...expected.notAllowed].sort(),
        );
        for (const { witness, kind } of causes) {
          expect(firstHolding(impossible, witness.assignment)).toBeUndefined();
          expect(decideOn(allowing, witness.assignment)).toBe("allow");
          expect(decideOn(denying, witness.assignment)).toBe("deny");
          expect(firstHolding([witness.allowTerm], witness.assignment)).toBe(witness.allowTerm);
          if (kind === "denied" && witness.deniedBy !== undefined)
            expect(firstHolding([witness.deniedBy], witness.assignment)).toBe(witness.deniedBy);
        }
        closes(allowing, denying, impossible, allows, denies, `seed ${seed}`);
        if (causes.length > 0) different++;
        if (new Set(causes.map(({ kind }) => kind)).size === 2) both++;
      }
      // The property says nothing where there is no difference.
      expect(different).toBeGreaterThan(cases(30));
      expect(both).toBeGreaterThan(0);
    },
    patience,
  );
});

/** Without the named rules there is no difference, and with any one of them back there is. */
function closes(
  allowing: AccessFunction,
  denying: AccessFunction,
  impossible: Terms,
  allows: ReadonlySet<string>,
  denies: ReadonlySet<string>,
  hint: string,
): void {
  const answer = (taken: ReadonlySet<string>) =>
    newlyDenied({ ...allowing, allow: without(allowing.allow, taken) }, denying, { impossible }).answer
      .answer;
  expect(answer(allows), hint).toBe("no");
  for (const kept of allows)
    expect(answer(new Set([...allows].filter((one) => one !== kept))), hint).toBe("yes");
  const opened = (taken: ReadonlySet<string>) =>
    newlyDenied(
      allowing,
      { ...denying, allow: [...denying.allow, ...allowing.allow], deny: without(denying.deny, taken) },
      { impossible },
    ).answer.answer;
  expect(opened(denies), hint).toBe("no");
  for (const kept of denies)
    expect(opened(new Set([...denies].filter((one) => one !== kept))), hint).toBe("yes");
}

const path = attribute("request.path");
const method = attribute("request.method");
const is = (on: typeof path, pattern: ReturnType<typeof exactly>): Literal =>
  holds(on, { test: "text", pattern });
const rule = (label: string, ...literals: readonly Literal[]): Term => ({ literals, origins: [{ label }] });

describe("as a reader would tell it", () => {
  const read = rule("read", is(method, exactly("GET")), is(path, prefix("/v1/")));
  const admin = rule("admin", is(path, prefix("/v1/admin/")));
  const ban = rule("ban", is(path, prefix("/v1/admin/")));

  test("a rule that is new", () => {
    const { causes, complete } = differenceCauses(
      { ...none, allow: [read, admin] },
      { ...none, allow: [read] },
      { allowingIs: "right" },
    );
    expect(complete).toBe(true);
    expect(causes.map(({ kind, allowOrigins }) => [kind, labels(allowOrigins)])).toEqual([
      ["not-allowed", ["admin"]],
    ]);
  });

  test("a deny rule is named once, with all that it stops", () => {
    const allow = [read, admin, rule("post", is(method, exactly("POST")))];
    const { causes } = differenceCauses(
      { ...none, allow },
      { ...none, allow, deny: [ban] },
      { allowingIs: "left" },
    );
    expect(
      causes.map(({ kind, allowOrigins, denyOrigins }) => [
        kind,
        labels(allowOrigins).sort(),
        labels(denyOrigins),
      ]),
    ).toEqual([["denied", ["admin", "post", "read"], ["ban"]]]);
  });

  test("a deny rule where nothing is allowed anyway belongs to the missing allow rule", () => {
    const { causes } = differenceCauses(
      { ...none, allow: [admin] },
      {
        ...none,
        allow: [read.literals.length > 0 ? rule("other", is(path, exactly("/x"))) : read],
        deny: [ban],
      },
      { allowingIs: "left" },
    );
    expect(
      causes.map(({ kind, allowOrigins, denyOrigins }) => [kind, labels(allowOrigins), labels(denyOrigins)]),
    ).toEqual([["not-allowed", ["admin"], ["ban"]]]);
  });

  test("two rules that say the same are both named: to take out one closes nothing", () => {
    const twin = { ...admin, origins: [{ label: "twin" }] };
    const { causes } = differenceCauses({ ...none, allow: [admin, twin] }, none, { allowingIs: "left" });
    expect(causes.flatMap(({ allowOrigins }) => labels(allowOrigins)).sort()).toEqual(["admin", "twin"]);
  });

  test("more than are asked for: not complete, and those that are listed are there", () => {
    const allow = Array.from({ length: 9 }, (_, index) => rule(`r${index}`, is(path, exactly(`/p${index}`))));
    const { causes, complete } = differenceCauses({ ...none, allow }, none, { allowingIs: "left", most: 4 });
    expect(complete).toBe(false);
    expect(causes).toHaveLength(4);
  });

  test("what an evaluator does not confirm is no cause", () => {
    const { causes, complete } = differenceCauses({ ...none, allow: [admin] }, none, {
      allowingIs: "left",
      confirm: () => ({ left: "deny", right: "deny" }),
    });
    expect(causes).toEqual([]);
    expect(complete).toBe(false);
  });

  test("a spent budget is said", () => {
    const allow = Array.from({ length: 50 }, (_, index) =>
      rule(`r${index}`, is(path, oneOf([`/p${index}`]))),
    );
    const { complete } = differenceCauses(
      { ...none, allow },
      {
        ...none,
        allow: allow.map((term, index) => rule(`s${index}`, ...term.literals, is(method, exactly("GET")))),
      },
      { allowingIs: "left", budget: { remaining: 3 } },
    );
    expect(complete).toBe(false);
  });
});
