/** `plumbline rules`: the lint rules, and the controls that each gives evidence for. */
import type { LintRule } from "../rules/lint-rule.ts";
import { lintRules } from "../rules/registry.ts";
import { titleOf } from "../text/code-titles.ts";
import { type Command, format } from "./command.ts";
import { json, text } from "./output.ts";
import { count } from "./style.ts";

export const rules: Command = {
  command: "rules",
  summary: "list the lint rules",
  usage: "rules [--format text|json]",
  notes: [
    "`plumbline explain RULE` prints the page of a rule, `plumbline explain` lists the codes of all findings.",
    "A rule is fixable where at least some of its findings have a fix.",
  ],
  positionals: { names: [], required: 0 },
  options: { format },
  async run(args) {
    return { stdout: args.json ? json(lintRules.map(ruleJson)) : text(rulesText(lintRules)), exitCode: 0 };
  },
};

/** The contract (design, section 7), and the title and the kinds of traffic. `docs` is a path from the package. */
function ruleJson({ id, category, severity, docs, fixable, controls, traffic }: LintRule): object {
  const title = titleOf(id);
  return { id, category, severity, docs: `docs/codes/${docs}`, fixable, controls, traffic, title };
}

/** A table for each category, in the order in which the categories first stand in the registry. */
function rulesText(all: readonly LintRule[]): readonly string[] {
  const idWidth = Math.max(...all.map((rule) => rule.id.length));
  const severityWidth = Math.max(...all.map((rule) => rule.severity.length));
  const tables = [...new Set(all.map((rule) => rule.category))].sort().map((category) => {
    const own = all.filter((rule) => rule.category === category);
    const rows = own.map(
      ({ id, severity, fixable }) =>
        `  ${id.padEnd(idWidth)}  ${severity.padEnd(severityWidth)}  ${titleOf(id)}${fixable ? " (fixable)" : ""}`,
    );
    return [category, ...rows, ""];
  });
  const fixable = all.filter((rule) => rule.fixable).length;
  return [...tables.flat(), `${count(all.length, "rule")}, ${fixable} fixable`];
}
