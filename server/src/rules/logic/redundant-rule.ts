import { verdictsOf } from "../analysis/facts.ts";
import { proofs } from "../analysis/proofs.ts";
import { removeRule } from "../analysis/rule-fixes.ts";
import type { VerdictOf } from "../analysis/verdict.ts";
import { type LintContext, lintRule, type RuleFinding } from "../lint-rule.ts";
import { listed, together } from "../words.ts";

export const redundantRule = lintRule({
  id: "redundant-rule",
  category: "logic",
  traffic: ["api", "service", "ai", "event"],
  controls: ["NIST-CSF-2.0:PR.AA-05"],
  fixable: true,
  check,
});

function check({ logic, files, environments }: LintContext): readonly RuleFinding[] {
  const verdicts = verdictsOf(logic, "redundant").filter((one) => !isByReuse(one, environments));
  return verdicts.map((verdict) => {
    const { judged, by, deniedBy } = verdict;
    const { rule } = judged;
    const all = [...by, ...deniedBy];
    return {
      place: rule.name.place,
      message: `${whatCovers(verdict)}, so that this rule changes no decision. ${why(verdict)} ${advice(verdict)}`,
      related: all.map((one) => ({
        place: one.name.place,
        message: `${one.id} ${one.effect === "allow" ? "allows" : "denies"} ${all.length > 1 ? "a part of it" : "all of it"}.`,
      })),
      data: { rule: rule.id, rules: all.map((one) => one.id) },
      fixes: removeRule(rule, files),
    };
  });
}

/**
 * Whether it covers the rule only because a subject of it and one of another rule are proven by the same: of that
 * `identity-reuse` speaks, and with an identity of its own each rule says something.
 */
function isByReuse(
  { judged: { rule }, by }: VerdictOf<"redundant">,
  environments: LintContext["environments"],
): boolean {
  if (by.some((one) => one.subjects === undefined)) return false;
  const others = new Set(by.flatMap((one) => one.subjects ?? []).map((one) => one.text));
  const own = (rule.subjects ?? []).filter((one) => !others.has(one.text));
  return environments.some(({ environment, set }) => {
    const keysOf = (name: string): readonly string[] => {
      const identity = set.identities.get(name);
      return identity === undefined ? [] : proofs(identity, environment).map((one) => one.key);
    };
    const shared = new Set([...others].flatMap(keysOf));
    return own.some((one) => keysOf(one.text).some((key) => shared.has(key)));
  });
}

function whatCovers({ judged: { rule }, by, deniedBy, isSame }: VerdictOf<"redundant">): string {
  if (isSame)
    return `${listed(by)} ${verb(rule.effect, 1)} exactly the requests that ${rule.id} ${verb(rule.effect, 1)}`;
  const denied =
    deniedBy.length === 0 ? "" : `, and ${listed(deniedBy)} ${verb("deny", deniedBy.length)} the rest`;
  const what = deniedBy.length === 0 ? "every request" : "some of the requests";
  return `${listed(by)}${together(by)} already ${verb(rule.effect, by.length)} ${what} that ${rule.id} ${verb(rule.effect, 1)}${denied}`;
}

function why({ judged: { rule }, isSame }: VerdictOf<"redundant">): string {
  if (rule.effect === "deny") return "Whoever lifts the deny in one place leaves it in the other.";
  return isSame
    ? "Whoever takes the access back in one place leaves it in the other."
    : "Whoever removes it to take the access back takes nothing back.";
}

function advice({ judged: { rule }, by, isSame }: VerdictOf<"redundant">): string {
  if (isSame) return "Keep one of the two.";
  return by.length > 1 || rule.effect === "deny"
    ? "Remove it."
    : `Remove it, or narrow ${listed(by)} if that says more than was meant.`;
}

function verb(effect: "allow" | "deny", count: number): string {
  const plural = effect === "allow" ? "allow" : "deny";
  return count > 1 ? plural : plural === "allow" ? "allows" : "denies";
}
