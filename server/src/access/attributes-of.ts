import type { Attribute } from "./attribute.ts";
import type { AccessFunction, Terms } from "./predicate.ts";

/** The attributes that terms speak of, each once, in the order of first mention. */
export function attributesOf(...lists: readonly Terms[]): readonly Attribute[] {
  const found = new Map<string, Attribute>();
  for (const terms of lists) {
    for (const term of terms) {
      for (const { attribute } of term.literals) found.set(attribute.key, attribute);
    }
  }
  return [...found.values()];
}

export function attributesOfFunctions(...functions: readonly AccessFunction[]): readonly Attribute[] {
  return attributesOf(...functions.flatMap((one) => [one.allow, one.deny]));
}
