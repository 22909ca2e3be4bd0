import type { BlockCutter } from "../text/blocks.ts";
import type { Problem, Severity } from "../text/problem.ts";

/** A problem at absolute offsets, before the file is cut into blocks. */
export interface RawProblem {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly start: number;
  readonly end: number;
  readonly related?: readonly { readonly start: number; readonly end: number; readonly message: string }[];
  readonly data?: Readonly<Record<string, unknown>>;
}

export function placeProblem(raw: RawProblem, blocks: BlockCutter): Problem {
  const { code, severity, message } = raw;
  return {
    code,
    severity,
    message,
    place: blocks.place(raw.start, raw.end),
    ...(raw.related === undefined
      ? {}
      : {
          related: raw.related.map((one) => ({
            place: blocks.place(one.start, one.end),
            message: one.message,
          })),
        }),
    ...(raw.data === undefined ? {} : { data: raw.data }),
  };
}
