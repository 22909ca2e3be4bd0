import { opaqueAttribute } from "../../access/attribute.ts";
import {
  type AccessFunction,
  holds,
  type OpaqueAtom,
  type Term,
  type Terms,
} from "../../access/predicate.ts";
import { always, and, or } from "../../access/term-algebra.ts";
import { type Moment, partitionAt, unreadable } from "./conditions.ts";
import { mcpCall, mcpOther } from "./guard.ts";
import type { OpaquePolicy, Rule, RuleSet, Unread } from "./model.ts";
import type { Way } from "./way.ts";

/** The MCP calls that rules decide about; of each kind only its own variables are there. */
export const calls = [
  { method: "tools/call", about: "tool", named: "mcp.tool.name" },
  { method: "prompts/get", about: "prompt", named: "mcp.prompt.name" },
  { method: "resources/read", about: "resource", named: "mcp.resource.uri" },
] as const;

export const callMethods: readonly string[] = calls.map((call) => call.method);

export interface WayAccess {
  readonly access: AccessFunction;
  readonly lost: readonly Unread[];
}

/** What passes all rules and policies of a way, of requests with a verified token or without one. */
export function wayAccess(way: Way, token: boolean): WayAccess {
  return new WayLowering(way, token).lower();
}

class WayLowering {
  readonly #deny: Term[] = [];
  readonly #opaque = new Map<string, OpaqueAtom>();
  readonly #lost: Unread[] = [];

  constructor(
    private readonly way: Way,
    private readonly token: boolean,
  ) {}

  lower(): WayAccess {
    const { way } = this;
    if (way.ends !== undefined) return { access: { allow: [], deny: [], opaque: [] }, lost: [] };
    for (const policy of way.opaque) this.#deny.push(this.#policy(policy));
    let allow: Terms = always();
    for (const { set, about } of way.rules) {
      allow = this.#both(allow, this.#rules(set, { about, token: this.token, target: undefined }, []), set);
    }
    if (way.backend.kind === "mcp") allow = this.#both(allow, this.#mcp(), way.mcpRules);
    return {
      access: { allow, deny: this.#deny, opaque: [...this.#opaque.values()] },
      lost: this.#lost,
    };
  }

  /** Calls by the rules; every other MCP message passes, and what is none is refused. */
  #mcp(): Terms {
    const { mcpRules, target, backend } = this.way;
    const others: Terms = [{ literals: mcpOther(callMethods), origins: [] }];
    const perCall = calls.flatMap(({ method, about, named }): Terms => {
      const call: Terms = [{ literals: mcpCall(method, named), origins: [] }];
      if (mcpRules === undefined) return call;
      const moment = { about, token: this.token, target: target?.name };
      return this.#both(call, this.#rules(mcpRules, moment, call[0]?.literals ?? []), mcpRules);
    });
    if (target === undefined && backend.kind === "mcp" && (mcpRules?.rules.length ?? 0) > 0) {
      this.#lost.push({
        text: "the target of MCP calls",
        reason: "several targets share this backend, and the destination names none of them",
        place: backend.place,
      });
    }
    return or(perCall, others);
  }

  /**
   * What a lot of rules allows; what it denies goes to the deny-terms. No rules: everything. A deny that is true
   * denies, a require that is not true denies, one true allow allows, and without allow rules everything is allowed.
   * Source: `RuleSets::validate` in `http/authorization.rs`.
   */
  #rules({ rules }: RuleSet, moment: Moment, inside: Term["literals"]): Terms {
    for (const rule of rules) {
      if (rule.effect === "allow") continue;
      const { true: yes, false: no, error } = this.#partition(rule, moment);
      for (const one of rule.effect === "deny" ? yes : [...no, ...error]) {
        this.#deny.push({ literals: [...inside, ...one.literals], origins: originsOf(rule, one) });
      }
    }
    const allows = rules.filter((rule) => rule.effect === "allow");
    if (allows.length === 0) return always(rules.flatMap((rule) => originsOf(rule)));
    return allows.flatMap((rule) =>
      this.#partition(rule, moment).true.map((one) => ({ ...one, origins: originsOf(rule, one) })),
    );
  }

  #partition(
    rule: Rule,
    moment: Moment,
  ): { readonly true: Terms; readonly false: Terms; readonly error: Terms } {
    const problem = unreadable(rule);
    if (problem !== undefined) return this.#openRule(rule, problem);
    const partition = partitionAt(rule, moment);
    for (const atom of partition.opaque) {
      this.#add({ ...atom, place: atom.place ?? rule.place }, rule.label);
    }
    return partition;
  }

  /** A rule that our checker cannot read as an atom: true, or not. */
  #openRule(rule: Rule, problem: string) {
    const atom: OpaqueAtom = {
      attribute: opaqueAttribute(`agentgateway rule ${rule.source}`),
      text: `${rule.label} is true`,
      reason: problem,
      place: rule.place,
    };
    this.#add(atom, rule.label);
    const is = holds(atom.attribute, { test: "opaque", value: "true" });
    return {
      true: [{ literals: [is], origins: [] }],
      false: [{ literals: [{ ...is, negated: true }], origins: [] }],
      error: [],
    };
  }

  #policy(policy: OpaquePolicy): Term {
    const atom: OpaqueAtom = {
      attribute: opaqueAttribute(`agentgateway policy ${policy.name} ${policy.digest}`),
      text: `the policy ${policy.name} ends the request`,
      reason: `what the policy "${policy.name}" decides is not modelled`,
      place: policy.place,
    };
    this.#add(atom, `the policy ${policy.name}`);
    return {
      literals: [holds(atom.attribute, { test: "opaque", value: "true" })],
      origins: [{ label: policy.name, place: policy.place }],
    };
  }

  #add(atom: OpaqueAtom, what: string): void {
    if (this.#opaque.has(atom.attribute.key)) return;
    this.#opaque.set(atom.attribute.key, atom);
    if (atom.place !== undefined) this.#lost.push({ text: what, reason: atom.reason, place: atom.place });
  }

  #both(a: Terms, b: Terms, set: RuleSet | undefined): Terms {
    const both = and(a, b);
    if (both !== "too-many-terms") return both;
    const place = set?.rules[0]?.place ?? this.way.backend.place;
    const atom: OpaqueAtom = {
      attribute: opaqueAttribute(`agentgateway rules ${set?.rules.map((rule) => rule.source).join(" | ")}`),
      text: `the rules of ${set?.name ?? "the route"} allow the request`,
      reason: "together they have too many cases",
      place,
    };
    this.#add(atom, `the rules of ${set?.name ?? "the route"}`);
    const is = holds(atom.attribute, { test: "opaque", value: "true" });
    return a.map((one) => ({ ...one, literals: [...one.literals, is] }));
  }
}

function originsOf(rule: Rule, one?: Term): Term["origins"] {
  return [{ label: rule.label, place: rule.place }, ...(one?.origins ?? [])];
}
