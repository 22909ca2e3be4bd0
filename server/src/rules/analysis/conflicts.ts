/** Names in an allow rule that deny rules leave nothing of, while the rest of the rule still allows something. */
import type { Budget } from "../../access/budget.ts";
import type { Rule, Target, Written } from "../../policy/model.ts";
import { child, items, text } from "../../text/tree.ts";
import { coveringRules, fewest } from "./evidence.ts";
import { coverRule, type Judged } from "./judged.ts";
import type { DeadEntry } from "./verdict.ts";

/** A rule with hundreds of names gets no more questions than this. */
const mostEntries = 200;

/** `stays`: the deny rules that may be named. */
export function deadEntries(
  judged: Judged,
  stays: (rule: Rule) => boolean,
  budget: Budget,
): readonly DeadEntry[] {
  const entries = entriesOf(judged.rule);
  if (entries.length === 0 || !mayHaveDead(judged, budget)) return [];
  const dead: DeadEntry[] = [];
  for (const entry of entries.slice(0, mostEntries)) {
    // What stands inside a target that is dead as a whole is said with it.
    if (entry.inside !== undefined && dead.some((one) => one.place === entry.inside)) continue;
    const narrowed: Judged = {
      ...judged,
      rule: entry.rule,
      uses: judged.uses.map((use) => use.in.narrowed(entry.rule)),
    };
    const covered = coverRule(narrowed, (use) => ({ lists: [use.in.denies] }), budget);
    if (typeof covered === "string") continue;
    // What no request asks for needs no deny.
    if (coverRule(narrowed, () => ({ lists: [] }), budget) !== "uncovered") continue;
    const by = fewest(narrowed, coveringRules(covered, stays), budget);
    if (by !== undefined) dead.push({ place: entry.place, name: entry.name, part: entry.part, by });
  }
  return dead;
}

/**
 * Most rules have no deny rule beside them, or none that takes all of anything. A subject, an operation and a whole
 * target have terms of their own, so that one of these is denied where the name is dead; other names share terms.
 */
function mayHaveDead({ rule, uses }: Judged, budget: Budget): boolean {
  const sharesTerms = rule.on.some(({ tools, prompts, events }) =>
    [tools, prompts, events?.types].some((names) => (names?.length ?? 0) > 1),
  );
  return uses.some(({ in: place, ids }) => {
    if (place.denies.size === 0) return false;
    if (sharesTerms) return true;
    return ids.some((id) => typeof place.space.cover(id, { lists: [place.denies] }, budget) !== "string");
  });
}

interface Entry extends Omit<DeadEntry, "by"> {
  /** The rule as if it named nothing else in this list. */
  readonly rule: Rule;
  /** The place of the target that it stands in. */
  readonly inside?: DeadEntry["place"];
}

/** Lists with one name are left out: if that is dead, so is what the list is in. */
function entriesOf(rule: Rule): readonly Entry[] {
  const several = (names: readonly Written[] | undefined): readonly Written[] =>
    names === undefined || names.length < 2 ? [] : names;
  const ofCallers = (["subjects", "onBehalfOf"] as const).flatMap((part) =>
    asWritten(rule, part).map(
      ({ place, name, members }): Entry => ({ place, name, part, rule: { ...rule, [part]: members } }),
    ),
  );
  const targets = rule.on.length < 2 ? [] : rule.on;
  const ofTargets = targets.map(
    (one): Entry => ({
      place: one.resource.place,
      name: one.resource.text,
      part: "resource",
      rule: { ...rule, on: [one] },
    }),
  );
  const ofParts = rule.on.flatMap((target) => {
    const narrowed = (part: DeadEntry["part"], one: Written, changed: Partial<Target>): Entry => ({
      place: one.place,
      name: one.text,
      part,
      rule: { ...rule, on: [{ ...withoutParts(target), ...changed }] },
      inside: target.resource.place,
    });
    const { events } = target;
    return [
      ...(["operations", "tools", "prompts", "mcpResources", "rpcs"] as const).flatMap((part) =>
        severalOf(target, target[part]).map((one) => narrowed(part, one, { [part]: [one] })),
      ),
      ...several(events?.types).map((one) => narrowed("types", one, { events: { ...events, types: [one] } })),
    ];
  });
  return [...ofCallers, ...ofTargets, ...ofParts];
}

/**
 * The callers of a rule by what is written: a set that denies leave somebody of stands for something, and to take one of
 * many out by a deny is how that is said.
 */
function asWritten(
  rule: Rule,
  part: "subjects" | "onBehalfOf",
): readonly {
  readonly place: Written["place"];
  readonly name: string;
  readonly members: readonly Written[];
}[] {
  const written = items(child(rule.node, part)).flatMap((item) => {
    const members = (rule[part] ?? []).filter((one) => one.place === item.place);
    const name = text(item);
    return members.length === 0 || name === undefined ? [] : [{ place: item.place, name, members }];
  });
  return written.length < 2 ? [] : written;
}

/** The names of one list, unless they are all that the target names. */
function severalOf(target: Target, names: readonly Written[] | undefined): readonly Written[] {
  const { operations, tools, prompts, mcpResources, rpcs } = target;
  const all = [operations, tools, prompts, mcpResources, rpcs].flatMap((list) => list ?? []);
  return names === undefined || all.length < 2 ? [] : names;
}

function withoutParts({ place, resource }: Target): Target {
  return { place, resource };
}
