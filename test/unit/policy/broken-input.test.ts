import { expect, test } from "vitest";
import { checkSchema } from "../../../server/src/policy/schema-check.ts";
import type { Place } from "../../../server/src/text/place.ts";
import type { Problem } from "../../../server/src/text/problem.ts";
import { build, fixture, policyFile } from "./support.ts";

const design = fixture("design-example");
const lines = (design["acme.plumb.yaml"] ?? "").split("\n");

function isInside({ block, start, end, endBlock = block }: Place): boolean {
  return 0 <= start && end <= endBlock.text.length && (endBlock !== block || start <= end);
}

const misplaced = (problems: readonly Problem[]) =>
  problems.filter(({ place, related = [] }) => ![place, ...related.map((one) => one.place)].every(isInside));

/** Every line of the example gone, or with another value behind its last colon. */
const values = ["", " [1]", " { x: y }", " ${x}", " 2026"];
const edits = lines.flatMap((line, index) => [
  lines.toSpliced(index, 1),
  ...(line.includes(":")
    ? values.map((value) => lines.with(index, line.replace(/:[^:]*$/, `:${value}`)))
    : []),
]);

/** All of them in the deep run, a tenth otherwise. */
const step = process.env.PLUMBLINE_DEEP === undefined ? 10 : 1;
const chosen = edits.filter((_, index) => index % step === 0);

test("no edit of one line makes the checks throw, or point out of the text", () => {
  for (const edited of chosen) {
    const text = edited.join("\n");
    const file = policyFile(text);
    expect(
      misplaced([...checkSchema(file), ...build({ ...design, "acme.plumb.yaml": text }).problems]),
    ).toEqual([]);
  }
});

test("keys of Object's prototype are names like any other", () => {
  const text = `apiVersion: plumbline/v1
kind: Inventory
metadata: { name: x, __proto__: 1 }
spec:
  identities:
    constructor: { type: group, claims: { __proto__: a } }
    toString: { type: hasOwnProperty }
`;
  expect(checkSchema(policyFile(text)).map(({ code }) => code)).toEqual([
    "schema/unknown-property",
    "schema/enum",
  ]);
  expect(build({ "a.plumb.yaml": text }).set.identities.get("constructor")?.claims.get("__proto__")).toEqual([
    "a",
  ]);
});
