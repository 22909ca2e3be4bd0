/** The policy as the next hop could state it: what the intent is over the attributes that a transfer leaves. */
import type { Attribute } from "../access/attribute.ts";
import type { Budget } from "../access/budget.ts";
import { attribute } from "../access/catalogue.ts";
import type { HopBranch } from "../access/hop.ts";
import { type AccessFunction, holds, type Literal, type Term, type Terms } from "../access/predicate.ts";
import { project } from "../access/project.ts";
import { guarded } from "../access/terms.ts";
import { exactly, oneOf, sequence, type TextPattern } from "../access/text-pattern.ts";
import { rewriteOf } from "../access/transfer.ts";
import { survives } from "./visibility.ts";

/**
 * The image of `fn` under a branch: allowed iff some request that the branch sends on so is allowed. Undefined where
 * a rewritten path has no image that patterns can express, or the projection is too complex.
 */
export function pushForward(
  fn: AccessFunction,
  branch: HopBranch,
  budget: Budget,
): AccessFunction | undefined {
  const inside = guarded(fn, branch.guard);
  if (inside === "too-many-terms") return undefined;
  const passes = (one: Attribute) => one.sort === "opaque" || survives(one, branch);
  const passing = project(inside, passes, { budget });
  if (passing === "too-complex") return undefined;
  const allow = rewriteAll(passing.allow, branch);
  const deny = rewriteAll(passing.deny, branch);
  return allow === undefined || deny === undefined ? undefined : { allow, deny, opaque: passing.opaque };
}

function rewriteAll(terms: Terms, branch: HopBranch): Terms | undefined {
  const constants = constantLiterals(branch);
  const result: Term[] = [];
  for (const one of terms) {
    const literals: Literal[] = [];
    for (const literal of one.literals) {
      const image = imageOf(literal, branch);
      if (image === undefined) return undefined;
      literals.push(image);
    }
    result.push({ ...one, literals: [...literals, ...constants] });
  }
  return result;
}

/** What the hop sees of every request of the branch, whatever it was before. */
function constantLiterals(branch: HopBranch): readonly Literal[] {
  const literals: Literal[] = [];
  for (const [id, rewrite] of branch.transfer.rewrites) {
    if (rewrite.rewrite !== "constant" || id.endsWith(".*")) continue;
    const { value } = rewrite;
    literals.push(
      typeof value === "number"
        ? holds(attribute(id), { test: "range", min: value, max: value })
        : holds(attribute(id), { test: "text", pattern: exactly(value) }),
    );
  }
  return literals;
}

function imageOf(literal: Literal, branch: HopBranch): Literal | undefined {
  const rewrite = rewriteOf(literal.attribute, branch.transfer);
  if (rewrite.rewrite !== "stripPrefix") return literal;
  if (literal.test.test === "present") return literal;
  if (literal.test.test !== "text") return undefined;
  const pattern = withoutPrefix(literal.test.pattern, rewrite.prefix, rewrite.add);
  return pattern && { ...literal, test: { test: "text", pattern } };
}

/** Only patterns that begin with the whole prefix have an image here; the rest is left to `unknown`. */
function withoutPrefix(pattern: TextPattern, prefix: string, add: string): TextPattern | undefined {
  // As `stripPrefix` says: what is added and what is left, with a leading slash where they have none.
  const rest = (text: string): string => ((add + text).startsWith("/") ? add + text : `/${add}${text}`);
  if (pattern.kind === "oneOf") {
    if (!pattern.values.every((value) => value.startsWith(prefix))) return undefined;
    return oneOf(pattern.values.map((value) => rest(value.slice(prefix.length))));
  }
  const [head, ...tail] = pattern.parts;
  if (head === undefined || !("literal" in head) || !head.literal.startsWith(prefix)) return undefined;
  return sequence({ literal: rest(head.literal.slice(prefix.length)) }, ...tail);
}
