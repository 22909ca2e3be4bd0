/** A rule on one resource, as terms. */
import { attribute } from "../../access/catalogue.ts";
import {
  holds,
  type Literal,
  type OpaqueAtom,
  type Origin,
  type Term,
  type Terms,
} from "../../access/predicate.ts";
import { exactly, oneOf } from "../../access/text-pattern.ts";
import { resourceIn } from "../in-environment.ts";
import type { Identity, Resource, Rule, RuleCondition } from "../model.ts";
import { placeInCondition } from "../place-in-condition.ts";
import { actsFor, actsForItself, type CallerContext, involves } from "./callers.ts";
import { lowerTarget } from "./targets.ts";

export interface LoweredRule {
  readonly rule: Rule;
  readonly terms: Terms;
  readonly opaque: readonly OpaqueAtom[];
}

/**
 * What a rule asks of a request to one resource, part by part: it applies where one of the callers, one of the targets
 * and one of the conditions hold, and all that is required.
 */
export interface RuleFactors {
  readonly callers: Terms;
  readonly targets: Terms;
  /** Where the rule takes its condition: true for an allow, true or error for a deny. */
  readonly conditions: Terms;
  readonly required: readonly Literal[];
  readonly opaque: readonly OpaqueAtom[];
}

/** The requests to `resource` that `rule` applies to. Names that resolve to nothing were reported as references. */
export function lowerRule(rule: Rule, resource: Resource, context: CallerContext): LoweredRule {
  const factors = ruleFactors(rule, resource, context);
  if (factors === undefined) return { rule, terms: [], opaque: [] };
  return { rule, terms: joinFactors(factors, originsOf(rule)), opaque: factors.opaque };
}

/** Undefined where the rule is not about the resource, or allows nothing whatever is asked. */
export function ruleFactors(rule: Rule, resource: Resource, context: CallerContext): RuleFactors | undefined {
  const origins = originsOf(rule);
  const here = resourceIn(resource, context.environment);
  // As the evaluator: an allow with an error allows nothing.
  if (rule.unsound && rule.effect === "allow") return undefined;
  const targets = rule.on
    .filter((target) => target.resource.text === here.name)
    .flatMap((target) => lowerTarget(target, here, origins, rule.effect));
  if (targets.length === 0) return undefined;
  const partition = rule.condition?.compiled.partition;
  const asked = { ...context, resource: here };
  return {
    callers:
      rule.effect === "deny" ? denySubjects(rule, asked, origins) : allowSubjects(rule, asked, origins),
    targets,
    conditions:
      partition === undefined
        ? [{ literals: [], origins }]
        : rule.effect === "deny"
          ? [...partition.true, ...partition.error]
          : partition.true,
    required: rule.effect === "allow" ? requirements(rule) : [],
    opaque: rule.condition === undefined ? [] : placedAtoms(rule.condition),
  };
}

/** Each atom where the condition says it; the whole condition where it is not written there as it is understood. */
function placedAtoms(condition: RuleCondition): readonly OpaqueAtom[] {
  const { source, place, compiled } = condition;
  return compiled.partition.opaque.map((atom) => {
    const at = source.indexOf(atom.text);
    const isThere = at >= 0 && source.indexOf(atom.text, at + 1) < 0;
    return { ...atom, place: isThere ? placeInCondition(condition, at, at + atom.text.length) : place };
  });
}

export function joinFactors(factors: RuleFactors, origins: readonly Origin[]): Terms {
  const terms: Term[] = [];
  for (const caller of factors.callers)
    for (const target of factors.targets)
      for (const condition of factors.conditions)
        terms.push({
          literals: [...caller.literals, ...target.literals, ...condition.literals, ...factors.required],
          origins,
        });
  return terms;
}

export function originsOf(rule: Rule): readonly Origin[] {
  return [{ label: rule.id, place: rule.name.place }];
}

function allowSubjects(rule: Rule, context: CallerContext, origins: readonly Origin[]): Terms {
  if (rule.anonymous) return [{ literals: [], origins }];
  const subjects = identities(rule.subjects, context).filter(isInUse);
  if (rule.onBehalfOf === undefined) return subjects.flatMap((one) => actsForItself(one, context, origins));
  const delegators = identities(rule.onBehalfOf, context).filter(isInUse);
  return subjects.flatMap((actor) =>
    delegators
      .filter((delegator) => actor.actsFor.some((name) => name.text === delegator.name))
      .flatMap((delegator) => actsFor(actor, delegator, context, origins)),
  );
}

function denySubjects(rule: Rule, context: CallerContext, origins: readonly Origin[]): Terms {
  if (rule.subjects === undefined) return [{ literals: [], origins }];
  return identities(rule.subjects, context).flatMap((one) => involves(one, context, origins));
}

function identities(names: Rule["subjects"], context: CallerContext): readonly Identity[] {
  return (names ?? []).flatMap((name) => context.set.identities.get(name.text) ?? []);
}

/** Who still has the credential of a retired identity is let in by no rule. */
function isInUse(identity: Identity): boolean {
  return identity.isRetired !== true;
}

function requirements(rule: Rule): readonly Literal[] {
  const required = rule.requires;
  if (required === undefined) return [];
  const literals: Literal[] = [];
  if (required.credentialTypes !== undefined)
    literals.push(
      holds(attribute("credential.type"), { test: "text", pattern: oneOf(required.credentialTypes) }),
    );
  if (required.maxTtl !== undefined)
    literals.push(holds(attribute("credential.ttl"), { test: "range", max: required.maxTtl }));
  if (required.maxAge !== undefined)
    literals.push(holds(attribute("credential.age"), { test: "range", max: required.maxAge }));
  if (required.boundTo !== undefined)
    literals.push(
      holds(attribute("credential.boundTo.kind"), { test: "text", pattern: exactly(required.boundTo) }),
    );
  return literals;
}
