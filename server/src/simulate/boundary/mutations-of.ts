/** All mutations of a policy set in one environment, those that say the same once. */
import { termKey } from "../../access/literal-key.ts";
import { ConditionCompiler } from "../../policy/build/conditions.ts";
import type { Rule } from "../../policy/model.ts";
import type { MutatedPolicy } from "./mutated-policy.ts";
import type { Mutation, MutationDraft } from "./mutation.ts";
import { predicateMutations, type RuleOn } from "./predicate-mutations.ts";
import { ruleMutations } from "./rule-mutations.ts";

/** Beyond this a rule is mutated no further; what is left is listed as one mutation that nothing is known of. */
const maxMutationsOfRule = 1_000;

/** Those of the enforced rules, or of one of them, by its id. */
export function mutationsOf(policy: MutatedPolicy, only?: string): readonly Mutation[] {
  const compiler = new ConditionCompiler(policy.declared.resources);
  const rules = policy.rules.filter((rule) => only === undefined || rule.id === only);
  const found = new Unique(policy);
  for (const rule of rules) {
    let count = 0;
    for (const draft of ruleMutations(rule, compiler.environment(rule.on))) {
      found.add(count < maxMutationsOfRule ? draft : tooMany(rule));
      if (count++ >= maxMutationsOfRule) break;
    }
  }
  for (const draft of predicateMutations(rules.flatMap((rule) => partsOf(rule, policy)))) found.add(draft);
  return found.mutations;
}

function partsOf(rule: Rule, policy: MutatedPolicy): readonly RuleOn[] {
  return policy.resourcesOf(rule).flatMap((resource) => {
    const factors = policy.factorsOf(rule, resource);
    return factors === undefined ? [] : [{ rule, resource, factors }];
  });
}

class Unique {
  readonly mutations: Mutation[] = [];
  readonly #meanings = new Set<string>();
  readonly #ids = new Set<string>();

  constructor(private readonly policy: MutatedPolicy) {}

  add(draft: MutationDraft): void {
    const meaning = this.#meaningOf(draft);
    if (meaning !== undefined && this.#meanings.has(meaning)) return;
    if (meaning !== undefined) this.#meanings.add(meaning);
    this.mutations.push({ ...draft, id: this.#idOf(draft) });
  }

  /** Two targets may drop an operation of the same name: the second one gets a number. */
  #idOf({ about, words }: MutationDraft): string {
    const base = `${about}: ${words}`;
    let id = base;
    for (let count = 2; this.#ids.has(id); count++) id = `${base} (${count})`;
    this.#ids.add(id);
    return id;
  }

  /** The mutated rules on each of their resources, as text: what is the same text allows the same. */
  #meaningOf(draft: MutationDraft): string | undefined {
    if (draft.change.by === "nothing") return undefined;
    const parts = draft.rules.flatMap((rule) =>
      this.policy.resourcesOf(rule).map((resource) => {
        const { effect, terms } = this.policy.mutated(draft.change, rule, resource);
        return [
          rule.id,
          resource.name,
          ...(terms.length === 0 ? [] : [effect]),
          ...new Set(terms.map(termKey)),
        ];
      }),
    );
    return JSON.stringify(parts);
  }
}

function tooMany(rule: Rule): MutationDraft {
  const reason = `The rule has more than ${maxMutationsOfRule} predicates; the others were not looked at.`;
  const words = `one of its predicates beyond the first ${maxMutationsOfRule} changes`;
  const change = { by: "nothing", reason } as const;
  return { about: rule.id, rules: [rule], kind: "condition", words, place: rule.name.place, change };
}
