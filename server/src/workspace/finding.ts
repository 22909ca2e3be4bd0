import type { Location, Range } from "../text/place.ts";
import type { Severity } from "../text/problem.ts";

/** The JSON contract of a finding (design, section 7). Positions are zero-based UTF-16, as in LSP. */
export interface Finding {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly uri: string;
  readonly range: Range;
  readonly related: readonly (Location & { readonly message: string })[];
  /** The environments in which it holds; empty: in all, or independent of them. */
  readonly environments: readonly string[];
  readonly fixable: boolean;
  readonly data: Readonly<Record<string, unknown>>;
}
