import { describe, expect, test } from "vitest";
import { type Assignment, decideOn, firstHolding } from "../../../server/src/access/assignment.ts";
import { opaqueAttribute } from "../../../server/src/access/attribute.ts";
import { attribute } from "../../../server/src/access/catalogue.ts";
import { type AccessFunction, holds, type Terms } from "../../../server/src/access/predicate.ts";
import { project } from "../../../server/src/access/project.ts";
import { exactly } from "../../../server/src/access/text-pattern.ts";
import {
  assignments,
  cases,
  dimensions,
  patience,
  random,
  randomFunction,
} from "./support/random-functions.ts";

function exactProjection(fn: AccessFunction, hidden: ReadonlySet<string>): ReadonlyMap<string, boolean> {
  const allowed = new Map<string, boolean>();
  for (const values of assignments(dimensions, fn.allow, fn.deny)) {
    const seen = seenKey(values, hidden);
    allowed.set(seen, allowed.get(seen) === true || decideOn(fn, values) === "allow");
  }
  return allowed;
}

const seenKey = (values: Assignment, hidden: ReadonlySet<string>) =>
  JSON.stringify([...values].filter(([key]) => !hidden.has(key)));

describe("project", () => {
  test(
    "allows what some completion of the hidden attributes allows, against enumeration",
    () => {
      for (let seed = 0; seed < cases(800); seed++) {
        const source = random(seed);
        const start = source.below(dimensions.length);
        const from = [0, 1, 2].map(
          (offset) => dimensions[(start + offset) % dimensions.length] as (typeof dimensions)[number],
        );
        const fn = randomFunction(source, from, 5);
        const hidden = new Set(from.filter(() => source.chance(0.5)).map((one) => one.attribute.key));
        const projected = project(fn, (one) => !hidden.has(one.key));
        if (projected === "too-complex") throw new Error("too complex");
        for (const one of [...projected.allow, ...projected.deny]) {
          expect(one.literals.some((literal) => hidden.has(literal.attribute.key))).toBe(false);
        }
        const expected = exactProjection(fn, hidden);
        for (const values of assignments(dimensions, fn.allow, fn.deny)) {
          const allows = decideOn(projected, values) === "allow";
          if (allows !== expected.get(seenKey(values, hidden)))
            expect.fail(`seed ${seed}: ${seenKey(values, hidden)}`);
        }
      }
    },
    patience,
  );

  const amount = attribute("mcp.tool.arguments", "amount");
  const tool = attribute("mcp.tool.name");
  const refund = holds(tool, { test: "text", pattern: exactly("refund") });

  test("a condition on a hidden argument is left out", () => {
    const fn: AccessFunction = {
      allow: [{ literals: [refund, holds(amount, { test: "range", max: 200 })], origins: [] }],
      deny: [],
      opaque: [],
    };
    const projected = project(fn, (one) => one.id !== "mcp.tool.arguments");
    expect(projected).toMatchObject({ allow: [{ literals: [refund] }], deny: [] });
  });

  test("a deny that covers every hidden value stays, as far as it is seen", () => {
    const always: Terms = [{ literals: [], origins: [] }];
    const fn: AccessFunction = {
      allow: always,
      deny: [
        { literals: [refund, holds(amount, { test: "present" })], origins: [] },
        { literals: [refund, { ...holds(amount, { test: "present" }), negated: true }], origins: [] },
      ],
      opaque: [],
    };
    const projected = project(fn, (one) => one.id !== "mcp.tool.arguments");
    if (projected === "too-complex") throw new Error("too complex");
    const called = (name: string): Assignment =>
      new Map([[tool.key, { attribute: tool, value: { kind: "text", value: name } }]]);
    expect(decideOn(projected, called("refund"))).toBe("deny");
    expect(decideOn(projected, called("lookup"))).toBe("allow");
    expect(firstHolding(projected.allow, called("lookup"))).toBeDefined();
  });

  test("a hidden opaque atom may have any of its values; a visible one stays", () => {
    const atom = { attribute: opaqueAttribute("x"), text: "x", reason: "r" };
    const fn: AccessFunction = {
      allow: [{ literals: [refund, holds(atom.attribute, { test: "opaque", value: "true" })], origins: [] }],
      deny: [],
      opaque: [atom],
    };
    expect(project(fn, (one) => one.sort !== "opaque")).toMatchObject({
      allow: [{ literals: [refund] }],
      opaque: [],
    });
    expect(project(fn, () => true)).toMatchObject({ allow: fn.allow, opaque: [atom] });
  });
});
