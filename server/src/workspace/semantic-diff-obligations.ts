/** Obligations of rules that decide as before: what must happen beside the decision, and does no longer or does now. */
import type { Json } from "../access/interaction.ts";
import { termKey } from "../access/terms.ts";
import { policySetIn } from "../policy/in-environment.ts";
import { lowerRule } from "../policy/lower/rules.ts";
import type { Environment, PolicySet, Rule } from "../policy/model.ts";
import type { ObligationChange } from "./semantic-diff-report.ts";
import type { RulePair, RulePairs } from "./semantic-diff-rules.ts";
import { stableJson } from "./stable-json.ts";

type Obligations = ObligationChange["base"];

/** `isSame`: whether a rule of the current version applies to the same requests as before, everywhere. */
export function obligationChanges(
  pairs: RulePairs,
  isSame: (pair: RulePair) => boolean,
): readonly ObligationChange[] {
  return pairs.all.flatMap((pair): readonly ObligationChange[] => {
    const { base, current } = pair;
    if (base === undefined || current === undefined) return [];
    // Only an allow that is enforced obliges anybody.
    if ([base, current].some((rule) => rule.effect !== "allow" || rule.mode !== "enforce")) return [];
    const differences = differencesOf(base.obligations, current.obligations);
    if (differences.length === 0) return [];
    const sameRequests = isSame(pair);
    return [
      {
        rule: current.id,
        basePlace: base.name.place,
        currentPlace: current.name.place,
        base: base.obligations,
        current: current.obligations,
        sameRequests,
        message: `${current.id}: ${sameRequests ? "the same requests, but " : "other requests, and "}${differences.join(", ")}`,
      },
    ];
  });
}

function differencesOf(base: Obligations, current: Obligations): readonly string[] {
  const names = new Set([...Object.keys(base), ...Object.keys(current)]);
  return [...names].sort().flatMap((name): readonly string[] => {
    const [before, after] = [base[name], current[name]];
    if (stableJson(before) === stableJson(after)) return [];
    if (after === undefined) return [`${said(name, before)} is gone`];
    if (before === undefined) return [`${said(name, after)} is new`];
    return [`${said(name, after)} was ${inWords(before)}`];
  });
}

function said(name: string, value: Json | undefined): string {
  return `${name}: ${inWords(value)}`;
}

function inWords(value: Json | undefined): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Whether the terms of a rule are the same as before on every resource, in every environment that both versions have. */
export function isSameEverywhere(
  { base, current }: RulePair,
  before: PolicySet | undefined,
  after: PolicySet | undefined,
): boolean {
  if (base === undefined || current === undefined || before === undefined || after === undefined)
    return false;
  const resources = new Set([...base.on, ...current.on].map((target) => target.resource.text));
  const environments = [...after.controlPlane.environments.values()].flatMap((here) => {
    const there = before.controlPlane.environments.get(here.name);
    return there === undefined ? [] : [[there, here] as const];
  });
  return environments.every(([there, here]) =>
    [...resources].every(
      (name) => termsOf(base, name, before, there) === termsOf(current, name, after, here),
    ),
  );
}

function termsOf(rule: Rule, name: string, declared: PolicySet, environment: Environment): string {
  const resource = declared.resources.get(name);
  if (resource === undefined) return "";
  const set = policySetIn(declared, environment);
  return lowerRule(rule, resource, { set, environment }).terms.map(termKey).sort().join("\n");
}
