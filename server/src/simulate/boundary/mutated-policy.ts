/**
 * A policy set in one environment, and what it would be and decide if one of its rules were mutated. A mutation of what
 * a rule writes is decided by the reference evaluator on the mutated rule; one of a predicate, which no rule can write,
 * by the predicates themselves. All other rules are asked once for a request, not once for each mutation.
 */
import { termHolds, termsHold } from "../../access/evaluate-terms.ts";
import type { Interaction } from "../../access/interaction.ts";
import type { AccessFunction, Terms } from "../../access/predicate.ts";
import { accessFunction } from "../../access/terms.ts";
import { policySetIn } from "../../policy/in-environment.ts";
import { joinFactors, originsOf, type RuleFactors, ruleFactors } from "../../policy/lower/rules.ts";
import type { Environment, PolicySet, Resource, Rule } from "../../policy/model.ts";
import { prepare } from "../decide.ts";
import type { Decision, Part } from "../decision.ts";
import { isListing, listable } from "../listing.ts";
import type { Request } from "../request.ts";
import { traceRule } from "../rules.ts";
import type { Change, Mutation, PredicateChange } from "./mutation.ts";
import { withPredicateChanged } from "./predicate-mutations.ts";
import { leavesAlone } from "./untouched.ts";

/** What is decided of a request: enough to tell whether a scenario holds. */
export interface Verdict {
  readonly decision: "allow" | "deny";
  /** The deciding rules, by id. */
  readonly rules: readonly string[];
  readonly listed?: readonly string[];
}

/** A request with the answer of every rule to it. */
export interface Situation {
  readonly verdict: Verdict;
  /** Undefined where no rule is asked. */
  readonly request?: Request;
  readonly kind: "refused" | "listing" | "decided";
  /** The effects of the enforced rules that apply, by their ids. */
  readonly applying: ReadonlyMap<string, Rule["effect"]>;
  /** The first part that fails of each of the others. */
  readonly failed: ReadonlyMap<string, Part>;
}

/** One rule on one resource. */
interface Lowered {
  readonly effect: Rule["effect"];
  readonly terms: Terms;
  readonly opaque: AccessFunction["opaque"];
}

const nothing: Lowered = { effect: "allow", terms: [], opaque: [] };

export class MutatedPolicy {
  /** Of the environment. */
  readonly set: PolicySet;
  /** The enforced ones: the others never affect a decision. */
  readonly rules: readonly Rule[];
  readonly #lowered = new Map<string, ReadonlyMap<string, Lowered>>();
  readonly #factors = new Map<string, RuleFactors | undefined>();
  readonly #changed = new WeakMap<PredicateChange, Map<string, RuleFactors | undefined>>();

  constructor(
    readonly declared: PolicySet,
    readonly environment: Environment,
  ) {
    this.set = policySetIn(declared, environment);
    this.rules = this.set.policies
      .flatMap((policy) => policy.rules)
      .filter((rule) => rule.mode === "enforce");
  }

  /** The resources that the rule names, each once. */
  resourcesOf(rule: Rule): readonly Resource[] {
    const names = new Set(rule.on.map((target) => target.resource.text));
    return [...names].flatMap((name) => this.set.resources.get(name) ?? []);
  }

