import { budget as steps } from "../../access/budget.ts";
import type { Environment, Policy } from "../../policy/model.ts";
import type { MapNode } from "../../text/tree.ts";
import { child } from "../../text/tree.ts";
import { isEmpty, judgedAlone, type Part } from "../analysis/judged.ts";
import { specsOf } from "../analysis/specs.ts";
import { type LintContext, lintRule, type RuleFinding } from "../lint-rule.ts";

export const dryRunInProduction = lintRule({
  id: "dry-run-in-production",
  category: "logic",
  traffic: ["api", "service", "ai", "event"],
  controls: ["NIST-CSF-2.0:PR.AA-05", "NIST-CSF-2.0:PR.IR-01"],
  fixable: true,
  check,
});

const everyPart: ReadonlySet<Part> = new Set(["subjects", "on", "requires", "condition"]);

function check(context: LintContext): readonly RuleFinding[] {
  const environment = production(context);
  if (environment === undefined) return [];
  return context.set.policies.flatMap((policy) => {
    const node = policy.mode === "audit" ? modeOf(policy, context) : undefined;
    if (node?.kind !== "scalar" || !appliesIn(policy, environment, context)) return [];
    const denies = policy.rules.filter((rule) => rule.effect === "deny").length;
    const allows = policy.rules.length - denies;
    return [
      {
        place: node.place,
        message: `${policy.name.text} is in audit mode, which holds in ${environment.name}, too: ${effect(denies, allows)} Enforce it once the trace shows what was meant, or limit the trial to another environment by a condition on context.environment.`,
        data: { policy: policy.name.text, environment: environment.name },
        // Not safe: the decisions of every environment change with it.
        fixes: [
          {
            title: `Enforce ${policy.name.text}`,
            isSafe: false,
            edits: [{ edit: "set-scalar", node, value: "enforce" }],
          },
        ],
      },
    ];
  });
}

/** The one that is called so, else the one that the control plane takes by default. */
function production({ set: { controlPlane } }: LintContext): Environment | undefined {
  const all = [...controlPlane.environments.values()];
  const named = all.find(({ name }) => /^(prod|production|live)$/i.test(name));
  const byDefault =
    controlPlane.defaultEnvironment && controlPlane.environments.get(controlPlane.defaultEnvironment.text);
  return named ?? byDefault;
}

function modeOf(policy: Policy, { files }: LintContext) {
  const rules = new Set<MapNode>(policy.rules.map((rule) => rule.node));
  const spec = specsOf(files, "Policy").find((one) => {
    const list = child(one, "rules");
    return list?.kind === "list" && list.items.some((item) => item.kind === "map" && rules.has(item));
  });
  return child(spec, "mode");
}

/** A rule that its condition keeps to other environments is no dry run here. */
function appliesIn(policy: Policy, environment: Environment, context: LintContext): boolean {
  const environments = context.environments.filter((one) => one.environment.name === environment.name);
  const budget = steps(100_000);
  const judged = judgedAlone({ ...context, environments }, (rule) => policy.rules.includes(rule));
  return policy.rules.some((rule) => {
    const one = judged.find((candidate) => candidate.rule === rule);
    return one === undefined || isEmpty(one, everyPart, budget) !== true;
  });
}

function effect(denies: number, allows: number): string {
  const of = (count: number, word: string): string =>
    `${count === 1 ? `its ${word} rule` : `its ${count} ${word} rules`}`;
  if (denies === 0) return `${of(allows, "allow")} let${allows === 1 ? "s" : ""} nobody in.`;
  if (allows === 0) return `${of(denies, "deny")} stop${denies === 1 ? "s" : ""} nobody.`;
  return `${of(denies, "deny")} stop${denies === 1 ? "s" : ""} nobody, and ${of(allows, "allow")} let${allows === 1 ? "s" : ""} nobody in.`;
}
