/** What JSON Schema says of values alone: their types, whether two are the same, whether one is repeated. */

/** Types as JSON Schema calls them. Throws for one that it does not have. */
export function hasType(value: unknown, type: string): boolean {
  switch (type) {
    case "null":
      return value === null;
    case "array":
      return Array.isArray(value);
    case "object":
      return isObject(value);
    case "integer":
      return Number.isInteger(value);
    case "number":
      return typeof value === "number" && Number.isFinite(value);
    case "string":
      return typeof value === "string";
    case "boolean":
      return typeof value === "boolean";
    default:
      throw new Error(`there is no type ${type} in JSON Schema`);
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Deep equality of JSON values. */
export function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((one, index) => isSame(one, b[index]));
  if (!isObject(a) || !isObject(b)) return Number.isNaN(a) && Number.isNaN(b);
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && isSame(a[key], b[key]))
  );
}

export type Repeated = Readonly<Record<"i" | "j", number>>;

/** The last item that is repeated behind it, and where; what is of another type has its own error. */
export function repeatedScalar(items: readonly unknown[], types: readonly string[]): Repeated | undefined {
  const behind = new Map<unknown, number>();
  for (let i = items.length - 1; i >= 0; i--) {
    const item = items[i];
    if (!types.some((type) => hasType(item, type))) continue;
    const j = behind.get(item);
    if (j !== undefined) return { i, j };
    behind.set(item, i);
  }
  return undefined;
}

/** The last item that repeats one before it, and the nearest of these. Scalars are looked up, so that it stays linear. */
export function repeatedItem(items: readonly unknown[]): Repeated | undefined {
  const first = new Map<unknown, number[]>();
  const structured: number[] = [];
  for (const [index, item] of items.entries()) {
    if (typeof item === "object" && item !== null) structured.push(index);
    else first.set(item, [...(first.get(item) ?? []).slice(-1), index]);
  }
  let found: Repeated | undefined;
  for (const [j, i] of first.values())
    if (j !== undefined && i !== undefined && i > (found?.i ?? -1)) found = { i, j };
  for (let at = structured.length - 1; at >= 0; at--) {
    const i = structured[at] ?? 0;
    if (found !== undefined && i < found.i) break;
    for (let before = at - 1; before >= 0; before--) {
      const j = structured[before] ?? 0;
      if (isSame(items[i], items[j])) return { i, j };
    }
  }
  return found;
}
