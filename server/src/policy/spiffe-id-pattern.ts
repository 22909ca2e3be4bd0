/**
 * Patterns of SPIFFE IDs: a whole path segment may be `*`, which is any one segment, and the last may be `**`, which
 * is one or more. The trust domain is never open: another one is another authority.
 */
import type { TextPart, TextPattern } from "../access/text-pattern.ts";
import { type SpiffeIdMistake, spiffeIdMistake } from "./spiffe-id.ts";

const scheme = "spiffe://";

/** The first mistake in a pattern, with the characters that make it. */
export function spiffeIdPatternMistake(text: string): SpiffeIdMistake | undefined {
  const pathStart = text.indexOf("/", scheme.length);
  const path = pathStart === -1 ? "" : text.slice(pathStart);
  const domain = pathStart === -1 ? text : text.slice(0, pathStart);
  const star = domain.indexOf("*");
  if (star >= 0)
    return {
      message: "The trust domain of a pattern is written out: whoever runs another one decides who is in it.",
      start: star,
      end: star + 1,
    };
  let at = domain.length;
  const segments = path.split("/").slice(1);
  for (const [index, segment] of segments.entries()) {
    at += 1;
    const isOpen = segment === "*" || (segment === "**" && index === segments.length - 1);
    if (segment.includes("*") && !isOpen)
      return {
        message:
          segment === "**"
            ? "`**` stands for all the segments that follow, so it can only be the last one."
            : "A `*` stands for one whole segment, so nothing else may stand beside it.",
        start: at,
        end: at + segment.length,
        ...(segment === "**" ? { replaceWith: "*" } : {}),
      };
    at += segment.length;
  }
  // With a letter in place of each star it has to be a SPIFFE ID, at the same characters.
  return spiffeIdMistake(text.replaceAll("*", "x"));
}

/** All SPIFFE IDs that it stands for. The text has no mistake. */
export function spiffeIdTexts(pattern: string): TextPattern {
  const parts: TextPart[] = [];
  let literal = "";
  const open = (part: TextPart): void => {
    if (literal !== "") parts.push({ literal });
    literal = "";
    parts.push(part);
  };
  for (const [index, segment] of pattern.slice(scheme.length).split("/").entries()) {
    literal += index === 0 ? scheme : "/";
    if (segment === "*") open({ any: "segment" });
    else if (segment === "**") {
      open({ any: "segment" });
      open({ any: "chars" });
    } else literal += segment;
  }
  if (literal !== "") parts.push({ literal });
  return { kind: "sequence", parts };
}
