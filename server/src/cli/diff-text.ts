/** `diff` for a terminal: what is newly allowed and denied, by resource, ending in how it stands. */
import { requestInWords } from "../simulate/words.ts";
import type { Location } from "../text/place.ts";
import type { ChangeJson, DiffJson, RuleJson } from "./diff-report.ts";
import {
  decisionInWords,
  environmentNotes,
  headline,
  incomplete,
  isOfEnvironment,
  listed,
  shortlist,
  summary,
} from "./diff-words.ts";
import type { Style } from "./style.ts";

/** `name` says a URI as the person knows it. Lines and columns are one-based. */
export function diffLines(report: DiffJson, name: (uri: string) => string, styles: Style): readonly string[] {
  const at = ({ uri, range }: Location): string =>
    `${name(uri)}:${range.start.line + 1}:${range.start.character + 1}`;
  const sections: (readonly string[])[] = [];
  const changes = report.changes.filter((one) => !isOfEnvironment(one));
  const { shown, more } = shortlist(changes);
  for (const one of shown) sections.push(changeLines(one, report.base, at, styles));
  const missing = incomplete(report);
  const rest = [...more, ...(missing === undefined ? [] : [missing])];
  if (rest.length > 0) sections.push(rest);
  const whole = report.changes.filter(isOfEnvironment);
  for (const note of environmentNotes(report)) sections.push([styles.strong(note)]);
  if (whole.length > 0) sections.push(whole.map((one) => `  ${shortLine(one, styles)}`));
  if (report.obligations.length > 0)
    sections.push([
      styles.strong("Obligations (the decisions are the same)"),
      ...report.obligations.map((one) => `  ${one.message}  ${styles.quiet(at(one.current))}`),
    ]);
  if (report.unknown.length > 0)
    sections.push(
      report.unknown.map(({ resource, environments, text, reason, uri, range }) => {
        const place = uri === undefined || range === undefined ? "" : `  ${at({ uri, range })}`;
        return `${styles.doubtful("unknown")}  ${resource} (${listed(environments)}): ${text}: ${reason}${styles.quiet(place)}`;
      }),
    );
  if (report.notCompared.length > 0) sections.push(notComparedLines(report, at, styles));
  return [...sections.flatMap((lines) => [...lines, ""]), `${headline(report)}. ${summary(report)}.`];
}

function changeLines(
  change: ChangeJson,
  base: string,
  at: (location: Location) => string,
  { quiet, strong }: Style,
): readonly string[] {
  const { kind, resource, environments, region, cause, witness, baseRules, currentRules, because } = change;
  const verb = strong(kind === "newly-allows" ? "newly allows" : "newly denies");
  const rule = (one: RuleJson): string => `${one.id}  ${quiet(at(one))}`;
  const names = because.flatMap((one) => {
    const place = one.current ?? one.base;
    return place === undefined ? [] : [`    ${quiet("because")}  ${one.text}  ${quiet(at(place))}`];
  });
  const where = environments.length > 1 ? ` (${environments[0]})` : "";
  return [
    `${strong(resource)} ${`(${listed(environments)})`} ${verb} ${region}`,
    `    ${cause}`,
    `    ${quiet("witness")}  ${requestInWords(witness.request) + where}`,
    `             ${`${base}: ${decisionInWords(witness.base, witness.baseReason)}; now: ${decisionInWords(witness.current, witness.currentReason)}`}`,
    ...names.slice(0, mostNames),
    ...currentRules.map((one) => `    ${quiet("now")}      ${rule(one)}`),
    ...baseRules.map((one) => `    ${quiet("before")}   ${rule(one)}`),
  ];
}

const mostNames = 5;

function shortLine(
  { kind, resource, environments, region, baseRules, currentRules }: ChangeJson,
  { quiet }: Style,
) {
  const rules = kind === "newly-allows" ? currentRules : baseRules;
  const by = rules[0] === undefined ? "" : `  ${quiet(rules[0].id)}`;
  return `${`${resource} (${listed(environments)}): ${region}`}${by}`;
}

const mostErrors = 3;

function notComparedLines(
  { notCompared, errors, base }: DiffJson,
  at: (location: Location) => string,
  { doubtful, quiet }: Style,
): readonly string[] {
  const more = errors.length - mostErrors;
  return [
    ...notCompared.map(({ resource, environments, sides }) => {
      const who = listed(sides.map((side) => (side === "base" ? base : "the working tree")));
      const has = sides.length > 1 ? "have" : "has";
      return `${doubtful("not compared")}  ${`${resource} (${listed(environments)}): ${who} ${has} errors in what is said of it`}`;
    }),
    ...errors.slice(0, mostErrors).map((one) => `  ${one.message}  ${quiet(at(one))}`),
    ...(more > 0 ? [`  and ${more} more; \`plumbline check\` lists those of the working tree`] : []),
  ];
}
