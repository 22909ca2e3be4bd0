/**
 * Istio's matching on concrete values, for deciding one request. It knows nothing of predicates: lowering and
 * deciding are written independently, and each is the other's test.
 */
import type { Interaction, Json } from "../../access/interaction.ts";
import { inNetwork } from "../../access/network.ts";
import { type Constraint, constraints, type Field, httpOnly, type Rule, type Value } from "./model.ts";
import { normalizePath } from "./path.ts";
import { expandDomains, withAliases } from "./trust-domain.ts";
import { modeAt, type Workload } from "./workload.ts";

/** `unknown`: a fact decides that the request does not tell. */
export type Truth = boolean | "unknown";

export function allOf(values: Iterable<Truth>): Truth {
  let result: Truth = true;
  for (const value of values) {
    if (value === false) return false;
    if (value === "unknown") result = "unknown";
  }
  return result;
}

export function anyOf(values: Iterable<Truth>): Truth {
  let result: Truth = false;
  for (const value of values) {
    if (value === true) return true;
    if (value === "unknown") result = "unknown";
  }
  return result;
}

/** One request as the proxy of one workload sees it. */
export interface Seen {
  readonly principal: string | undefined;
  readonly ip: string | undefined;
  readonly port: number | undefined;
  readonly sni: string | undefined;
  readonly method: string | undefined;
  readonly path: string | undefined;
  /** In lower case and without port. */
  readonly host: string | undefined;
  readonly headers: ReadonlyMap<string, string>;
  /** Of a verified token. */
  readonly token: Interaction["jwt"] | undefined;
  readonly workload: Workload;
}

export function see(view: Interaction, workload: Workload): Seen {
  const port = workload.port ?? view.destination?.port;
  const target = view.http?.path ?? (view.grpc && `/${view.grpc.service}/${view.grpc.method}`);
  const headers = new Map<string, string>();
  for (const [name, values] of Object.entries(view.http?.headers ?? {})) {
    // Envoy joins the values of a repeated header with commas before it matches.
    headers.set(name.toLowerCase(), values.join(","));
  }
  return {
    principal: modeAt(workload, port).mode === "DISABLE" ? undefined : view.source?.principal,
    ip: view.source?.ip,
    port,
    sni: view.destination?.sni,
    method: (view.http?.method ?? (view.grpc && "POST"))?.toUpperCase(),
    path: target === undefined ? undefined : normalizePath(target, workload.mesh.pathNormalization),
    host: view.http?.host?.toLowerCase().replace(/:\d+$/, ""),
    headers,
    token: workload.jwt === undefined ? undefined : view.jwt,
    workload,
  };
}

export function ruleMatches(rule: Rule, allows: boolean, seen: Seen): Truth {
  const tcp = seen.workload.transport === "tcp";
  if (tcp && allows && constraints(rule).some((one) => httpOnly(one.field))) return false;
  const holds = (list: readonly Constraint[]): Truth =>
    allOf(list.map((one) => (tcp && httpOnly(one.field) ? true : constraintHolds(one, seen))));
  return allOf([
    rule.from.length === 0 || anyOf(rule.from.map(holds)),
    rule.to.length === 0 || anyOf(rule.to.map(holds)),
    holds(rule.when),
  ]);
}

function constraintHolds({ field, values, notValues }: Constraint, seen: Seen): Truth {
  const matched = values.length === 0 || anyOf(values.map((value) => valueMatches(field, value, seen)));
  const excluded = anyOf(notValues.map((value) => valueMatches(field, value, seen)));
  return allOf([matched, excluded === "unknown" ? "unknown" : !excluded]);
}

function valueMatches(field: Field, { text }: Value, seen: Seen): Truth {
  switch (field.kind) {
    case "principal":
      return withAliases(text, seen.workload.mesh.trustDomains).some((one) => wild(peerName(seen), one));
    case "namespace":
      return segmentAfter(seen.principal, "/ns/", text);
    case "serviceAccount":
      return hasServiceAccount(seen.principal, text.includes("/") ? text : `${field.namespace}/${text}`);
    case "trustDomain": {
      const domain = /^spiffe:\/\/([^/]+)\//.exec(seen.principal ?? "")?.[1];
      return expandDomains(text, seen.workload.mesh.trustDomains).some((one) => glob(domain, one));
    }
    case "requestPrincipal":
      return requestPrincipal(seen.token, text);
    case "sourceIp":
      return seen.ip !== undefined && inNetwork(seen.ip, text);
    case "remoteIp":
      if (!seen.workload.mesh.remoteIpIsPeer) return "unknown";
      return seen.ip !== undefined && inNetwork(seen.ip, text);
    case "destinationIp":
    case "other":
      return "unknown";
    case "host":
      return wild(seen.host, text.toLowerCase().replace(/:(\d+|\*)$/, "") || "*");
    case "method":
      return wild(seen.method, text);
    case "path":
      return text.includes("{*}") || text.includes("{**}")
        ? template(seen.path, text)
        : wild(seen.path, text);
    case "port":
      return seen.port === Number(text);
    case "sni":
      return wild(seen.sni, text);
    case "header":
      if (seen.workload.jwt?.rewrittenHeaders.has(field.name)) return "unknown";
      return text === "*" ? seen.headers.has(field.name) : wild(seen.headers.get(field.name), text);
    case "audience":
      return someString(seen.token?.aud, text);
    case "presenter":
      return someString(seen.token?.claims?.azp, text);
    case "claim":
      return someString(claim(seen, field.path), text);
  }
}

