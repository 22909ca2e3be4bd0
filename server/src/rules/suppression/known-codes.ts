/** What is wrong with the code that a setting, a comment or a waiver names. */
import { findingCode, findingCodes } from "../../text/codes.ts";
import { didYouMean } from "../../text/did-you-mean.ts";
import type { Place } from "../../text/place.ts";
import type { Problem } from "../../text/problem.ts";

export type Naming = "setting" | "comment" | "waiver";

/** A lint rule has no group; its code is its id. */
const isRule = (code: string): boolean => !code.includes("/");
const isDrift = (code: string): boolean => code.startsWith("drift/");

/** Whether comments and waivers can accept findings of the code. */
export function canAccept(code: string): boolean {
  return findingCode(code) !== undefined && (isRule(code) || isDrift(code));
}

/**
 * Findings of lint rules and drift are risks, which people may accept. The others are mistakes: what they stand in
 * does not mean what its author thinks. Only lint rules have a severity to set.
 */
export function problemOfCode(code: string, place: Place, naming: Naming): Problem | undefined {
  const can = (one: string): boolean => isRule(one) || (isDrift(one) && naming !== "setting");
  if (findingCode(code) !== undefined)
    return can(code)
      ? undefined
      : { code: "lint/cannot-suppress", severity: "warning", message: cannot(code, naming), place };
  const close = didYouMean(
    code,
    findingCodes.flatMap((one) => (can(one.code) ? [one.code] : [])),
  );
  const what = naming === "setting" ? "lint rule" : "finding code";
  return {
    code: "lint/unknown-rule",
    severity: "warning",
    message: `There is no ${what} "${code}", so this ${naming} does nothing.${close === undefined ? " Run `plumbline rules` for the list of rules." : ` Did you mean "${close}"?`}`,
    place,
    ...(close === undefined ? {} : { data: { replaceWith: close } }),
  };
}

function cannot(code: string, naming: Naming): string {
  if (naming === "setting")
    return isDrift(code)
      ? `${code} is not the finding of a lint rule, so its severity is fixed. Remove this setting; where one difference is accepted, write a waiver for it.`
      : `${code} is not the finding of a lint rule, so its severity is fixed. Remove this setting.`;
  return `${code} is a mistake and not a risk that somebody can accept, so this ${naming} does nothing. Mend what the finding says and remove this ${naming}.`;
}
