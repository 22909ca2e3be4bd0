import type { CST } from "yaml";
import { conditionSites } from "./condition-sites.ts";
import { type ConditionText, conditionText } from "./condition-text.ts";
import type { RawProblem } from "./raw-problem.ts";

/** A condition that YAML would change or cut. Offsets in the document's source. */
export interface ConditionTrap {
  readonly text: ConditionText;
  /** What YAML does with it, to end a sentence. */
  readonly reason: string;
  /** YAML reads a text that is no less than the author's, but for a comment: nothing needs to be mended to read on. */
  readonly commentOnly: boolean;
  readonly keyColumn: number;
  readonly flow: boolean;
}

/** The conditions of a policy document that YAML would change or cut (design, section 2). */
export function conditionTraps(tokens: readonly CST.Token[], source: string): readonly ConditionTrap[] {
  return conditionSites(tokens).flatMap((site) => {
    // In front of a block key there is only indentation; inside braces there may be anything, and no column matters.
    const keyColumn = site.flow ? 0 : site.key - (source.lastIndexOf("\n", site.key - 1) + 1);
    const text = conditionText(source, site.after, keyColumn, site.flow);
    if (text === undefined) return [];
    const sameLine = !source.slice(site.after, text.start).includes("\n");
    const found = trapOf(source, text, site.flow, sameLine);
    return found === undefined ? [] : [{ text, keyColumn, flow: site.flow, ...found }];
  });
}

/** A comment that is for Plumbline is meant as one. */
const instruction = /^#+\s*plumbline-ignore\s/;

type Found = Pick<ConditionTrap, "reason" | "commentOnly">;

function trapOf(source: string, text: ConditionText, flow: boolean, sameLine: boolean): Found | undefined {
  const { start, pieces } = text;
  const first = pieces[0];
  if (first === undefined) return undefined;
  const line = source.slice(start, first.end);
  const initial = line.charAt(0);
  const error = (reason: string): Found => ({ reason, commentOnly: false });
  switch (initial) {
    case "'":
    case '"':
      return quotedTrap(source, text, initial);
    case "|":
    case ">":
      if (!flow && /^[|>](?:[1-9]?[-+]?|[-+][1-9])$/.test(line)) return undefined;
      return error(`YAML reads "${initial}" at the start of a value as the start of a block text`);
    case "!": {
      const tag = /^\S+/.exec(line)?.[0] ?? initial;
      // A YAML tag of the standard set is meant as one; that it may not stand here is its own problem.
      if (/^!![a-z]+$/.test(tag)) return undefined;
      const rest = line.slice(tag.length).trim();
      return error(
        rest === "" && pieces.length === 1
          ? `YAML reads ${tag} as a tag, and the condition is empty`
          : `YAML reads ${tag} as a tag, and only the rest as the condition`,
      );
    }
    case "&":
      return error(
        `YAML reads ${/^\S+/.exec(line)?.[0] ?? initial} as an anchor, and only the rest as the condition`,
      );
    case "*":
      return error(`YAML reads ${/^\S+/.exec(line)?.[0] ?? initial} as an alias, a value from elsewhere`);
    case "{":
      return error('YAML reads "{" at the start of a value as the start of a map');
    case "[":
      return error('YAML reads "[" at the start of a value as the start of a list');
    case "@":
    case "`":
    case "%":
    case ",":
    case "]":
    case "}":
      return error(`a YAML text cannot start with "${initial}" unless it is quoted`);
    case "-":
    case "?":
    case ":":
      // On a line of its own a dash starts a list, which is not what this page is about.
      if (/^.(?:\s|$)/.test(line)) {
        if (!sameLine) return undefined;
        const what = initial === "-" ? "an item of a list" : "an entry of a map";
        return error(`YAML reads "${initial} " at the start of a value as ${what}`);
      }
      return plainTrap(source, text, flow);
    default:
      return plainTrap(source, text, flow);
  }
}

/** A quoted value is what it should be, unless something stands behind its closing quote. */
function quotedTrap(source: string, text: ConditionText, quote: string): Found | undefined {
  const closing = yamlQuoteEnd(source, text.start, quote);
  const last = text.pieces.at(-1)?.end ?? text.end;
  if (closing === undefined || closing >= last) return undefined;
  return {
    reason: `YAML takes the quoted part at its start, ${source.slice(text.start, closing)}, for the whole value`,
    commentOnly: false,
  };
}

