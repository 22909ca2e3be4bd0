/** `plumbline compare A B`: two sides of any kind, by meaning. */
import type { Lost } from "../access/hop.ts";
import { requestInWords } from "../simulate/words.ts";
import type { Location } from "../text/place.ts";
import {
  type ComparedPart,
  joinParts,
  type SideComparison,
  type SideWitness,
} from "../workspace/compare-report.ts";
import { type Command, environment, format } from "./command.ts";
import { partsOf } from "./compare-pairs.ts";
import { openSides, type Side } from "./compare-sides.ts";
import { readableTypes } from "./deployed.ts";
import { json, text } from "./output.ts";
import { type Style, style } from "./style.ts";

export const compare: Command = {
  command: "compare",
  summary: "say whether B allows more, less or the same as A",
  usage:
    "compare A B [--resource NAME] [--enforcement-point NAME] [--environment NAME] [--workload NAMESPACE/LABEL=VALUE] [--transport http|tcp] [--type TYPE] [--format text|json]",
  notes: [
    "A side is a folder with a control plane, a git revision (git:REV or git:REV:FOLDER), or deployed files",
    "(paths and globs, separated by commas). The verdict reads as: B is wider than A.",
    "Exits 1 unless the sides are equal.",
  ],
  positionals: { names: ["A", "B"], required: 2 },
  options: {
    resource: { type: "string", value: "NAME", describe: "compare this resource only" },
    "enforcement-point": {
      type: "string",
      value: "NAME",
      describe: "where the deployed files stand, if several points are of their type",
    },
    environment,
    workload: {
      type: "string",
      value: "NAMESPACE/LABEL=VALUE",
      describe: "deployed files on both sides: the workload; by default all policies apply to one",
    },
    transport: {
      type: "string",
      value: "http|tcp",
      oneOf: ["http", "tcp"],
      describe: "deployed files on both sides: how requests arrive (http by default)",
    },
    type: {
      type: "string",
      value: "TYPE",
      describe: `what deployed files are of, where it cannot be recognised: ${readableTypes().join(", ")}`,
    },
    format,
  },
  async run(args, services) {
    const [a = "", b = ""] = args.positionals;
    const [left, right] = await openSides([a, b], args.text("type"), services);
    const result = joinParts(partsOf(left, right, args));
    return {
      stdout: args.json
        ? json(compareJson(result, left, right))
        : text(compareLines(result, left, right, style(services.colour))),
      exitCode: result.verdict === "equal" ? 0 : 1,
    };
  },
};

type LostJson = { readonly text: string; readonly reason: string } & Partial<Location>;

interface PartJson extends Omit<ComparedPart, "unknown" | "lost"> {
  readonly unknown: readonly LostJson[];
  readonly lost: readonly LostJson[];
}

export interface CompareJson extends Omit<SideComparison, "parts"> {
  readonly left: string;
  readonly right: string;
  readonly witnesses: readonly SideWitness[];
  readonly unknown: readonly LostJson[];
  readonly lost: readonly LostJson[];
  readonly assumptions: readonly string[];
  /** The same, thing by thing. */
  readonly comparisons: readonly PartJson[];
}

function compareJson({ parts, ...result }: SideComparison, left: Side, right: Side): CompareJson {
  const comparisons = parts.map(
    (part): PartJson => ({
      ...part,
      unknown: part.unknown.map((one) => lostJson(one, left, right)),
      lost: part.lost.map((one) => lostJson(one, left, right)),
    }),
  );
  return {
    left: left.written,
    right: right.written,
    ...result,
    witnesses: comparisons.flatMap((part) => part.witnesses),
    unknown: once(comparisons.flatMap((part) => part.unknown)),
    lost: once(comparisons.flatMap((part) => part.lost)),
    assumptions: [...new Set(comparisons.flatMap((part) => part.assumptions))],
    comparisons,
  };
}

function once(all: readonly LostJson[]): readonly LostJson[] {
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
}

function lostJson({ text, reason, place }: Lost, left: Side, right: Side): LostJson {
  return { text, reason, ...located(place, left, right)?.location };
}

