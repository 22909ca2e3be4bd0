import type { EnforcementPointType } from "../../access/attribute.ts";
import type { EnforcementPoint, PolicySet, Resource, ResourceType, Rule } from "../../policy/model.ts";
import { child } from "../../text/tree.ts";
import { enforcedAllows, groupBy, targetsOf } from "../analysis/grants.ts";
import { type LintContext, lintRule, type RuleFinding } from "../lint-rule.ts";
import { inWords, listed } from "../words.ts";

export const unboundResource = lintRule({
  id: "unbound-resource",
  category: "coverage",
  traffic: ["api", "service", "ai"],
  controls: ["NIST-CSF-2.0:PR.IR-01", "NIST-CSF-2.0:PR.AA-05", "NIST-CSF-2.0:ID.AM-03"],
  fixable: true,
  letsThrough: "active",
  check,
});

/**
 * The types of enforcement points that resources of a type stand behind, those first that are nearest to the caller:
 * where a control plane has a gateway, an API is expected behind it and not only in the mesh. None of them decides on
 * events (`access/catalogue.ts`), so that nothing can be said of channels.
 */
const kinds: Readonly<Record<ResourceType, readonly (readonly EnforcementPointType[])[]>> = {
  api: [["kong", "envoy-gateway"], ["agentgateway"], ["envoy", "istio"]],
  service: [["istio", "envoy"]],
  "mcp-server": [["agentgateway", "litellm"]],
  model: [["agentgateway", "litellm"]],
  "event-channel": [],
};

function check({ set }: LintContext): readonly RuleFinding[] {
  const targets = enforcedAllows(set).flatMap((rule) =>
    targetsOf(rule, set).map(({ resource }) => ({ rule, resource })),
  );
  return [...groupBy(targets, (one) => one.resource)].flatMap(([resource, of]) => {
    // An empty list has its own finding, and says that somebody was about to write them.
    if (child(resource.node, "paths") !== undefined) return [];
    const points = pointsFor(resource, set);
    return points.length === 0 ? [] : [finding(resource, [...new Set(of.map((one) => one.rule))], points)];
  });
}

/** By name. Only those in use: what has no deployed config here and stands on no path is only planned. */
function pointsFor({ type }: Resource, { controlPlane, resources }: PolicySet): readonly EnforcementPoint[] {
  const declared = [...controlPlane.environments.values()].flatMap((environment) => [
    ...environment.enforcementPoints.values(),
  ]);
  const nearest = kinds[type].find((types) => declared.some((one) => types.includes(one.type))) ?? [];
  const onPaths = new Set([...resources.values()].flatMap((one) => one.paths.flat().map((hop) => hop.text)));
  const suitable = declared.filter(
    (one) => nearest.includes(one.type) && (one.deployed.length > 0 || onPaths.has(one.name)),
  );
  return [...new Map(suitable.map((one) => [one.name, one])).values()];
}

function finding(
  resource: Resource,
  rules: readonly Rule[],
  points: readonly EnforcementPoint[],
): RuleFinding {
  const [only] = points;
  return {
    place: resource.place,
    message: `${listed(rules)} ${rules.length > 1 ? "say" : "says"} who may reach ${resource.name}, but it has no \`paths\`: no enforcement point decides on it, so that nothing keeps others out, and what is deployed is not compared. Say under \`paths\` where its requests pass, for example ${inWords(
      points.map((one) => one.name),
      "or",
    )}.`,
    related: rules.slice(0, 4).map((rule) => ({
      place: rule.name.place,
      message: `${rule.id} allows requests to ${resource.name}.`,
    })),
    data: { resource: resource.name, rules: rules.map((rule) => rule.id) },
    // Not safe: only its owner knows the way that requests take.
    fixes:
      only === undefined || points.length > 1
        ? []
        : [
            {
              title: `Bind ${resource.name} to ${only.name}`,
              isSafe: false,
              edits: [{ edit: "set-property", map: resource.node, key: "paths", value: [[only.name]] }],
            },
          ],
  };
}
