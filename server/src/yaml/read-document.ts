import { type Composed, composeTokens } from "./compose.ts";
import { type ConditionTrap, conditionTraps, defuse } from "./condition-trap.ts";
import type { Dialect } from "./cuts.ts";
import { type Recovered, recover } from "./recover.ts";
import { readTokens } from "./tokens.ts";

export interface ReadDocument extends Recovered {
  readonly traps: readonly ConditionTrap[];
  /** The source as it was read: trapped conditions made harmless, offsets as before. */
  readonly source: string;
}

/** More rounds than conditions that hide each other; each round reads the tokens once. */
const maxRounds = 10;

/**
 * Parses the source of one document. In a policy file, conditions that YAML would change are made harmless first, so
 * that they cost nothing but their own problem; then broken entries are left out.
 */
export function readDocument(source: string, dialect: Dialect): ReadDocument {
  let mended: readonly ConditionTrap[] = [];
  let current = source;
  for (let round = 0; ; round++) {
    const { tokens, tooDeep } = readTokens(current);
    if (tooDeep !== undefined) {
      const nothing: Composed = { contents: null, errors: [], tokens: [], tooDeep };
      return { ...nothing, traps: [], unread: [], source };
    }
    const traps = dialect === "plumbline" && round < maxRounds ? conditionTraps(tokens, current) : [];
    const harmful = traps.filter((trap) => !trap.commentOnly);
    if (harmful.length > 0) {
      // A broken condition can hide the ones behind it, so that the tokens are read anew.
      mended = [...mended, ...harmful];
      current = defuse(current, harmful);
      continue;
    }
    const composed = recover(current, composeTokens(tokens, current.length), dialect);
    return { ...composed, traps: [...mended, ...traps], source: current };
  }
}
