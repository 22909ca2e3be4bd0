/** Markdown of hovers. What comes from files is never markup, and a secret is hidden before it looks like another text. */
import { shown } from "../../text/shown.ts";

/** Lines that stay lines: two spaces break them. Empty ones are left out. */
export function paragraph(lines: readonly string[]): string {
  return lines.filter((line) => line !== "").join("  \n");
}

/** Text of files as code, where nothing is markup. */
export const code = (text: string): string => `\`${shown(text).replace(/`/g, "'").replace(/\s+/g, " ")}\``;

export const codes = (texts: readonly string[]): string => texts.map(code).join(", ");

export const plain = (text: string): string =>
  shown(text)
    .replace(/[\\`*_{}[\]()#+!|<>]/g, "\\$&")
    .replace(/\s+/g, " ");

export const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? "" : "s"}`;

/** `a, b and c`. */
export function list(texts: readonly string[]): string {
  return texts.length < 2 ? (texts[0] ?? "") : `${texts.slice(0, -1).join(", ")} and ${texts.at(-1)}`;
}

/** The first of many, and how many more there are: a hover is read at a glance. */
export function few(texts: readonly string[], most = 8, between = ", "): string {
  const first = texts.slice(0, most).join(between);
  return texts.length <= most ? first : `${first} and ${texts.length - most} more`;
}

/** `a · b`, of the parts that there are. */
export function dots(...parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== "").join(" · ");
}
