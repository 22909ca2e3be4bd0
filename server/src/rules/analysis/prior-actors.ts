import type { ConditionRead } from "../../cel/condition.ts";
import type { Rule } from "../../policy/model.ts";

/** `prior-actor-in-decision` has the cause of what else is odd about such a rule. */
export function decidesByPriorActor({ condition }: Rule): boolean {
  return condition?.compiled.reads.some((one) => isOfPriorActor(one, condition.source)) === true;
}

/**
 * Whether a read decides by an actor before the current one (RFC 8693, 4.1). Who only asks with `has()` whether there is
 * one limits how deep delegation goes, whoever the actors are.
 */
export function isOfPriorActor({ path, start, end }: ConditionRead, source: string): boolean {
  if (!/^jwt\.act\.act(?![A-Za-z0-9_])/.test(path)) return false;
  const asksDepth = /^jwt(?:\.act)+$/.test(path) && /^has\s*\(/.test(source.slice(start, end));
  return !asksDepth;
}
