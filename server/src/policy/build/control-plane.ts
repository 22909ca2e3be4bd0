/** ControlPlane documents. */
import type { EnforcementPointType } from "../../access/attribute.ts";
import type { Place } from "../../text/place.ts";
import { child, entries, items, type MapNode, type TreeNode, text } from "../../text/tree.ts";
import type {
  ControlPlane,
  DeployedSource,
  EnforcementPoint,
  Environment,
  Issuer,
  Written,
} from "../model.ts";
import {
  boolean,
  duration,
  integer,
  jsonRecord,
  namedMaps,
  oneOf,
  present,
  strings,
  written,
  writtenList,
} from "./read.ts";

export const enforcementPointTypes: readonly EnforcementPointType[] = [
  "istio",
  "envoy",
  "kong",
  "envoy-gateway",
  "agentgateway",
  "litellm",
];

export function buildControlPlane(uri: string, root: MapNode, name: Written): ControlPlane {
  const spec = child(root, "spec");
  const limits = child(spec, "limits");
  return {
    uri,
    folder: uri.slice(0, uri.lastIndexOf("/") + 1),
    name,
    trustDomains: new Map(
      entries(child(spec, "trustDomains")).map(({ key, value }) => [
        key.text,
        { place: key.place, ...present({ federation: text(child(value, "federation")) }) },
      ]),
    ),
    issuers: new Map(
      namedMaps(child(spec, "issuers")).flatMap(({ key, value }): readonly [string, Issuer][] => {
        const url = text(child(value, "url"));
        if (url === undefined) return [];
        const audiences = strings(child(value, "audiences"));
        return [
          [
            key.text,
            {
              name: key.text,
              url,
              audiences,
              claims: claimShapes(child(value, "claims")),
              place: key.place,
              node: value,
            },
          ],
        ];
      }),
    ),
    limits: {
      ...present({
        credentialTtl: duration(child(limits, "credentialTtl")),
        agentCredentialTtl: duration(child(limits, "agentCredentialTtl")),
      }),
      delegationDepth: integer(child(limits, "delegationDepth")) ?? 1,
    },
    ...present({ defaultEnvironment: written(child(spec, "defaultEnvironment")) }),
    secretManagers: new Map(entries(child(spec, "secretManagers")).map(({ key }) => [key.text, key.place])),
    environments: new Map(
      namedMaps(child(spec, "environments")).map(({ key, value }): [string, Environment] => [
        key.text,
        buildEnvironment(key.text, key.place, value),
      ]),
    ),
  };
}

/** Stands for a control plane whose own document cannot be read. */
export function emptyControlPlane(uri: string, name: Written): ControlPlane {
  return {
    uri,
    folder: uri.slice(0, uri.lastIndexOf("/") + 1),
    name,
    trustDomains: new Map(),
    issuers: new Map(),
    limits: { delegationDepth: 1 },
    environments: new Map(),
  };
}

function claimShapes(node: TreeNode | undefined): ReadonlyMap<string, "list" | "string"> {
  const shapes = new Map<string, "list" | "string">();
  if (node?.kind !== "map") return shapes;
  for (const { key, value } of node.entries) {
    const shape = oneOf(value, ["list", "string"]);
    if (shape !== undefined) shapes.set(key.text, shape);
  }
  return shapes;
}

function buildEnvironment(name: string, place: Environment["place"], node: MapNode): Environment {
  const vars = new Map<string, string>();
  const varPlaces = new Map<string, Place>();
  const declared = child(node, "vars");
  for (const { key, value } of declared?.kind === "map" ? declared.entries : []) {
    // A value that is no string has its own finding, and the variable is defined all the same.
    varPlaces.set(key.text, key.place);
    const substitute = text(value);
    if (substitute !== undefined) vars.set(key.text, substitute);
  }
  return {
    name,
    place,
    vars,
    varPlaces,
    enforcementPoints: new Map(
      namedMaps(child(node, "enforcementPoints")).flatMap(
        ({ key, value }): readonly [string, EnforcementPoint][] => {
          const type = oneOf(child(value, "type"), enforcementPointTypes);
          return type === undefined
            ? []
            : [[key.text, buildEnforcementPoint(key.text, key.place, type, value)]];
        },
      ),
    ),
  };
}

function buildEnforcementPoint(
  name: string,
  place: EnforcementPoint["place"],
  type: EnforcementPointType,
  node: MapNode,
): EnforcementPoint {
  return {
    name,
    place,
    type,
    ...present({ identity: written(child(node, "identity")) }),
    transparent: boolean(child(node, "transparent")) ?? false,
    forwards: { jwt: boolean(child(child(node, "forwards"), "jwt")) ?? false },
    deployed: items(child(node, "deployed")).flatMap(buildDeployedSource),
    settings: jsonRecord(child(node, "settings")),
  };
}

function buildDeployedSource(node: TreeNode): readonly DeployedSource[] {
  const files = child(node, "files");
  const one = written(files);
  const globs = one === undefined ? (writtenList(files) ?? []) : [one];
  if (globs.length === 0) return [];
  return [{ files: globs, completeFor: completeness(child(node, "completeFor")), place: node.place }];
}

function completeness(node: TreeNode | undefined): DeployedSource["completeFor"] {
  if (text(node) === "all") return "all";
  const namespaces = child(node, "namespaces");
  return namespaces?.kind === "list" ? { namespaces: strings(namespaces) } : undefined;
}