/** Behind the closing quote of the YAML scalar at `start`; undefined where there is none. */
function yamlQuoteEnd(source: string, start: number, quote: string): number | undefined {
  for (let at = start + 1; at < source.length; at++) {
    const character = source.charAt(at);
    if (quote === '"' && character === "\\") at++;
    else if (character === quote) {
      if (quote === "'" && source.charAt(at + 1) === "'") at++;
      else return at + 1;
    }
  }
  return undefined;
}

function plainTrap(source: string, text: ConditionText, flow: boolean): Found | undefined {
  const last = text.pieces.at(-1)?.end ?? text.end;
  const written = source.slice(text.start, last);
  const colon = (flow ? /:(?=[\s,[\]{}]|$)/ : /:(?=\s|$)/).exec(written);
  const hash = /\s#/.exec(written);
  const mark = flow ? /[,[\]{}]/.exec(written) : null;
  const cut = Math.min(colon?.index ?? Infinity, hash?.index ?? Infinity, mark?.index ?? Infinity);
  if (cut === Infinity) {
    // What is left is a comment behind the condition: YAML and the author may agree, but the reader cannot know.
    const comments = text.comments.filter((start) => !instruction.test(source.slice(start, start + 100)));
    if (comments.length === 0) return undefined;
    return {
      reason: `YAML reads what follows " #" as a comment, so the condition ends before it`,
      commentOnly: true,
    };
  }
  if (cut === hash?.index)
    return {
      reason: 'YAML reads what follows " #" as a comment, and the condition is cut there',
      commentOnly: false,
    };
  if (cut === colon?.index)
    return {
      reason: `YAML reads what stands before ": " as the key of a map`,
      commentOnly: false,
    };
  return {
    reason: `inside {...}, YAML ends a value at "${written.charAt(cut)}"`,
    commentOnly: false,
  };
}

/** The one problem of a trapped condition, with its fix. `base` is the offset of the document. */
export function trapProblem(trap: ConditionTrap, source: string, base: number): RawProblem {
  return {
    code: "yaml/condition-needs-quotes",
    severity: trap.commentOnly ? "warning" : "error",
    message: `Quote this condition or use \`|-\`: ${trap.reason}.`,
    start: base + trap.text.start,
    end: base + trap.text.end,
    data: { replaceWith: quoteCondition(trap, source) },
  };
}

/** The condition as a scalar that YAML leaves alone; a comment behind it stays behind it. */
export function quoteCondition(trap: ConditionTrap, source: string): string {
  const { pieces, end, comments } = trap.text;
  const [first] = pieces;
  if (first === undefined) return "";
  if (pieces.length === 1)
    return quoteLine(source.slice(first.start, first.end)) + source.slice(first.end, end);
  if (trap.flow) {
    const joined = pieces.map((piece) => source.slice(piece.start, piece.end)).join(" ");
    return quoteLine(joined);
  }
  // In a literal text YAML has no comments, but CEL has.
  const newline = source.includes("\r\n") ? "\r\n" : "\n";
  const indent = " ".repeat(trap.keyColumn + 2);
  let text = source.slice(trap.text.start, end);
  for (const comment of [...comments].reverse()) {
    const at = comment - trap.text.start;
    text = `${text.slice(0, at)}//${text.slice(at + 1)}`;
  }
  const lines = text.split(/\r?\n/).map((line) => (line.trim() === "" ? "" : indent + line.trim()));
  return ["|-", ...lines].join(newline);
}

function quoteLine(text: string): string {
  if (text.includes("'") && !/["\\]/.test(text)) return `"${text}"`;
  return `'${text.replaceAll("'", "''")}'`;
}

/**
 * The source with the trapped conditions made harmless, every offset as before, so that nothing else of the document
 * is lost to them: their characters become letters, which YAML reads as one plain scalar.
 */
export function defuse(source: string, traps: readonly ConditionTrap[]): string {
  const parts: string[] = [];
  let from = 0;
  for (const { text } of [...traps].sort((a, b) => a.text.start - b.text.start)) {
    const end = text.pieces.at(-1)?.end ?? text.start;
    if (text.start < from) continue;
    parts.push(source.slice(from, text.start), source.slice(text.start, end).replace(/[^\s]/g, "x"));
    from = end;
  }
  return parts.join("") + source.slice(from);
}
