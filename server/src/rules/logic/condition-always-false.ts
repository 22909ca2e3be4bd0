import type { Rule } from "../../policy/model.ts";
import type { ScalarNode } from "../../text/tree.ts";
import { hasErrors } from "../analysis/conditions.ts";
import { verdictsOf } from "../analysis/facts.ts";
import { removeRule } from "../analysis/rule-fixes.ts";
import { hasInvalidSpiffeId } from "../analysis/spiffe-ids.ts";
import type { VerdictOf } from "../analysis/verdict.ts";
import { type LintContext, lintRule, type RuleFinding } from "../lint-rule.ts";
import { inWords, listed, placeOfPart } from "../words.ts";

export const conditionAlwaysFalse = lintRule({
  id: "condition-always-false",
  category: "logic",
  traffic: ["api", "service", "ai", "event"],
  controls: ["NIST-CSF-2.0:PR.AA-05"],
  fixable: true,
  check,
});

function check({ logic, files }: LintContext): readonly RuleFinding[] {
  const verdicts = verdictsOf(logic, "condition-always-false").filter(
    ({ judged }) => !hasInvalidSpiffeId(judged.rule) && !hasErrors(judged.rule),
  );
  const named = sharedConditions(verdicts);
  return verdicts.flatMap((verdict) => {
    const { rule } = verdict.judged;
    const shared = named.find(({ node }) => rule.condition?.parts.some((part) => part.node === node));
    if (shared !== undefined) return shared.verdicts[0] === verdict ? [ofNamed(verdict, shared)] : [];
    return [
      {
        place: rule.condition?.place ?? placeOfPart(rule, "condition"),
        message: `${whatItIs(verdict)}, so that ${rule.id} never ${does(rule, 1)} anything. ${advice(verdict)}`,
        data: { rule: rule.id },
        fixes: removeRule(rule, files),
      },
    ];
  });
}

type AlwaysFalse = VerdictOf<"condition-always-false">;

/** A named condition that no request fulfils by itself, and all rules that ask for it. */
interface Shared {
  readonly node: ScalarNode;
  readonly verdicts: readonly AlwaysFalse[];
}

/** Those that are all the condition of a rule, so that nothing else can be the cause, and that other rules ask for, too. */
function sharedConditions(verdicts: readonly AlwaysFalse[]): readonly Shared[] {
  const nodes = verdicts.flatMap(({ within, judged: { rule } }) => {
    const [only, ...more] = rule.condition?.parts ?? [];
    return within === "any" && only !== undefined && more.length === 0 ? [only.node] : [];
  });
  return [...new Set(nodes)].flatMap((node) => {
    const asking = verdicts.filter(({ judged: { rule } }) =>
      rule.condition?.parts.some((part) => part.node === node),
    );
    return asking.length < 2 ? [] : [{ node, verdicts: asking }];
  });
}

/** At the definition, in the words of a rule of which it is the whole condition. */
function ofNamed(first: AlwaysFalse, { node, verdicts }: Shared): RuleFinding {
  const whole = verdicts.find(({ judged }) => judged.rule.condition?.parts.length === 1) ?? first;
  const rules = verdicts.map((one) => one.judged.rule);
  const ofEffect = (effect: Rule["effect"]): readonly string[] => {
    const some = rules.filter((rule) => rule.effect === effect);
    const [one] = some;
    return one === undefined ? [] : [`${listed(some)} never ${does(one, some.length)} anything`];
  };
  return {
    place: node.place,
    message: `${whatItIs(whole)}, so that ${inWords([...ofEffect("allow"), ...ofEffect("deny")])}. ${advice(whole)}`,
    related: rules
      .slice(0, 4)
      .map((rule) => ({ place: rule.name.place, message: `${rule.id} asks for this condition.` })),
    data: { rule: first.judged.rule.id, rules: rules.map((rule) => rule.id) },
  };
}

function does({ effect }: Rule, count: number): string {
  return count > 1 ? effect : effect === "allow" ? "allows" : "denies";
}

function whatItIs({ judged: { rule }, within, isError }: VerdictOf<"condition-always-false">): string {
  const about = within === "any" ? "" : " that the rule is about";
  const reads = readsOf(rule);
  if (isError)
    return reads === undefined
      ? "This condition is an error on every request"
      : `This condition can be decided on no request${about}: ${reads} is missing there, or of another type`;
  return rule.effect === "allow"
    ? `This condition is true on no request${about}`
    : `This condition is false on every request${about}`;
}

function advice({
  judged: { rule },
  within,
  isError,
  bySchema,
}: VerdictOf<"condition-always-false">): string {
  if (within === "on" && !bySchema) {
    const resources = inWords([...new Set(rule.on.map((target) => target.resource.text))]);
    return `It contradicts what \`on\` names of ${resources}: correct one of the two, or remove the rule.`;
  }
  const reads = readsOf(rule);
  if (isError) return "Correct it, or remove the rule.";
  return reads === undefined
    ? "It reads nothing of the request. Correct it, or remove the rule."
    : `No value of ${reads}${bySchema ? " that keeps to its schema" : ""} fulfils it: correct it, or remove the rule.`;
}

/** What the condition reads, as it is written there; undefined for nothing. */
function readsOf({ condition }: Rule): string | undefined {
  const paths = [...new Set(condition?.compiled.reads.map((read) => read.path))];
  return paths.length === 0 ? undefined : inWords(paths);
}
