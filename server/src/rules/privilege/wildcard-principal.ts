import type { PolicySet, Rule, Written } from "../../policy/model.ts";
import { provesCaller } from "../analysis/attribute-meanings.ts";
import { readsAttribute } from "../analysis/conditions.ts";
import { dataClassOf, enforcedAllows, targetsOf } from "../analysis/grants.ts";
import { type LintContext, lintRule, type RuleFinding } from "../lint-rule.ts";
import { inWords } from "../words.ts";

export const wildcardPrincipal = lintRule({
  id: "wildcard-principal",
  category: "privilege",
  traffic: ["api", "service", "ai", "event"],
  controls: ["OWASP-NHI-2025:NHI5", "NIST-CSF-2.0:PR.AA-05", "NIST-CSF-2.0:PR.IR-01"],
  fixable: false,
  check,
});

function check({ set }: LintContext): readonly RuleFinding[] {
  const open = new Map(
    [...set.identities.values()].flatMap(({ name, spiffeIdPattern }) => {
      const who = spiffeIdPattern && everybodyIn(spiffeIdPattern.text);
      return spiffeIdPattern === undefined || who === undefined
        ? []
        : [[name, { pattern: spiffeIdPattern, who }]];
    }),
  );
  if (open.size === 0) return [];
  return enforcedAllows(set).flatMap((rule) => {
    if (isForEverybody(rule, set)) return [];
    return (rule.subjects ?? []).flatMap((subject) => {
      const found = open.get(subject.text);
      return found === undefined ? [] : [finding(rule, subject, found.pattern, found.who)];
    });
  });
}

/** Whom a pattern stands for that leaves nobody of a trust domain out (`policy/spiffe-id-pattern.ts`). */
function everybodyIn(pattern: string): string | undefined {
  const [domain = "", ...segments] = pattern.replace("spiffe://", "").split("/");
  if (segments.length === 0) return undefined;
  if (segments.at(-1) === "**" && segments.every(isOpen)) return `every workload of ${domain}`;
  if (segments.every(isOpen))
    return `every workload of ${domain} whose SPIFFE ID has ${segments.length} ${segments.length === 1 ? "segment" : "segments"}`;
  // The form that Istio and the SPIRE controller manager give to service accounts of Kubernetes.
  return ["ns/**", "ns/*/**", "ns/*/sa/*", "ns/*/sa/**"].includes(segments.join("/"))
    ? `every service account in every namespace of ${domain}`
    : undefined;
}

const isOpen = (segment: string): boolean => segment === "*" || segment === "**";

/** What is declared public may be for everybody, and a condition can say who it is for. */
function isForEverybody(rule: Rule, set: PolicySet): boolean {
  const narrows = readsAttribute(rule, (one) => provesCaller(one) || one.id === "source.ip");
  if (narrows || rule.onBehalfOf !== undefined) return true;
  return targetsOf(rule, set).every(({ resource }) => dataClassOf(resource) === "public");
}

function finding(rule: Rule, subject: Written, pattern: Written, who: string): RuleFinding {
  const resources = [...new Set(rule.on.map((target) => target.resource.text))];
  return {
    place: subject.place,
    message: `${rule.id} allows ${subject.text}, which is ${who}, so that whoever takes over any one of them reaches ${inWords(resources)}. Name the workloads that need it, or narrow the pattern to their namespace.`,
    related: [{ place: pattern.place, message: `${pattern.text} stands for ${who}.` }],
    data: { rule: rule.id, identity: subject.text },
  };
}
