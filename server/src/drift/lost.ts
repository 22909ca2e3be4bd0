/** What keeps an answer from being certain, in words. */
import type { Answer } from "../access/compare.ts";
import type { Lost } from "../access/hop.ts";

/** The opaque atoms of an unknown answer, each once; what was too complex where it hangs on none. */
export function lostIn(...answers: readonly Answer[]): readonly Lost[] {
  const found = new Map<string, Lost>();
  for (const answer of answers) {
    if (answer.answer !== "unknown") continue;
    for (const { attribute, text, reason, place } of answer.atoms)
      found.set(attribute.key, { text, reason, ...(place === undefined ? {} : { place }) });
    if (answer.atoms.length === 0)
      found.set(answer.reason, { text: "the comparison", reason: answer.reason });
  }
  return [...found.values()];
}
