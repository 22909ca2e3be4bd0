/** Sets of identities stand for their members wherever they are named: the model that everybody reads has members only. */
import type { Identity, Rule, Written } from "../model.ts";

type Identities = ReadonlyMap<string, Identity>;

/** Each name of a set as its members, members of sets in it too, all at the place of the name. Each once. */
export function withoutSets(names: readonly Written[], identities: Identities): readonly Written[] {
  if (!names.some(({ text }) => identities.get(text)?.members !== undefined)) return names;
  const found = new Map<string, Written>();
  const seen = new Set<string>();
  // Without recursion: a hostile inventory may nest thousands of sets.
  const open = [...names].reverse();
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { text, place } = next;
    const members = identities.get(text)?.members;
    if (members === undefined) {
      if (!found.has(text)) found.set(text, next);
    } else if (!seen.has(text)) {
      // A set in itself, by however many others, adds nothing; the circle is a finding of its own.
      seen.add(text);
      open.push(...members.map((member) => ({ text: member.text, place })).reverse());
    }
  }
  return [...found.values()];
}

export function identitiesWithoutSets(identities: Identities): Identities {
  return new Map(
    [...identities].map(([name, identity]) => {
      const actsFor = withoutSets(identity.actsFor, identities);
      return [name, actsFor === identity.actsFor ? identity : { ...identity, actsFor }];
    }),
  );
}

export function ruleWithoutSets(rule: Rule, identities: Identities): Rule {
  const subjects = rule.subjects && withoutSets(rule.subjects, identities);
  const onBehalfOf = rule.onBehalfOf && withoutSets(rule.onBehalfOf, identities);
  return subjects === rule.subjects && onBehalfOf === rule.onBehalfOf
    ? rule
    : { ...rule, subjects, onBehalfOf };
}