/** Both sides may have a file of one URI, each read on its own: only the layout that knows the block is right. */
function located(place: Lost["place"], ...sides: readonly Side[]) {
  if (place === undefined) return undefined;
  for (const { layouts, name } of sides) {
    const layout = layouts.get(place.block.uri);
    if (layout?.has(place.block)) return { location: layout.location(place), name };
  }
  return undefined;
}

function compareLines(result: SideComparison, left: Side, right: Side, styles: Style): readonly string[] {
  const lines: string[] = [];
  for (const part of result.parts) {
    const own = partLines(part, left, right, styles);
    lines.push(...own, ...(own.length > 1 ? [""] : []));
  }
  if (lines.at(-1) !== "") lines.push("");
  const assumptions = [...new Set(result.parts.flatMap((part) => part.assumptions))];
  if (assumptions.length > 0)
    lines.push(styles.quiet("Assuming that"), ...assumptions.map((one) => styles.quiet(`  ${one}`)), "");
  lines.push(`${sentence(result, left, right)} (${countLine(result.parts)})`);
  return lines;
}

function partLines(part: ComparedPart, left: Side, right: Side, styles: Style): readonly string[] {
  const { good, bad, doubtful, strong, quiet } = styles;
  const about = part.path === undefined ? part.resource : `${part.resource}, ${part.path.join(" → ")}`;
  const where = part.environment === undefined ? "" : ` (${part.environment})`;
  const colour = part.verdict === "equal" ? good : part.verdict === "unknown" ? doubtful : bad;
  const lines = [
    `${strong(about ?? (part.environment === undefined ? "deployed config" : "all resources"))}${where}: ${colour(part.verdict)}`,
  ];
  const said = (one: SideWitness): readonly string[] => [
    `    ${quiet(`${left.written}: ${one.left}: ${one.leftReason}`)}`,
    `    ${quiet(`${right.written}: ${one.right}: ${one.rightReason}`)}`,
  ];
  const changes = part.changes ?? [];
  for (const { kind, region, cause, witness } of changes)
    lines.push(
      `  ${kind === "newly-allows" ? "newly allows" : "newly denies"}  ${region}: ${cause}`,
      `    ${requestInWords(witness.request)}`,
      ...said(witness),
    );
  for (const one of changes.length > 0 ? [] : part.witnesses) {
    const label = one.right === "allow" ? "newly allows" : "newly denies";
    lines.push(`  ${label}  ${requestInWords(one.request)}`, ...said(one));
  }
  const listed = [
    ...part.unknown.map((one) => ["unknown", one] as const),
    ...(part.verdict === "equal" ? [] : eachOnce(part.lost).map((one) => ["left out", one] as const)),
  ];
  for (const [label, one] of listed) {
    const found = located(one.place, left, right);
    const start = found?.location.range.start;
    const place =
      found === undefined || start === undefined
        ? ""
        : `  ${found.name(found.location.uri)}:${start.line + 1}:${start.character + 1}`;
    lines.push(`  ${label}  ${one.text}: ${one.reason}${quiet(place)}`);
  }
  return lines;
}

/** What both sides leave out alike needs saying once only. */
function eachOnce(lost: readonly Lost[]): readonly Lost[] {
  return [...new Map(lost.map((one) => [`${one.text}\n${one.reason}`, one])).values()];
}

function sentence({ verdict }: SideComparison, { written: left }: Side, { written: right }: Side): string {
  switch (verdict) {
    case "equal":
      return `${right} allows the same as ${left}`;
    case "wider":
    case "narrower":
      return `${right} is ${verdict} than ${left}`;
    case "incomparable":
      return `${right} and ${left} are incomparable: each allows requests that the other denies`;
    case "unknown":
      return `It is not known whether ${right} allows the same as ${left}`;
  }
}

const order = ["wider", "narrower", "incomparable", "unknown", "equal"] as const;

/** `1 wider, 1 unknown; 6 equal`. */
function countLine(parts: readonly ComparedPart[]): string {
  const of = (verdict: string): number => parts.filter((part) => part.verdict === verdict).length;
  const different = order
    .filter((verdict) => verdict !== "equal" && of(verdict) > 0)
    .map((verdict) => `${of(verdict)} ${verdict}`);
  return `${different.length === 0 ? "" : `${different.join(", ")}; `}${of("equal")} equal`;
}
