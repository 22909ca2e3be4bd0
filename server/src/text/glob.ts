/**
 * Globs as VS Code has them: `*` and `?` within a segment, `**` over segments, `{a,b}`, `[a-z]`, `[!a]`. Matching is
 * by hand and not by regular expressions, since globs come from the workspace and must not cost exponential time.
 */

/** More alternatives than a person writes; the rest of a hostile glob is dropped. */
const MAX_ALTERNATIVES = 256;

/** Whether a path (relative, `/` between segments) matches one of the globs. */
export function globMatcher(globs: readonly string[]): (path: string) => boolean {
  const patterns = globs.flatMap((glob) => expandBraces(normalise(glob))).map((glob) => glob.split("/"));
  return (path) => {
    const segments = path.split("/");
    return patterns.some((pattern) => matchSegments(pattern, segments));
  };
}

/**
 * The longest folder that every match of the globs stands below, without a trailing slash; `""` is the base itself.
 * Walking may start there.
 */
export function literalPrefix(glob: string): string {
  const segments = normalise(glob).split("/");
  const wild = segments.findIndex((segment) => /[*?{[]/.test(segment));
  return segments.slice(0, wild === -1 ? segments.length - 1 : wild).join("/");
}

function normalise(glob: string): string {
  return glob.replace(/^(\.\/)+/, "");
}

function expandBraces(glob: string): readonly string[] {
  let done: string[] = [];
  let open = [glob];
  while (open.length > 0) {
    const next: string[] = [];
    for (const item of open) {
      const alternatives = expandFirstBrace(item);
      if (alternatives === undefined) done.push(item);
      else next.push(...alternatives);
    }
    open = next.slice(0, MAX_ALTERNATIVES);
    done = done.slice(0, MAX_ALTERNATIVES);
  }
  return done;
}

/** The alternatives of the first `{...}`, or undefined where there is none (or it is never closed). */
function expandFirstBrace(glob: string): readonly string[] | undefined {
  const start = glob.indexOf("{");
  if (start === -1) return undefined;
  const parts: string[] = [];
  let depth = 0;
  let from = start + 1;
  for (let index = start; index < glob.length; index++) {
    const character = glob[index];
    if (character === "{") depth++;
    else if (character === "," && depth === 1) {
      parts.push(glob.slice(from, index));
      from = index + 1;
    } else if (character === "}") {
      depth--;
      if (depth > 0) continue;
      parts.push(glob.slice(from, index));
      return parts.map((part) => glob.slice(0, start) + part + glob.slice(index + 1));
    }
  }
  return undefined;
}

/** `**` matches any number of segments; a table keeps this at pattern length times path length. */
function matchSegments(pattern: readonly string[], path: readonly string[]): boolean {
  // reachable[j]: the pattern so far matches the first j segments.
  let reachable = path.map(() => false);
  reachable = [true, ...reachable];
  for (const part of pattern) {
    const next = reachable.map(() => false);
    for (let j = 0; j < reachable.length; j++) {
      if (part === "**") next[j] = reachable[j] === true || (j > 0 && next[j - 1] === true);
      else next[j] = j > 0 && reachable[j - 1] === true && matchSegment(part, path[j - 1] ?? "");
    }
    reachable = next;
  }
  return reachable[path.length] === true;
}

/** One segment; the last `*` is the only one that ever needs to be tried again. */
function matchSegment(pattern: string, text: string): boolean {
  let p = 0;
  let t = 0;
  let star = -1;
  let starText = 0;
  while (t < text.length) {
    if (pattern[p] === "*") {
      star = p++;
      starText = t;
      continue;
    }
    const length = matchOne(pattern, p, text[t] ?? "");
    if (length > 0) {
      p += length;
      t++;
    } else if (star !== -1) {
      p = star + 1;
      t = ++starText;
    } else return false;
  }
  while (pattern[p] === "*") p++;
  return p === pattern.length;
}

/** How much of the pattern at `p` the character uses up; 0 where it does not match. */
function matchOne(pattern: string, p: number, character: string): number {
  const expected = pattern[p];
  if (expected === "?") return 1;
  if (expected !== "[") return expected === character ? 1 : 0;
  const end = pattern.indexOf("]", p + 2);
  if (end === -1) return expected === character ? 1 : 0;
  const negated = pattern[p + 1] === "!" || pattern[p + 1] === "^";
  const set = pattern.slice(p + (negated ? 2 : 1), end);
  let inside = false;
  for (let index = 0; index < set.length; index++) {
    const low = set[index] ?? "";
    const isRange = set[index + 1] === "-" && index + 2 < set.length;
    const high = isRange ? (set[index + 2] ?? "") : low;
    if (low <= character && character <= high) inside = true;
    if (isRange) index += 2;
  }
  return inside === negated ? 0 : end - p + 1;
}
