/** Why a rule applies to no request, and why its condition says nothing: the fewest parts that show it. */
import type { Budget } from "../../access/budget.ts";
import { isEmpty, type Judged, type Part, placesOf } from "./judged.ts";
import type { Verdict, VerdictOf } from "./verdict.ts";

const allParts: readonly Part[] = ["subjects", "requires", "on", "condition"];

/** Undefined where the budget does not do. `judged` applies to no request. */
export function whyEmpty(judged: Judged, budget: Budget): Verdict | undefined {
  if (placesOf(judged).length === 0) return { kind: "unreachable", judged, parts: ["on"] };
  const given = partsOf(judged);
  const has = (...parts: Part[]) => isEmpty(judged, new Set(parts), budget);
  // What the condition says alone is its own fault; of targets that have no request nothing else can be said.
  const onIsEmpty = has("on");
  if (onIsEmpty === true) return { kind: "unreachable", judged, parts: ["on"] };
  if (given.includes("condition") && onIsEmpty === false) {
    const within = has("condition") === true ? "any" : has("condition", "on") === true ? "on" : undefined;
    if (within !== undefined) {
      const parts = new Set<Part>(within === "any" ? ["condition"] : ["condition", "on"]);
      const isError = judged.rule.effect === "allow" && isNeverFalse(judged, parts, budget);
      const bySchema = isBySchema(judged, (loose) => isEmpty(loose, parts, budget) === true);
      return { kind: "condition-always-false", judged, within, isError, bySchema };
    }
  }
  const parts = subsets(given).find((some) => some.length > 0 && has(...some) === true);
  return parts === undefined ? undefined : { kind: "unreachable", judged, parts };
}

/** Whether the condition keeps the rule from no request that it would apply to without it. */
export function saysNothing(judged: Judged, budget: Budget): boolean | "too-complex" {
  return isEmpty(judged, new Set(allParts), budget, { otherwise: true, anyEnvironment: true });
}

export function whyAlwaysTrue(
  judged: Judged,
  budget: Budget,
): VerdictOf<"condition-always-true"> | undefined {
  const given = partsOf(judged).filter((part) => part !== "condition");
  const holds = (one: Judged, some: readonly Part[]): boolean => {
    const options = { otherwise: true, anyEnvironment: true } as const;
    return isEmpty(one, new Set<Part>([...some, "condition"]), budget, options) === true;
  };
  const parts = subsets(given).find((some) => holds(judged, some));
  if (parts === undefined) return undefined;
  const bySchema = isBySchema(judged, (loose) => holds(loose, parts));
  return { kind: "condition-always-true", judged, parts, bySchema };
}

/** Whether something that holds of the rule does not where schemas ask nothing beyond types. */
function isBySchema(judged: Judged, holds: (loose: Judged) => boolean): boolean {
  const { condition, effect } = judged.rule;
  if (condition === undefined) return false;
  const { partition, partitionByTypes } = condition.compiled;
  if (partition === partitionByTypes) return false;
  const conditions =
    effect === "deny" ? [...partitionByTypes.true, ...partitionByTypes.error] : partitionByTypes.true;
  const compiled = { ...condition.compiled, partition: partitionByTypes };
  return !holds({
    ...judged,
    rule: { ...judged.rule, condition: { ...condition, compiled } },
    uses: judged.uses.map((use) => ({ ...use, factors: use.factors && { ...use.factors, conditions } })),
  });
}

function isNeverFalse(judged: Judged, parts: ReadonlySet<Part>, budget: Budget): boolean {
  const { condition } = judged.rule;
  if (condition === undefined) return false;
  const { partition } = condition.compiled;
  const onlyFalse: Judged = {
    ...judged,
    uses: judged.uses.map((use) => ({
      ...use,
      factors: use.factors && { ...use.factors, conditions: partition.false },
    })),
  };
  return isEmpty(onlyFalse, parts, budget) === true;
}

/** The parts that the rule has: what it leaves out rules nothing out. */
function partsOf({ rule }: Judged): readonly Part[] {
  const has: Readonly<Record<Part, boolean>> = {
    subjects: rule.subjects !== undefined,
    requires: rule.effect === "allow" && rule.requires !== undefined,
    on: true,
    condition: rule.condition !== undefined,
  };
  return allParts.filter((part) => has[part]);
}

/** Small ones first. */
function subsets<T>(all: readonly T[]): readonly (readonly T[])[] {
  let found: readonly (readonly T[])[] = [[]];
  for (const one of all) found = [...found, ...found.map((some) => [...some, one])];
  return [...found].sort((a, b) => a.length - b.length);
}