  factorsOf(rule: Rule, resource: Resource): RuleFactors | undefined {
    const key = `${rule.id} on ${resource.name}`;
    if (this.#factors.has(key)) return this.#factors.get(key);
    const made = ruleFactors(rule, resource, { set: this.set, environment: this.environment });
    this.#factors.set(key, made);
    return made;
  }

  /** What the resource allows and denies. */
  access(resource: Resource): AccessFunction {
    return joined([...this.#rulesOn(resource).values()]);
  }

  /** The same, with the mutation. */
  mutatedAccess(mutation: Mutation, resource: Resource): AccessFunction {
    const rules = new Map(this.#rulesOn(resource));
    for (const rule of mutation.rules)
      if (rules.has(rule.id)) rules.set(rule.id, this.mutated(mutation.change, rule, resource));
    return joined([...rules.values()]);
  }

  /** A rule that need not be one of the policy. */
  lower(rule: Rule, resource: Resource): Lowered {
    return this.#lower(rule, ruleFactors(rule, resource, { set: this.set, environment: this.environment }));
  }

  /** One of the rules that a mutation changes, alone. */
  mutated(change: Change, rule: Rule, resource: Resource): Lowered {
    switch (change.by) {
      case "nothing":
        return this.#lower(rule, this.factorsOf(rule, resource));
      case "rule":
        return change.rule === undefined ? nothing : this.lower(change.rule, resource);
      case "predicate":
        return this.#lower(rule, this.#changedFactors(rule, change, resource));
    }
  }

  #changedFactors(rule: Rule, change: PredicateChange, resource: Resource): RuleFactors | undefined {
    const known = this.#changed.get(change) ?? new Map<string, RuleFactors | undefined>();
    this.#changed.set(change, known);
    const key = `${rule.id} on ${resource.name}`;
    if (known.has(key)) return known.get(key);
    const factors = this.factorsOf(rule, resource);
    const made = factors && withPredicateChanged(factors, change);
    known.set(key, made);
    return made;
  }

  #lower(rule: Rule, factors: RuleFactors | undefined): Lowered {
    if (factors === undefined) return { ...nothing, effect: rule.effect };
    return { effect: rule.effect, terms: joinFactors(factors, originsOf(rule)), opaque: factors.opaque };
  }

  #rulesOn(resource: Resource): ReadonlyMap<string, Lowered> {
    const known = this.#lowered.get(resource.name);
    if (known !== undefined) return known;
    const made = new Map(
      this.rules
        .filter((rule) => isAbout(rule, resource))
        .map((rule) => [rule.id, this.#lower(rule, this.factorsOf(rule, resource))] as const),
    );
    this.#lowered.set(resource.name, made);
    return made;
  }

  /** What the policy as it stands says of a request. */
  situation(stated: Interaction): Situation {
    const prepared = prepare(this.declared, this.environment, stated);
    const none = { applying: new Map(), failed: new Map() };
    if ("refused" in prepared) return { kind: "refused", verdict: { decision: "deny", rules: [] }, ...none };
    const { request } = prepared;
    if (isListing(request.interaction)) {
      const verdict = listed(this.access(request.resource), request);
      return { kind: "listing", verdict, request, ...none };
    }
    const applying = new Map<string, Rule["effect"]>();
    const failed = new Map<string, Part>();
    for (const rule of this.rules) {
      if (!isAbout(rule, request.resource)) continue;
      const trace = traceRule(rule, request);
      if (trace.outcome === "applies") applying.set(rule.id, rule.effect);
      if (trace.failed !== undefined) failed.set(rule.id, trace.failed.part);
    }
    return { kind: "decided", verdict: decided(applying), request, applying, failed };
  }

  /** What it would say with the mutation; the same object where the mutation is about something else. */
  under({ kind, verdict, request, applying, failed }: Situation, mutation: Mutation): Verdict {
    const { rules, change } = mutation;
    if (request === undefined || change.by === "nothing") return verdict;
    // A mutation never makes a rule speak of another resource.
    const here = rules.filter((rule) => isAbout(rule, request.resource));
    if (here.length === 0) return verdict;
    if (kind === "listing") return listed(this.mutatedAccess(mutation, request.resource), request);
    const effects = new Map(applying);
    const open = here.filter((rule) => {
      const part = failed.get(rule.id);
      return part === undefined || !leavesAlone(change, rule, part);
    });
    if (open.length === 0) return verdict;
    for (const rule of open) {
      if (this.#applies(change, rule, request)) effects.set(rule.id, effectOf(change, rule));
      else effects.delete(rule.id);
    }
    return decided(effects);
  }

  #applies(change: Change, rule: Rule, request: Request): boolean {
    switch (change.by) {
      case "nothing":
        return traceRule(rule, request).outcome === "applies";
      case "rule":
        return change.rule !== undefined && traceRule(change.rule, request).outcome === "applies";
      case "predicate": {
        const factors = this.#changedFactors(rule, change, request.resource);
        return factors !== undefined && factorsApply(rule, factors, request);
      }
    }
  }
}

function effectOf(change: Change, rule: Rule): Rule["effect"] {
  return change.by === "rule" ? (change.rule?.effect ?? rule.effect) : rule.effect;
}

/** Default deny; deny overrides (design, section 3). */
function decided(applying: ReadonlyMap<string, Rule["effect"]>): Verdict {
  const of = (effect: Rule["effect"]) => [...applying].flatMap(([id, one]) => (one === effect ? [id] : []));
  const denies = of("deny");
  if (denies.length > 0) return { decision: "deny", rules: denies };
  const allows = of("allow");
  return { decision: allows.length > 0 ? "allow" : "deny", rules: allows };
}

function isAbout(rule: Rule, { name }: Resource): boolean {
  return rule.on.some((target) => target.resource.text === name);
}

/** The parts one by one, and the condition as it is evaluated, so that no opaque atom is met. */
function factorsApply(rule: Rule, factors: RuleFactors, { interaction }: Request): boolean {
  if (termsHold(factors.callers, interaction) !== true) return false;
  if (termsHold(factors.targets, interaction) !== true) return false;
  if (termHolds({ literals: factors.required, origins: [] }, interaction) !== true) return false;
  const condition = rule.condition?.compiled.evaluate(interaction).value;
  if (condition === undefined) return true;
  return rule.effect === "deny" ? condition !== "false" : condition === "true";
}

function listed(policy: AccessFunction, request: Request): Verdict {
  const { decision, listed: tools }: Decision = listable(policy, request, { callers: [], delegators: [] });
  return {
    decision: decision === "allow" ? "allow" : "deny",
    rules: [],
    ...(tools === undefined ? {} : { listed: tools }),
  };
}

function joined(rules: readonly Lowered[]): AccessFunction {
  const of = (effect: Rule["effect"]) =>
    rules.filter((one) => one.effect === effect).flatMap((one) => one.terms);
  return accessFunction(of("allow"), of("deny"), ...rules.map((one) => one.opaque));
}
