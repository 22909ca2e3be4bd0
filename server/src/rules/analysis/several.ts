/** Things of which a control plane should have one. */
import { child, entries, type ParsedFile } from "../../text/tree.ts";
import type { RuleFinding } from "../lint-rule.ts";
import { inWords } from "../words.ts";
import { specsOf } from "./specs.ts";

interface Said {
  /** What follows from having several, as the rest of a sentence. */
  readonly why: string;
  readonly advice: string;
}

/** One finding, at the second: the first is no mistake. `say` is given the names of all but the first. */
export function severalIn(
  files: readonly ParsedFile[],
  key: "secretManagers" | "auditSinks",
  what: string,
  say: (others: string) => Said,
): readonly RuleFinding[] {
  return specsOf(files, "ControlPlane").flatMap((spec) => {
    const declared = entries(child(spec, key));
    const [, second] = declared;
    if (second === undefined) return [];
    const names = declared.map((entry) => entry.key.text);
    const { why, advice } = say(inWords(names.slice(1)));
    return [
      {
        place: second.key.place,
        message: `This control plane has ${names.length} ${what}s, ${inWords(names)}: ${why} ${advice}`,
        related: declared
          .filter((entry) => entry !== second)
          .map((entry) => ({ place: entry.key.place, message: `${entry.key.text} is declared here.` })),
        data: { names },
      },
    ];
  });
}
