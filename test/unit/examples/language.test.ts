/**
 * examples/language shows every construct of the language: the keys come from the JSON Schemas, so that a new one fails
 * here until the example writes it; and what decides is shown only where some scenario is decided otherwise without it.
 */
import { beforeAll, expect, test, vi } from "vitest";
import { alterations } from "./alterations.ts";
import { analyse, type Change, LanguageExample, type Written } from "./language-workspace.ts";
import { enforced, isAmong, keysOfGroups, matches, notShown, told } from "./not-deciding.ts";
import { keysOf, kinds, type Label } from "./schema-keys.ts";

// Some hundred analyses of the example, each of which takes some hundredths of a second.
vi.setConfig({ testTimeout: 180_000 });

const toldKeys = keysOfGroups(told);
const unshown = keysOfGroups(notShown);
const labels: readonly Label[] = [...new Set(kinds.flatMap(keysOf).map((one) => one.label))];
const shownLabels = labels.filter((label) => !isAmong(unshown, label));

let example: LanguageExample;
let written: ReadonlyMap<Label, readonly Written[]>;

beforeAll(async () => {
  example = await LanguageExample.open();
  const places = new Map<Label, Written[]>();
  for (const one of example.written) places.set(one.label, [...(places.get(one.label) ?? []), one]);
  written = places;
});

test("has no finding, and every scenario passes", async () => {
  const { findings, controlPlanes } = await analyse();
  expect([...findings.values()].flat().map(({ code, message }) => `${code}: ${message}`)).toEqual([]);
  const failed = controlPlanes.flatMap(({ runs }) => runs.filter((run) => run.status === "failed"));
  expect(failed.map((run) => run.reason)).toEqual([]);
});

test("every rule shows in the trace of a scenario, and every identity and resource is used", async () => {
  const { controlPlanes } = await analyse();
  for (const { set, runs } of controlPlanes) {
    const applied = new Set(
      runs.flatMap(({ simulation }) =>
        (simulation?.decision.trace ?? [])
          .filter((one) => one.outcome !== "does-not-apply")
          .map((one) => one.rule),
      ),
    );
    const rules = set.policies.flatMap((policy) => policy.rules);
    expect(rules.map((rule) => rule.id).filter((id) => !applied.has(id))).toEqual([]);
    const callers = new Set(
      rules.flatMap((rule) => [...(rule.subjects ?? []), ...(rule.onBehalfOf ?? [])].map((one) => one.text)),
    );
    for (const { enforcementPoints } of set.controlPlane.environments.values())
      for (const { identity } of enforcementPoints.values()) if (identity) callers.add(identity.text);
    const unused = [...set.identities.values()]
      .filter((one) => one.members === undefined && !callers.has(one.name))
      .map((one) => one.name);
    expect(unused).toEqual([]);
    const asked = new Set(rules.flatMap((rule) => rule.on.map((target) => target.resource.text)));
    expect([...set.resources.keys()].filter((name) => !asked.has(name))).toEqual([]);
  }
});

test("every key of every kind is written, but for those that are said", () => {
  expect(labels.length).toBeGreaterThan(380);
  expect(shownLabels.filter((label) => !written.has(label))).toEqual([]);
  expect(labels.filter((label) => isAmong(unshown, label) && written.has(label))).toEqual([]);
});

test("every value that the schemas list is written, where each means something else", () => {
  const alike = /\.(status|dataClass|method|type)$|^ControlPlane\b|^Inventory\.credential\.type$/;
  const missing = kinds
    .flatMap(keysOf)
    .filter(({ label, values }) => values.length > 0 && !alike.test(label) && shownLabels.includes(label))
    .flatMap(({ label, values }) => {
      const used = new Set((written.get(label) ?? []).flatMap((one) => example.valueOf(one)));
      return values.filter((value) => !used.has(value)).map((value) => `${label}: ${String(value)}`);
    });
  expect(missing.sort()).toEqual([
    // What is denied where nothing is said.
    "Inventory.spec.resources.*(api).ambiguousPaths: deny",
    "Inventory.spec.resources.*(service).ambiguousPaths: deny",
  ]);
});

test("the lists of what decides nothing name keys that there are, each once", () => {
  const all = [...toldKeys, ...enforced, ...unshown];
  expect(all.filter((key) => !labels.some((label) => matches(key, label)))).toEqual([]);
  expect(shownLabels.filter((label) => isAmong(toldKeys, label) && isAmong(enforced, label))).toEqual([]);
});

