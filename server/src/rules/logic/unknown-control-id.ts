import { checkControl, frameworks } from "../../policy/controls.ts";
import type { Fix } from "../../text/fix.ts";
import { child, items, type ListNode, type ScalarNode, texts } from "../../text/tree.ts";
import { specsOf } from "../analysis/specs.ts";
import { type LintContext, lintRule, type RuleFinding } from "../lint-rule.ts";
import { inWords } from "../words.ts";

export const unknownControlId = lintRule({
  id: "unknown-control-id",
  category: "logic",
  traffic: ["api", "service", "ai", "event"],
  controls: ["NIST-CSF-2.0:GV.PO-01", "NIST-CSF-2.0:GV.OV-03"],
  fixable: true,
  check,
});

function check({ files }: LintContext): readonly RuleFinding[] {
  return specsOf(files, "Policy").flatMap((spec) =>
    [spec, ...items(child(spec, "rules"))].flatMap((node) => {
      const list = child(node, "controls");
      if (list?.kind !== "list") return [];
      return list.items.flatMap((item, index) =>
        item.kind === "scalar" && typeof item.value === "string" ? judge(item, item.value, list, index) : [],
      );
    }),
  );
}

function judge(node: ScalarNode, text: string, list: ListNode, index: number): readonly RuleFinding[] {
  const say = (message: string, fixes: readonly Fix[]): readonly RuleFinding[] => [
    { place: node.place, message, data: { control: text }, fixes },
  ];
  /** What the list has already must not stand there twice. */
  const replacement = (means: string, isSafe: boolean): Fix =>
    texts(list).includes(means)
      ? {
          title: `Remove ${text}: ${means} is there`,
          isSafe,
          edits: [{ edit: "remove-item", list, index }],
        }
      : { title: `Replace with ${means}`, isSafe, edits: [{ edit: "set-scalar", node, value: means }] };
  const checked = checkControl(text);
  switch (checked.kind) {
    case "known":
      return [];
    case "spelling":
      return say(
        `"${text}" is written ${checked.means} in our list of ${checked.framework.title}. Evidence is collected by that text, so that another spelling counts for nothing.`,
        [replacement(checked.means, true)],
      );
    case "alias":
      return say(
        `No text of ${checked.framework.title} contains "${text}". What it is cited for is in ${checked.means}: write that.`,
        [replacement(checked.means, false)],
      ).map((finding) => ({ ...finding, severity: "hint" }));
    case "edition-missing":
      return say(
        `"${text}" does not say which edition: the numbers changed between them. Write ${inWords(checked.editions, "or")}.`,
        checked.editions.map((means) => replacement(means, false)),
      );
    case "unknown-control":
      return say(
        `${checked.framework.title} has no "${text.slice(checked.framework.id.length + 1)}", so that this gives evidence for nothing.${meant(checked.similar)}`,
        checked.similar === undefined ? [] : [replacement(checked.similar, false)],
      );
    case "unknown-framework":
      return say(
        `"${text}" is no control of a framework that is known here, so that this gives evidence for nothing.${meant(checked.similar)} Known are ${inWords(frameworks.map((one) => one.id))}, each with its id behind a colon.`,
        [],
      );
  }
}

const meant = (similar: string | undefined): string =>
  similar === undefined ? "" : ` Did you mean ${similar}?`;
