/** Held against its own reader: what a diff says, applied to the text before, is the text after. */
import { expect, test } from "vitest";
import { applyEdits, composeEdits, type TextEdit } from "../../../../server/src/text/text-edit.ts";
import { unifiedDiff } from "../../../../server/src/workspace/import/unified-diff.ts";
import { Random } from "../../simulate/random.ts";

const runs = process.env.PLUMBLINE_DEEP === undefined ? 2000 : 200_000;

/** As `patch` does it, strictly: every line that stays or goes has to be there, at its number. */
function patched(text: string, diff: string): string {
  const before = text === "" ? [] : text.split(/(?<=\n)/);
  const after: string[] = [];
  let at = 0;
  const lines = diff.split("\n").slice(2, -1);
  for (const [index, line] of lines.entries()) {
    if (line.startsWith("@@")) {
      const [, first = "", count = "1", start = "", made = "1"] =
        /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@$/.exec(line) ?? [];
      const from = count === "0" ? Number(first) : Number(first) - 1;
      after.push(...before.slice(at, from));
      at = from;
      expect(made === "0" ? Number(start) : Number(start) - 1).toBe(after.length);
      continue;
    }
    if (line.startsWith("\\")) continue;
    const own = line.slice(1) + (lines[index + 1]?.startsWith("\\") ? "" : "\n");
    if (!line.startsWith("+")) expect(before[at++]).toBe(own);
    if (!line.startsWith("-")) after.push(own);
  }
  return [...after, ...before.slice(at)].join("");
}

test("a change at the end of a file without a line break", () => {
  expect(unifiedDiff("a.yaml", "a\nb", [{ start: 3, end: 3, text: "\nc\n" }])).toBe(
    "--- a.yaml\n+++ a.yaml\n@@ -1,2 +1,3 @@\n a\n-b\n\\ No newline at end of file\n+b\n+c\n",
  );
  expect(unifiedDiff("a.yaml", "a\n", [])).toBe("");
});

test(`${runs} random edits`, () => {
  const random = new Random(11);
  const int = (below: number): number => Math.floor(random.next() * below);
  for (let run = 0; run < runs; run++) {
    const lines = Array.from({ length: int(14) }, () => random.pick(["", "a", "bb", "c # d"]));
    const text = lines.join("\n") + random.pick(["", "\n"]);
    const wanted: TextEdit[] = Array.from({ length: 1 + int(3) }, () => {
      const start = int(text.length + 1);
      const end = random.pick([start, Math.min(text.length, start + int(6))]);
      return { start, end, text: random.pick(["", "x", "x\n", "\nx", "a\nb\n"]) };
    });
    const edits = composeEdits(wanted);
    if (edits === undefined) continue;
    const after = applyEdits(text, edits);
    const diff = unifiedDiff("a", text, edits);
    const context = JSON.stringify({ text, edits, diff });
    expect(diff === "", context).toBe(after === text);
    expect(diff === "" ? text : patched(text, diff), context).toBe(after);
  }
});
