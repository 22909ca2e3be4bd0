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
import type { Identity, Resource, Rule } from "../model.ts";
import { actsFor, actsForItself, type CallerContext, involves } from "./callers.ts";
import { lowerTarget } from "./targets.ts";

export interface LoweredRule {
  readonly rule: Rule;
  readonly terms: Terms;
  readonly opaque: readonly OpaqueAtom[];
}

/** The requests to `resource` that `rule` applies to. Names that resolve to nothing were reported as references. */
export function lowerRule(rule: Rule, resource: Resource, context: CallerContext): LoweredRule {
  const origins: readonly Origin[] = [{ label: rule.id, place: rule.name.place }];
  const here = resourceIn(resource, context.environment);
  // As the evaluator: an allow with an error allows nothing.
  if (rule.unsound && rule.effect === "allow") return { rule, terms: [], opaque: [] };
  const targets = rule.on
    .filter((target) => target.resource.text === here.name)
    .flatMap((target) => lowerTarget(target, here, origins, rule.effect));
  if (targets.length === 0) return { rule, terms: [], opaque: [] };
  const subjects =
    rule.effect === "deny" ? denySubjects(rule, context, origins) : allowSubjects(rule, context, origins);
  const partition = rule.condition?.compiled.partition;
  const conditions: Terms =
    partition === undefined
      ? [{ literals: [], origins }]
      : rule.effect === "deny"
        ? [...partition.true, ...partition.error]
        : partition.true;
  const required = rule.effect === "allow" ? requirements(rule) : [];
  const terms: Term[] = [];
  for (const subject of subjects)
    for (const target of targets)
      for (const condition of conditions)
        terms.push({
          literals: [...subject.literals, ...target.literals, ...condition.literals, ...required],
          origins,
        });
  return { rule, terms, opaque: partition?.opaque ?? [] };
}

function allowSubjects(rule: Rule, context: CallerContext, origins: readonly Origin[]): Terms {
  if (rule.anonymous) return [{ literals: [], origins }];
  const subjects = identities(rule.subjects, context);
  if (rule.onBehalfOf === undefined) return subjects.flatMap((one) => actsForItself(one, context, origins));
  const delegators = identities(rule.onBehalfOf, context);
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
