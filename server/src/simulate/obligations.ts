import type { Json } from "../access/interaction.ts";

type Obligations = Readonly<Record<string, Json>>;

/**
 * What must happen is the union over all applicable allows (design, section 3). Lists are joined, equal members once;
 * of two different values for one key both are kept, in a list.
 */
export function union(all: readonly Obligations[]): Obligations {
  const merged = new Map<string, Json>();
  for (const obligations of all)
    for (const [key, value] of Object.entries(obligations)) {
      const known = merged.get(key);
      merged.set(key, known === undefined ? value : both(known, value));
    }
  return Object.fromEntries(merged);
}

function both(known: Json, value: Json): Json {
  if (JSON.stringify(known) === JSON.stringify(value)) return known;
  const members = new Map([...listed(known), ...listed(value)].map((one) => [JSON.stringify(one), one]));
  return [...members.values()];
}

function listed(value: Json): readonly Json[] {
  return Array.isArray(value) ? value : [value];
}
