/** The rules about one resource in one environment, as terms over its requests. */
import { attribute } from "../../access/catalogue.ts";
import type { TermId } from "../../access/term-table.ts";
import type { CallerContext } from "../../policy/lower/callers.ts";
import { assumptions } from "../../policy/lower/resource.ts";
import { joinFactors, originsOf, type RuleFactors, ruleFactors } from "../../policy/lower/rules.ts";
import type { Resource, Rule } from "../../policy/model.ts";
import { union } from "../../simulate/obligations.ts";
import { type Counted, Space } from "./space.ts";

/** A rule in one space. */
export interface Use {
  readonly in: RuleSpace;
  /** Undefined where the rule names nothing that the resource has. */
  readonly factors: RuleFactors | undefined;
  /** Its terms by number. */
  readonly ids: readonly TermId[];
}

type Obligations = Rule["obligations"];

/** Rules with the same obligations share a list; those beyond this many kinds of obligations share one, too. */
const mostKinds = 16;

export class RuleSpace {
  readonly space: Space;
  readonly denies: Counted;
  readonly #allows = new Map<string, { readonly list: Counted; readonly obligations: Obligations }>();
  /** Of rules with rare obligations: what they allow is certain, what they oblige to is not looked at. */
  #others: Counted | undefined;
  readonly #owners = new Map<TermId, Set<Rule>>();
  readonly #ids = new Map<Rule, readonly TermId[]>();
  readonly #taken = new Set<Rule>();

  constructor(
    readonly resource: Resource,
    readonly context: CallerContext,
  ) {
    const regions = assumptions(context.set, resource, context.environment).map(({ literals }) => ({
      literals,
      origins: [],
    }));
    const environment = attribute("context.environment");
    const isElsewhere = (one: (typeof regions)[number]): boolean =>
      one.literals.every((literal) => literal.attribute === environment);
    this.space = new Space(
      regions.filter((one) => !isElsewhere(one)),
      regions.filter(isElsewhere),
    );
    this.denies = this.space.newList();
  }

  /** `counts`: whether it takes part in decisions, so that it can make other rules needless. */
  use(rule: Rule, counts: boolean): Use {
    const use = this.#useOf(rule);
    if (!counts) return use;
    this.#ids.set(rule, use.ids);
    const list = this.#listOf(rule);
    for (const id of use.ids) {
      list.add(id);
      const owners = this.#owners.get(id);
      if (owners === undefined) this.#owners.set(id, new Set([rule]));
      else owners.add(rule);
    }
    return use;
  }

  /** The terms of a rule that counts. */
  idsOf(rule: Rule): readonly TermId[] {
    return this.#ids.get(rule) ?? [];
  }

  /** A rule narrowed to some of what it names: it takes no part in anything. */
  narrowed(rule: Rule): Use {
    return this.#useOf(rule);
  }

  /** Takes the rule out of the decisions, unless that was done before. */
  take(rule: Rule): void {
    if (this.#taken.has(rule)) return;
    this.#taken.add(rule);
    const list = this.#listOf(rule);
    for (const id of this.idsOf(rule)) list.remove(id);
  }

  putBack(rule: Rule): void {
    if (!this.#taken.delete(rule)) return;
    const list = this.#listOf(rule);
    for (const id of this.idsOf(rule)) list.add(id);
  }

  #useOf(rule: Rule): Use {
    const factors = ruleFactors(rule, this.resource, this.context);
    const terms = factors === undefined ? [] : joinFactors(factors, originsOf(rule));
    return { in: this, factors, ids: terms.map((term) => this.space.intern(term)) };
  }

  /** The rules that have this term, whether they are taken out or not. */
  owners(id: TermId): ReadonlySet<Rule> {
    return this.#owners.get(id) ?? nobody;
  }

  /** The allow rules that oblige to everything that `rule` obliges to. */
  allowsInsteadOf(rule: Rule): readonly Counted[] {
    const lists = [...this.#allows.values()].flatMap(({ list, obligations }) =>
      includes(obligations, rule.obligations) ? [list] : [],
    );
    if (this.#others !== undefined && Object.keys(rule.obligations).length === 0) lists.push(this.#others);
    return lists;
  }

  #listOf({ effect, obligations }: Rule): Counted {
    if (effect === "deny") return this.denies;
    const key = JSON.stringify(obligations);
    const known = this.#allows.get(key);
    if (known !== undefined) return known.list;
    if (this.#allows.size >= mostKinds) {
      this.#others ??= this.space.newList();
      return this.#others;
    }
    const list = this.space.newList();
    this.#allows.set(key, { list, obligations });
    return list;
  }
}

const nobody: ReadonlySet<Rule> = new Set();

/** Whether the union of both obliges to no more than the first alone. */
export function includes(all: Obligations, some: Obligations): boolean {
  if (all === some || Object.keys(some).length === 0) return true;
  return JSON.stringify(union([all, some])) === JSON.stringify(union([all]));
}
