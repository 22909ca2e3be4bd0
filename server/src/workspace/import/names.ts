/** Names of new entries: as the schema wants them (schemas/common.schema.json, `name`), and free. */

const maxLength = 253;

/** The nearest name that an entry can have: `Payments API (v2)` is `payments-api-v2`. Undefined where nothing is left. */
export function nameOf(text: string): string | undefined {
  const name = text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/[^A-Za-z0-9._-]+/g, "-")
    .replace(/^[^A-Za-z0-9]+/, "")
    .slice(0, maxLength)
    .replace(/[^A-Za-z0-9]+$/, "");
  return name === "" ? undefined : name;
}

/** A title as names are written: in lower case, with dashes. */
export function titleName(text: string): string | undefined {
  return nameOf(text)?.toLowerCase();
}

/** The best name that nothing else has, and takes it. */
export function takeName(names: readonly string[], taken: Set<string>): string {
  const free = names.find((name) => !taken.has(name)) ?? numbered(names.at(-1) ?? "imported", taken);
  taken.add(free);
  return free;
}

function numbered(name: string, taken: ReadonlySet<string>): string {
  for (let number = 2; ; number++) {
    const suffix = `-${number}`;
    const candidate = name.slice(0, maxLength - suffix.length) + suffix;
    if (!taken.has(candidate)) return candidate;
  }
}
