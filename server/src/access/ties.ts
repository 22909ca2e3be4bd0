/**
 * Attributes that are parts of one another: a claim inside a claim, an argument inside an argument. The algebra takes
 * attributes for independent; these impossible regions say what of the combinations cannot be.
 */
import type { Attribute } from "./attribute.ts";
import { type AccessFunction, fails, holds, type Literal, type Terms } from "./predicate.ts";

export function attributesOf(...all: readonly Terms[]): readonly Attribute[] {
  const found = new Map<string, Attribute>();
  for (const terms of all)
    for (const one of terms) for (const { attribute } of one.literals) found.set(attribute.key, attribute);
  return [...found.values()];
}

export function attributesOfFunctions(...functions: readonly AccessFunction[]): readonly Attribute[] {
  return attributesOf(...functions.flatMap((one) => [one.allow, one.deny]));
}

/** A part that is present has a whole that is a map: for every pair of `attributes` of which one is inside the other. */
export function tiedParts(attributes: readonly Attribute[]): readonly (readonly Literal[])[] {
  const byId = new Map<string, Attribute[]>();
  for (const one of attributes) {
    if (one.keys.length === 0 || one.sort === "opaque") continue;
    byId.set(one.id, [...(byId.get(one.id) ?? []), one]);
  }
  const impossible: (readonly Literal[])[] = [];
  for (const family of byId.values())
    for (const part of family)
      for (const whole of family)
        if (isInside(part, whole))
          impossible.push([holds(part, { test: "present" }), fails(whole, { test: "type", type: "map" })]);
  return impossible;
}

function isInside(part: Attribute, whole: Attribute): boolean {
  return part.keys.length > whole.keys.length && whole.keys.every((key, index) => key === part.keys[index]);
}
