/** What agents may call, one by one: for rules about single tools and operations. */
import type { PolicySet, Resource, Rule, Target } from "../../policy/model.ts";
import type { Place } from "../../text/place.ts";
import type { Allowed } from "./allowed.ts";
import { type Callable, type Denials, placeOfCallable, reachable } from "./callables.ts";
import { enforcedAllows, type Grant, grants, groupBy, isAgent } from "./grants.ts";
import { wildcardGrant } from "./wildcard-grants.ts";

export interface AgentCalls {
  readonly rule: Rule;
  /** Its subjects that are agents, with all that they are granted by the rule. */
  readonly granted: readonly Grant[];
  readonly calls: readonly AgentCall[];
}

export interface AgentCall {
  readonly callable: Callable;
  readonly target: Target;
  readonly resource: Resource;
  /** Where the rule names it, or the resource that it takes as a whole. */
  readonly place: Place;
}

/** By rule. What `wildcard-grant` reports is left out: there the missing list is the cause. */
export function agentCalls(set: PolicySet, denials: Denials, allowed: Allowed): readonly AgentCalls[] {
  return [...groupBy(grants(set, isAgent), (grant) => grant.rule)].map(([rule, granted]) => ({
    rule,
    granted,
    calls: [...groupBy(granted, (grant) => grant.target).values()].flatMap(([first]) => {
      if (first === undefined) return [];
      const { target, resource } = first;
      if (wildcardGrant(rule, target, resource, denials, allowed) !== undefined) return [];
      return reachable(rule, target, resource, denials).flatMap((callable) => {
        const place = placeOfCallable(target, callable);
        return place === undefined ? [] : [{ callable, target, resource, place }];
      });
    }),
  }));
}

/** A call with those agents of the rule that it is let through for. */
export interface LetCall<T extends AgentCall = AgentCall> {
  readonly call: T;
  readonly agents: readonly string[];
  /** It was too complex to find out for some of them. */
  readonly isUnknown: boolean;
}

/** Asked of the calls that would be said, since each is a question to the access functions. */
export function letCall<T extends AgentCall>(
  { rule, granted }: AgentCalls,
  call: T,
  allowed: Allowed,
): LetCall<T> | undefined {
  const { target, callable } = call;
  const answers = granted
    .filter((one) => one.target === target)
    .map(({ subject, as }) => ({
      agent: subject.name,
      answer: allowed.answer(rule, { target, callable, subjects: [as] }),
    }))
    .filter((one) => one.answer !== "none");
  if (answers.length === 0) return undefined;
  return {
    call,
    agents: [...new Set(answers.map((one) => one.agent))],
    isUnknown: answers.some((one) => one.answer === "unknown"),
  };
}

/** How a finding says that the agents may call it. */
export function lets(all: readonly LetCall[]): "lets" | "may let" {
  return all.some((one) => one.isUnknown) ? "may let" : "lets";
}

function asksForApproval({ obligations }: Rule): boolean {
  return obligations.approval !== undefined;
}

/**
 * Whether somebody is asked before such a call of the rule: by the rule, or by another one that always applies with it,
 * because the obligations of all rules that apply are joined.
 */
export function approvals(set: PolicySet): (rule: Rule, call: AgentCall) => boolean {
  const others = enforcedAllows(set).filter(
    (one) => asksForApproval(one) && one.condition === undefined && one.requires === undefined,
  );
  return (rule, { callable, resource }) =>
    asksForApproval(rule) ||
    others.some(
      (other) =>
        isForAll(other.subjects, rule.subjects) &&
        isForAll(other.onBehalfOf, rule.onBehalfOf) &&
        other.on.some(
          (target) =>
            target.resource.text === resource.name && placeOfCallable(target, callable) !== undefined,
        ),
    );
}

/** A rule on behalf of somebody says nothing of direct calls, nor the other way round. */
function isForAll(all: Rule["subjects"], some: Rule["subjects"]): boolean {
  if (all === undefined || some === undefined) return all === some;
  return some.every((one) => all.some((other) => other.text === one.text));
}