test("every other key decides: without it, or with another value, some scenario has another result", async () => {
  const deciding = shownLabels.filter((label) => !isAmong(toldKeys, label) && !isAmong(enforced, label));
  const proven = new Set(await decidingInScenarios(deciding));
  // What is inside others comes first: a key decides by what is in it.
  for (const label of [...deciding].sort((left, right) => depthOf(right) - depthOf(left)))
    if (proven.has(label) || holdsAny(label, proven) || (await decides(label))) proven.add(label);
  expect(deciding.filter((label) => !proven.has(label))).toEqual([]);
});

test("where a policy is enforced changes what is compared with what is deployed, and no decision", async () => {
  const keys = shownLabels.filter((one) => isAmong(enforced, one));
  const silent: Label[] = [];
  for (const label of keys) if (!(await changesEnforcement(label))) silent.push(label);
  expect(silent).toEqual([]);
  const without = keys.flatMap((label) => written.get(label) ?? []).filter((at) => !at.isRequired);
  const bare = await example.decidedWith(without.map((at) => ({ at, value: undefined })));
  expect(bare).toBe(example.results.decided);
});

async function changesEnforcement(label: Label): Promise<boolean> {
  for (const change of changesOf(label)) {
    const { decided, deployed } = await example.with([change]);
    expect(decided, label).toBe(example.results.decided);
    if (deployed !== example.results.deployed) return true;
  }
  return false;
}

test("what is only told changes nothing", async () => {
  const only = shownLabels.filter((label) => isAmong(toldKeys, label));
  if (await isSilent(only)) return;
  // All of them together make a difference: which of them?
  const loud: Label[] = [];
  for (const label of only) if (!(await isSilent([label]))) loud.push(label);
  expect(loud).toEqual([]);
  throw new Error("keys that are only told change a decision together, and none of them alone");
});

/** Each of them taken away, and each with another value. */
async function isSilent(keys: readonly Label[]): Promise<boolean> {
  const places = keys.flatMap((label) => written.get(label) ?? []);
  const without = places.filter((at) => !at.isRequired).map((at) => ({ at, value: undefined }));
  const bare = await example.with(without);
  if (bare.decided !== example.results.decided || bare.deployed !== example.results.deployed) return false;
  const others = places.flatMap((at) => {
    const values = alterations(at.label, example.valueOf(at), at.values);
    const change = values.map((value) => ({ at, value })).find((one) => example.isWellFormed(one));
    return change === undefined || typeof change.value === "object" ? [] : [change];
  });
  // Other names are not declared: what speaks of them is left out of comparisons, as it should.
  return (await example.decidedWith(others)) === example.results.decided;
}

async function decides(label: Label): Promise<boolean> {
  for (const change of changesOf(label))
    if ((await example.decidedWith([change])) !== example.results.decided) return true;
  return false;
}

/** Of the keys of scenarios: many at once, each in another scenario, since they do not touch one another. */
async function decidingInScenarios(all: readonly Label[]): Promise<readonly Label[]> {
  const found: Label[] = [];
  const open = new Map<Label, { next: Change | undefined; readonly others: Iterator<Change> }>();
  for (const label of all) {
    if (!(written.get(label) ?? []).every((at) => example.scenarioOf(at) !== undefined)) continue;
    const others = changesOf(label);
    open.set(label, { next: others.next().value ?? undefined, others });
  }
  for (;;) {
    const round = new Map<string, { readonly label: Label; readonly change: Change }>();
    for (const [label, one] of open) {
      const scenario = one.next && example.scenarioOf(one.next.at);
      if (one.next === undefined || scenario === undefined || round.has(scenario)) continue;
      round.set(scenario, { label, change: one.next });
      one.next = one.others.next().value ?? undefined;
    }
    if (round.size === 0) return found;
    const results = await example.decidedByScenario([...round.values()].map((one) => one.change));
    for (const [scenario, { label }] of round)
      if (results.get(scenario) !== example.results.byScenario.get(scenario) && open.delete(label))
        found.push(label);
  }
}

/** Of each place where it is written: without it, and with other values. */
function* changesOf(label: Label): Generator<Change> {
  for (const at of written.get(label) ?? []) {
    const values = alterations(label, example.valueOf(at), at.values).slice(0, 8);
    for (const value of at.isRequired ? values : [undefined, ...values])
      if (example.isWellFormed({ at, value })) yield { at, value };
  }
}

const depthOf = (label: Label): number =>
  Math.max(...(written.get(label) ?? []).map((one) => one.steps.length));

/** Whether one of the labels is written inside of it. */
function holdsAny(label: Label, others: ReadonlySet<Label>): boolean {
  return (written.get(label) ?? []).some((outer) =>
    example.written.some(
      (inner) =>
        inner.uri === outer.uri &&
        inner.document === outer.document &&
        inner.steps.length > outer.steps.length &&
        others.has(inner.label) &&
        outer.steps.every((step, index) => inner.steps[index] === step),
    ),
  );
}
