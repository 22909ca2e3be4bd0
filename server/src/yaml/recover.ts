import type { YAMLParseError } from "yaml";
import { type Composed, composeSource } from "./compose.ts";
import type { Dialect } from "./cuts.ts";
import { blankOut, type Region, suspectRegions } from "./regions.ts";
import { isStructural } from "./syntax.ts";

/** What reading again may cost in all, in characters read. A larger document with errors is not read at all. */
const maxWork = 6_000_000;
/** With more errors than this at once, a file is not a policy with a mistake, and reading on would only cost. */
const maxErrors = 200;
/** Broken entries of one document that are found independently of each other. */
const maxBroken = 8;

export interface Recovered extends Composed {
  /** The entries that were left out, since what they say cannot be told. */
  readonly unread: readonly Region[];
}

/**
 * Reads a document with syntax errors again without its broken entries, one after the other: the rest of the document
 * is sound then, and errors in other entries are found on their own, not as consequences of the first. Of deployed
 * files only entries of `items` are left out, because a resource without one of its parts means something else. What
 * cannot be mended so has no contents. `errors` has one error for each cause.
 */
export function recover(source: string, composed: Composed, dialect: Dialect): Recovered {
  const causes: YAMLParseError[] = [];
  const unread: Region[] = [];
  let current = source;
  let best = composed;
  let work = 0;
  for (let error = firstStructural(best); error !== undefined; error = firstStructural(best)) {
    const { pos } = error;
    causes.push(error);
    let mended: Attempt | undefined;
    const hopeless = unread.length === maxBroken || best.errors.length > maxErrors;
    for (const regions of hopeless ? [] : suspectRegions(current, pos[0], dialect)) {
      for (const region of regions) {
        work += current.length;
        const attempt = work > maxWork ? undefined : without(current, region);
        if (attempt !== undefined && attempt.reach > (mended?.reach ?? pos[0])) mended = attempt;
        if (attempt?.reach === Number.POSITIVE_INFINITY) break;
      }
      // The next error must be beyond what was left out; else something larger around it is broken.
      if (mended !== undefined && mended.reach >= mended.region.end) break;
      mended = undefined;
    }
    if (mended === undefined) {
      const before = best.errors.filter((one) => !isStructural(one) && one.pos[0] < pos[0]);
      return { ...best, contents: null, errors: [...causes, ...before], unread };
    }
    unread.push(mended.region);
    current = mended.source;
    best = mended.composed;
  }
  return { ...best, errors: [...causes, ...best.errors], unread };
}

interface Attempt {
  readonly source: string;
  readonly composed: Composed;
  readonly region: Region;
  /** Where the first structural error is now. */
  readonly reach: number;
}

function without(source: string, region: Region): Attempt | undefined {
  const rest = blankOut(source, region);
  const composed = composeSource(rest);
  if (composed.tooDeep !== undefined) return undefined;
  const reach = firstStructural(composed)?.pos[0] ?? Number.POSITIVE_INFINITY;
  return { source: rest, composed, region, reach };
}

function firstStructural({ errors }: Composed): YAMLParseError | undefined {
  let first: YAMLParseError | undefined;
  for (const error of errors)
    if (isStructural(error) && (first === undefined || error.pos[0] < first.pos[0])) first = error;
  return first;
}
