import { opaqueAttribute } from "../../access/attribute.ts";
import { attribute } from "../../access/catalogue.ts";
import { fails, holds, type Literal, type OpaqueAtom, type Terms } from "../../access/predicate.ts";
import { re2Problem } from "../../access/re2.ts";
import { exactly, fullMatch, prefix, suffix, type TextPattern } from "../../access/text-pattern.ts";
import type { PathMatch, Unread, ValueMatch } from "./model.ts";
import type { RouterEntry } from "./router.ts";

export interface Guard {
  readonly terms: Terms;
  readonly opaque: readonly OpaqueAtom[];
  readonly lost: readonly Unread[];
}

/**
 * What an entry of the router matches, as predicates; that no other entry comes first is not part of it.
 * Source: `matches_request` in `http/route.rs`.
 */
export function entryGuard(entry: RouterEntry): Guard {
  const { listener, route, hostname, match, otherListeners } = entry;
  const opaque: OpaqueAtom[] = [];
  const lost: Unread[] = [];
  const atom = (part: string, written: string, reason: string): Literal => {
    const made = opaqueAttribute(`agentgateway match ${part} ${written}`);
    const text = `${part} ${written} of ${route.label}`;
    opaque.push({ attribute: made, text, reason, place: match.place });
    lost.push({ text, reason, place: match.place });
    return holds(made, { test: "opaque", value: "true" });
  };
  const fixed: Literal[] = [
    ...hostLiterals(listener.hostname),
    ...hostLiterals(hostname),
    ...otherListeners.flatMap((name) => hostLiterals(name).map((one) => ({ ...one, negated: true }))),
    ...(match.method === undefined
      ? []
      : [holds(attribute("request.method"), { test: "text", pattern: exactly(match.method) })]),
    ...match.headers.map((one) => valueLiteral("header", one, atom)),
    ...match.query.map((one) => valueLiteral("query parameter", one, atom)),
  ];
  if (match.headers.length + match.query.length > 0) {
    lost.push({
      text: `the header and query matches of ${route.label}`,
      reason: "a repeated one matches here by any of its values; agentgateway looks at one only",
      place: match.place,
    });
  }
  const origins = [{ label: route.label, place: route.place }];
  return {
    terms: pathAlternatives(match.path, atom).map((path) => ({ literals: [...fixed, ...path], origins })),
    opaque,
    lost,
  };
}

type MakeAtom = (part: string, written: string, reason: string) => Literal;

function hostLiterals(hostname: string | undefined): readonly Literal[] {
  if (hostname === undefined) return [];
  const pattern = hostname.startsWith("*") ? suffix(hostname.slice(1)) : exactly(hostname);
  return [holds(attribute("request.host"), { test: "text", pattern })];
}

/** A prefix is compared element by element, and slashes at its end do not count; `/` is every path. */
function pathAlternatives(match: PathMatch, atom: MakeAtom): readonly (readonly Literal[])[] {
  const path = (pattern: TextPattern) => [holds(attribute("request.path"), { test: "text", pattern })];
  switch (match.kind) {
    case "exact":
      return [path(exactly(match.path))];
    case "regex": {
      const problem = regexProblem(match.path);
      return [problem === undefined ? path(fullMatch(match.path)) : [atom("path", match.path, problem)]];
    }
    case "prefix": {
      const trimmed = match.path.replace(/\/+$/, "");
      if (trimmed === "") return [[]];
      return [path(exactly(trimmed)), path(prefix(`${trimmed}/`))];
    }
  }
}

function valueLiteral(part: "header" | "query parameter", one: ValueMatch, atom: MakeAtom): Literal {
  const name = one.name.toLowerCase();
  if (name === ":method") return pseudo("request.method", one, atom);
  if (name === ":authority") return pseudo("request.host", one, atom);
  const where = part === "header" ? attribute("request.headers", name) : attribute("request.query", one.name);
  const pattern = patternOf(one);
  return "problem" in pattern
    ? atom(`${part} ${one.name}`, one.value, pattern.problem)
    : holds(where, { test: "member", pattern: pattern.pattern });
}

function pseudo(id: "request.method" | "request.host", one: ValueMatch, atom: MakeAtom): Literal {
  const pattern = patternOf(one);
  return "problem" in pattern
    ? atom(one.name, one.value, pattern.problem)
    : holds(attribute(id), { test: "text", pattern: pattern.pattern });
}

function patternOf({
  kind,
  value,
}: ValueMatch): { readonly pattern: TextPattern } | { readonly problem: string } {
  if (kind === "exact") return { pattern: exactly(value) };
  const problem = regexProblem(value);
  return problem === undefined ? { pattern: fullMatch(value) } : { problem };
}

/**
 * Why an expression is not simply one that must match the whole text. agentgateway looks for the first match and then
 * asks whether it is the whole: of `/a|/ab`, `/ab` is no match, since the first alternative is found first.
 */
export function regexProblem(regex: string): string | undefined {
  const problem = re2Problem(regex);
  if (problem !== undefined) return problem;
  const mayStopEarly = /\||[*+?}]\?/.test(regex) && !regex.endsWith("$");
  return mayStopEarly ? "its alternatives may match a part only, which then counts as no match" : undefined;
}

/** That the request is one MCP call of a kind, with the name of what it calls. */
export function mcpCall(
  method: string,
  named: "mcp.tool.name" | "mcp.prompt.name" | "mcp.resource.uri",
): readonly Literal[] {
  return [
    holds(attribute("mcp.methodName"), { test: "text", pattern: exactly(method) }),
    holds(attribute(named), { test: "present" }),
  ];
}

/** That the request is an MCP message that no rule decides about: lists are filtered, the session is everybody's. */
export function mcpOther(methods: readonly string[]): readonly Literal[] {
  const method = attribute("mcp.methodName");
  return [
    holds(method, { test: "present" }),
    fails(method, { test: "text", pattern: { kind: "oneOf", values: methods } }),
  ];
}
