/** Lookups over one control plane, each made once when it is first asked for: what features would otherwise scan for. */
import type { DriftFinding, PathComparison } from "../drift/report.ts";
import type { Identity, Rule, Scenario, Written } from "../policy/model.ts";
import { child, texts as nodeTexts } from "../text/tree.ts";
import type { ControlPlaneSnapshot, ScenarioRun } from "../workspace/snapshot.ts";

type Groups<T> = ReadonlyMap<string, readonly T[]>;

const known = new WeakMap<ControlPlaneSnapshot, Facts>();

export function factsOf(plane: ControlPlaneSnapshot): Facts {
  const before = known.get(plane);
  if (before !== undefined) return before;
  const made = new Facts(plane);
  known.set(plane, made);
  return made;
}

/** Every lookup is lazy, so that a hover after an edit pays for nothing that it does not show. */
class Facts {
  readonly #made = new Map<string, unknown>();

  constructor(private readonly plane: ControlPlaneSnapshot) {}

  /** By id, `policy/rule`. */
  get rules(): ReadonlyMap<string, Rule> {
    return this.#once("rules", () => new Map(this.#rules.map((rule) => [rule.id, rule])));
  }

  /** Rules by a resource that they speak of. */
  get byResource(): Groups<Rule> {
    return this.#once("byResource", () =>
      group(this.#rules, (rule) => rule.on.map((one) => one.resource.text)),
    );
  }

  get bySubject(): Groups<Rule> {
    return this.#once("bySubject", () =>
      group(this.#rules, (rule) => [...new Set([...texts(rule.subjects), ...named(rule, "subjects")])]),
    );
  }

  /** Rules by one on whose behalf somebody acts. */
  get byDelegator(): Groups<Rule> {
    return this.#once("byDelegator", () =>
      group(this.#rules, (rule) => [...new Set([...texts(rule.onBehalfOf), ...named(rule, "onBehalfOf")])]),
    );
  }

  /** Deny rules that match every caller. */
  get denyEveryone(): readonly Rule[] {
    return this.#once("denyEveryone", () =>
      this.#rules.filter((rule) => rule.effect === "deny" && rule.subjects === undefined),
    );
  }

  /** Identities by one for whom they may act. */
  get actors(): Groups<Identity> {
    return this.#once("actors", () =>
      group([...this.plane.set.identities.values()], (identity) => texts(identity.actsFor)),
    );
  }

  get scenariosAs(): Groups<Scenario> {
    return this.#once("scenariosAs", () =>
      group(this.plane.set.scenarios, ({ as }) => (as === undefined ? [] : [as.text])),
    );
  }

  get runsOf(): Groups<ScenarioRun> {
    return this.#once("runsOf", () => group(this.plane.runs, (run) => [run.scenario.id]));
  }

  /** Runs by a rule that they expect or that decides them. */
  get runsAbout(): Groups<ScenarioRun> {
    return this.#once("runsAbout", () => group(this.plane.runs, rulesOf));
  }

  get comparisons(): Groups<PathComparison> {
    return this.#once("comparisons", () =>
      group(
        [...this.plane.drift.values()].flatMap((report) => report.comparisons),
        (one) => [one.resource],
      ),
    );
  }

  get driftOfRule(): Groups<DriftFinding> {
    return this.#once("driftOfRule", () =>
      group(this.#findings, (finding) => finding.rules.map((one) => one.label)),
    );
  }

  /** Drift findings that nobody accepts, by the deployed file that is most to blame. */
  get driftInFile(): Groups<DriftFinding> {
    return this.#once("driftInFile", () =>
      group(this.#unaccepted, (finding) =>
        finding.deployed.slice(0, 1).flatMap((one) => one.place?.block.uri ?? []),
      ),
    );
  }

  get #rules(): readonly Rule[] {
    return this.#once("allRules", () => this.plane.set.policies.flatMap((policy) => policy.rules));
  }

  get #findings(): readonly DriftFinding[] {
    return [...this.plane.drift.values()].flatMap((report) => report.findings);
  }

  get #unaccepted(): readonly DriftFinding[] {
    return this.#findings.filter((one) => !this.plane.acceptedDrift.has(one.id));
  }

  #once<T>(name: string, make: () => T): T {
    // Only what was made under a name is ever read under it.
    if (this.#made.has(name)) return this.#made.get(name) as T;
    const made = make();
    this.#made.set(name, made);
    return made;
  }
}

/** As the rule writes them: sets by their own names. */
function named(rule: Rule, list: "subjects" | "onBehalfOf"): readonly string[] {
  return nodeTexts(child(rule.node, list));
}

function texts(written: readonly Written[] | undefined): readonly string[] {
  return (written ?? []).map((one) => one.text);
}

function rulesOf({ scenario, simulation }: ScenarioRun): readonly string[] {
  const expected = scenario.expect.rule === undefined ? [] : [scenario.expect.rule.text];
  return [...expected, ...(simulation?.decision.rules ?? []).map((one) => one.rule)];
}

/** The items by each of their keys, in order, an item once for each key. */
function group<T>(items: readonly T[], keysOf: (item: T) => readonly string[]): Groups<T> {
  const groups = new Map<string, T[]>();
  for (const item of items)
    for (const key of keysOf(item)) {
      const own = groups.get(key);
      if (own === undefined) groups.set(key, [item]);
      else if (own.at(-1) !== item) own.push(item);
    }
  return groups;
}
