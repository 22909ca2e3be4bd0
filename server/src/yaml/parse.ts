import { BlockCutter } from "../text/blocks.ts";
import { SourceLayout } from "../text/layout.ts";
import type { Problem } from "../text/problem.ts";
import type { ParsedFile, TreeDocument, TreeNode } from "../text/tree.ts";
import { composeSource } from "./compose.ts";
import { trapProblem } from "./condition-trap.ts";
import { convert, type Replacement } from "./convert.ts";
import { type Counted, countBlockEntries, countLines, largestFlowCollection } from "./count-entries.ts";
import { blockCuts, type Dialect } from "./cuts.ts";
import { type DocumentSource, splitDocuments } from "./documents.ts";
import { placeProblem, type RawProblem } from "./raw-problem.ts";
import { readDocument } from "./read-document.ts";
import { blankOut, type Region } from "./regions.ts";
import { strictnessProblems } from "./strictness.ts";
import { syntaxProblems } from "./syntax.ts";
import { maxDepth } from "./tokens.ts";
import { EntryBudget, maxEntries, type Section, tooManyEntries } from "./too-many.ts";

export interface YamlOptions {
  /** `plumbline`: our own files, strict and cut into entries. `deployed`: the files of others. */
  readonly dialect: Dialect;
  /** Bytes of UTF-8. Default: 5 MB for policy files, 64 MB for deployed ones. */
  readonly maxBytes?: number;
}

const defaultMaxBytes: Readonly<Record<Dialect, number>> = { plumbline: 5_000_000, deployed: 64_000_000 };

/** Lines of a policy file: at 5 MB, they are shorter than those of any policy that says something. */
const maxLines = 200_000;

/** Problems of one document that are told; a generated file can have millions of one cause. */
const maxProblems = 1000;

/**
 * Reads a YAML 1.2 file (core schema) into the neutral tree with exact places. Never throws, and is bounded in size,
 * depth and alias expansion. A broken document never affects the others of the file.
 */
export function parseYaml(uri: string, text: string, options: YamlOptions): ParsedFile {
  const { dialect, maxBytes = defaultMaxBytes[dialect] } = options;
  const blocks = new BlockCutter(uri, text);
  const layout = new SourceLayout(uri, text, blocks.bases);
  const excess = excessOfFile(text, dialect, maxBytes);
  if (excess !== undefined) {
    blocks.cut(0, text.length, []);
    const message = `${excess}, so it was not read. Split it into several files.`;
    const place = blocks.place(0, 0);
    return {
      uri,
      layout,
      documents: [],
      problems: [{ code: "yaml/too-large", severity: "error", message, place }],
    };
  }
  const documents: TreeDocument[] = [];
  const problems: Problem[] = [];
  const budget = new EntryBudget();
  for (const part of splitDocuments(text)) {
    if (!part.hasDocument) {
      blocks.cut(part.start, part.end, []);
      continue;
    }
    const tooManyByText = dialect === "plumbline" ? excessOf(text, part, blocks, budget) : undefined;
    if (tooManyByText !== undefined) {
      problems.push(tooManyByText);
      documents.push({ root: undefined, place: blocks.place(part.start, part.end) });
      continue;
    }
    const document = parseDocument(text, part, dialect, blocks, problems);
    const tooMany = dialect === "plumbline" ? budget.take(document.root) : undefined;
    if (tooMany !== undefined) problems.push(tooMany);
    documents.push(tooMany === undefined ? document : { root: undefined, place: document.place });
  }
  return { uri, layout, documents, problems };
}

/** What is wrong with a document that has too many entries by its text alone; it is cut as one block then. */
function excessOf(
  text: string,
  part: DocumentSource,
  blocks: BlockCutter,
  budget: EntryBudget,
): Problem | undefined {
  const source = text.slice(part.start, part.end);
  const sections = countBlockEntries(source);
  const flow = largestFlowCollection(source, maxEntries);
  if (flow === undefined && !budget.isExceededBy(sections)) return undefined;
  blocks.cut(part.start, part.end, []);
  const placed = ({ name, size, start, end }: Counted): Section => ({
    name,
    size,
    place: blocks.place(part.start + start, part.start + end),
  });
  return tooManyEntries((flow === undefined ? sections : [flow]).map(placed));
}

function parseDocument(
  text: string,
  part: DocumentSource,
  dialect: Dialect,
  blocks: BlockCutter,
  problems: Problem[],
): TreeDocument {
  const base = part.start;
  const source = text.slice(part.start, part.end);
  const read = readDocument(source, dialect);
  const unreadCuts = read.unread.flatMap((region) => [base + region.start, base + region.end]);
  blocks.cut(part.start, part.end, [...blockCuts(read.contents, text, base, dialect), ...unreadCuts]);
  const place = blocks.place(part.start, part.end);
  const meant = read.traps
    .filter((trap) => !trap.commentOnly)
    .map(({ text: { start, end, pieces } }) => ({ start, end: pieces.at(-1)?.end ?? end, pieces }));
  const { root, problems: found } = convert(read.contents, text, base, blocks, dialect, meant);
  const strict = dialect === "plumbline";
  const raw: readonly RawProblem[] = [
    ...(read.tooDeep === undefined ? [] : [tooDeep(base + read.tooDeep)]),
    ...syntaxProblems(read.errors, source, base, strict),
    ...(strict ? strictnessProblems(read.tokens, base) : []),
    ...read.traps.map((trap) => trapProblem(trap, source, base)),
    ...found,
  ].sort((one, other) => one.start - other.start);
  for (const one of raw.slice(0, maxProblems)) problems.push(placeProblem(one, blocks));
  if (read.unread.length === 0) return { root, place };
  const unread = read.unread.map((region) => ({
    place: blocks.place(base + region.start, base + region.end),
    root: readAlone(read.source, region, text, base, blocks, dialect, meant),
  }));
  return { root, place, unread };
}

/** What can be read of a broken entry by itself: enough to complete and to look up, not to decide by. */
function readAlone(
  source: string,
  region: Region,
  text: string,
  base: number,
  blocks: BlockCutter,
  dialect: Dialect,
  meant: readonly Replacement[],
): TreeNode | undefined {
  const before = blankOut(source, { start: 0, end: region.start });
  const { contents } = composeSource(blankOut(before, { start: region.end, end: source.length }));
  return convert(contents, text, base, blocks, dialect, meant).root;
}

function tooDeep(offset: number): RawProblem {
  return {
    code: "yaml/too-deep",
    severity: "error",
    message: `Lists and maps are nested more than ${maxDepth} deep here, so the document was not read. Flatten it.`,
    start: offset,
    end: offset + 1,
  };
}

/** What is too much about the file as a whole, to start a sentence. */
function excessOfFile(text: string, dialect: Dialect, maxBytes: number): string | undefined {
  if (isLarger(text, maxBytes)) return `The file is larger than ${megabytes(maxBytes)} MB`;
  if (dialect !== "plumbline" || text.length <= maxLines) return undefined;
  const lines = countLines(text);
  const number = (count: number): string => count.toLocaleString("en");
  return lines <= maxLines
    ? undefined
    : `The file has ${number(lines)} lines, and at most ${number(maxLines)} are read of one policy file`;
}

function isLarger(text: string, bytes: number): boolean {
  if (text.length > bytes) return true;
  if (text.length * 3 <= bytes) return false;
  return new TextEncoder().encode(text).length > bytes;
}

function megabytes(bytes: number): string {
  return (bytes / 1_000_000).toLocaleString("en", { maximumFractionDigits: 1 });
}
