import fc from "fast-check";
import { expect, test } from "vitest";
import { toValue } from "../../../server/src/text/tree.ts";
import { parseYaml } from "../../../server/src/yaml/parse.ts";
import { stringifyYaml, type Writable } from "../../../server/src/yaml/stringify.ts";
import { runs } from "../access/generators.ts";

const lines = (value: Writable, width = 60): string =>
  stringifyYaml(value, { isBlock: (path) => path.length === 0, width });

test("what fits on a line stands on it, the rest is a block", () => {
  expect(
    lines({
      name: "a, b [c]",
      none: [],
      left: undefined,
      short: { a: [1, true, null], b: { c: "x: y" } },
      long: [{ first: "a rather long text of several words", second: "and another one" }, ["x", "y"]],
    }),
  ).toBe(`name: a, b [c]
none: []
short: { a: [1, true, null], b: { c: "x: y" } }
long:
  - first: a rather long text of several words
    second: and another one
  - [x, y]
`);
});

test("what YAML would take for something else is quoted", () => {
  expect(
    lines({
      a: "true",
      b: "1.0",
      c: "a # b",
      d: "- x",
      e: "",
      f: "one\ntwo",
      g: ["a, b", "{x}"],
      "h: i": "null",
    }),
  ).toBe(`a: "true"
b: "1.0"
c: "a # b"
d: "- x"
e: ""
f: "one\\ntwo"
g: ["a, b", "{x}"]
"h: i": "null"
`);
});

const texts = fc.oneof(
  fc.constantFrom(
    "",
    "true",
    "null",
    "~",
    "1",
    "0x1F",
    ".5",
    "- a",
    "? b",
    "a: b",
    "a #b",
    "#",
    "!t",
    "&a",
    "*a",
    "<<",
    "%d",
  ),
  fc.constantFrom(
    "|",
    ">",
    "@x",
    "`x`",
    "'q",
    '"q',
    "a,b",
    "[",
    "]",
    "{",
    "}",
    " a ",
    "a\nb",
    "\t",
    "---",
    "...",
    "é\u2028\u0007",
    "=",
    "yes",
    "2026-01-15T09:00:00Z",
  ),
  fc.string({ unit: "grapheme", maxLength: 12 }),
);
const values: fc.Arbitrary<Writable> = fc.letrec<{ value: Writable }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthIdentifier: "value" },
    texts,
    fc.constantFrom<Writable>(null, true, false, 0, -1, 200.01, 1e21),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(texts, tie("value"), { maxKeys: 4 }),
  ),
})).value;

test("reads back as the value itself, without a finding", () => {
  fc.assert(
    fc.property(
      fc.dictionary(texts, values, { minKeys: 1, maxKeys: 4 }),
      fc.integer({ min: 10, max: 120 }),
      (value, width) => {
        const text = lines(value, width);
        const { documents, problems } = parseYaml("file:///a.plumb.yaml", text, { dialect: "plumbline" });
        expect(
          problems.map((one) => one.message),
          text,
        ).toEqual([]);
        expect(JSON.parse(JSON.stringify(toValue(documents[0]?.root))), text).toEqual(
          JSON.parse(JSON.stringify(value)),
        );
      },
    ),
    runs(400),
  );
});

test("characters that act instead of being seen are written out, and read back as they were", () => {
  const value = { "a\u202eb": "x\u2066y", list: ["\u001b[2K", "plain\ttext"] };
  const text = lines(value);
  expect(text).toMatch(/^[\n\t\u0020-\u007e]*$/);
  const { documents, problems } = parseYaml("file:///a.plumb.yaml", text, { dialect: "plumbline" });
  expect(problems).toEqual([]);
  expect(JSON.parse(JSON.stringify(toValue(documents[0]?.root)))).toEqual(value);
});
