/** Policies, rules and scenarios. */
import { formatDuration } from "../../policy/duration.ts";
import type { Rule } from "../../policy/model.ts";
import { child, texts } from "../../text/tree.ts";
import type { ControlPlaneSnapshot } from "../../workspace/snapshot.ts";
import { factsOf } from "../facts.ts";
import { partsOf } from "../reach.ts";
import { driftStatus, scenarioStatus } from "../rule-status.ts";
import { code, codes, count, dots, few, plain } from "./markdown.ts";

const AUDIT = "audit mode: decides nothing";

export function policyLines({ set }: ControlPlaneSnapshot, name: string): readonly string[] {
  const policy = set.policies.find((one) => one.name.text === name);
  if (policy === undefined) return [];
  const allow = policy.rules.filter((rule) => rule.effect === "allow").length;
  const deny = policy.rules.length - allow;
  const effects = [allow > 0 ? `${allow} allow` : "", deny > 0 ? `${deny} deny` : ""].filter(
    (one) => one !== "",
  );
  const rules = `${count(policy.rules.length, "rule")}${effects.length > 0 ? ` (${effects.join(", ")})` : ""}`;
  const resources = [
    ...new Set(policy.rules.flatMap((rule) => rule.on.map((target) => target.resource.text))),
  ];
  return [
    dots(`**${code(name)}**`, "policy", rules, policy.mode === "audit" ? AUDIT : ""),
    resources.length === 0 ? "" : `On ${few(resources.map(code))}`,
  ];
}

export function conditionLines(plane: ControlPlaneSnapshot, policy: string, name: string): readonly string[] {
  const found = plane.set.policies.find((one) => one.name.text === policy);
  const condition = found?.conditions.get(name);
  if (found === undefined || condition === undefined) return [];
  const asking = found.rules.filter((rule) => texts(child(rule.node, "conditions")).includes(name));
  return [
    dots(`**${code(name)}**`, `condition of ${code(policy)}`),
    code(condition.node.text.trim()),
    asking.length === 0 ? "No rule asks for it." : `Asked for by ${few(asking.map((rule) => code(rule.id)))}`,
  ];
}

export function ruleLines(plane: ControlPlaneSnapshot, id: string): readonly string[] {
  const rule = factsOf(plane).rules.get(id);
  if (rule === undefined) return [];
  const behalf = rule.onBehalfOf === undefined ? "" : ` for ${codes(rule.onBehalfOf.map((one) => one.text))}`;
  const targets = rule.on.flatMap(partsOf);
  return [
    dots(`**${code(id)}**`, rule.effect, rule.mode === "audit" ? AUDIT : ""),
    `${subjects(rule)}${behalf} → ${few(targets.map(code)) || "nothing"}`,
    rule.condition === undefined ? "" : `when ${code(rule.condition.source.trim())}`,
    requires(rule),
    dots(scenarioStatus(rule, plane), ...driftStatus(rule, plane).map(plain)),
  ];
}

function subjects({ subjects: named, anonymous }: Rule): string {
  if (anonymous) return "anybody";
  return named === undefined ? "every caller" : few(named.map((one) => code(one.text)));
}

function requires({ requires: wanted }: Rule): string {
  if (wanted === undefined) return "";
  const parts = [
    wanted.credentialTypes === undefined ? "" : wanted.credentialTypes.map(plain).join(" or "),
    wanted.maxTtl === undefined ? "" : `a lifetime of at most ${formatDuration(wanted.maxTtl)}`,
    wanted.maxAge === undefined ? "" : `an age of at most ${formatDuration(wanted.maxAge)}`,
    wanted.boundTo === undefined ? "" : `bound to a ${plain(wanted.boundTo)}`,
  ].filter((part) => part !== "");
  return parts.length === 0 ? "" : `requires of the credential: ${parts.join(", ")}`;
}

export function scenarioLines(plane: ControlPlaneSnapshot, id: string): readonly string[] {
  const runs = factsOf(plane).runsOf.get(id) ?? [];
  const scenario = plane.set.scenarios.find((one) => one.id === id);
  if (scenario === undefined) return [];
  const { decision, rule } = scenario.expect;
  const passing = runs.filter((run) => run.status === "passed").map((run) => run.environment);
  return [
    `**${plain(scenario.name.text)}** · scenario of ${code(scenario.suite)}`,
    `expects ${decision}${rule === undefined ? "" : ` by ${code(rule.text)}`}`,
    passing.length === 0 ? "" : `passes in ${passing.map(plain).join(", ")}`,
    ...runs
      .filter((run) => run.status === "failed")
      .map((run) => `fails in ${plain(run.environment)}: ${plain(run.reason ?? "")}`),
  ];
}
