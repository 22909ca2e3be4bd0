/** Golden cases: Markdown files that people read and a driver runs. The format is in ../README.md. */

export interface Block {
  /** What stands behind the language of the fence: a path, for files. */
  readonly name: string;
  readonly text: string;
  /** The lines of the file between the fences, to write what came out instead. */
  readonly from: number;
  readonly to: number;
}

export interface Step {
  /** `Given`, `When` or `Then`. */
  readonly word: string;
  /** The rest of the heading: `hover`, `diagnostics of `a.yaml``. */
  readonly rest: string;
  readonly blocks: readonly Block[];
}

export interface Case {
  readonly title: string;
  readonly steps: readonly Step[];
}

/** Throws where the file is no case: a defect of the test. */
export function readCase(markdown: string): Case {
  const lines = markdown.split("\n");
  const title = /^# (.+)$/.exec(lines[0] ?? "")?.[1];
  if (title === undefined) throw new Error("a case begins with its title");
  const steps: { word: string; rest: string; blocks: Block[] }[] = [];
  for (let at = 1; at < lines.length; at++) {
    const line = lines[at] ?? "";
    const heading = /^## (Given|When|Then)\b\s*(.*)$/.exec(line);
    if (heading !== null) steps.push({ word: heading[1] ?? "", rest: heading[2] ?? "", blocks: [] });
    else if (line.startsWith("#")) throw new Error(`line ${at + 1}: no step: ${line}`);
    const fence = /^```\S*\s*(.*)$/.exec(line);
    if (fence === null) continue;
    const end = lines.indexOf("```", at + 1);
    const step = steps.at(-1);
    if (end < 0 || step === undefined) throw new Error(`line ${at + 1}: a block without its end or its step`);
    const text = lines.slice(at + 1, end).join("\n");
    step.blocks.push({ name: fence[1] ?? "", text, from: at + 1, to: end });
    at = end;
  }
  return { title, steps };
}

/** The names in backquotes of a heading: `one` and `two`. */
export function namesIn(rest: string): readonly string[] {
  return [...rest.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? "");
}

/** The case with other texts in some of its blocks. */
export function withBlocks(
  markdown: string,
  texts: readonly { readonly block: Block; readonly text: string }[],
): string {
  const lines = markdown.split("\n");
  for (const { block, text } of [...texts].sort((a, b) => b.block.from - a.block.from))
    lines.splice(block.from, block.to - block.from, ...text.split("\n"));
  return lines.join("\n");
}
