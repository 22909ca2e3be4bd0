import type { Rule } from "../../policy/model.ts";

/**
 * Whether the condition decides by an actor before the current one (RFC 8693, 4.1): then `prior-actor-in-decision` has
 * the cause of what else is odd about it. Who only asks with `has()` how deep delegation goes does not.
 */
export function decidesByPriorActor({ condition }: Rule): boolean {
  return (
    condition?.compiled.reads.some(({ path, start, end }) => {
      if (!/^jwt\.act\.act(?![A-Za-z0-9_])/.test(path)) return false;
      const text = condition.source.slice(start, end);
      return !(/^jwt(?:\.act)+$/.test(path) && /^has\s*\(/.test(text));
    }) === true
  );
}
