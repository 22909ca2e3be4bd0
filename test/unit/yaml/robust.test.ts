import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Place } from "../../../server/src/text/place.ts";
import { entries, items, type TreeNode } from "../../../server/src/text/tree.ts";
import { parseYaml } from "../../../server/src/yaml/parse.ts";

const tokens = [
  "a",
  "b: ",
  "condition: ",
  "conditions:\n",
  "spec:\n",
  "  rules:\n",
  "    - ",
  "- ",
  "? ",
  ": ",
  "[",
  "]",
  "{",
  "}",
  ",",
  "'",
  '"',
  "\\",
  "\\x4",
  "|-\n",
  ">2\n",
  "&x ",
  "*x",
  "!t ",
  "<<: ",
  "# c",
  "\n",
  "\r\n",
  "\n\n",
  "  ",
  "    ",
  "\t",
  "---\n",
  "...\n",
  "%YAML 1.1\n",
  "\uFEFF",
  "\u2028",
  "😀",
  "@",
  "`",
  "1",
  "~",
  "items:\n",
  "kind: Policy\n",
];

function* places(node: TreeNode | undefined): Generator<Place> {
  if (node === undefined) return;
  yield node.place;
  if (node.kind === "scalar") {
    for (const segment of node.segments.segments) {
      expect(segment.source).toBeGreaterThanOrEqual(0);
      expect(segment.source + segment.sourceLength).toBeLessThanOrEqual(node.place.block.text.length);
    }
    const last = node.segments.segments.at(-1);
    expect(last === undefined ? 0 : last.value + last.valueLength).toBe(node.text.length);
  }
  for (const item of items(node)) yield* places(item);
  for (const entry of entries(node)) {
    yield* places(entry.key);
    yield* places(entry.value);
  }
}

describe("any text at all", () => {
  for (const dialect of ["plumbline", "deployed"] as const) {
    it(`is read without throwing, at places inside the file (${dialect})`, () => {
      fc.assert(
        fc.property(fc.array(fc.constantFrom(...tokens), { maxLength: 40 }), (parts) => {
          const text = parts.join("");
          const file = parseYaml("u", text, { dialect });
          const { layout } = file;
          for (const document of file.documents) {
            const all = [document.place, ...places(document.root)];
            for (const unread of document.unread ?? []) all.push(unread.place, ...places(unread.root));
            for (const place of all) {
              const { start, end } = layout.offsets(place);
              expect(start).toBeLessThanOrEqual(end);
              expect(end).toBeLessThanOrEqual(text.length);
              expect(text.startsWith(place.block.text, layout.base(place.block))).toBe(true);
            }
          }
          for (const problem of file.problems) {
            expect(problem.message).not.toMatch(/undefined|\[object/);
            const { start, end } = layout.offsets(problem.place);
            expect(start).toBeLessThanOrEqual(end);
            expect(layout.range(problem.place).start.line).toBeLessThanOrEqual(
              layout.range(problem.place).end.line,
            );
          }
          // A condition has one problem at most, whatever else is wrong around it.
          const conditions = file.problems.filter((one) => one.code === "yaml/condition-needs-quotes");
          expect(new Set(conditions.map((one) => layout.offsets(one.place).start)).size).toBe(
            conditions.length,
          );
        }),
        { seed: 11, numRuns: process.env.PLUMBLINE_DEEP ? 50_000 : 3000 },
      );
    });
  }
});
