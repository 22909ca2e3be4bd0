/** One text for one value: keys sorted, maps and sets as lists, `undefined` left out. For telling values apart. */
export function stableJson(value: unknown): string {
  return JSON.stringify(plain(value)) ?? "null";
}

function plain(value: unknown): unknown {
  if (value instanceof Map)
    return [...(value as ReadonlyMap<string, unknown>)]
      .map(([key, one]) => [key, plain(one)] as const)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.keys(value)
    .sort()
    .map((key) => [key, plain((value as Readonly<Record<string, unknown>>)[key])]);
}
