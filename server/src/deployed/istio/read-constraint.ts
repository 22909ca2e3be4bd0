import { parseAddress } from "../../access/network.ts";
import type { Place } from "../../text/place.ts";
import { child, type MapNode, type TreeNode, text } from "../../text/tree.ts";
import type { Constraint, Field, Value } from "./model.ts";
import type { Report } from "./report.ts";

/** The fields of `source`, each of which has a `not` form. `policyNamespace` completes bare service accounts. */
export function sourceFields(policyNamespace: string): ReadonlyMap<string, Field> {
  return new Map<string, Field>([
    ["principals", { kind: "principal" }],
    ["requestPrincipals", { kind: "requestPrincipal" }],
    ["namespaces", { kind: "namespace" }],
    ["serviceAccounts", { kind: "serviceAccount", namespace: policyNamespace }],
    ["trustDomains", { kind: "trustDomain" }],
    ["ipBlocks", { kind: "sourceIp" }],
    ["remoteIpBlocks", { kind: "remoteIp" }],
  ]);
}

export const operationFields: ReadonlyMap<string, Field> = new Map<string, Field>([
  ["hosts", { kind: "host" }],
  ["ports", { kind: "port" }],
  ["methods", { kind: "method" }],
  ["paths", { kind: "path" }],
]);

