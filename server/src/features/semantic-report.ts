/** What the working tree newly allows and newly denies, as a document to read and to click in. */
import type { Interaction } from "../access/interaction.ts";
import { requestInWords } from "../simulate/words.ts";
import type { Place, Position } from "../text/place.ts";
import type { BaseComparison, PlaneChange } from "../workspace/base-comparison.ts";
import type { Said } from "../workspace/compare-report.ts";
import type { DecisionChange, DiffRule, DiffSide, SemanticDiff } from "../workspace/semantic-diff.ts";
import { requests } from "../workspace/semantic-diff-message.ts";
import type { ControlPlaneSnapshot, Snapshot } from "../workspace/snapshot.ts";
import { resolve } from "../workspace/uris.ts";
import { type Linked, type Part, ReportLines } from "./report-lines.ts";
import { isOfEnvironment } from "./semantic-marks.ts";

export type ReportTarget =
  | { readonly kind: "place" | "base"; readonly uri: string; readonly position: Position }
  | { readonly kind: "compare"; readonly uri: string }
  | {
      readonly kind: "simulate";
      readonly params: {
        readonly uri: string;
        readonly interaction: Interaction;
        readonly environment?: string;
      };
    };

export interface SemanticReport {
  readonly text: string;
  readonly links: readonly Linked<ReportTarget>[];
  /** The line of each change, by its id. */
  readonly lines: Readonly<Record<string, number>>;
  readonly counts: { readonly allows: number; readonly denies: number; readonly unknown: number };
}

type Compared = Extract<BaseComparison, { state: "compared" }>;
type Words = readonly Part<ReportTarget>[];

const NAMES = { "newly-allows": "NEWLY ALLOWED", "newly-denies": "NEWLY DENIED" } as const;

/** `name` says a URI as the reader knows it. */
export function semanticReport(
  comparison: Compared,
  snapshot: Snapshot,
  name: (uri: string) => string,
): SemanticReport {
  return new Report(comparison, snapshot, name).made();
}

class Report {
  readonly #lines = new ReportLines<ReportTarget>();
  readonly #changeLines: Record<string, number> = {};

  constructor(
    private readonly comparison: Compared,
    private readonly snapshot: Snapshot,
    private readonly name: (uri: string) => string,
  ) {}

