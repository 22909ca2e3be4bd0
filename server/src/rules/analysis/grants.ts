/** Who may call what, as the rules name it: for rules that look at identities and resources, not at single requests. */
import type { Identity, PolicySet, Resource, Rule, Target, Written } from "../../policy/model.ts";
import { at, text } from "../../text/tree.ts";
import { type Allowed, isLetThrough } from "./allowed.ts";

/** One subject of an enforced allow rule on one of its targets. */
export interface Grant {
  readonly rule: Rule;
  readonly subject: Identity;
  /** Where the rule names it, or the set that it is in. */
  readonly as: Written;
  readonly target: Target;
  readonly resource: Resource;
}

/** Those of the grants by which somebody gets through. */
export function lettingThrough(all: readonly Grant[], allowed: Allowed): readonly Grant[] {
  return all.filter(({ rule, target, as }) => isLetThrough(allowed, rule, { target, subjects: [as] }));
}

/** The allow rules that take part in decisions. */
export function enforcedAllows(set: PolicySet): readonly Rule[] {
  return set.policies
    .flatMap((policy) => policy.rules)
    .filter((rule) => rule.effect === "allow" && rule.mode === "enforce" && rule.unsound !== true);
}

/**
 * Of the subjects that `isMeant` takes: a rule with many subjects and targets has the product of both. Names that
 * resolve to nothing were reported as references.
 */
export function grants(set: PolicySet, isMeant: (subject: Identity) => boolean): readonly Grant[] {
  return enforcedAllows(set).flatMap((rule) =>
    (rule.subjects ?? []).flatMap((as) => {
      const subject = set.identities.get(as.text);
      if (subject === undefined || !isMeant(subject)) return [];
      return targetsOf(rule, set).map(({ target, resource }) => ({ rule, subject, as, target, resource }));
    }),
  );
}

export const isAgent = ({ type }: Identity): boolean => type === "agent";

export function targetsOf(
  rule: Rule,
  set: PolicySet,
): readonly { readonly target: Target; readonly resource: Resource }[] {
  return rule.on.flatMap((target) => {
    const resource = set.resources.get(target.resource.text);
    return resource === undefined ? [] : [{ target, resource }];
  });
}

/** From the least to the most sensitive (`dataClass` of the inventory's schema). */
const dataClasses = ["public", "internal", "confidential", "restricted"] as const;
export type DataClass = (typeof dataClasses)[number];

/** As declared; undefined where nobody said. */
export function dataClassOf({ node }: Resource): DataClass | undefined {
  const declared = text(at(node, "dataClass"));
  return dataClasses.find((one) => one === declared);
}

export function isSensitive(resource: Resource): boolean {
  const declared = dataClassOf(resource);
  return declared === "confidential" || declared === "restricted";
}

/** Whether `left` is the more sensitive of the two. */
export function exceeds(left: DataClass, right: DataClass): boolean {
  return dataClasses.indexOf(left) > dataClasses.indexOf(right);
}

/** By a key, in the order in which the keys come up first. */
export function groupBy<T, K>(all: readonly T[], keyOf: (one: T) => K): ReadonlyMap<K, readonly T[]> {
  const groups = new Map<K, T[]>();
  for (const one of all) {
    const key = keyOf(one);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return groups;
}