export function negatedName(name: string): string {
  return `not${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

/** The constraints of one `source` or `operation`. An empty one is rejected by Istio. */
export function readFields(
  node: MapNode,
  fields: ReadonlyMap<string, Field>,
  what: string,
  report: Report,
): readonly Constraint[] {
  report.onlyKeys(
    node,
    [...fields.keys()].flatMap((name) => [name, negatedName(name)]),
    what,
  );
  const found = [...fields].flatMap(([name, field]) => {
    const [positive, negative] = [child(node, name), child(node, negatedName(name))];
    const values = report.strings(positive, `${what}.${name}`);
    const notValues = report.strings(negative, `${what}.${negatedName(name)}`);
    if (values.length + notValues.length === 0) return [];
    const place = (positive ?? negative ?? node).place;
    return [{ field, values, notValues, place }];
  });
  if (found.length === 0 && !report.rejected) {
    report.reject(
      node.place,
      `This ${what} is empty.`,
      `Say what it should match, or remove the whole item.`,
    );
  }
  for (const one of found) checkValues(one.field, [...one.values, ...one.notValues], report);
  return found;
}

/** One item of `when`. */
export function readCondition(
  node: TreeNode,
  policyNamespace: string,
  report: Report,
): readonly Constraint[] {
  if (node.kind !== "map") {
    report.reject(node.place, "This condition is not a mapping.", "Give it a key and values.");
    return [];
  }
  report.onlyKeys(node, ["key", "values", "notValues"], "A condition");
  const keyNode = child(node, "key");
  const key = text(keyNode);
  if (key === undefined || key === "" || keyNode === undefined) {
    report.reject(
      node.place,
      "This condition has no key.",
      "Name what it tests, such as request.headers[x-team].",
    );
    return [];
  }
  const values = report.strings(child(node, "values"), `the values of ${key}`);
  const notValues = report.strings(child(node, "notValues"), `the notValues of ${key}`);
  if (values.length + notValues.length === 0) {
    if (!report.rejected) {
      report.reject(node.place, `The condition on ${key} has no values.`, "Give it values or notValues.");
    }
    return [];
  }
  const field = conditionField(key, keyNode.place, policyNamespace, report);
  if (field === undefined) return [];
  checkValues(field, [...values, ...notValues], report);
  return [{ field, values, notValues, place: node.place }];
}

/**
 * The attributes of conditions, from istio.io/latest/docs/reference/config/security/conditions and
 * pilot/pkg/security/authz/model/model.go; the checks are those of pkg/config/security/security.go.
 */
function conditionField(
  key: string,
  place: Place,
  policyNamespace: string,
  report: Report,
): Field | undefined {
  switch (key) {
    case "source.ip":
      return { kind: "sourceIp" };
    case "remote.ip":
      return { kind: "remoteIp" };
    case "source.namespace":
      return { kind: "namespace" };
    case "source.serviceAccount":
      return { kind: "serviceAccount", namespace: policyNamespace };
    case "source.trustDomain":
      return { kind: "trustDomain" };
    case "source.principal":
      return { kind: "principal" };
    case "request.auth.principal":
      return { kind: "requestPrincipal" };
    case "request.auth.audiences":
      return { kind: "audience" };
    case "request.auth.presenter":
      return { kind: "presenter" };
    case "destination.ip":
      return { kind: "destinationIp" };
    case "destination.port":
      return { kind: "port" };
    case "connection.sni":
      return { kind: "sni" };
  }
  const open = key.indexOf("[");
  const wellFormed = key.endsWith("]") && open > 0 && open < key.length - 2;
  const name = open < 0 ? key : key.slice(0, open);
  const keyed = ["request.headers", "request.auth.claims", "request.experimental.inline.headers"];
  if (!keyed.includes(name) && !key.startsWith("experimental.envoy.filters.")) {
    report.reject(
      place,
      `Istio knows no attribute "${key}".`,
      "See Istio's list of authorization policy conditions.",
    );
    return undefined;
  }
  if (!wellFormed) {
    report.reject(place, `"${key}" names no key.`, `Write it as ${name}[name].`);
    return undefined;
  }
  if (name === "request.headers") return headerField(key.slice(open + 1, -1).toLowerCase());
  if (name === "request.auth.claims") return claimField(key.slice(open));
  return { kind: "other", key, httpOnly: name === "request.experimental.inline.headers" };
}

/**
 * Envoy's pseudo-headers are facts of their own; `:path` (with its query) and `:authority` (with its port and case)
 * have no counterpart in the neutral form of a request, so that tests on them stay opaque.
 */
function headerField(name: string): Field {
  if (name === ":method") return { kind: "method" };
  if (name.startsWith(":") || name === "host") {
    return { kind: "other", key: `request.headers[${name}]`, httpOnly: true };
  }
  return { kind: "header", name };
}

/** `[a][b]` is claim b of claim a; text that is not of that form is one name, as in Istio. */
function claimField(brackets: string): Field {
  const path = /^(?:\[[^[\]]*\])+$/.test(brackets)
    ? brackets.slice(1, -1).split("][")
    : [brackets.slice(1, -1)];
  const [first, ...rest] = path;
  if (rest.length === 0 && first === "aud") return { kind: "audience" };
  return { kind: "claim", path };
}

function checkValues(field: Field, values: readonly Value[], report: Report): void {
  for (const value of values) {
    const wrong = wrongValue(field, value.text);
    if (wrong !== undefined) report.reject(value.place, wrong.what, wrong.advice);
  }
}

function wrongValue(field: Field, value: string): { what: string; advice: string } | undefined {
  switch (field.kind) {
    case "sourceIp":
    case "remoteIp":
    case "destinationIp":
      return isNetwork(value)
        ? undefined
        : {
            what: `"${value}" is neither an IP address nor a network.`,
            advice: "Write 10.0.0.1 or 10.0.0.0/8.",
          };
    case "port":
      return /^\d+$/.test(value) && Number(value) <= 65535
        ? undefined
        : { what: `"${value}" is no port.`, advice: "Write a number from 0 to 65535, in quotes." };
    case "serviceAccount":
      return /^[^/*]+(?:\/[^/*]+)?$/.test(value)
        ? undefined
        : {
            what: `"${value}" is no service account.`,
            advice: "Write name or namespace/name; wildcards are not allowed here.",
          };
    case "path":
      return wrongTemplate(value);
    default:
      return undefined;
  }
}

function isNetwork(value: string): boolean {
  const [address = "", length, ...rest] = value.split("/");
  const parsed = parseAddress(address);
  if (parsed === undefined || rest.length > 0) return false;
  if (length === undefined) return true;
  return /^\d+$/.test(length) && Number(length) <= (address.includes(":") ? 128 : 32);
}

/** CheckValidPathTemplate: beside `{*}` and `{**}` a template has no other braces and no `*` as a whole segment. */
function wrongTemplate(value: string): { what: string; advice: string } | undefined {
  if (!value.includes("{*}") && !value.includes("{**}")) return undefined;
  if (/\/\{\w+=\*\*?\}|\{\w*\}|\/\*\*?|\*\*?\//.test(value)) {
    return {
      what: `The path template "${value}" has an operator other than {*} and {**}.`,
      advice: "Use {*} for one segment and {**} for the rest.",
    };
  }
  const rest = value.indexOf("{**}");
  if (rest >= 0 && value.slice(rest + 4).includes("{*")) {
    return {
      what: `The path template "${value}" goes on after {**}, which must be its last operator.`,
      advice: "Use {*} for the segments before it.",
    };
  }
  return undefined;
}
