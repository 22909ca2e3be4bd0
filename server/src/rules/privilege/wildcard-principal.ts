import type { PolicySet, Rule, Written } from "../../policy/model.ts";
import { placeInCondition } from "../../policy/place-in-condition.ts";
import { provesCaller } from "../analysis/attribute-meanings.ts";
import { type TextTest, textTests } from "../analysis/condition-tests.ts";
import { oncePerPlace, readsAttribute } from "../analysis/conditions.ts";
import { dataClassOf, enforcedAllows, targetsOf } from "../analysis/grants.ts";
import { type LintContext, lintRule, type RuleFinding } from "../lint-rule.ts";
import { inWords } from "../words.ts";

export const wildcardPrincipal = lintRule({
  id: "wildcard-principal",
  category: "privilege",
  traffic: ["api", "service", "ai", "event"],
  controls: ["OWASP-NHI-2025:NHI5", "NIST-CSF-2.0:PR.AA-05", "NIST-CSF-2.0:PR.IR-01"],
  fixable: false,
  letsThrough: "active",
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
  const allows = enforcedAllows(set);
  return [...oncePerPlace(allows.flatMap((rule) => byCondition(rule, set))), ...bySubject(allows, open, set)];
}

/** As for a collector of telemetry, which every workload sends to. */
const accept = "where all of them are meant, say why in a `plumbline-ignore` comment.";

interface Open {
  readonly pattern: Written;
  readonly who: string;
}

function bySubject(
  allows: readonly Rule[],
  open: ReadonlyMap<string, Open>,
  set: PolicySet,
): readonly RuleFinding[] {
  return allows.flatMap((rule) => {
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

/** Of callers without a name in the rule, whose condition asks only for a certificate of the trust domain. */
function byCondition(rule: Rule, set: PolicySet): readonly RuleFinding[] {
  const { condition } = rule;
  if (!rule.anonymous || condition === undefined || rule.onBehalfOf !== undefined) return [];
  const { reads } = condition.compiled;
  const narrows = reads.some(
    ({ path, attributes }) =>
      path !== "source.principal" && attributes.some((one) => provesCaller(one) || one.id === "source.ip"),
  );
  if (narrows || rule.requires !== undefined || isAboutPublicOnly(rule, set)) return [];
  const [test, ...others] = textTests(condition.compiled).filter(
    ({ read }) => read.path === "source.principal",
  );
  const domain = test?.isPositive === true && others.length === 0 ? wholeDomain(test) : undefined;
  if (test === undefined || domain === undefined) return [];
  return [
    {
      place: placeInCondition(condition, test.literal.start, test.literal.end),
      message: `${rule.id} allows every workload of ${domain}, so that whoever takes over any one of them reaches ${resourcesOf(rule)}. Name the workloads that need it in \`subjects\`, or go on to their namespace here; ${accept}`,
      data: { rule: rule.id },
    },
  ];
}

/** The trust domain of which a beginning of names, or an expression that ends in anything, leaves nobody out. */
function wholeDomain({ operator, value }: TextTest): string | undefined {
  if (operator === "startsWith") return /^spiffe:\/\/([^/]+)\/(?:ns\/)?$/.exec(value)?.[1];
  if (operator !== "matches") return undefined;
  const domain = /^\^spiffe:\/\/((?:[\w-]|\\?\.|\[\.\])+)\/(?:ns\/)?\.[*+]\$?$/.exec(value)?.[1];
  return domain?.replaceAll("[.]", ".").replaceAll("\\", "");
}

/** What is declared public may be for everybody, and a condition can say who it is for. */
function isForEverybody(rule: Rule, set: PolicySet): boolean {
  const narrows = readsAttribute(rule, (one) => provesCaller(one) || one.id === "source.ip");
  if (narrows || rule.onBehalfOf !== undefined) return true;
  return isAboutPublicOnly(rule, set);
}

const isAboutPublicOnly = (rule: Rule, set: PolicySet): boolean =>
  targetsOf(rule, set).every(({ resource }) => dataClassOf(resource) === "public");

const resourcesOf = (rule: Rule): string =>
  inWords([...new Set(rule.on.map((target) => target.resource.text))]);

function finding(rule: Rule, subject: Written, pattern: Written, who: string): RuleFinding {
  return {
    place: subject.place,
    message: `${rule.id} allows ${subject.text}, which is ${who}, so that whoever takes over any one of them reaches ${resourcesOf(rule)}. Name the workloads that need it, or narrow the pattern to their namespace; ${accept}`,
    related: [{ place: pattern.place, message: `${pattern.text} stands for ${who}.` }],
    data: { rule: rule.id, identity: subject.text },
  };
}
