import type { Json } from "../../access/interaction.ts";
import type { Problem } from "../../text/problem.ts";
import { child, isNull, type MapNode, texts, toValue } from "../../text/tree.ts";
import type { KongPlugin, KongScope } from "./model.ts";
import { booleanOf, placeOf, reference } from "./nodes.ts";

/** A plugin entry with the scope that its place in the file gives it. */
export interface Writing {
  readonly node: MapNode;
  readonly scope: KongScope;
}

/** What a reference in a plugin may name, and the key of what it names. */
export interface Known {
  readonly routes: ReadonlyMap<string, string>;
  readonly services: ReadonlyMap<string, string>;
  readonly consumers: ReadonlyMap<string, string>;
}

const missing = {
  route: "route",
  service: "service",
  consumer: "consumer",
} as const;

/** One plugin with its scope resolved; none where it is disabled, or refers to what the files do not have. */
export function readPlugin(
  { node, scope }: Writing,
  known: Known,
): { readonly plugin: KongPlugin | undefined; readonly problems: readonly Problem[] } {
  const nameNode = child(node, "name");
  const name = nameNode?.kind === "scalar" ? nameNode.text : "";
  if (name === "" || !booleanOf(child(node, "enabled"), true)) return { plugin: undefined, problems: [] };
  const problems: Problem[] = [];
  const resolve = (kind: keyof typeof missing, table: ReadonlyMap<string, string>): string | undefined => {
    const written = child(node, kind);
    if (isNull(written)) return scope[kind];
    const to = reference(written);
    const key = to === undefined ? undefined : table.get(to);
    if (key === undefined) {
      problems.push({
        code: "deployed/kong-reference",
        severity: "warning",
        message: `The plugin "${name}" is attached to the ${missing[kind]} "${to ?? "?"}", which these files do not define, so that it is left out of the comparison. Add the ${missing[kind]} or correct the name.`,
        place: placeOf(written) ?? node.place,
      });
    }
    return key;
  };
  const route = resolve("route", known.routes);
  const service = resolve("service", known.services);
  const consumer = resolve("consumer", known.consumers);
  if (problems.length > 0) return { plugin: undefined, problems };
  const group = child(node, "consumer_group");
  const consumerGroup = isNull(group) ? scope.consumerGroup : reference(group);
  const protocols = texts(child(node, "protocols"));
  return {
    plugin: {
      name,
      scope: {
        ...(route === undefined ? {} : { route }),
        ...(service === undefined ? {} : { service }),
        ...(consumer === undefined ? {} : { consumer }),
        ...(consumerGroup === undefined ? {} : { consumerGroup }),
      },
      protocols: protocols.length === 0 ? undefined : protocols,
      config: configOf(node),
      place: placeOf(nameNode) ?? node.place,
    },
    problems,
  };
}

function configOf(node: MapNode): { readonly [key: string]: Json } {
  const value = toValue(child(node, "config"));
  return isRecord(value) ? value : {};
}

/** `toValue` makes JSON values only, which its type does not say. */
function isRecord(value: unknown): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
