/**
 * Text from the files of a change, which may come from a stranger, in Markdown: as code, or as plain text. Neither can
 * end the block that it stands in, open HTML, make a link or an image, or call a person (`@name`) or an issue (`#1`).
 */
import { shown } from "../text/shown.ts";
import { json, withoutCommand } from "./output.ts";

const mostCharacters = 400;

/** One line; what is too long ends in an ellipsis. */
function line(text: string): string {
  const characters = [...withoutCommand(shown(text)).replace(/ +/g, " ").trim()];
  return characters.length > mostCharacters
    ? `${characters.slice(0, mostCharacters - 1).join("")}…`
    : characters.join("");
}

/** A code span (CommonMark 6.1): no run of backticks inside is as long as the one around it. */
export function code(text: string): string {
  const content = line(text);
  if (content === "") return "";
  const fence = "`".repeat(longestRun(content) + 1);
  const isTicked = content.startsWith("`") || content.endsWith("`");
  return isTicked ? `${fence} ${content} ${fence}` : `${fence}${content}${fence}`;
}

/**
 * Plain text: what Markdown knows is escaped, wherever in a line it stands. Mentions and references are looked for in
 * what is rendered, so an empty comment cuts them.
 */
export function plain(text: string): string {
  return line(text)
    .replace(/[&<>]/g, (character) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[character] ?? "")
    .replace(/[\\`*_[\]|~$]/g, "\\$&")
    .replace(/:(?=\/\/)/g, "\\:")
    .replace(/www\./gi, (start) => `${start.slice(0, -1)}\\.`)
    .replace(/^(?:[-+=]|\d+(?=[.)]))/, (start) => (/\d/.test(start) ? `${start}\\` : `\\${start}`))
    .replace(/[@#]/g, "$&<!-- -->");
}

/** A fenced block of JSON, indented to stand in a list item. */
export function jsonBlock(value: unknown, indent: string): string {
  const text = json(value).trimEnd();
  const fence = "`".repeat(Math.max(3, longestRun(text) + 1));
  return [`${fence}json`, ...text.split("\n"), fence].map((one) => indent + one).join("\n");
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map((match) => match[0].length));
}
