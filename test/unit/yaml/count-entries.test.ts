/** Entries are counted in the text before it is parsed: never more than the parser finds, and where it is written plainly, as many. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { entries, items, type ParsedFile, type TreeNode } from "../../../server/src/text/tree.ts";
import { countBlockEntries, largestFlowCollection } from "../../../server/src/yaml/count-entries.ts";
import { parseYaml } from "../../../server/src/yaml/parse.ts";

const sizes = (text: string) => countBlockEntries(text).map(({ name, size }) => `${name} ${size}`);
const policy = (text: string): ParsedFile =>
  parseYaml("file:///a.plumb.yaml", text, { dialect: "plumbline" });
const sizeOf = (node: TreeNode): number => Math.max(items(node).length, entries(node).length);

function examples(): readonly string[] {
  const folder = path.resolve(import.meta.dirname, "../../../examples");
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".plumb.yaml"))
    .map((name) => readFileSync(path.join(folder, name), "utf8"));
}

describe("sections in block style", () => {
  it.each([
    ["a list", "spec:\n  rules:\n    - a\n    - b: 1\n      c: 2\n", ["rules 2"]],
    ["a list at the column of its key", "spec:\n  rules:\n  - a\n  -\n    b: 1\n", ["rules 2"]],
    [
      "a map",
      "spec:\r\n  identities: # All.\r\n    a:\r\n      x: 1\r\n    b: { y: 2 }\r\n",
      ["identities 2"],
    ],
    ["several", "spec:\n  a:\n    x: 1\n  text: no\n  b:\n    - 1\n\n# Behind.\n", ["a 1", "b 1"]],
    ["lists in lists", "spec:\n  rules:\n    - - a\n      - b\n    - c\n", ["rules 2"]],
    ["text that looks like entries", "spec:\n  rules:\n    - a: |\n        - b\n        - c\n", ["rules 1"]],
    ["a block text", "spec:\n  about: |\n    - a\n    - b\n  rules:\n    - c\n", ["rules 1"]],
    ["a block text in front of spec", "about: |\n  spec:\n    rules:\n      - a\n", []],
    ["other keys than spec", "spec:\n  a:\n    - 1\nother:\n  b:\n    - 1\n", ["a 1"]],
    ["flow style", "spec: { rules: [a, b] }\n", []],
  ])("%s", (_, text, expected) => {
    expect(sizes(text)).toEqual(expected);
  });

  it("never counts more than there are in the examples", () => {
    const texts = examples();
    expect(texts.flatMap(sizes).length).toBeGreaterThan(10);
    for (const text of texts) {
      const counted = countBlockEntries(text);
      const spec = policy(text).documents.flatMap(({ root }) =>
        entries(root)
          .filter(({ key }) => key.text === "spec")
          .flatMap(({ value }) => entries(value)),
      );
      const found = spec.map(({ key, value }) => `${key.text} ${sizeOf(value)}`);
      for (const { name, size } of counted) expect(found).toContain(`${name} ${size}`);
    }
  });
});

describe("collections in brackets", () => {
  const largest = (text: string) => {
    const found = largestFlowCollection(text, 2);
    return found === undefined ? undefined : [found.name, found.size, text.slice(found.start, found.end + 1)];
  };

  it.each([
    ["a list", "a: [x, y, z]\n", ["This list", 3, "[x"]],
    ["a map", "a: { x: 1, y: 2, z: 3, }\n", ["This map", 3, "{ "]],
    ["the larger of two", "a: [1, 2, 3, 4, [b, c, d, e]]\nb: [1, 2, 3]\n", ["This list", 5, "[1"]],
    ["an inner one", "a: [[b, c, 'd'], 2]\n", ["This list", 3, "[b"]],
    ["none that is large", "a: [1, 2]\nb: [3, 4]\nc: { d: 1, e: 2 }\n", undefined],
    ["a plain text", "a: see [1, 2, 3, 4]\n", undefined],
    ["a quoted text", 'a: "[1, 2, 3, 4]"\n', undefined],
    ["a block text", "a: |\n  [1, 2, 3, 4]\n", undefined],
    ["a comment", "a: 1 # [1, 2, 3, 4]\n", undefined],
  ])("%s", (_, text, expected) => {
    expect(largest(text)).toEqual(expected);
  });
});

it("a file of too many lines has one finding", () => {
  for (const line of ["- a\n", "---\n", "# a\n", "\n"]) {
    const { documents, problems } = policy(line.repeat(200_001));
    expect(problems.map(({ code }) => code)).toEqual(["yaml/too-large"]);
    expect(problems[0]?.message).toContain("The file has 200,001 lines, and at most 200,000");
    expect(documents).toEqual([]);
  }
});

describe("a file with too many entries", () => {
  const many = (count: number, entry: (index: number) => string, separator = "") =>
    Array.from({ length: count }, (_, index) => entry(index)).join(separator);

  it.each([
    ["a list", `spec:\n  rules:\n${many(20_001, () => "    - a\n")}`, "rules has 20,001 entries", "rules"],
    [
      "a map",
      `spec:\n  resources:\n${many(20_001, (i) => `    a${i}: 1\n`)}`,
      "resources has 20,001 entries",
      "resources",
    ],
    [
      "brackets",
      `spec: { rules: [${many(20_001, () => "a", ", ")}] }\n`,
      "This list has 20,001 entries",
      "[",
    ],
    [
      "an unclosed list",
      `a: 1\nspec: { rules: [${many(20_002, () => "a", ", ")}\n`,
      "This list has 20,001 entries",
      "[",
    ],
    ["spec", `spec:\n${many(20_001, (i) => `  a${i}: 1\n`)}`, "spec has 20,001 entries", "spec"],
    [
      "the sum",
      `spec:\n  a:\n${many(10_000, () => "    - a\n")}  b:\n${many(10_001, () => "    - a\n")}`,
      "b has 10,001 entries",
      "b",
    ],
  ])("%s", (_, text, message, at) => {
    const { documents, problems } = policy(`a: 1\n---\n${text}---\nb: 1\n`);
    expect(problems.map(({ code }) => code)).toEqual(["yaml/too-large"]);
    expect(problems[0]?.message).toContain(message);
    const { block, start, end } = problems[0]?.place ?? { block: { text: "" }, start: 0, end: 0 };
    expect(block.text.slice(start, end)).toBe(at);
    expect(documents.map(({ root }) => root?.kind)).toEqual(["map", undefined, "map"]);
  });
});