  made(): SemanticReport {
    const { planes, revision } = this.comparison;
    const changes = planes.flatMap((plane) => plane.diff.changes);
    const counts = {
      allows: changes.filter((one) => one.kind === "newly-allows").length,
      denies: changes.filter((one) => one.kind === "newly-denies").length,
      unknown: planes.reduce((sum, plane) => sum + unknowns(plane.diff), 0),
    };
    this.#lines.add(`Since ${revision.name} (${revision.commit.slice(0, 7)}): ${countLine(counts)}`);
    this.#lines.add("");
    for (const plane of planes) this.#plane(plane, planes.length > 1);
    return { text: this.#lines.text, links: this.#lines.links, lines: this.#changeLines, counts };
  }

  #plane(change: PlaneChange, several: boolean): void {
    const { diff } = change;
    const uri = (change.current ?? change.base)?.set.controlPlane.uri ?? "";
    if (several)
      this.#lines.add(`Control plane ${(change.current ?? change.base)?.set.controlPlane.name.text}`);
    for (const [heading, changes] of byPlace(diff.changes.filter((one) => !isOfEnvironment(one)))) {
      this.#lines.add(heading);
      for (const one of changes) this.#change(one, uri);
      this.#lines.add("");
    }
    this.#environments(diff);
    this.#section(
      "Unknown",
      diff.unknown.map((one) => [
        `${one.resource} (${one.environments.join(", ")}): ${one.text}: ${one.reason}`,
        ...this.#at(one.place, one.side ?? "current"),
      ]),
    );
    this.#section(
      "Not compared",
      diff.notCompared.map((one) => [`${one.resource} (${one.environments.join(", ")}): ${one.reason}`]),
    );
    this.#section(
      "Other obligations",
      diff.obligations.map((one) => [one.message, ...this.#at(one.currentPlace, "current")]),
    );
    this.#section(
      "Changed meanings",
      diff.definitions.map((one) => [
        one.text,
        ...(one.currentPlace === undefined
          ? this.#at(one.basePlace, "base")
          : this.#at(one.currentPlace, "current")),
      ]),
    );
    this.#section(
      "Changed files",
      diff.files.map(({ path, presence }) => this.#file(change, path, presence)),
    );
  }

  /** All of an environment that came or went changes with it: a line for each is enough. */
  #environments({ environments, changes }: SemanticDiff): void {
    for (const { name, presence } of environments.filter((one) => one.presence !== "both")) {
      this.#lines.add(`Environment ${name} is ${presence === "added" ? "new" : "gone"}`);
      for (const one of changes.filter((each) => isOfEnvironment(each) && each.environments.includes(name)))
        this.#changeLines[one.id] = this.#lines.add(
          `  ${NAMES[one.kind]}  ${requests(one.region)}, on ${one.resource}`,
        );
      this.#lines.add("");
    }
  }

  #change(change: DecisionChange, uri: string): void {
    const { witness, environments } = change;
    const [environment] = environments;
    const params = {
      uri,
      interaction: witness.request,
      ...(environment === undefined ? {} : { environment }),
    };
    this.#changeLines[change.id] = this.#lines.add(`  ${NAMES[change.kind]}  ${requests(change.region)}`);
    this.#lines.add(`    Because  ${change.cause}`);
    this.#lines.add(`    Witness  ${requestInWords(witness.request)}  `, {
      text: "[simulate]",
      target: { kind: "simulate", params },
    });
    const revision = this.comparison.revision.name;
    const width = Math.max(revision.length, "Now".length);
    this.#decision(revision.padEnd(width), witness.left, witness.leftReason, change.baseRules);
    this.#decision("Now".padEnd(width), witness.right, witness.rightReason, change.currentRules);
  }

  #decision(when: string, said: Said, reason: string, rules: readonly DiffRule[]): void {
    const head = `    ${when}  ${said.toUpperCase().padEnd(5)}  `;
    const indent = " ".repeat(head.length);
    const lines: Words[] = rules.map((rule) => [
      `${rule.id}${inBrackets(rule)}`,
      ...this.#at(rule.place, rule.side),
    ]);
    // "allowed by payments/read" says no more than the rule itself with its place.
    const named = rules.some(
      (rule) => reason === `allowed by ${rule.id}` || reason === `denied by ${rule.id}`,
    );
    const [first = [], ...others] = named ? lines : [[reason], ...lines];
    this.#lines.add(head, ...first);
    for (const line of others) this.#lines.add(indent, ...line);
  }

  #section(title: string, items: readonly Words[]): void {
    if (items.length === 0) return;
    this.#lines.add(title);
    for (const parts of items) this.#lines.add("  ", ...parts);
    this.#lines.add("");
  }

  #at(place: Place | undefined, side: DiffSide): Words {
    const layouts = side === "base" ? this.comparison.baseLayouts : this.snapshot.layouts;
    const layout = place && layouts.get(place.block.uri);
    if (place === undefined || layout === undefined || !layout.has(place.block)) return [];
    const { start } = layout.range(place);
    const text = `${this.name(layout.uri)}:${start.line + 1}:${start.character + 1}`;
    if (side === "current")
      return ["  ", { text, target: { kind: "place", uri: layout.uri, position: start } }];
    const { name } = this.comparison.revision;
    return ["  ", { text: `${name}:${text}`, target: { kind: "base", uri: layout.uri, position: start } }];
  }

  #file(
    { current, base }: PlaneChange,
    path: string,
    presence: SemanticDiff["files"][number]["presence"],
  ): Words {
    const uri = fileIn(current, path) ?? fileIn(base, path);
    const written = uri === undefined ? path : this.name(uri);
    switch (presence) {
      case "both": {
        const text = `[compare with ${this.comparison.revision.name}]`;
        return uri === undefined ? [path] : [`${written}  `, { text, target: { kind: "compare", uri } }];
      }
      case "added":
        return [`${written}  (new)`];
      case "removed":
        return [`${written}  (gone)`];
    }
  }
}

/** The URI of a policy file or a document by its path from the control plane's folder. */
function fileIn(plane: ControlPlaneSnapshot | undefined, path: string): string | undefined {
  if (plane === undefined) return undefined;
  const wanted = resolve(plane.set.controlPlane.folder, path);
  return [...plane.files, ...plane.documents.values()].find((file) => file.uri === wanted)?.uri;
}

/** Resource by resource; what is newly allowed first. */
function byPlace(changes: readonly DecisionChange[]): ReadonlyMap<string, readonly DecisionChange[]> {
  const groups = new Map<string, DecisionChange[]>();
  const allowsFirst = [
    ...changes.filter((one) => one.kind === "newly-allows"),
    ...changes.filter((one) => one.kind === "newly-denies"),
  ];
  for (const change of allowsFirst) {
    const heading = `${change.resource} (${change.environments.join(", ")})`;
    const group = groups.get(heading);
    if (group === undefined) groups.set(heading, [change]);
    else group.push(change);
  }
  return groups;
}

function inBrackets({ change, otherId }: DiffRule): string {
  const renamed = otherId === undefined ? "" : `, was ${otherId}`;
  switch (change) {
    case "unchanged":
      return renamed === "" ? "" : ` (${renamed.slice(2)})`;
    case "mode":
      return ` (other mode${renamed})`;
    case "reinterpreted":
      return ` (same text, other meaning${renamed})`;
    case "added":
    case "removed":
    case "edited":
      return ` (${change}${renamed})`;
  }
}

function unknowns(diff: SemanticDiff): number {
  return new Set(diff.unknown.map((one) => one.resource)).size + diff.notCompared.length;
}

function countLine({ allows, denies, unknown }: SemanticReport["counts"]): string {
  if (allows + denies + unknown === 0) return "no decision has changed";
  const counts = [
    ...(allows > 0 ? [`${allows} newly allowed`] : []),
    ...(denies > 0 ? [`${denies} newly denied`] : []),
    ...(unknown > 0 ? [`${unknown} unknown`] : []),
  ];
  return counts.join(", ");
}
