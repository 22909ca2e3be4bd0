import type { Place } from "./place.ts";

export type Severity = "error" | "warning" | "information" | "hint";

/**
 * A finding inside the engine: like the JSON contract's `finding` (workspace/finding.ts), but with places instead
 * of lines. `code` is stable and never reused: `yaml/...`, `schema/...`, `reference/...`, `cel/...`, `drift/...`.
 */
export interface Problem {
  readonly code: string;
  readonly severity: Severity;
  /** What is wrong, why it matters, what to do; plain text, by the names the user knows. */
  readonly message: string;
  readonly place: Place;
  readonly related?: readonly { readonly place: Place; readonly message: string }[];
  /** For quick fixes and machines, for example `{ replaceWith: "amount" }`. JSON values only. */
  readonly data?: Readonly<Record<string, unknown>>;
}
