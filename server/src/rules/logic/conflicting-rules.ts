import { verdictsOf } from "../analysis/facts.ts";
import { removeName } from "../analysis/rule-fixes.ts";
import type { DeadEntry } from "../analysis/verdict.ts";
import { type LintContext, lintRule, type RuleFinding } from "../lint-rule.ts";
import { listed, together } from "../words.ts";

export const conflictingRules = lintRule({
  id: "conflicting-rules",
  category: "logic",
  traffic: ["api", "service", "ai", "event"],
  controls: ["NIST-CSF-2.0:PR.AA-05"],
  fixable: true,
  check,
});

function check({ logic }: LintContext): readonly RuleFinding[] {
  return verdictsOf(logic, "conflicting").flatMap(({ judged: { rule }, entries }) =>
    entries.map((entry) => ({
      place: entry.place,
      message: `${rule.id} allows ${what(entry)} by name, and ${listed(entry.by)}${together(entry.by)} ${entry.by.length > 1 ? "deny" : "denies"} all of that: a deny overrides every allow, so that the name stands here for nothing. Remove it here, or narrow the deny.`,
      related: entry.by.map((one) => ({
        place: one.name.place,
        message: `${one.id} denies ${entry.by.length > 1 ? "a part of it" : "all of it"}.`,
      })),
      data: { rule: rule.id, rules: entry.by.map((one) => one.id) },
      fixes: removeName(rule, entry.name, entry.place),
    })),
  );
}

function what({ part, name }: DeadEntry): string {
  switch (part) {
    case "subjects":
      return `the subject ${name}`;
    case "onBehalfOf":
      return `calls on behalf of ${name}`;
    case "resource":
      return name;
    case "operations":
      return `the operation ${name}`;
    case "tools":
      return `the tool ${name}`;
    case "prompts":
      return `the prompt ${name}`;
    case "mcpResources":
      return `the MCP resource ${name}`;
    case "rpcs":
      return `the call ${name}`;
    case "types":
      return `the event type ${name}`;
  }
}
