import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { duplicateKeys } from "../../../server/src/json/duplicate-keys.ts";
import { parseJson } from "../../../server/src/json/parse.ts";
import { scanJson } from "../../../server/src/json/scan.ts";
import {
  at,
  entries,
  items,
  type ParsedFile,
  type TreeNode,
  toValue,
} from "../../../server/src/text/tree.ts";
import { markRanges, readMarkers } from "../../support/markers.ts";

const source = (file: ParsedFile, node: TreeNode | undefined): string =>
  node === undefined ? "(none)" : file.layout.text.slice(...Object.values(file.layout.offsets(node.place)));

function* nodes(node: TreeNode | undefined): Generator<TreeNode> {
  if (node === undefined) return;
  yield node;
  for (const item of items(node)) yield* nodes(item);
  for (const entry of entries(node)) {
    yield entry.key;
    yield* nodes(entry.value);
  }
}

describe("parseJson", () => {
  it("gives every node its place, its text and its segments", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.integer({ min: 0, max: 3 }), fc.boolean(), (value, indent, bom) => {
        const written = JSON.stringify(value, null, indent);
        const file = parseJson("u", (bom ? "\uFEFF" : "") + written);
        expect(file.problems).toEqual([]);
        const root = file.documents[0]?.root;
        expect(JSON.parse(JSON.stringify(toValue(root) ?? null))).toEqual(JSON.parse(written));
        for (const node of nodes(root)) {
          expect(JSON.parse(source(file, node))).toEqual(JSON.parse(JSON.stringify(toValue(node) ?? null)));
          if (node.kind !== "scalar") continue;
          let length = 0;
          for (const segment of node.segments.segments) {
            const text = file.layout.text.slice(segment.source, segment.source + segment.sourceLength);
            const decoded = typeof node.value === "string" ? (JSON.parse(`"${text}"`) as string) : text;
            expect(decoded).toBe(node.text.slice(segment.value, segment.value + segment.valueLength));
            length += segment.valueLength;
          }
          expect(length).toBe(node.text.length);
        }
      }),
      { seed: 42, numRuns: process.env.PLUMBLINE_DEEP ? 3000 : 200 },
    );
  });

  it("keeps numbers as written, and finds keys that are escaped or repeated", () => {
    const file = parseJson(
      "u",
      '{"a": 1.50, "b\\u0041": [1e2, -0], "a": 2.0, "__proto__": {"x": null}, "7": "\\ud83d\\ude00!"}',
    );
    const root = file.documents[0]?.root;
    expect(at(root, "a")).toMatchObject({ value: 2, text: "2.0" });
    expect(items(at(root, "bA")).map((one) => source(file, one))).toEqual(["1e2", "-0"]);
    expect(source(file, at(root, "__proto__", "x"))).toBe("null");
    const smile = at(root, "7");
    expect(smile?.kind === "scalar" && smile.segments.toSource(2, 3)).toEqual({
      start: file.layout.text.indexOf("!"),
      end: file.layout.text.indexOf("!") + 1,
    });
  });

  it("is one document and one block, also for lists", () => {
    const file = parseJson("u", '[{"a": 1}, {"b": 2}]\n');
    expect(file.documents).toHaveLength(1);
    expect(file.documents[0]?.place).toMatchObject({ start: 0, end: 21 });
    expect(at(file.documents[0]?.root, 1, "b")?.place.block).toBe(file.documents[0]?.place.block);
  });

  const broken: readonly (readonly [fixture: string, message: RegExp])[] = [
    ['{"a": 1 ‹"›b": 2}', /"," or "}" is missing/],
    ['{"a": 1,‹}›', /Remove the comma/],
    ["[1, 2,‹]›", /A value is missing/],
    ['{‹"a"› 1}', /":" and a value are missing/],
    ["{‹a›: 1}".replace("‹a›", "‹a›"), /key in double quotes/],
    ["[‹01›]", /no JSON number/],
    ["[‹'a'›]", /double quotes only/],
    ["[1, ‹//› no\n2]", /no comments/],
    ["[‹tru›]", /no JSON value/],
    ['["a‹\\d›"]', /no escape/],
    ['["a‹\\u00g0›"]', /four hexadecimal/],
    ['[‹"a›\n"]', /closing double quote/],
    ["[‹1›", /closing "]" is missing/],
    ['{"a": [1]‹]›', /closing|missing/],
    ["{} ‹{›}", /has ended/],
    ["‹›", /empty/],
    ['["‹\u0001›"]', /control character/],
  ];
  for (const [fixture, message] of broken) {
    it(`says where and why: ${JSON.stringify(fixture)}`, () => {
      const { text } = readMarkers(fixture);
      const file = parseJson("u", text);
      expect(file.documents).toEqual([{ root: undefined, place: file.documents[0]?.place }]);
      expect(file.problems.map((one) => one.code)).toEqual(["json/syntax"]);
      expect(file.problems[0]?.message).toMatch(message);
      expect(
        markRanges(
          text,
          file.problems.map((one) => file.layout.offsets(one.place)),
        ),
      ).toBe(fixture);
    });
  }

  it("is bounded in depth and size", () => {
    for (const hostile of [
      "[".repeat(100_000),
      '{"a":'.repeat(100_000),
      `${"[".repeat(300)}${"]".repeat(300)}`,
    ])
      expect(parseJson("u", hostile).problems.map((one) => one.code)).toEqual(["json/too-deep"]);
    expect(parseJson("u", `"${"[".repeat(300)}"`).problems).toEqual([]);
    expect(parseJson("u", "[1, 2, 3]", { maxBytes: 5 }).problems.map((one) => one.code)).toEqual([
      "json/too-large",
    ]);
  });

  it("agrees with JSON.parse on what is JSON", () => {
    const unit = fc.constantFrom(
      "{",
      "}",
      "[",
      "]",
      ":",
      ",",
      '"',
      "a",
      "1",
      "0",
      ".",
      "e",
      "-",
      "\\",
      "n",
      "u0041",
      " ",
      "true",
      "null",
    );
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 14 }), (text) => {
        const error = scanJson(text);
        let valid = true;
        try {
          JSON.parse(text);
        } catch {
          valid = false;
        }
        expect(error === undefined).toBe(valid);
        if (error !== undefined) expect(error.end).toBeLessThanOrEqual(text.length);
      }),
      { seed: 7, numRuns: process.env.PLUMBLINE_DEEP ? 100_000 : 5000 },
    );
  });
});

describe("duplicateKeys", () => {
  it("finds repeated keys of one object, compared decoded", () => {
    const fixture = '{"a": {"b": 1, ‹"b"›: 2}, "c": [{"a": 1}, {"a": 2}], ‹"\\u0061"›: 3, ‹"a"›: 4}';
    const { text } = readMarkers(fixture);
    const found = duplicateKeys(text);
    expect(markRanges(text, found)).toBe(fixture);
    expect(found.map((one) => one.key)).toEqual(["b", "a", "a"]);
  });

  it("gives what stands before an error, and takes any depth", () => {
    expect(duplicateKeys('{"a": 1, "a": 2, ').map((one) => one.key)).toEqual(["a"]);
    expect(duplicateKeys('{"a":'.repeat(50_000))).toEqual([]);
  });
});
