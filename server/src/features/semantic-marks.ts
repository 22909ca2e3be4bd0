/**
 * Where a change of meaning shows in the working tree: on the rule, on the name of the policy that lost a rule, on the
 * identity or operation that means something else. A mark knows its place by name, so that it moves with the text until
 * the comparison of the new text is there.
 */
import type { Rule } from "../policy/model.ts";
import type { Place, Range } from "../text/place.ts";
import type { PlaneChange } from "../workspace/base-comparison.ts";
import type { DecisionChange } from "../workspace/semantic-diff.ts";
import { requests } from "../workspace/semantic-diff-message.ts";
import type { ControlPlaneSnapshot, Snapshot } from "../workspace/snapshot.ts";
import { factsOf } from "./facts.ts";

export type MarkKind = "newly-allows" | "newly-denies" | "unknown" | "obligations";

export type Anchor =
  | { readonly kind: "rule"; readonly id: string }
  | { readonly kind: "policy"; readonly name: string }
  | { readonly kind: "place"; readonly place: Place };

export interface SemanticMark {
  /** Of the control plane. */
  readonly folder: string;
  readonly anchor: Anchor;
  readonly kind: MarkKind;
  /** What it is about, in the words of a code lens. */
  readonly title: string;
  /** A sentence. */
  readonly message: string;
  /** The change behind it, where it is one of a decision. */
  readonly change?: string;
}

export function semanticMarks(change: PlaneChange): readonly SemanticMark[] {
  const { base, current, diff } = change;
  if (current === undefined) return [];
  const folder = current.set.controlPlane.folder;
  const environments = current.set.controlPlane.environments.size;
  const marks: SemanticMark[] = [];
  for (const one of diff.changes) {
    const where = one.environments.length < environments ? ` (${one.environments.join(", ")})` : "";
    const about = { folder, kind: one.kind, message: one.message, change: one.id };
    const title = `${inWords(one.kind)}: ${shortened(requests(one.region))}${where}`;
    for (const { anchor, before } of anchorsOf(one, base))
      marks.push({ ...about, anchor, title: before + title });
  }
  for (const { rule, message } of diff.obligations)
    marks.push({
      folder,
      anchor: { kind: "rule", id: rule },
      kind: "obligations",
      title: inWords("obligations"),
      message,
    });
  for (const unknown of diff.unknown)
    for (const rule of changedRules(unknown.resource, base, current))
      marks.push({
        folder,
        anchor: { kind: "rule", id: rule.id },
        kind: "unknown",
        title: `${inWords("unknown")}: ${shortened(unknown.text)}`,
        message: `What this changes at ${unknown.resource} is unknown: ${unknown.text}: ${unknown.reason}`,
      });
  return marks;
}

/** Where a mark stands now; undefined where what it stood on is gone. */
export function rangeOf(
  mark: SemanticMark,
  snapshot: Snapshot,
): { readonly uri: string; readonly range: Range } | undefined {
  const plane = snapshot.controlPlanes.find((one) => one.set.controlPlane.folder === mark.folder);
  const place = plane && placeOf(mark.anchor, plane);
  const layout = place && snapshot.layouts.get(place.block.uri);
  if (place === undefined || layout === undefined || !layout.has(place.block)) return undefined;
  return { uri: layout.uri, range: layout.range(place) };
}

export function inWords(kind: MarkKind): string {
  switch (kind) {
    case "newly-allows":
      return "newly allows";
    case "newly-denies":
      return "newly denies";
    case "unknown":
      return "unknown change";
    case "obligations":
      return "other obligations";
  }
}

function placeOf(anchor: Anchor, plane: ControlPlaneSnapshot): Place | undefined {
  switch (anchor.kind) {
    case "rule":
      return factsOf(plane).rules.get(anchor.id)?.name.place;
    case "policy":
      return plane.set.policies.find((policy) => policy.name.text === anchor.name)?.name.place;
    case "place":
      return anchor.place;
  }
}

/** `before`: what the title must say first, because the mark does not stand on what changed. */
function anchorsOf(
  change: DecisionChange,
  base: ControlPlaneSnapshot | undefined,
): readonly { readonly anchor: Anchor; readonly before: string }[] {
  const named = change.because.flatMap(({ currentPlace }) =>
    currentPlace === undefined
      ? []
      : [{ anchor: { kind: "place", place: currentPlace } as const, before: "" }],
  );
  // The rules are what they were; marked each by each they would hide what changed.
  if (isOfEnvironment(change)) return named;
  const rules = [
    ...change.currentRules.map((rule) => ({ id: rule.id, how: rule.change })),
    // As it is called now.
    ...change.baseRules.map((rule) => ({ id: rule.otherId ?? rule.id, how: rule.change })),
  ]
    .filter(({ how }) => how !== "unchanged" && how !== "removed")
    .map(({ id }) => ({ anchor: { kind: "rule", id } as const, before: "" }));
  const removed = change.baseRules.flatMap((rule) => {
    const was = rule.change === "removed" && base && factsOf(base).rules.get(rule.id);
    if (!was) return [];
    return [
      { anchor: { kind: "policy", name: was.policy } as const, before: `removed rule ${was.name.text}: ` },
    ];
  });
  const found = [...rules, ...removed, ...named];
  if (found.length > 0) return found;
  return change.currentRules.map((rule) => ({ anchor: { kind: "rule", id: rule.id }, before: "" }));
}

/** A change that says no more than that its whole environment came or went. */
export function isOfEnvironment({ because }: DecisionChange): boolean {
  return because.some((one) => one.kind === "environment");
}

/** The rules about a resource of which the text is another than before. */
function changedRules(
  resource: string,
  base: ControlPlaneSnapshot | undefined,
  current: ControlPlaneSnapshot,
): readonly Rule[] {
  const before = base && factsOf(base).rules;
  return (factsOf(current).byResource.get(resource) ?? []).filter((rule) => {
    const was = before?.get(rule.id);
    return was === undefined || textOf(was) !== textOf(rule);
  });
}

function textOf({ place }: Rule): string {
  return place.endBlock === undefined ? place.block.text.slice(place.start, place.end) : place.block.text;
}

/** A code lens is one line above the code, beside others. */
const LONGEST = 70;

/** The first phrase of a region, or as much of it as there is room for. */
function shortened(text: string): string {
  const [first = "", ...others] = text.split("; ");
  if (first.length <= LONGEST) return others.length === 0 ? first : `${first}; …`;
  return `${first.slice(0, LONGEST - 1).trimEnd()}…`;
}
