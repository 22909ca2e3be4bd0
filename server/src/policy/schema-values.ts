/** What JSON Schema says of values alone: their types, whether two are the same, whether one is repeated. */

export type Items = readonly unknown[];
export type Fields = Readonly<Record<string, unknown>>;

export const isString = (value: unknown): value is string => typeof value === "string";
export const isNumber = (value: unknown): value is number =>
  typeof value === "number" && Number.isFinite(value);
export const isArray = (value: unknown): value is Items => Array.isArray(value);
export const isObject = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Types as JSON Schema calls them. Throws for one that it does not have. */
export function hasType(value: unknown, type: string): boolean {
  switch (type) {
    case "null":
      return value === null;
    case "array":
      return isArray(value);
    case "object":
      return isObject(value);
    case "integer":
      return Number.isInteger(value);
    case "number":
      return isNumber(value);
    case "string":
      return isString(value);
    case "boolean":
      return typeof value === "boolean";
    default:
      throw new Error(`there is no type ${type} in JSON Schema`);
  }
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

/** Two places in a list, as ajv names them. */
export type Repeated = Readonly<Record<"i" | "j", number>>;

/** The last item that stands again behind it, and where next; what is of another type has its own error. */
export function repeatedScalar(items: Items, types: readonly string[]): Repeated | undefined {
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

/** The last item that stands before it, too, and where last. */
export function repeatedItem(items: Items): Repeated | undefined {
  const scalars = new Map<unknown, number>();
  const structures = new Map<unknown, number>();
  let found: Repeated | undefined;
  for (let i = 0; i < items.length; i++) {
    const item = items[i];
    const isStructure = typeof item === "object" && item !== null;
    const key = isStructure ? canonical(item) : item;
    const seen = isStructure ? structures : scalars;
    const j = seen.get(key);
    if (j !== undefined) found = { i, j };
    seen.set(key, i);
  }
  return found;
}

/** A text that two values share where `isSame` holds of them, and only there: it lets repetition be found in one pass. */
function canonical(value: unknown): string {
  if (isArray(value)) return `[${value.map(canonical).join()}]`;
  if (!isObject(value)) return typeof value === "number" ? String(value) : JSON.stringify(value);
  const fields = Object.keys(value).sort();
  return `{${fields.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join()}}`;
}
