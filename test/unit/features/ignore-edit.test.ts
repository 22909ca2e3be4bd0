import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { ignoreEdit } from "../../../server/src/features/ignore-edit.ts";
import { ignoreCommentsOf } from "../../../server/src/rules/suppression/ignore-comments.ts";
import { applyEdits } from "../../../server/src/text/text-edit.ts";
import type { ParsedFile, TreeNode } from "../../../server/src/text/tree.ts";
import { parseYaml } from "../../../server/src/yaml/parse.ts";

const code = "redundant-rule";
const read = (text: string) => parseYaml("file:///a.plumb.yaml", text, { dialect: "plumbline" });

/** The text with the comment for what stands at `^` (which is taken out); undefined where there is none. */
function ignored(marked: string, named = code): string | undefined {
  const offset = marked.indexOf("^");
  const file = read(marked.replace("^", ""));
  const edit = ignoreEdit(file, named, file.layout.positionAt(offset));
  return edit && applyEdits(file.layout.text, [edit]);
}

describe("the comment that accepts a finding stands", () => {
  it.each([
    ["above its line", "a: 1\nb: ^2\n", "a: 1\n# plumbline-ignore redundant-rule:\nb: 2\n"],
    ["above an item", "- a\n- n: ^x\n", "- a\n# plumbline-ignore redundant-rule:\n- n: x\n"],
    [
      "as deep",
      "a:\n  - b: 1\n    c: ^2\n",
      "a:\n  - b: 1\n    # plumbline-ignore redundant-rule:\n    c: 2\n",
    ],
    ["above the first line", "a: ^1\nb: 2\n", "# plumbline-ignore redundant-rule:\na: 1\nb: 2\n"],
    [
      "behind other comments",
      "a: 1\n# why\nb: ^2\n",
      "a: 1\n# why\n# plumbline-ignore redundant-rule:\nb: 2\n",
    ],
    [
      "above a folded text",
      "a: 1\nb: >-\n  one\n  t^wo\n",
      "a: 1\n# plumbline-ignore redundant-rule:\nb: >-\n  one\n  two\n",
    ],
    [
      "above a text that only looks like a property",
      "a: 1\nb: |\n  one\n  two: ^3\n",
      "a: 1\n# plumbline-ignore redundant-rule:\nb: |\n  one\n  two: 3\n",
    ],
    [
      "above a text of several lines",
      'a: 1\nb: "one\n  t^wo"\n',
      'a: 1\n# plumbline-ignore redundant-rule:\nb: "one\n  two"\n',
    ],
    [
      "with the ends of lines of the file",
      "a: 1\r\nb: ^2\r\n",
      "a: 1\r\n# plumbline-ignore redundant-rule:\r\nb: 2\r\n",
    ],
    [
      "in the document that it is for",
      "a: 1\n---\nb: ^2\nc: 3\n",
      "a: 1\n---\n# plumbline-ignore redundant-rule:\nb: 2\nc: 3\n",
    ],
  ])("%s", (_where, before, after) => {
    expect(ignored(before)).toBe(after);
  });
});

it("is none for what is a mistake, and none for what is no code", () => {
  expect(ignored("a: ^1\n", "schema/type")).toBeUndefined();
  expect(ignored("a: ^1\n", "redundant-rules")).toBeUndefined();
  expect(ignored("a: ^1\n", "drift/wider")).toBe("# plumbline-ignore drift/wider:\na: 1\n");
});

it("is none where one waits for its reason", () => {
  expect(ignored("a: ^1 # plumbline-ignore redundant-rule\n")).toBeUndefined();
  expect(ignored("x: 0\n# plumbline-ignore redundant-rule:\na:\n  b: ^1\n")).toBeUndefined();
  expect(ignored("a: ^1 # plumbline-ignore untested-rule\n")).toContain(
    "# plumbline-ignore redundant-rule:\n",
  );
});

const examples = path.resolve(import.meta.dirname, "../../../examples");
const files = readdirSync(examples, { recursive: true, encoding: "utf8" }).filter((name) =>
  name.endsWith(".plumb.yaml"),
);

it.each(files)("with its reason accepts what it was asked for, everywhere in %s", (name) => {
  const text = readFileSync(path.join(examples, name), "utf8");
  const file = read(text);
  const places = file.documents.flatMap(({ root }) => (root === undefined ? [] : [...starts(root, file)]));
  expect(places.length).toBeGreaterThan(10);
  // Each node costs a parse of the whole file; a prime step meets all shapes of them.
  for (const offset of places.filter((_, index) => index % 29 === 0)) {
    const edit = ignoreEdit(file, code, file.layout.positionAt(offset));
    if (edit === undefined) throw new Error(`none at ${offset}: ${text.slice(offset, offset + 40)}`);
    const comment = edit.text.replace(/:(\r?\n)$/, ": said why$1");
    const after = read(applyEdits(text, [{ ...edit, text: comment }]));
    const [found] = ignoreCommentsOf(after).filter((one) => one.reason === "said why");
    const moved = offset + comment.length;
    expect(after.problems).toEqual(file.problems);
    expect(found?.scope?.start).toBeLessThanOrEqual(moved);
    expect(found?.scope?.end).toBeGreaterThanOrEqual(moved);
  }
});

function* starts(node: TreeNode, file: ParsedFile): Generator<number> {
  yield file.layout.offsets(node.place).start;
  if (node.kind === "list") for (const item of node.items) yield* starts(item, file);
  if (node.kind === "map")
    for (const { key, value } of node.entries) {
      yield file.layout.offsets(key.place).start;
      yield* starts(value, file);
    }
}
