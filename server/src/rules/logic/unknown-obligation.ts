import { catalogue } from "../../access/catalogue.ts";
import type { Identity, PolicySet, Resource, Rule } from "../../policy/model.ts";
import { didYouMean } from "../../text/did-you-mean.ts";
import { at, child, items, type ScalarNode, type TreeNode, texts } from "../../text/tree.ts";
import { enforcedAllows, targetsOf } from "../analysis/grants.ts";
import { type LintContext, lintRule, type RuleFinding } from "../lint-rule.ts";
import { inWords } from "../words.ts";

export const unknownObligation = lintRule({
  id: "unknown-obligation",
  category: "logic",
  traffic: ["api", "service", "ai", "event"],
  controls: ["NIST-CSF-2.0:PR.AA-05", "NIST-CSF-2.0:PR.PS-04"],
  fixable: true,
  check,
});

/**
 * Obligations that nobody can carry out, whatever is deployed: a budget that is counted for something that no request
 * has, tokens where nothing has tokens, an approval that nobody can give. A misspelled key is an error of the schema.
 */
function check({ set }: LintContext): readonly RuleFinding[] {
  return enforcedAllows(set).flatMap((rule) => {
    const obligations = child(rule.node, "obligations");
    return [
      ...items(child(obligations, "budgets")).flatMap((budget) => [
        ...ofKey(rule, child(budget, "key")),
        ...ofUnit(rule, budget, set),
      ]),
      ...ofApproval(rule, at(obligations, "approval", "from"), set),
    ];
  });
}

/** Of the request in AuthZEN's words, besides the catalogue. */
const ofSubject = ["subject.id", "subject.type", "resource.id", "action.name"];

function ofKey(rule: Rule, key: TreeNode | undefined): readonly RuleFinding[] {
  if (key?.kind !== "scalar" || typeof key.value !== "string" || isAttribute(key.value)) return [];
  const similar = didYouMean(key.value, [...ofSubject, ...catalogue.keys()]);
  const advice =
    similar === undefined
      ? "Name an attribute, such as subject.id or llm.requestModel."
      : `Did you mean ${similar}?`;
  return [
    {
      place: key.place,
      message: `${rule.id} counts its budget for each "${key.value}", which no request has, so that no enforcement point can tell whose it is. ${advice}`,
      data: { rule: rule.id },
      fixes: similar === undefined ? [] : [replaced(key, similar)],
    },
  ];
}

function isAttribute(name: string): boolean {
  if (ofSubject.includes(name) || name.startsWith("jwt.")) return true;
  return [...catalogue.values()].some(
    ({ id, keys }) =>
      id === name || (keys !== "none" && (name.startsWith(`${id}.`) || name.startsWith(`${id}["`))),
  );
}

function replaced(node: ScalarNode, value: string) {
  return {
    title: `Replace with ${value}`,
    isSafe: false,
    edits: [{ edit: "set-scalar", node, value }],
  } as const;
}

function ofUnit(rule: Rule, budget: TreeNode, set: PolicySet): readonly RuleFinding[] {
  const unit = child(budget, "unit");
  if (unit?.kind !== "scalar" || (unit.value !== "tokens" && unit.value !== "usd")) return [];
  const what = unit.value === "tokens" ? "tokens" : "cost";
  const resources = [...new Set(targetsOf(rule, set).map((one) => one.resource))];
  const models = resources.filter((resource) => resource.type === "model");
  if (models.length === 0) {
    const names = inWords(resources.map((one) => `${one.name} (${one.type})`));
    return resources.length === 0
      ? []
      : [
          {
            place: unit.place,
            message: `${rule.id} limits the ${what} of ${names}, and only calls of models have any, so that nothing is ever counted. Limit requests instead.`,
            data: { rule: rule.id },
            fixes: [replaced(unit, "requests")],
          },
        ];
  }
  return models
    .flatMap((model) => blindPath(model, set) ?? [])
    .slice(0, 1)
    .map(({ model, hops }) => ({
      place: unit.place,
      message: `${rule.id} limits the ${what} of ${model}, but no enforcement point on the way there reads calls of models: ${inWords(hops)}. Nobody counts them. Lead the calls through one that does (agentgateway, litellm), or limit requests.`,
      data: { rule: rule.id, resource: model },
      fixes: [replaced(unit, "requests")],
    }));
}

/** A path of which the types of all points are known, and none sees which model is called (`access/catalogue.ts`). */
function blindPath(
  { name, paths }: Resource,
  { controlPlane }: PolicySet,
): { readonly model: string; readonly hops: readonly string[] } | undefined {
  const seeing = catalogue.get("llm.requestModel")?.visible ?? {};
  for (const environment of controlPlane.environments.values())
    for (const path of paths) {
      const points = path.flatMap((hop) => environment.enforcementPoints.get(hop.text) ?? []);
      if (points.length === 0 || points.length < path.length) continue;
      if (points.some((point) => seeing[point.type] !== undefined)) continue;
      return { model: name, hops: points.map((point) => `${point.name} (${point.type})`) };
    }
  return undefined;
}

function ofApproval(rule: Rule, from: TreeNode | undefined, set: PolicySet): readonly RuleFinding[] {
  const names = texts(from);
  const approvers = names.flatMap((name) => set.identities.get(name) ?? []);
  if (from === undefined || approvers.length === 0 || approvers.length < names.length) return [];
  const say = (message: string): readonly RuleFinding[] => [
    {
      place: from.place,
      message,
      related: approvers.map((one) => ({ place: one.place, message: `${one.name} is declared here.` })),
      data: { rule: rule.id },
    },
  ];
  const who = inWords(names, "or");
  if (approvers.every((one) => !isProvable(one, set)))
    return say(
      `${rule.id} waits for an approval from ${who}, and nobody can prove to be that: the approval never comes, or anybody gives it. Give ${approvers.length > 1 ? "one of them" : "it"} an \`issuer\` with \`claims\`, or name somebody else.`,
    );
  const subjects = new Set((rule.subjects ?? []).map((one) => one.text));
  if (approvers.every((one) => subjects.has(one.name) && (one.type === "agent" || one.type === "workload")))
    return say(
      `${rule.id} asks ${who} to approve what ${names.length > 1 ? "they do" : "it does"} itself: that keeps nothing back. Name a group of people.`,
    );
  return [];
}

function isProvable(identity: Identity, set: PolicySet): boolean {
  if (identity.members !== undefined)
    return identity.members.some((name) => {
      const member = set.identities.get(name.text);
      return member === undefined || isProvable(member, set);
    });
  return (
    identity.spiffeId !== undefined ||
    identity.spiffeIdPattern !== undefined ||
    identity.deployedAs.size > 0 ||
    (identity.issuer !== undefined && (identity.claims.size > 0 || identity.clientId !== undefined))
  );
}
