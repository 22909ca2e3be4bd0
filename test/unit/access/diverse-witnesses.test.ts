import { expect, test } from "vitest";
import { decideOn } from "../../../server/src/access/assignment.ts";
import { attribute } from "../../../server/src/access/catalogue.ts";
import { type AccessFunction, holds, type Literal, type Term } from "../../../server/src/access/predicate.ts";
import { tellDifference } from "../../../server/src/access/region-lists.ts";
import { exactly, oneOf, prefix, type TextPattern } from "../../../server/src/access/text-pattern.ts";
import { cases, dimensions, mutated, random, randomFunction } from "./support/random-functions.ts";

const path = attribute("request.path");
const method = attribute("request.method");
const tool = attribute("mcp.tool.name");
const principal = attribute("source.principal");
const is = (on: typeof path, pattern: TextPattern): Literal => holds(on, { test: "text", pattern });
const rule = (label: string, ...literals: readonly Literal[]): Term => ({ literals, origins: [{ label }] });
const fn = (allow: readonly Term[], deny: readonly Term[] = []): AccessFunction => ({
  allow,
  deny,
  opaque: [],
});

const shown = (
  allowing: AccessFunction,
  denying: AccessFunction,
  on: readonly (typeof path)[],
  maxWitnesses = 3,
) =>
  tellDifference(allowing, denying, { allowingIs: "left", maxWitnesses }).witnesses.map(
    ({ allowTerm, assignment }) => [
      allowTerm.origins[0]?.label,
      ...on.map(({ key }) => {
        const value = assignment.get(key)?.value;
        return value?.kind === "text" ? value.value : value?.kind;
      }),
    ],
  );

test("one rule with several terms does not crowd out the others", () => {
  const many = ["/a", "/b", "/c", "/d"].map((one) => rule("many", is(path, exactly(one))));
  const found = shown(fn([...many, rule("other", is(path, exactly("/z")))]), fn([]), [path]);
  expect(found).toEqual([
    ["many", "/a"],
    ["other", "/z"],
    ["many", "/b"],
  ]);
});

test("of one term, the values of its lists: an operation rather than a caller", () => {
  const one = rule(
    "one",
    is(principal, oneOf(["spiffe://a/x", "spiffe://a/y", "spiffe://a/z"])),
    is(method, oneOf(["GET", "POST"])),
    is(path, prefix("/v1/")),
  );
  const found = shown(fn([one]), fn([]), [method, principal]);
  expect(
    found
      .map(([, said]) => said)
      .slice(0, 2)
      .sort(),
  ).toEqual(["GET", "POST"]);
  expect(found).toHaveLength(3);
});

test("tools of a list, of which the other side has one", () => {
  const some = rule("some", is(tool, oneOf(["refund", "lookup", "delete"])));
  expect(shown(fn([some]), fn([rule("lookup", is(tool, exactly("lookup")))]), [tool])).toEqual([
    ["some", "refund"],
    ["some", "delete"],
  ]);
});

test("another made-up word is not another request", () => {
  const wide = rule("wide", is(path, prefix("/v1/")), is(method, exactly("GET")));
  const twin = rule(
    "wide",
    is(path, prefix("/v1/")),
    is(method, exactly("GET")),
    is(attribute("jwt.sub"), prefix("")),
  );
  expect(shown(fn([wide, twin]), fn([]), [method])).toHaveLength(1);
});

test("never more than asked for", () => {
  const some = Array.from({ length: 9 }, (_, n) => rule(`r${n}`, is(path, exactly(`/p${n}`))));
  expect(shown(fn(some), fn([]), [path], 2)).toHaveLength(2);
  expect(shown(fn([]), fn(some), [path])).toEqual([]);
});

test("each is a request of the difference, by its own terms", () => {
  let all = 0;
  for (let seed = 0; seed < cases(60); seed++) {
    const source = random(seed);
    const from = dimensions.slice(source.below(3));
    const allowing = randomFunction(source, from);
    const denying = mutated(source, allowing, from);
    for (const { assignment, allowTerm, deniedBy } of tellDifference(allowing, denying, {
      allowingIs: "left",
    }).witnesses) {
      all++;
      expect(allowing.allow).toContain(allowTerm);
      if (deniedBy !== undefined) expect(denying.deny).toContain(deniedBy);
      expect([decideOn(allowing, assignment), decideOn(denying, assignment)]).toEqual(["allow", "deny"]);
    }
  }
  expect(all).toBeGreaterThan(cases(20));
});
