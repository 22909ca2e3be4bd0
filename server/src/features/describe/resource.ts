/** Resources and their parts: operations, tools, event types. */
import type { Operation, Resource, Rule, Target } from "../../policy/model.ts";
import { namesOperation, operationName } from "../../policy/operation-names.ts";
import type { ControlPlaneSnapshot } from "../../workspace/snapshot.ts";
import { factsOf } from "../facts.ts";
import { code, count, dots, few, plain } from "./markdown.ts";

export function resourceLines(plane: ControlPlaneSnapshot, name: string): readonly string[] {
  const resource = plane.set.resources.get(name);
  if (resource === undefined) return [];
  const { byResource, comparisons } = factsOf(plane);
  const verdicts = (comparisons.get(name) ?? []).map(
    (one) => `${one.path.map(plain).join(" → ")} ${one.verdict} (${plain(one.environment)})`,
  );
  const paths = resource.paths.map((path) => path.map((hop) => plain(hop.text)).join(" → "));
  return [
    dots(`**${code(name)}**`, resource.type, resource.hosts.map((host) => code(host.text)).join(", ")),
    dots(parts(resource), paths.length > 0 ? `reached by ${paths.join(", or ")}` : "on no path"),
    rulesLine(byResource.get(name) ?? []),
    verdicts.length > 0 ? `As deployed: ${verdicts.join(", ")}` : "",
  ];
}

function parts({ tools, operations, model, event, document }: Resource): string {
  const from = document === undefined ? "" : ` of ${code(document.written.text)}`;
  if (tools.length > 0) return `${count(tools.length, "tool")}${from}`;
  if (operations.length > 0) return `${count(operations.length, "operation")}${from}`;
  if (model !== undefined) return `${plain(model.provider)} ${code(model.model)}`;
  if (event !== undefined) return `topic ${code(event.topic)}`;
  return "";
}

export function operationLines(
  plane: ControlPlaneSnapshot,
  container: string,
  name: string,
): readonly string[] {
  const operation = plane.set.resources.get(container)?.operations.find((one) => namesOperation(name, one));
  if (operation === undefined) return [];
  const shown = operationName(operation);
  return [
    dots(`**${code(name)}**`, `operation of ${code(container)}`, shown === name ? "" : code(shown)),
    rulesLine(rulesOn(plane, container, (target) => coversOperation(target, operation))),
  ];
}

/** A target that lists prompts or resources only is about no tool. */
const isOfTools = ({ tools, prompts, mcpResources }: Target): boolean =>
  tools !== undefined || (prompts === undefined && mcpResources === undefined);

export function toolLines(plane: ControlPlaneSnapshot, container: string, name: string): readonly string[] {
  const tool = plane.set.resources.get(container)?.tools.find((one) => one.name === name);
  if (tool === undefined) return [];
  return [
    `**${code(name)}** · tool of ${code(container)}`,
    plain(tool.description ?? ""),
    parameters(tool.inputSchema),
    rulesLine(rulesOn(plane, container, (target) => covers(target.tools, name) && isOfTools(target))),
  ];
}

export function eventTypeLines(
  plane: ControlPlaneSnapshot,
  container: string,
  name: string,
): readonly string[] {
  const topic = plane.set.resources.get(container)?.event?.topic;
  return [
    dots(`**${code(name)}**`, `event type of ${code(container)}`, topic && `topic ${code(topic)}`),
    rulesLine(rulesOn(plane, container, (target) => covers(target.events?.types, name))),
  ];
}

function rulesOn(
  plane: ControlPlaneSnapshot,
  resource: string,
  includes: (target: Target) => boolean,
): readonly Rule[] {
  return (factsOf(plane).byResource.get(resource) ?? []).filter((rule) =>
    rule.on.some((target) => target.resource.text === resource && includes(target)),
  );
}

function coversOperation(target: Target, operation: Operation): boolean {
  const names = target.operations ?? target.rpcs;
  return names === undefined || names.some((one) => namesOperation(one.text, operation));
}

function covers(names: readonly { readonly text: string }[] | undefined, name: string): boolean {
  return names === undefined || names.some((one) => one.text === name);
}

/** `Allowed by ...; denied by ...`. */
function rulesLine(rules: readonly Rule[]): string {
  const counting = rules.filter((rule) => rule.mode === "enforce");
  const say = (effect: Rule["effect"]): string =>
    few(
      counting
        .filter((rule) => rule.effect === effect)
        .map((rule) => `${code(rule.id)}${rule.condition === undefined ? "" : " (conditionally)"}`),
    );
  const [allow, deny] = [say("allow"), say("deny")];
  const denied = deny === "" ? "" : `; denied by ${deny}`;
  return allow === ""
    ? `No rule allows it, so every request is denied${denied}`
    : `Allowed by ${allow}${denied}`;
}

function parameters(schema: unknown): string {
  if (typeof schema !== "object" || schema === null || !("properties" in schema)) return "";
  const { properties } = schema;
  if (typeof properties !== "object" || properties === null) return "";
  const required: readonly unknown[] =
    "required" in schema && Array.isArray(schema.required) ? schema.required : [];
  const named = Object.entries(properties).map(
    ([name, value]) => `${code(name)}${typeOf(value)}${required.includes(name) ? ", required" : ""}`,
  );
  return named.length === 0 ? "" : `Arguments: ${few(named, 8, "; ")}`;
}

/** The schema's type as it says it; schemas come from the workspace and may say anything. */
function typeOf(schema: unknown): string {
  if (typeof schema !== "object" || schema === null || !("type" in schema)) return "";
  return typeof schema.type === "string" ? ` ${plain(schema.type)}` : "";
}
