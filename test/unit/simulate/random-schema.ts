/** Input schemas of random tools: what they ask of arguments beyond their types, which calls may break. */
import { toolSchema } from "../cel/generate.ts";
import { type Fields, Random, some } from "./random.ts";

/**
 * Of `seed` alone, so that what is drawn after it stays the same. Few divisors: predicates cannot say them, and what
 * hangs on one is not compared.
 */
export function inputSchema(seed: string): Fields {
  const random = new Random([...seed].reduce((hash, char) => (hash * 31 + char.charCodeAt(0)) | 0, 7));
  const { properties, ...rest } = toolSchema as { readonly properties: Readonly<Record<string, Fields>> };
  if (random.chance(0.25)) return { ...(toolSchema as Fields) };
  const keywords: Readonly<Record<string, readonly Fields[]>> = {
    amount: [
      { minimum: 0 },
      { exclusiveMinimum: 5 },
      { maximum: 200 },
      { enum: [5, 200] },
      { minimum: 0, maximum: 250 },
      ...(random.chance(0.1) ? [{ multipleOf: 0.5 }] : []),
    ],
    note: [{ maxLength: 2 }, { minLength: 2 }, { pattern: "^a" }, { enum: ["abc", "a"] }, { nullable: true }],
    count: [{ minimum: 1 }, { const: 5 }],
    urgent: [{ const: true }],
  };
  const changed = Object.entries(properties).map(([name, property]): readonly [string, Fields] => {
    const drawn = some(random, keywords[name] ?? [], 0, 2);
    return [name, Object.assign({}, property, ...drawn) as Fields];
  });
  return { ...rest, properties: Object.fromEntries(changed) };
}
