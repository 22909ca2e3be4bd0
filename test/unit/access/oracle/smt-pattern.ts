/** A `TextPattern` as a regular expression of SMT-LIB. */
import type { TextPattern } from "../../../../server/src/access/text-pattern.ts";
import { type Node, readRegex, smtRegex } from "./smt-regex.ts";
import { otherChars, smtUnion } from "./smt-text.ts";

export function smtPattern(pattern: TextPattern): string {
  const ignoreCase = pattern.ignoreCase === true;
  if (pattern.kind === "oneOf") {
    return smtUnion(pattern.values.map((value) => smtRegex(literal(value, ignoreCase))));
  }
  const nodes = pattern.parts.flatMap((part): readonly Node[] => {
    if ("literal" in part) return literal(part.literal, ignoreCase);
    if ("regex" in part) return [readRegex(part.regex, ignoreCase)];
    return part.any === "chars"
      ? [{ is: "repeat", item: { is: "chars", ranges: otherChars([]) }, min: 0, max: undefined }]
      : [{ is: "repeat", item: { is: "chars", ranges: otherChars([[0x2f, 0x2f]]) }, min: 1, max: undefined }];
  });
  return smtRegex(nodes);
}

/** Literals fold ASCII letters with each other and with nothing else. */
function literal(text: string, ignoreCase: boolean): readonly Node[] {
  return [...text].map((char) => {
    const both = ignoreCase && /[A-Za-z]/.test(char) ? [char.toLowerCase(), char.toUpperCase()] : [char];
    return {
      is: "chars",
      ranges: both.map((one): [number, number] => [
        one.codePointAt(0) as number,
        one.codePointAt(0) as number,
      ]),
    };
  });
}