/** The SPIFFE ID as principals are written. */
function peerName({ principal }: Seen): string | undefined {
  return principal?.startsWith("spiffe://") ? principal.slice("spiffe://".length) : undefined;
}

/** `*`, `abc*`, `*abc` or exact; nothing matches a missing value. */
function wild(value: string | undefined, pattern: string): boolean {
  if (value === undefined) return false;
  if (pattern === "*") return value.length > 0;
  if (pattern[0] === "*") return value.endsWith(pattern.substring(1));
  const last = pattern.length - 1;
  return pattern[last] === "*" ? value.startsWith(pattern.substring(0, last)) : value === pattern;
}

/** `*` anywhere stands for any characters: pieces are looked for from left to right. */
function glob(value: string | undefined, pattern: string): boolean {
  if (value === undefined) return false;
  const [first = "", ...rest] = pattern.split("*");
  if (rest.length === 0) return value === pattern;
  const last = rest.pop() ?? "";
  if (!value.startsWith(first)) return false;
  let at = first.length;
  for (const piece of rest) {
    const found = value.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return value.length - last.length >= at && value.endsWith(last);
}

/** Whether some text between `before` and a later `/` matches, as the expression `.*<before>NAME/.*` has it. */
function segmentAfter(value: string | undefined, before: string, pattern: string): boolean {
  if (value === undefined) return false;
  for (let start = value.indexOf(before); start >= 0; start = value.indexOf(before, start + 1)) {
    const from = start + before.length;
    for (let end = value.indexOf("/", from); end >= 0; end = value.indexOf("/", end + 1)) {
      if (glob(value.slice(from, end), pattern)) return true;
    }
  }
  return false;
}

/** A trust domain, then `/ns/NS/` and a later (or the next) `sa/SA` that ends there or goes on after a `/`. */
function hasServiceAccount(principal: string | undefined, account: string): boolean {
  const path = principal?.startsWith("spiffe://") ? principal.slice("spiffe://".length) : undefined;
  if (path === undefined) return false;
  const [namespace = "", name = ""] = account.split("/");
  const segments = path.split("/");
  return segments.some((segment, index) => {
    if (index < 1 || segment !== "ns" || segments[index + 1] !== namespace) return false;
    return segments.some((one, at) => at >= index + 2 && one === "sa" && segments[at + 1] === name);
  });
}

function requestPrincipal(token: Interaction["jwt"] | undefined, value: string): boolean {
  const { iss, sub } = token ?? {};
  if (iss === undefined || sub === undefined) return false;
  const cut = value.lastIndexOf("/");
  const split = cut >= 0;
  const issuer = split ? value.slice(0, cut) : value;
  const subject = split ? value.slice(cut + 1) : "";
  if (value === "*") return iss !== "" && sub !== "";
  if (value.startsWith("*")) {
    if (!split) return iss !== "" && sub.endsWith(value.slice(1));
    return (issuer === "*" ? iss !== "" : iss.endsWith(issuer.slice(1))) && sub === subject;
  }
  if (value.endsWith("*")) {
    if (!split) return iss.startsWith(value.slice(0, -1)) && sub !== "";
    return iss === issuer && (subject === "*" ? sub !== "" : sub.startsWith(subject.slice(0, -1)));
  }
  return iss === issuer && sub === subject;
}

/** The places in the path that the template can have come to, token by token: linear, whatever the template. */
function template(path: string | undefined, pattern: string): boolean {
  if (path === undefined) return false;
  let places = new Set([0]);
  for (const token of pattern.split(/(\{\*\*?\})/)) {
    const next = new Set<number>();
    for (const at of places) {
      if (token === "{*}") {
        for (let end = at; end < path.length && path[end] !== "/"; end++) next.add(end + 1);
      } else if (token === "{**}") {
        for (let end = at; end <= path.length; end++) next.add(end);
      } else if (path.startsWith(token, at)) next.add(at + token.length);
    }
    places = next;
  }
  return places.has(path.length);
}

/** A string, or a list with such a member; numbers and booleans never match. */
function someString(value: Json | undefined, pattern: string): boolean {
  if (typeof value === "string") return wild(value, pattern);
  return Array.isArray(value) && value.some((member) => typeof member === "string" && wild(member, pattern));
}

function claim(seen: Seen, path: readonly string[]): Json | undefined {
  const { token } = seen;
  const [name = "", ...rest] = path;
  const registered: Readonly<Record<string, Json | undefined>> = {
    iss: token?.iss,
    sub: token?.sub,
    aud: token?.aud,
  };
  let value: Json | undefined = Object.hasOwn(registered, name) ? registered[name] : own(token?.claims, name);
  if (rest.length === 0 && typeof value === "string" && seen.workload.jwt?.spaceDelimited.has(name)) {
    if (!Object.hasOwn(registered, name)) return value.split(" ").filter((word) => word !== "");
  }
  for (const key of rest) {
    if (value === null || typeof value !== "object" || Array.isArray(value)) return undefined;
    value = own(value, key);
  }
  return value;
}

function own(value: Json | undefined, key: string): Json | undefined {
  if (value === null || typeof value !== "object" || isList(value)) return undefined;
  return Object.hasOwn(value, key) ? value[key] : undefined;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
