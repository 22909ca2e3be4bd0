/** `diff` for the comment of a pull request: short, folded where it is long, and the same bytes for the same input. */
import { requestInWords } from "../simulate/words.ts";
import type { Location } from "../text/place.ts";
import type { ChangeJson, DiffJson, RuleJson } from "./diff-report.ts";
import {
  decisionInWords,
  environmentNotes,
  headline,
  incomplete,
  isOfEnvironment,
  shortlist,
  summary,
} from "./diff-words.ts";
import { code, jsonBlock, plain } from "./markdown.ts";

/** So many changes of one kind are shown. GitHub takes comments of at most 65,536 characters. */
const mostChanges = 10;
const mostLines = 20;
const mostRules = 3;
const mostJson = 2_000;

/** `name` says a URI as the reader knows it. Lines are one-based. */
export function diffMarkdown(report: DiffJson, name: (uri: string) => string): string {
  const at = ({ uri, range }: Location): string => code(`${name(uri)}:${range.start.line + 1}`);
  const { verdict, base } = report;
  const ownChanges = (kind: ChangeJson["kind"]): readonly ChangeJson[] =>
    report.changes.filter((one) => one.kind === kind && !isOfEnvironment(one));
  const missing = incomplete(report);
  const sections = [
    `## Plumbline: ${verdict === "equal" ? "no decision changes" : verdict}`,
    `${plain(headline(report))}. ${plain(summary(report))}.`,
    environmentTable(report),
    changeSection("Newly allows", ownChanges("newly-allows"), base, at),
    changeSection("Newly denies", ownChanges("newly-denies"), base, at),
    missing === undefined ? "" : `${plain(missing)}.`,
    listSection("Environments", environmentNotes(report).map(plain)),
    listSection(
      "Obligations",
      report.obligations.map((one) => `${plain(one.message)} (${at(one.current)})`),
    ),
    listSection(
      "Not known",
      report.unknown.map(({ resource, environments, text, reason, uri, range }) => {
        const place = uri === undefined || range === undefined ? "" : ` (${at({ uri, range })})`;
        return `**${plain(resource)}** (${named(environments)}): ${code(text)}: ${plain(reason)}${place}`;
      }),
    ),
    listSection("Not compared", [
      ...report.notCompared.map(({ resource, environments, sides }) => {
        const who = sides.map((side) => (side === "base" ? code(base) : "the working tree")).join(" and ");
        const has = sides.length > 1 ? "have" : "has";
        return `**${plain(resource)}** (${named(environments)}): ${who} ${has} errors in what is said of it`;
      }),
      ...report.errors.map((one) => `${at(one)}: ${plain(one.message)}`),
    ]),
  ];
  return `${sections
    .filter((section) => section !== "")
    .map((section) => section.trimEnd())
    .join("\n\n")}\n`;
}

/** Where there is only one, the headline says it all. */
function environmentTable({ environments }: DiffJson): string {
  if (environments.length < 2) return "";
  const rows = environments.slice(0, mostLines).map(({ name, presence, verdict }) => {
    const state = presence === "both" ? "" : presence === "added" ? " (new)" : " (gone)";
    return `| ${plain(name)}${state} | ${verdict} |`;
  });
  const more = environments.length - rows.length;
  return [
    "| environment | verdict |",
    "|---|---|",
    ...rows,
    ...(more > 0 ? [`| and ${more} more | |`] : []),
  ].join("\n");
}

function changeSection(
  title: string,
  changes: readonly ChangeJson[],
  base: string,
  at: (location: Location) => string,
): string {
  if (changes.length === 0) return "";
  const { shown, more } = shortlist(changes);
  const items = shown.slice(0, mostChanges).map((change) => changeItem(change, base, at));
  return [
    `### ${title}`,
    "",
    ...items,
    ...andMore(shown.length - items.length),
    ...more.slice(0, mostLines).map((one) => `- ${plain(one)}`),
  ].join("\n");
}

function changeItem(change: ChangeJson, base: string, at: (location: Location) => string): string {
  const { resource, environments, region, cause, witness, baseRules, currentRules, because } = change;
  const rule = (one: RuleJson): string => `${code(one.id)} (${at(one)})`;
  const places = because.flatMap((one) => {
    const place = one.current ?? one.base;
    return place === undefined ? [] : [`${plain(one.text)} (${at(place)})`];
  });
  const where = environments.length > 1 ? `, in ${plain(environments[0] ?? "")}` : "";
  const before = decisionInWords(witness.base, witness.baseReason);
  const now = decisionInWords(witness.current, witness.currentReason);
  const lines = [
    `- **${plain(resource)}** (${named(environments)}): ${code(region)}`,
    `  - ${plain(cause)}`,
    ...(places.length === 0 ? [] : [`  - because ${shortened(places).join("; ")}`]),
    ...(currentRules.length === 0 ? [] : [`  - now ${shortened(currentRules.map(rule)).join(", ")}`]),
    ...(baseRules.length === 0 ? [] : [`  - before ${shortened(baseRules.map(rule)).join(", ")}`]),
    `  - witness ${code(requestInWords(witness.request))}${where}: ${plain(before)} in ${code(base)}, ${plain(now)} now`,
  ];
  return [...lines, ...interaction(witness.request)].join("\n");
}

/** The request for a machine, folded; the blank lines let the Markdown inside HTML be read as such. */
function interaction(request: unknown): readonly string[] {
  if (JSON.stringify(request).length > mostJson) return [];
  const block = jsonBlock(request, "    ");
  return ["", "    <details><summary>interaction</summary>", "", block, "", "    </details>", ""];
}

function listSection(title: string, items: readonly string[]): string {
  if (items.length === 0) return "";
  const shown = items.slice(0, mostLines).map((item) => `- ${item}`);
  return [`### ${title}`, "", ...shown, ...andMore(items.length - shown.length)].join("\n");
}

function andMore(more: number): readonly string[] {
  return more > 0 ? [`- and ${more} more`] : [];
}

function shortened(all: readonly string[]): readonly string[] {
  const more = all.length - mostRules;
  return more > 0 ? [...all.slice(0, mostRules), `${more} more`] : all;
}

function named(environments: readonly string[]): string {
  return environments.map(plain).join(", ");
}
