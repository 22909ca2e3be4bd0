/** SPIFFE IDs in conditions that cannot be any: a comparison with one decides nothing. */
import type { Rule, RuleCondition } from "../../policy/model.ts";
import { type SpiffeIdMistake, spiffeIdMistake } from "../../policy/spiffe-id.ts";
import { variablesIn } from "../../policy/variables.ts";
import { type TextTest, textTests } from "./condition-tests.ts";

export interface InvalidSpiffeId {
  readonly test: TextTest;
  readonly mistake: SpiffeIdMistake;
}

/**
 * Whole ones and their beginnings: other tests ask for parts. Whoever compares with "" asks whether there is any, and a
 * name that is no `spiffe://` may be that of somebody else, but for `source.principal`, which is never anything else.
 */
export function invalidSpiffeIds({ compiled }: Pick<RuleCondition, "compiled">): readonly InvalidSpiffeId[] {
  return textTests(compiled).flatMap((test) => {
    const { operator, read, value } = test;
    if (value === "" || !(read.path === "source.principal" || isSpiffe(value))) return [];
    const isWhole = operator === "==" || operator === "!=" || operator === "in";
    const mistake = isWhole
      ? spiffeIdMistake(value)
      : operator === "startsWith"
        ? mistakeInBeginning(value)
        : undefined;
    return mistake === undefined ? [] : [{ test, mistake }];
  });
}

/** A text with which no SPIFFE ID begins, whatever follows. Of variables there `reference/variable-in-condition` speaks. */
function mistakeInBeginning(text: string): SpiffeIdMistake | undefined {
  if ("spiffe://".startsWith(text) || variablesIn(text).length > 0) return undefined;
  const whole = spiffeIdMistake(text);
  if (whole === undefined || !text.startsWith("spiffe://")) return whole;
  // A letter ends every part that may have been cut off.
  const mistake = spiffeIdMistake(`${text}x`);
  return mistake && { ...mistake, end: Math.min(mistake.end, text.length) };
}

/** It means to be one, whatever is wrong with it. */
export function isSpiffe(text: string): boolean {
  return /^spiffe:/i.test(text);
}

/** The cause, with a finding of its own, where the condition is always false or always true. */
export function hasInvalidSpiffeId({ condition }: Rule): boolean {
  return condition !== undefined && invalidSpiffeIds(condition).length > 0;
}
