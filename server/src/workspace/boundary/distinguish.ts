/** Requests that tell a mutated policy from the policy: found by the exact comparison, confirmed by both evaluators. */
import { type Budget, budget } from "../../access/budget.ts";
import { attribute } from "../../access/catalogue.ts";
import {
  type Answer,
  type Assignment,
  type CompareOptions,
  newlyAllowed,
  newlyDenied,
} from "../../access/compare.ts";
import type { Interaction } from "../../access/interaction.ts";
import { type AccessFunction, fails, type Terms } from "../../access/predicate.ts";
import { exactly } from "../../access/text-pattern.ts";
import { toInteraction } from "../../access/witness.ts";
import { hintsFor } from "../../drift/hints.ts";
import { assumptions } from "../../policy/lower/resource.ts";
import type { Resource, Rule, Target } from "../../policy/model.ts";
import type { MutatedPolicy, Verdict } from "../../simulate/boundary/mutated-policy.ts";
import type { Mutation } from "../../simulate/boundary/mutation.ts";
import { requestTo } from "../../simulate/request-to.ts";

export interface Witnessed {
  readonly resource: Resource;
  readonly request: Interaction;
}

export type Distinguished =
  | { readonly answer: "differs"; readonly witnesses: readonly Witnessed[] }
  /** It allows what the policy allows: no request can tell them apart. */
  | { readonly answer: "equivalent" }
  | { readonly answer: "undecided"; readonly reason: string };

/** Steps of comparison: all mutations together, and the most that one question may take. */
export interface Allowance {
  readonly all: Budget;
  readonly each: number;
}

/** A comparison of acme's size takes some thousand steps; a million are well under a second. */
export const allowance = (steps = 30_000_000): Allowance => ({ all: budget(steps), each: 500_000 });

export class Distinguisher {
  readonly #contexts = new Map<
    string,
    Pick<CompareOptions, "impossible" | "hints"> & { readonly base: Interaction }
  >();

  constructor(
    private readonly policy: MutatedPolicy,
    private readonly steps: Allowance,
  ) {}

  distinguish(mutation: Mutation): Distinguished {
    const { change, rules } = mutation;
    if (change.by === "nothing") return { answer: "undecided", reason: change.reason };
    const witnesses: Witnessed[] = [];
    let reason: string | undefined;
    const resources = new Set(rules.flatMap((rule) => this.policy.resourcesOf(rule)));
    for (const resource of resources) {
      const before = this.policy.access(resource);
      const after = this.policy.mutatedAccess(mutation, resource);
      const under = (request: Interaction): readonly [Verdict, Verdict] => {
        const situation = this.policy.situation(request);
        return [situation.verdict, this.policy.under(situation, mutation)];
      };
      for (const question of [newlyAllowed, newlyDenied]) {
        const answer = this.#ask(question, before, after, resource, under);
        if (answer.answer === "yes")
          witnesses.push(...answer.witnesses.map((one) => this.#request(one.assignment, resource)));
        if (answer.answer === "unknown") reason ??= answer.reason;
      }
    }
    if (witnesses.length > 0) return { answer: "differs", witnesses };
    return reason === undefined ? { answer: "equivalent" } : { answer: "undecided", reason };
  }

  /**
   * Requests just inside of a rule, that no other rule decides: each names another of its callers and another of its
   * parts, so that few of them meet all entries of its lists.
   */
  *inside(rule: Rule, removed: Mutation): Generator<Witnessed> {
    for (const resource of this.policy.resourcesOf(rule)) {
      const without = this.policy.mutatedAccess(removed, resource);
      for (const narrow of narrowed(rule, resource)) {
        const { terms } = this.policy.lower(narrow, resource);
        const within: AccessFunction = {
          allow: rule.effect === "allow" ? [...without.allow, ...terms] : without.allow,
          deny: rule.effect === "deny" ? [...without.deny, ...terms] : without.deny,
          opaque: this.policy.access(resource).opaque,
        };
        const question = rule.effect === "allow" ? newlyAllowed : newlyDenied;
        const answer = this.#ask(question, without, within, resource, (request) => {
          const situation = this.policy.situation(request);
          return [this.policy.under(situation, removed), situation.verdict];
        });
        if (answer.answer !== "yes") continue;
        for (const one of answer.witnesses.slice(0, 1)) yield this.#request(one.assignment, resource);
      }
    }
  }

  #ask(
    question: typeof newlyAllowed,
    left: AccessFunction,
    right: AccessFunction,
    resource: Resource,
    decide: (request: Interaction) => readonly [Verdict, Verdict],
  ): Answer {
    const { impossible = [], hints, base } = this.#context(resource);
    const own = budget(Math.min(this.steps.each, this.steps.all.remaining));
    const granted = own.remaining;
    const { answer } = question(left, right, {
      impossible,
      ...(hints === undefined ? {} : { hints }),
      budget: own,
      maxWitnesses: 2,
      confirm: (values) => {
        const [one, other] = decide(toInteraction(values, base));
        return { left: one.decision, right: other.decision };
      },
    });
    this.steps.all.remaining -= granted - own.remaining;
    return answer;
  }

  #request(values: Assignment, resource: Resource): Witnessed {
    return { resource, request: toInteraction(values, this.#context(resource).base) };
  }

  #context(resource: Resource) {
    const known = this.#contexts.get(resource.name);
    if (known !== undefined) return known;
    const { set, environment } = this.policy;
    const transport = resource.protocol === "tcp" ? "tcp" : "http";
    const byTransport = fails(attribute("transport"), { test: "text", pattern: exactly(transport) });
    const impossible: Terms = [
      ...assumptions(set, resource, environment).map(({ literals }) => ({ literals, origins: [] })),
      { literals: [byTransport], origins: [] },
    ];
    const base = requestTo(resource, environment);
    const made = { impossible, hints: hintsFor(set, resource, environment), base };
    this.#contexts.set(resource.name, made);
    return made;
  }
}

/** The rule for one caller and one part of a target at a time, so often that each of both has its turn. */
function narrowed(rule: Rule, resource: Resource): readonly Rule[] {
  const targets = rule.on
    .filter((target) => target.resource.text === resource.name)
    .flatMap((target) => oneByOne(target));
  const subjects = rule.subjects?.map((one) => [one]) ?? [undefined];
  const delegators = rule.onBehalfOf?.map((one) => [one]) ?? [undefined];
  const count = Math.max(targets.length, subjects.length, delegators.length);
  return Array.from({ length: count }, (_, index) => {
    const target = targets[index % targets.length];
    return {
      ...rule,
      subjects: subjects[index % subjects.length],
      onBehalfOf: delegators[index % delegators.length],
      on: target === undefined ? [] : [target],
    };
  });
}

/** A target for each of the parts that it lists. */
function oneByOne(target: Target): readonly Target[] {
  const { operations, rpcs, tools, prompts, events, ...whole } = target;
  const found: Target[] = [
    ...(operations ?? []).map((one) => ({ ...whole, operations: [one] })),
    ...(rpcs ?? []).map((one) => ({ ...whole, rpcs: [one] })),
    ...(tools ?? []).map((one) => ({ ...whole, tools: [one] })),
    ...(prompts ?? []).map((one) => ({ ...whole, prompts: [one] })),
    ...(events?.types ?? []).map((one) => ({ ...whole, events: { ...events, types: [one] } })),
  ];
  return found.length === 0 ? [target] : found;
}
