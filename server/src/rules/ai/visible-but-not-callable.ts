import { type Budget, budget as steps } from "../../access/budget.ts";
import type { Rule, Target, Written } from "../../policy/model.ts";
import type { FixEdit } from "../../text/fix.ts";
import { child, items, type TreeNode } from "../../text/tree.ts";
import { enforcedAllows } from "../analysis/grants.ts";
import { isEmpty, type Judged, judgedAlone, type Part } from "../analysis/judged.ts";
import { oddRules } from "../analysis/odd-rules.ts";
import { type LintContext, lintRule, type RuleFinding } from "../lint-rule.ts";

export const visibleButNotCallable = lintRule({
  id: "visible-but-not-callable",
  category: "ai",
  traffic: ["ai"],
  controls: ["OWASP-ASI-2025:ASI02", "OWASP-LLM-2025:LLM06", "NIST-CSF-2.0:PR.AA-05"],
  fixable: true,
  check,
});

const onTarget: ReadonlySet<Part> = new Set(["on"]);
const withCondition: ReadonlySet<Part> = new Set(["on", "condition"]);

/** Bounded as the other questions to the access functions: it is asked again at each keystroke. */
const mostSteps = 200_000;

function check(context: LintContext): readonly RuleFinding[] {
  const odd = oddRules(context);
  const candidates = new Set(
    enforcedAllows(context.set).filter(
      (rule) =>
        rule.condition !== undefined &&
        !odd.has(rule) &&
        rule.on.some((target) => target.tools !== undefined),
    ),
  );
  const budget = steps(mostSteps);
  return judgedAlone(context, (rule) => candidates.has(rule)).flatMap((judged) =>
    judged.rule.on.flatMap((target, index) =>
      (target.tools ?? [])
        .filter((tool) => isDead(judged, target, tool, budget))
        .map((tool) => finding(judged.rule, target, tool, index)),
    ),
  );
}

/** Whether the target has requests for the tool and the condition is true on none of them, in any environment. */
function isDead(judged: Judged, target: Target, tool: Written, budget: Budget): boolean {
  const { place, resource } = target;
  const rule: Rule = { ...judged.rule, on: [{ place, resource, tools: [tool] }] };
  const uses = judged.uses
    .filter((use) => use.in.resource.name === resource.text)
    .map((use) => use.in.narrowed(rule));
  const narrowed: Judged = { ...judged, rule, uses };
  return isEmpty(narrowed, withCondition, budget) === true && isEmpty(narrowed, onTarget, budget) === false;
}

function finding(rule: Rule, { resource }: Target, tool: Written, index: number): RuleFinding {
  const edit = removal(items(child(rule.node, "on"))[index], tool);
  return {
    place: tool.place,
    message: `${rule.id} names ${resource.text}/${tool.text}, but its condition is true for no call of that tool: a gateway that grants by name shows it to callers who are then denied every call. Remove it here, or correct the condition.`,
    related:
      rule.condition === undefined
        ? []
        : [{ place: rule.condition.place, message: `No arguments of ${tool.text} fulfil this.` }],
    data: { rule: rule.id, tool: tool.text },
    fixes: edit === undefined ? [] : [{ title: `Remove ${tool.text}`, isSafe: false, edits: [edit] }],
  };
}

/** The only tool of a list stays: a target without a list takes every tool. */
function removal(target: TreeNode | undefined, tool: Written): FixEdit | undefined {
  const list = child(target, "tools");
  if (list?.kind !== "list" || list.items.length < 2) return undefined;
  const index = list.items.findIndex((item) => item.place === tool.place);
  return index < 0 ? undefined : { edit: "remove-item", list, index };
}
