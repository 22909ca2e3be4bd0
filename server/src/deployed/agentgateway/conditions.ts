import type { Attribute } from "../../access/attribute.ts";
import type { Interaction } from "../../access/interaction.ts";
import type { Partition, Term, Terms } from "../../access/predicate.ts";
import { compileCondition } from "../../cel/compile.ts";
import type { CompiledCondition } from "../../cel/condition.ts";
import { agentgatewayEnvironment, type CelEnvironment } from "../../cel/environment.ts";
import type { Place } from "../../text/place.ts";
import type { Problem } from "../../text/problem.ts";
import type { Rule } from "./model.ts";

/** When agentgateway evaluates a rule, which is what decides which variables are there. */
export interface Moment {
  /** The connection, the HTTP request, or one MCP call of a kind. */
  readonly about: "connection" | "request" | "tool" | "prompt" | "resource";
  /** Whether a token was verified before: only then is there a `jwt`. */
  readonly token: boolean;
  /** The MCP target that is called, where one is. */
  readonly target: string | undefined;
}

const compiled = new WeakMap<Rule["node"], Map<string, CompiledCondition>>();

/** A rule as agentgateway evaluates it at a moment. */
export function conditionAt(rule: Rule, moment: Moment): CompiledCondition {
  const key = `${moment.about} ${moment.target ?? ""}`;
  let conditions = compiled.get(rule.node);
  if (conditions === undefined) {
    conditions = new Map();
    compiled.set(rule.node, conditions);
  }
  const known = conditions.get(key);
  if (known !== undefined) return known;
  const made = compileCondition(rule.source, environmentAt(moment));
  conditions.set(key, made);
  return made;
}

/**
 * Why a rule cannot be read, or undefined. Agentgateway checks no types: where our checker finds an error, its own
 * evaluation may still come to a result, so that such a rule is left open instead of taken for false.
 */
export function unreadable(rule: Rule): string | undefined {
  return conditionAt(rule, anyMoment).problems.find((problem) => problem.severity === "error")?.message;
}

const anyMoment: Moment = { about: "tool", token: true, target: undefined };

function environmentAt({ about, target }: Moment): CelEnvironment {
  const environment = agentgatewayEnvironment(target);
  const others = ["tool", "prompt", "resource"].filter((kind) => kind !== about);
  return others.reduce(
    (one, kind) => one.withAbsent(`mcp.${kind}.target`, "the rule is evaluated about something else"),
    environment,
  );
}

/** Whether a variable that stands for this attribute is there at the moment. */
function isVisible({ id }: Attribute, { about, token }: Moment): boolean {
  if (id.startsWith("jwt.")) return token;
  if (id.startsWith("request.")) return about !== "connection";
  if (id.startsWith("mcp.")) return id.startsWith(`mcp.${about}.`);
  return true;
}

/** The rule as predicates, what is not there at the moment taken for absent. */
export function partitionAt(rule: Rule, moment: Moment): Partition {
  const { partition } = conditionAt(rule, moment);
  const visible = (terms: Terms): Terms => terms.flatMap((term) => withoutHidden(term, moment) ?? []);
  return {
    true: visible(partition.true),
    false: visible(partition.false),
    error: visible(partition.error),
    opaque: partition.opaque,
  };
}

/** Every test fails on what is absent, and the negation of a test holds. */
function withoutHidden(term: Term, moment: Moment): Term | undefined {
  const hidden = term.literals.filter(({ attribute }) => !isVisible(attribute, moment));
  if (hidden.some(({ negated }) => !negated)) return undefined;
  return hidden.length === 0
    ? term
    : { ...term, literals: term.literals.filter((literal) => !hidden.includes(literal)) };
}

/** The request as the rule can see it at the moment. */
export function viewAt({ about, token }: Moment, view: Interaction): Interaction {
  const { jwt, onBehalfOf, http, grpc, mcp, ...others } = view;
  return {
    ...others,
    ...(token && jwt !== undefined ? { jwt } : {}),
    ...(token && onBehalfOf !== undefined ? { onBehalfOf } : {}),
    ...(about !== "connection" && http !== undefined ? { http } : {}),
    ...(about !== "connection" && grpc !== undefined ? { grpc } : {}),
    ...(mcp === undefined
      ? {}
      : {
          mcp: {
            method: mcp.method,
            ...(mcp.server === undefined ? {} : { server: mcp.server }),
            ...(about === "tool" && mcp.tool !== undefined ? { tool: mcp.tool } : {}),
            ...(about === "prompt" && mcp.prompt !== undefined ? { prompt: mcp.prompt } : {}),
            ...(about === "resource" && mcp.resource !== undefined ? { resource: mcp.resource } : {}),
          },
        }),
  };
}

/** What is wrong with the CEL of a rule, at the exact characters of the file. */
export function ruleProblems(rule: Rule): readonly Problem[] {
  return conditionAt(rule, anyMoment).problems.map((problem) => {
    const rejects = problem.code === "cel/syntax";
    const consequence = rejects
      ? "agentgateway rejects the whole file because of it."
      : rule.effect === "deny"
        ? "A rule that fails is not true, so that this deny may never deny anything."
        : "A rule that fails is not true, so that this one may never hold.";
    return {
      code: "deployed/agentgateway-cel",
      severity: rejects ? "error" : "warning",
      message: `${rule.label}: ${problem.message} ${consequence}`,
      place: partOf(rule, problem.start, problem.end),
      ...(problem.replaceWith === undefined ? {} : { data: { replaceWith: problem.replaceWith } }),
    };
  });
}

/** Where a range of the decoded rule stands in the file. */
function partOf({ node, place }: Rule, start: number, end: number): Place {
  return { block: place.block, ...node.segments.toSource(start, end) };
}
