import type { PolicySet, Resource } from "../../policy/model.ts";
import {
  dataClassOf,
  enforcedAllows,
  exceeds,
  type Grant,
  grants,
  groupBy,
  lettingThrough,
  targetsOf,
} from "../analysis/grants.ts";
import { type LintContext, lintRule, type RuleFinding } from "../lint-rule.ts";
import { inWords } from "../words.ts";

export const modelEgressUnclassifiedData = lintRule({
  id: "model-egress-unclassified-data",
  category: "ai",
  traffic: ["ai"],
  controls: ["OWASP-LLM-2025:LLM02", "NIST-CSF-2.0:PR.DS-10", "NIST-AI-RMF-1.0:MAP-4.2", "MAESTRO:L2"],
  fixable: false,
  letsThrough: "active",
  check,
});

/**
 * What a caller may read can end up in what it sends to a model. That is said only where one side is declared: data
 * that is declared confidential for a model that is not declared to take it, or data that nobody classified for a
 * model that is declared to take harmless data only. Where nobody declares anything, every allow on a model would be one.
 */
function check({ set, allowed }: LintContext): readonly RuleFinding[] {
  const callers = callersOfModels(set);
  const all = grants(set, ({ name }) => callers.has(name));
  const bySubject = groupBy(all, (grant) => grant.subject);
  const ofModels = all.filter(({ resource }) => resource.type === "model");
  return [...groupBy(ofModels, (grant) => grant.target).values()].flatMap((ofTarget) => {
    for (const grant of ofTarget) {
      const leaks = (bySubject.get(grant.subject) ?? []).filter((one) =>
        mayLeak(one.resource, grant.resource),
      );
      if (leaks.length === 0 || lettingThrough([grant], allowed).length === 0) continue;
      const sources = lettingThrough(leaks, allowed);
      if (sources.length > 0) return [finding(grant, sources)];
    }
    return [];
  });
}

function callersOfModels(set: PolicySet): ReadonlySet<string> {
  return new Set(
    enforcedAllows(set)
      .filter((rule) => targetsOf(rule, set).some(({ resource }) => resource.type === "model"))
      .flatMap((rule) => (rule.subjects ?? []).map((one) => one.text)),
  );
}

function mayLeak(source: Resource, model: Resource): boolean {
  if (source.type === "model") return false;
  const data = dataClassOf(source);
  const taken = dataClassOf(model);
  if (data === undefined) return taken === "public" || taken === "internal";
  if (taken === undefined) return data === "confidential" || data === "restricted";
  return exceeds(data, taken);
}

function finding({ rule, subject, target, resource: model }: Grant, sources: readonly Grant[]): RuleFinding {
  const resources = [...new Set(sources.map((one) => one.resource))];
  const classified = resources.filter((one) => dataClassOf(one) !== undefined);
  const told = classified.length > 0 ? classified : resources;
  const taken = dataClassOf(model);
  const data = inWords(told.map((one) => `${one.name} (${dataClassOf(one) ?? "no `dataClass`"})`));
  const what =
    taken === undefined
      ? `${model.name}, which declares no \`dataClass\``
      : `${model.name}, which takes ${taken} data`;
  return {
    place: target.resource.place,
    message: `${subject.name} may reach ${data} and send prompts to ${what}: ${
      classified.length > 0
        ? "what it reads there can leave by the prompt."
        : "nobody said whether what it reads there may leave by the prompt."
    } ${advice(classified, told, model)}`,
    related: sources
      .filter((one) => told.includes(one.resource))
      .slice(0, 4)
      .map((one) => ({
        place: one.target.resource.place,
        message: `${one.rule.id} allows ${subject.name} this.`,
      })),
    data: {
      rule: rule.id,
      identity: subject.name,
      model: model.name,
      resources: told.map((one) => one.name),
    },
  };
}

function advice(classified: readonly Resource[], told: readonly Resource[], model: Resource): string {
  if (classified.length === 0) return `Declare the \`dataClass\` of ${inWords(told.map((one) => one.name))}.`;
  return dataClassOf(model) === undefined
    ? `Declare as \`dataClass\` of ${model.name} the most sensitive data that it may take, or separate the two.`
    : "Use another identity for one of the two, or a model that may take this data.";
}
