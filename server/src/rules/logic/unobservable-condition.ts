import { attribute as attributeOf, catalogue } from "../../access/catalogue.ts";
import type { CompiledCondition } from "../../cel/condition.ts";
import type { EnforcementPoint, Environment, Resource, Rule, RuleCondition } from "../../policy/model.ts";
import { placeInCondition } from "../../policy/place-in-condition.ts";
import { targetsOf } from "../analysis/grants.ts";
import { oddRules } from "../analysis/odd-rules.ts";
import { type LintContext, lintRule, type RuleFinding } from "../lint-rule.ts";
import { inWords } from "../words.ts";

export const unobservableCondition = lintRule({
  id: "unobservable-condition",
  category: "logic",
  traffic: ["api", "service", "ai", "event"],
  controls: ["NIST-CSF-2.0:PR.AA-05", "NIST-CSF-2.0:PR.IR-01", "OWASP-ASI-2025:ASI02"],
  fixable: false,
  check,
});

type Read = CompiledCondition["attributes"][number];

interface Way {
  readonly environment: Environment;
  readonly points: readonly EnforcementPoint[];
  /** All of its config is read, so that drift says what it lets through, with a request that shows it. */
  readonly isCompared: boolean;
}

function check(context: LintContext): readonly RuleFinding[] {
  const odd = oddRules(context);
  const rules = context.set.policies
    .flatMap((policy) => policy.rules)
    .filter((rule) => rule.mode === "enforce" && !odd.has(rule));
  return rules.flatMap((rule) => {
    const { condition } = rule;
    if (condition === undefined) return [];
    const resources = [...new Set(targetsOf(rule, context.set).map((one) => one.resource))];
    return resources
      .filter((resource) => !context.isBroken(resource.name))
      .flatMap((resource) => ofResource(rule, condition, resource, context));
  });
}

/** One cause gives one finding: what is unseen on a way that drift compares is `drift/unenforced` there. */
function ofResource(
  rule: Rule,
  condition: RuleCondition,
  resource: Resource,
  context: LintContext,
): readonly RuleFinding[] {
  const ways = waysTo(resource, context);
  const reads = condition.compiled.attributes.filter(
    (read) => isOfRequest(read) && !ways.some((way) => way.isCompared && !isSeen(read, way.points)),
  );
  return ways
    .filter((way) => !way.isCompared)
    .flatMap((way) => {
      const unseen = reads.filter((read) => !isSeen(read, way.points));
      const [first] = unseen;
      return first === undefined ? [] : [finding(rule, condition, resource, way, unseen, first)];
    });
}

/** A path with an enforcement point that the environment does not define is unknown there. */
function waysTo(resource: Resource, { set, deployed }: LintContext): readonly Way[] {
  return [...set.controlPlane.environments.values()].flatMap((environment) =>
    resource.paths.flatMap((path): readonly Way[] => {
      const points = path.flatMap((hop) => environment.enforcementPoints.get(hop.text) ?? []);
      if (points.length < path.length || points.length === 0) return [];
      const config = deployed.get(environment.name);
      return [{ environment, points, isCompared: points.every((point) => config?.has(point.name) === true) }];
    }),
  );
}

const method = attributeOf("mcp.methodName");
const environmentName = attributeOf("context.environment");

/** The environment is known where the point stands, and the method follows from what is called. */
function isOfRequest({ attribute }: Read): boolean {
  return attribute !== method && attribute !== environmentName && attribute.sort !== "opaque";
}

function isSeen({ attribute }: Read, points: readonly EnforcementPoint[]): boolean {
  const visible = catalogue.get(attribute.id)?.visible;
  return points.some((point) => visible?.[point.type] !== undefined);
}

function finding(
  rule: Rule,
  condition: RuleCondition,
  resource: Resource,
  { environment, points }: Way,
  unseen: readonly Read[],
  { start, end }: Read,
): RuleFinding {
  const names = unseen.map((one) => one.attribute.key.replace(/^jwt\.claims(?=[.[])/, "jwt"));
  const hops = points.map((point) => `${point.name} (${point.type})`);
  const effect =
    rule.effect === "allow"
      ? `none can keep out what ${rule.id} does not allow`
      : `none can stop what ${rule.id} denies`;
  return {
    place: placeInCondition(condition, start, end),
    message: `No enforcement point on the way to ${resource.name} can see ${inWords(names)} when it authorises: ${inWords(hops)}. So ${effect}. Decide by something that they see, or put an enforcement point on the way that sees it.`,
    related: [
      {
        place: resource.place,
        message: `${resource.name} is reached by ${inWords(points.map((point) => point.name))}.`,
      },
    ],
    data: { rule: rule.id, resource: resource.name, attributes: names },
    environment: environment.name,
  };
}
