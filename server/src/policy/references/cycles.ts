import type { Problem } from "../../text/problem.ts";
import type { Identity, PolicySet, Written } from "../model.ts";

interface Step {
  readonly from: Identity;
  readonly to: Written;
}

/** What leads from one identity to others. */
type StepsOf = (identity: Identity) => readonly Written[];

/**
 * `actsFor` that leads back to where it started: in the end an identity would act for itself, and nobody could tell
 * who is responsible. One finding for each circle, at its first step in the order of the files.
 */
export function delegationCycles(set: PolicySet): readonly Problem[] {
  return circles(set, (identity) => identity.actsFor, delegationProblem);
}

/** Sets of identities that are in each other. */
export function setCycles(set: PolicySet): readonly Problem[] {
  return circles(set, (identity) => identity.members ?? [], setProblem);
}

function circles(
  set: PolicySet,
  stepsOf: StepsOf,
  problemOf: (steps: readonly Step[]) => Problem,
): readonly Problem[] {
  const problems: Problem[] = [];
  const done = new Set<string>();
  for (const start of set.identities.values()) {
    if (done.has(start.name)) continue;
    walk(set, start, done, stepsOf, (steps) => problems.push(problemOf(steps)));
  }
  return problems;
}

/** Depth first, without recursion: a hostile inventory may chain thousands of identities. */
function walk(
  set: PolicySet,
  start: Identity,
  done: Set<string>,
  stepsOf: StepsOf,
  found: (steps: readonly Step[]) => void,
): void {
  const path: Step[] = [];
  const open = new Map<string, number>([[start.name, 0]]);
  const pending: { readonly identity: Identity; next: number }[] = [{ identity: start, next: 0 }];
  for (let top = pending.at(-1); top !== undefined; top = pending.at(-1)) {
    const to = stepsOf(top.identity)[top.next++];
    if (to === undefined) {
      pending.pop();
      path.pop();
      open.delete(top.identity.name);
      done.add(top.identity.name);
      continue;
    }
    const begin = open.get(to.text);
    if (begin !== undefined) {
      found([...path.slice(begin), { from: top.identity, to }]);
      continue;
    }
    const next = set.identities.get(to.text);
    if (next === undefined || done.has(next.name)) continue;
    path.push({ from: top.identity, to });
    open.set(next.name, path.length);
    pending.push({ identity: next, next: 0 });
  }
}

function delegationProblem(steps: readonly Step[]): Problem {
  const names = steps.map((step) => step.from.name);
  const [first, ...others] = steps;
  if (first === undefined) throw new Error("a circle has at least one step");
  return {
    code: "reference/acts-for-cycle",
    severity: "error",
    message:
      others.length === 0
        ? `${first.from.name} cannot act for itself. Remove it from actsFor.`
        : `actsFor leads in a circle: ${[...names, names[0]].join(" acts for ")}. Nobody could tell who is responsible in the end; remove one of the steps.`,
    place: first.to.place,
    ...(others.length === 0
      ? {}
      : {
          related: others.map(({ from, to }) => ({
            place: to.place,
            message: `${from.name} acts for ${to.text} here.`,
          })),
        }),
  };
}

function setProblem(steps: readonly Step[]): Problem {
  const names = steps.map((step) => step.from.name);
  const [first, ...others] = steps;
  if (first === undefined) throw new Error("a circle has at least one step");
  return {
    code: "reference/set-cycle",
    severity: "error",
    message: `${others.length === 0 ? `${first.from.name} is a member of itself` : `These sets are members of each other: ${[...names, names[0]].join(" has ")}`}, which adds nobody. Remove ${first.to.text} from ${first.from.name}.`,
    place: first.to.place,
    ...(others.length === 0
      ? {}
      : {
          related: others.map(({ from, to }) => ({
            place: to.place,
            message: `${from.name} has ${to.text} here.`,
          })),
        }),
  };
}
