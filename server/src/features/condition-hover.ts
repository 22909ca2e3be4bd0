/** Hover inside a condition: what the name under the cursor reads, and who on the way can see it. */
import type { Attribute } from "../access/attribute.ts";
import { catalogue } from "../access/catalogue.ts";
import type { ConditionRead, VariableType } from "../cel/condition.ts";
import type { EnforcementPoint, Rule } from "../policy/model.ts";
import type { SourceLayout } from "../text/layout.ts";
import type { ControlPlaneSnapshot } from "../workspace/snapshot.ts";
import { code, list, paragraph } from "./describe/markdown.ts";
import type { Hover } from "./hover-result.ts";
import { conditionAt } from "./symbol-at.ts";

export function conditionHover(
  plane: ControlPlaneSnapshot,
  layout: SourceLayout,
  offset: number,
): Hover | undefined {
  const found = conditionAt(plane.set, layout, offset);
  if (found === undefined) return undefined;
  const { rule, condition, part } = found;
  const { segments, place } = part.node;
  const base = layout.base(place.block);
  const at = segments.toValue(offset - base);
  const read = at === undefined ? undefined : readAt(condition.compiled.reads, part.start + at);
  if (read === undefined) return undefined;
  const { start, end } = segments.toSource(read.start - part.start, read.end - part.start);
  return {
    markdown: paragraph([
      `**${code(read.path)}** · ${typeInWords(read.type)}`,
      ...read.attributes.map((one) => whatItIs(one, read, rule, plane)),
      read.attributes.length === 0 ? "" : whoSees(read.attributes, pointsFor(rule, plane)),
    ]),
    range: { start: layout.positionAt(base + start), end: layout.positionAt(base + end) },
  };
}

/** Of names inside each other, such as `has(jwt.team)`, the smallest. */
function readAt(reads: readonly ConditionRead[], offset: number): ConditionRead | undefined {
  return reads
    .filter((read) => read.start <= offset && offset <= read.end)
    .reduce<ConditionRead | undefined>(
      (best, read) => (best !== undefined && best.end - best.start <= read.end - read.start ? best : read),
      undefined,
    );
}

function whatItIs(
  attribute: Attribute,
  read: ConditionRead,
  rule: Rule,
  plane: ControlPlaneSnapshot,
): string {
  const description = catalogue.get(attribute.id)?.description ?? "";
  if (attribute.id === "jwt.claims") return `The claim ${code(attribute.keys.join("."))} of the token.`;
  if (attribute.id === "mcp.tool.arguments" || attribute.id === "request.body") {
    const documents = new Set(
      rule.on.flatMap(({ resource }) => plane.set.resources.get(resource.text)?.document?.written.text ?? []),
    );
    return documents.size === 0
      ? description
      : `${description} Declared in ${[...documents].map(code).join(", ")}.`;
  }
  // What is derived names what it is derived of.
  return attribute.key === read.path ? description : `Read from ${code(attribute.key)}: ${description}`;
}

/** The enforcement points on the way to the rule's resources, else all that there are; each name and type once. */
function pointsFor(rule: Rule, { set }: ControlPlaneSnapshot): readonly EnforcementPoint[] {
  const hops = new Set(
    rule.on
      .flatMap(({ resource }) => set.resources.get(resource.text)?.paths.flat() ?? [])
      .map((hop) => hop.text),
  );
  const points = [...set.controlPlane.environments.values()].flatMap((one) => [
    ...one.enforcementPoints.values(),
  ]);
  const onTheWay = [...hops].flatMap((hop) => points.filter((point) => point.name === hop));
  const named = new Map(
    (hops.size > 0 ? onTheWay : points).map((point) => [`${point.name} ${point.type}`, point]),
  );
  return [...named.values()];
}

function whoSees(attributes: readonly Attribute[], points: readonly EnforcementPoint[]): string {
  const names = (point: EnforcementPoint): readonly (string | undefined)[] =>
    attributes.map((one) => catalogue.get(one.id)?.visible[point.type]);
  const said = ({ name, type }: EnforcementPoint): string => `${code(name)} (${type})`;
  const seeing = points.filter((point) => !names(point).includes(undefined));
  const blind = points.filter((point) => names(point).includes(undefined));
  const seen = seeing.map((point) => `${code(point.name)} (${point.type}: ${names(point).join(", ")})`);
  if (points.length === 0) return "";
  if (seeing.length === 0) return `${list(blind.map(said))} cannot see it when authorising.`;
  return `Seen by ${list(seen)}${blind.length === 0 ? "" : `; not by ${list(blind.map(said))}`}.`;
}

function typeInWords(type: VariableType): string {
  switch (type.type) {
    case "double":
      return "number";
    case "int":
      return "whole number";
    case "dyn":
      return "any type";
    case "list":
      return type.of.type === "dyn" ? "list" : `list of ${typeInWords(type.of)}s`;
    case "object":
    case "map":
      return "map";
    case "bool":
      return "boolean";
    case "string":
    case "timestamp":
    case "duration":
    case "null":
      return type.type;
  }
}
