/** The fewest rules that cover another one together: the evidence of a finding. */
import type { Budget } from "../../access/budget.ts";
import type { Rule } from "../../policy/model.ts";
import { type Covered, coverRule, type Judged } from "./judged.ts";
import type { Use } from "./rule-space.ts";
import type { Counted } from "./space.ts";

/** Of so many equal rules one is as good as all. */
const mostOwners = 8;

/** The rules whose terms cover a rule. `mayCount`: which ones may. */
export function coveringRules(covered: Covered, mayCount: (rule: Rule) => boolean): readonly Rule[] {
  const rules = new Set<Rule>();
  for (const { use, by } of covered) {
    for (const id of by) {
      let count = 0;
      for (const owner of use.in.owners(id)) {
        if (!mayCount(owner)) continue;
        rules.add(owner);
        if (++count >= mostOwners) break;
      }
    }
  }
  return [...rules];
}

/**
 * Those of `candidates` that are needed to cover `judged`, one alone where one alone does; undefined where even all of
 * them do not, as far as the budget tells. Whatever is in the lists of `besides` covers as well. Earlier candidates are
 * left out first.
 */
export function fewest(
  judged: Judged,
  candidates: readonly Rule[],
  budget: Budget,
  besides: (use: Use) => readonly Counted[] = () => [],
): readonly Rule[] | undefined {
  const suffices = (rules: readonly Rule[]): boolean => {
    const within = (use: Use) => ({
      lists: besides(use),
      terms: rules.flatMap((rule) => use.in.idsOf(rule)),
    });
    return typeof coverRule(judged, within, budget) !== "string";
  };
  for (const one of candidates) if (suffices([one])) return [one];
  if (!suffices(candidates)) return undefined;
  let needed = candidates;
  for (const one of candidates) {
    const rest = needed.filter((other) => other !== one);
    if (suffices(rest)) needed = rest;
  }
  return needed;
}
