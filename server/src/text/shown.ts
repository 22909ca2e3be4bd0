/**
 * Text as it may be shown to people and written to logs. Names and literals come from files that anybody may have
 * written: a secret in one of them must not spread, control characters would move the cursor of a terminal, and
 * characters that turn the direction of text would make one line look like another.
 */
import { mayHoldSecret, secretsInAnyCase } from "./secrets.ts";

/** What stands in place of a secret, as in the headers of a simulated request. */
export const hiddenText = "***";

/** One line, without secrets and without characters that act instead of being seen. */
export function shown(text: string): string {
  return visible(withoutSecrets(text));
}

/** The same for text that has lines of its own, such as Markdown. */
export function shownLines(text: string): string {
  return withoutSecrets(text)
    .split("\n")
    .map((line) => visible(line))
    .join("\n");
}

/** Of each secret only what tells its kind: `ghp_ab***`, `postgres://shop:***`. Done twice it is the same. */
export function withoutSecrets(text: string): string {
  if (!mayHoldSecret(text)) return text;
  let result = "";
  let at = 0;
  for (const { hidden, end } of secretsInAnyCase(text)) {
    result += text.slice(at, hidden) + hiddenText;
    // The host behind a password is no part of it.
    at = text.charAt(end - 1) === "@" ? end - 1 : end;
  }
  return (result + text.slice(at))
    .replace(cut, (_, head: string) => head + hiddenText)
    .replace(tokenPart, (part) => part.slice(0, 6) + hiddenText);
}

/**
 * A secret that a message shortened lost the end that it is known by, but not what is left of it. An ellipsis tells
 * that something was cut off. A number behind a host is a port.
 */
const cut =
  /(?<![A-Za-z0-9])((?:gh[opsur]_|github_pat_|glpat-|xox[abeprs]-|[sr]k_(?:live|test)_|sk-|AIza|hv[sbr]\.|npm_|pypi-|SG\.|A[KS]IA|AccountKey=|Basic ).{0,2}|[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@$]{1,100}:(?!\d+\b))[^\s"'@${}]{3,400}?(?=…|\.\.\.)/g;

/** The header or the payload of a token alone, however it came apart; names in lower case, too. */
const tokenPart = /(?<![a-z0-9])eyj[a-z0-9_-]{24,2000}(?:\.[a-z0-9_-]*){0,2}/gi;

/** A JSON value without secrets in its texts and keys. `kept`: members that stay; URIs do, since they lead to files. */
export function valueWithoutSecrets<T>(value: T, kept?: readonly string[]): T;
export function valueWithoutSecrets(value: unknown, kept: readonly string[] = ["uri"]): unknown {
  if (typeof value === "string") return withoutSecrets(value);
  if (Array.isArray(value)) return value.map((item: unknown) => valueWithoutSecrets(item, kept));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      withoutSecrets(key),
      kept.includes(key) ? member : valueWithoutSecrets(member, kept),
    ]),
  );
}

/**
 * Control characters (C0, C1), marks and overrides of direction (UAX 9), separators of lines, and what has no width but
 * what joins letters and emoji.
 */
const acting =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]/g;

/** Such characters are written as in JSON: `\u001b`. Breaks and tabs are blanks, since conditions have many lines. */
export function visible(text: string): string {
  return text.replace(acting, (character) =>
    /[\t\n\r]/.test(character) ? " " : escapedCharacter(character),
  );
}

/**
 * The text of a JSON value, in which such characters can only stand in strings, with each of them escaped, and with them
 * what GitHub Actions takes for a command wherever in a line of a log it stands.
 */
export function visibleJson(json: string): string {
  return json
    .replace(acting, (character) => (character === "\n" ? character : escapedCharacter(character)))
    .replaceAll("##[", "#\\u0023[");
}

function escapedCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
