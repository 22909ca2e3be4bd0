/** Other values for a key of a document. */
import type { Label } from "./schema-keys.ts";

/** Where the usual changes of a value mean the same, or cannot be. */
const special: { readonly [label: Label]: readonly unknown[] } = {
  // A condition on a field that the body does not have is an error.
  "Inventory.spec.resources.*(api).operations[].body": [
    { type: "object", properties: { other: {} }, additionalProperties: false },
  ],
  "Inventory.spec.resources.*(service).operations[].body": [
    { type: "object", properties: { other: {} }, additionalProperties: false },
  ],
};

/**
 * Values that say something else, nearest first; a list or mapping without one of its members is another value, too.
 * They may be of another form than the schema wants: who asks has to look.
 */
export function alterations(label: Label, value: unknown, listed: readonly unknown[]): readonly unknown[] {
  const own = special[label];
  if (own !== undefined) return own;
  const others = listed.filter((one) => one !== value);
  return others.length > 0 ? others : altered(value);
}

function altered(value: unknown): readonly unknown[] {
  if (typeof value === "boolean") return [!value];
  if (typeof value === "number") return [value + 1, value * 1000, Math.ceil(value / 1000)];
  if (typeof value === "string") return alteredText(value);
  if (Array.isArray(value))
    return [
      ...value.map((_, index) => value.filter((_one, at) => at !== index)),
      ...value.flatMap((one, index) => altered(one).map((other) => value.with(index, other))),
    ];
  if (typeof value === "object" && value !== null)
    return Object.entries(value).flatMap(([key, one]) =>
      altered(one).map((other) => ({ ...value, [key]: other })),
    );
  return [];
}

function alteredText(value: string): readonly string[] {
  if (/^\d+[smhd]$/.test(value)) return ["1s", "300d"];
  if (/^\d{4}-\d\d-\d\d$/.test(value)) return ["2000-01-01"];
  if (/^\d{4}-\d\d-\d\dT/.test(value)) return ["2000-01-01T00:00:00Z"];
  // Longer, or a condition that holds where this one does not.
  return [`${value}-x`, `!(${value})`, "1.1.1.1"];
}
