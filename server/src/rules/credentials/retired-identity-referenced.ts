import type { Identity, Rule } from "../../policy/model.ts";
import type { Fix } from "../../text/fix.ts";
import { child, items, type ListNode, type TreeNode, text } from "../../text/tree.ts";
import { type SwitchedOff, switchedOff } from "../analysis/credentials.ts";
import { enforcedAllows } from "../analysis/grants.ts";
import { type LintContext, lintRule, type RuleFinding } from "../lint-rule.ts";

export const retiredIdentityReferenced = lintRule({
  id: "retired-identity-referenced",
  category: "credentials",
  traffic: ["api", "service", "ai", "event"],
  controls: [
    "OWASP-NHI-2025:NHI1",
    "NIST-CSF-2.0:PR.AA-01",
    "NIST-CSF-2.0:PR.AA-05",
    "NIST-AI-RMF-1.0:GOVERN-1.7",
  ],
  fixable: true,
  letsThrough: "all",
  check,
});

interface Found {
  readonly identity: Identity;
  readonly state: SwitchedOff;
}

type Off = ReadonlyMap<string, Found>;

/** Rules that deny it and scenarios that show that it is denied are what should be there. */
function check({ set, today }: LintContext): readonly RuleFinding[] {
  const off: Off = new Map(
    [...set.identities].flatMap(([name, identity]) => {
      const state = switchedOff(identity, today);
      return state === undefined ? [] : [[name, { identity, state }] as const];
    }),
  );
  if (off.size === 0) return [];
  const active = [...set.identities.values()].filter((one) => !off.has(one.name));
  return [
    ...enforcedAllows(set).flatMap((rule) => inRule(rule, off)),
    ...active.flatMap(({ name, node }) => [
      ...inList(
        child(node, "of"),
        off,
        (who) => `${name}, whose members rules may allow things, still has ${who.identity.name}`,
      ),
      ...inList(
        child(node, "actsFor"),
        off,
        (who) =>
          `${name} ${who.state.isRetired ? "is still said to" : "may still"} act for ${who.identity.name}`,
      ),
    ]),
    ...[...set.controlPlane.environments.values()].flatMap((environment) =>
      [...environment.enforcementPoints.values()].flatMap(({ name, identity }) => {
        const found = off.get(identity?.text ?? "");
        if (found === undefined || identity === undefined) return [];
        const what = `${name} in ${environment.name} still calls the next hop as ${identity.text}`;
        return [finding(identity.place, what, found, [])];
      }),
    ),
  ];
}

function inRule({ id, node }: Rule, off: Off): readonly RuleFinding[] {
  return [
    ...inList(
      child(node, "subjects"),
      off,
      ({ identity: { name }, state }) => `${id} still ${state.isRetired ? "names" : "allows"} ${name}`,
    ),
    ...inList(
      child(node, "onBehalfOf"),
      off,
      ({ identity: { name }, state }) =>
        `${id} still ${state.isRetired ? "names" : "allows acting for"} ${name}`,
    ),
  ];
}

/** A set is named by its own name, and has findings where it lists its members. */
function inList(list: TreeNode | undefined, off: Off, say: (who: Found) => string): readonly RuleFinding[] {
  if (list?.kind !== "list") return [];
  const names = items(list).map((item) => text(item) ?? "");
  return items(list).flatMap((item, index) => {
    const found = off.get(names[index] ?? "");
    if (found === undefined) return [];
    return [finding(item.place, say(found), found, fixesOf(list, index, names, off))];
  });
}

function finding(
  place: RuleFinding["place"],
  what: string,
  { identity: { name }, state }: Found,
  fixes: readonly Fix[],
): RuleFinding {
  const otherwise = state.isRetired ? "" : `, or give ${name} a later day if it is still needed`;
  const why = state.isRetired
    ? "no rule allows it anything any more, but what was deployed before may still let in whoever has its credential"
    : "whoever still has its credential keeps this access, and nobody watches it";
  return {
    place,
    message: `${what}, which ${state.words}: ${why}. Take ${name} out${otherwise}.`,
    related: [{ place: state.place, message: `${name} ${state.words}.` }],
    data: { identity: name },
    fixes,
  };
}

/** What the last name is taken out of would say nothing at all, which is for people to decide. */
function fixesOf(list: ListNode, index: number, names: readonly string[], off: Off): readonly Fix[] {
  const name = names[index] ?? "";
  const found = off.get(name);
  const replacement = text(child(found?.identity.node, "replacedBy"));
  const fixes: Fix[] = [];
  const item = list.items[index];
  if (
    replacement !== undefined &&
    item?.kind === "scalar" &&
    !names.includes(replacement) &&
    !off.has(replacement)
  )
    fixes.push({
      title: `Replace ${name} with ${replacement}`,
      isSafe: false,
      edits: [{ edit: "set-scalar", node: item, value: replacement }],
    });
  if (names.some((one) => !off.has(one)))
    fixes.push({
      title: `Take ${name} out`,
      // That a retired identity stands in no rule is what retiring means; a day may have been set too early.
      isSafe: found?.state.isRetired === true && replacement === undefined,
      edits: [{ edit: "remove-item", list, index }],
    });
  return fixes;
}
