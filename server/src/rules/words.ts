/** How findings name rules and point at their parts. */
import type { Rule } from "../policy/model.ts";
import type { Place } from "../text/place.ts";
import type { Part } from "./analysis/judged.ts";

const mostNamed = 4;

/** `a/b, a/c and 3 others`. */
export function listed(rules: readonly Rule[]): string {
  return shortList(rules.map((rule) => rule.id));
}

/** The first `most` names and how many there are besides; one more is named rather than counted. */
export function shortList(names: readonly string[], most = mostNamed, word = "and"): string {
  return names.length > most + 1
    ? inWords([...names.slice(0, most), `${names.length - most} others`], word)
    : inWords(names, word);
}

export const together = (rules: readonly Rule[]): string => (rules.length > 1 ? " together" : "");

export function inWords(names: readonly string[], word = "and"): string {
  const last = names.at(-1) ?? "";
  return names.length < 2 ? last : `${names.slice(0, -1).join(", ")} ${word} ${last}`;
}

/** The key of a part in the rule; its name where it has none. */
export function placeOfPart(rule: Rule, part: Part | "onBehalfOf"): Place {
  return rule.node.byKey.get(part)?.key.place ?? rule.name.place;
}
