/** MCP lists and lifecycle methods: they follow from what the caller could call (design, section 3). */

import type { Attribute } from "../access/attribute.ts";
import { attribute } from "../access/catalogue.ts";
import { isEmpty } from "../access/compare.ts";
import { literalHolds } from "../access/evaluate-terms.ts";
import type { Interaction } from "../access/interaction.ts";
import { type AccessFunction, holds, type Literal, type Term, type Terms } from "../access/predicate.ts";
import { exactly } from "../access/text-pattern.ts";
import type { Decision } from "./decision.ts";
import type { Request } from "./request.ts";

const lifecycle = new Set(["initialize", "ping", "server/discover", "logging/setLevel"]);

/**
 * Whether the request asks for a list, or keeps the session going, and touches no tool, prompt or resource. A method
 * that is none of these and not decided by rules either (`resources/subscribe`) stays denied by default.
 */
export function isListing({ mcp }: Interaction): boolean {
  if (mcp === undefined) return false;
  return lifecycle.has(mcp.method) || mcp.method.startsWith("notifications/") || mcp.method.endsWith("/list");
}

/**
 * Allowed iff the caller may call something; `listed` are the tools that some arguments make callable. `policy` is
 * that of the request's resource.
 */
export function listable(
  policy: AccessFunction,
  { resource, interaction }: Request,
  names: Pick<Decision, "callers" | "delegators">,
): Decision {
  const rest: AccessFunction = {
    allow: residual(policy.allow, interaction),
    deny: residual(policy.deny, interaction),
    opaque: policy.opaque,
  };
  const tools = resource.tools.map((tool) => tool.name).filter((name) => callable(rest, toolCall(name)));
  const allowed = tools.length > 0 || callable(rest, []);
  const what = interaction.mcp?.method ?? "";
  return {
    decision: allowed ? "allow" : "deny",
    reason: allowed
      ? `${what} follows from what the caller may call on ${resource.name}`
      : `the caller may call nothing on ${resource.name}`,
    rules: [],
    trace: [],
    obligations: {},
    interaction,
    ...names,
    ...(what === "tools/list" ? { listed: [...tools].sort() } : {}),
  };
}

function toolCall(name: string): readonly Literal[] {
  return [
    holds(attribute("mcp.methodName"), { test: "text", pattern: exactly("tools/call") }),
    holds(attribute("mcp.tool.name"), { test: "text", pattern: exactly(name) }),
  ];
}

/** Where it is too complex to tell, the tool is listed: the call itself is decided all the same. */
function callable(fn: AccessFunction, fixed: readonly Literal[]): boolean {
  const allow: Terms = fn.allow.map((one) => ({ ...one, literals: [...one.literals, ...fixed] }));
  return isEmpty({ ...fn, allow }) !== true;
}

/** Whether the call tells the attribute, so that the request for the list says nothing of it. */
function isOfCall({ id, sort }: Attribute): boolean {
  return id.startsWith("mcp.") || id === "request.body" || sort === "opaque";
}

/** What is left to decide once everything but the call itself is known. */
function residual(terms: Terms, interaction: Interaction): Terms {
  return terms.flatMap((one): readonly Term[] => {
    const open: Literal[] = [];
    for (const literal of one.literals) {
      if (isOfCall(literal.attribute)) open.push(literal);
      else if (literalHolds(literal, interaction) === false) return [];
    }
    return [{ ...one, literals: open }];
  });
}
