/** What holds in several environments is told once, and names them. */
import type { Environment } from "../policy/model.ts";
import { changeMessage } from "./semantic-diff-message.ts";
import type { DecisionChange, DiffRule, DiffUnknown, NotCompared } from "./semantic-diff-report.ts";
import type { LocalChange } from "./semantic-diff-resource.ts";

/** The order of the environments is that of the first change of each; `environments` gives their variables. */
export function mergeChanges(
  changes: readonly LocalChange[],
  environments: ReadonlyMap<string, readonly Environment[]>,
): readonly DecisionChange[] {
  const groups = new Map<string, { readonly common: string; readonly all: LocalChange[] }>();
  for (const change of changes) {
    const common = withVariables(change.region, environments.get(change.environment) ?? []);
    const key = JSON.stringify([
      change.kind,
      change.resource,
      common,
      change.baseRules.map(ruleKey),
      change.currentRules.map(ruleKey),
      change.cause,
      change.because.map((one) => one.text),
    ]);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, { common, all: [change] });
    else known.all.push(change);
  }
  return [...groups.values()].map(({ common, all }) => merged(common, all)).sort(byKind(changes));
}

function merged(common: string, all: readonly LocalChange[]): DecisionChange {
  const [first] = all;
  if (first === undefined) throw new Error("a change of no environment");
  const { kind, resource, cause, witness, baseRules, currentRules, because, about } = first;
  const isOne = all.every((one) => one.region === first.region);
  const change = {
    kind,
    resource,
    environments: all.map((one) => one.environment),
    region: isOne ? first.region : common,
    witness,
    baseRules,
    currentRules,
    because,
    cause,
  };
  return {
    id: [kind, resource, `${about.effect} ${about.id}`, change.environments.join("+")].join("/"),
    ...change,
    message: changeMessage(change),
  };
}

/** Those of the first environment first; of one environment, what is allowed before what is denied. */
function byKind(changes: readonly LocalChange[]): (a: DecisionChange, b: DecisionChange) => number {
  const order = [...new Set(changes.map((one) => one.environment))];
  const place = ({ environments }: DecisionChange): number => order.indexOf(environments[0] ?? "");
  return (a, b) => place(a) - place(b) || (a.kind < b.kind ? -1 : a.kind > b.kind ? 1 : 0);
}

function ruleKey({ id, effect, change, otherId }: DiffRule): readonly (string | undefined)[] {
  return [id, effect, change, otherId];
}

/** Shorter values stand by chance where no variable is meant. */
const shortestValue = 4;

/** The region as the files would say it: `${td}` where an environment has its own trust domain. */
function withVariables(region: string, environments: readonly Environment[]): string {
  const variables = environments
    .flatMap(({ vars }) => [...vars])
    .filter(([, value]) => value.length >= shortestValue)
    .sort(([, a], [, b]) => b.length - a.length);
  return variables.reduce((text, [name, value]) => text.replaceAll(value, () => `\${${name}}`), region);
}

type Somewhere = { readonly environments: readonly string[] };

export const mergeUnknown = (all: readonly DiffUnknown[]): readonly DiffUnknown[] =>
  mergeEnvironments(all, ({ resource, text, reason }) => JSON.stringify([resource, text, reason]));

export const mergeNotCompared = (all: readonly NotCompared[]): readonly NotCompared[] =>
  mergeEnvironments(all, ({ resource, reason }) => JSON.stringify([resource, reason]));

function mergeEnvironments<T extends Somewhere>(all: readonly T[], key: (one: T) => string): readonly T[] {
  const found = new Map<string, T>();
  for (const one of all) {
    const known = found.get(key(one));
    const environments = [...new Set([...(known?.environments ?? []), ...one.environments])];
    found.set(key(one), { ...(known ?? one), environments });
  }
  return [...found.values()];
}
