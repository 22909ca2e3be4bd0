/** SPIFFE IDs in conditions that cannot be any: a comparison with one decides nothing. */
import type { Rule, RuleCondition } from "../../policy/model.ts";
import { type SpiffeIdMistake, spiffeIdMistake } from "../../policy/spiffe-id.ts";
import { type TextTest, textTests } from "./condition-tests.ts";

export interface InvalidSpiffeId {
  readonly test: TextTest;
  readonly mistake: SpiffeIdMistake;
}

/**
 * Only whole ones: other tests ask for parts. Whoever compares with "" asks whether there is any, and a name that is no
 * `spiffe://` may be that of somebody else, but for `source.principal`, which is never anything else.
 */
export function invalidSpiffeIds({ compiled }: Pick<RuleCondition, "compiled">): readonly InvalidSpiffeId[] {
  return textTests(compiled).flatMap((test) => {
    const { operator, read, value } = test;
    const isWhole = operator === "==" || operator === "!=" || operator === "in";
    const isMeant = read.path === "source.principal" || isSpiffe(value);
    const mistake = isWhole && isMeant && value !== "" ? spiffeIdMistake(value) : undefined;
    return mistake === undefined ? [] : [{ test, mistake }];
  });
}

/** It means to be one, whatever is wrong with it. */
export function isSpiffe(text: string): boolean {
  return /^spiffe:/i.test(text);
}

/** The cause, with a finding of its own, where the condition is always false or always true. */
export function hasInvalidSpiffeId({ condition }: Rule): boolean {
  return condition !== undefined && invalidSpiffeIds(condition).length > 0;
}
