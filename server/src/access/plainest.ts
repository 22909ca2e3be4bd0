import type { AssignedValue, Assignment } from "./assignment.ts";
import type { Attribute } from "./attribute.ts";

/** Present in every HTTP request, so that a witness that leaves them open still reads like one. */
export const naturalIfFree: ReadonlySet<string> = new Set(["request.method", "request.path"]);

/**
 * The same request with as little in it as still makes the point: a solver that avoids a region may give a value to
 * an attribute where leaving it out would do. Whole families first (a token, a client), then one attribute at a time.
 */
export function plainest(
  assignment: Assignment,
  canBeAbsent: (attribute: Attribute) => boolean,
  holds: (candidate: Assignment) => boolean,
): Assignment {
  const removable = [...assignment.values()].filter(
    ({ attribute, value }) =>
      value.kind !== "absent" &&
      attribute.sort !== "opaque" &&
      !naturalIfFree.has(attribute.id) &&
      canBeAbsent(attribute),
  );
  const families = new Map<string, AssignedValue[]>();
  for (const one of removable) {
    const family = one.attribute.id.split(".")[0] ?? "";
    families.set(family, [...(families.get(family) ?? []), one]);
  }
  const groups = [
    ...[...families.values()].filter((group) => group.length > 1),
    ...removable.map((one) => [one]),
  ];
  let current = assignment;
  for (const group of groups) {
    if (group.every(({ attribute }) => current.get(attribute.key)?.value.kind === "absent")) continue;
    const candidate = new Map(current);
    for (const { attribute } of group) candidate.set(attribute.key, { attribute, value: { kind: "absent" } });
    if (holds(candidate)) current = candidate;
  }
  return current;
}
