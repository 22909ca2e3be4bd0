/**
 * Boundary scenarios: requests just inside and just outside of every rule, so chosen that each mutation of the policy
 * that changes what is allowed makes at least one of them fail. The score is measured on the text that is handed out:
 * it is read again, and every scenario in it is run under every mutation.
 */
import type { Interaction } from "../../access/interaction.ts";
import type { DocumentSource } from "../../policy/build/files.ts";
import { buildScenarios } from "../../policy/build/scenarios.ts";
import type { Environment, PolicySet, Rule, Scenario } from "../../policy/model.ts";
import { MutatedPolicy, type Situation } from "../../simulate/boundary/mutated-policy.ts";
import type { Mutation } from "../../simulate/boundary/mutation.ts";
import { mutationsOf } from "../../simulate/boundary/mutations-of.ts";
import { scenarioInteraction } from "../../simulate/scenario.ts";
import { parseYaml } from "../../yaml/parse.ts";
import { type Allowance, allowance, Distinguisher, type Witnessed } from "./distinguish.ts";
import { suiteText } from "./document.ts";
import { draftsOf } from "./drafts.ts";
import { interactionOf, type ScenarioFields } from "./fields.ts";
import { descriptionOf, isInside, nameOf, ruleOf } from "./names.ts";
import { type Candidate, cover, type Expectation, fails, type Killed, killed } from "./pool.ts";

export interface GenerateOptions {
  /** Documents that existing scenarios refer to. */
  readonly source: DocumentSource;
  /** The scenarios that count as there; by default those of the set. */
  readonly existing?: readonly Scenario[];
  /** Also the cases that existing scenarios show. By default only what is missing. */
  readonly all?: boolean;
  /** Only for this rule, by its id. */
  readonly rule?: string;
  /** RFC 3339; the time of all scenarios whose rules ask for no other one. */
  readonly now?: string;
  /** The suite's name, if it is free. */
  readonly suite?: string;
  readonly steps?: Allowance;
}

export interface GeneratedScenario {
  readonly fields: ScenarioFields;
  /** Ids of the mutations that it kills. */
  readonly kills: readonly string[];
}

export interface Generated {
  readonly environment: string;
  readonly scenarios: readonly GeneratedScenario[];
  /** The YAML document; valid, and empty of scenarios where none is missing. */
  readonly text: string;
  readonly mutants: {
    readonly total: number;
    /** They change nothing: no request can tell them. */
    readonly equivalent: number;
    readonly undecided: number;
    readonly killedByExisting: number;
    readonly killedWithGenerated: number;
  };
  readonly equivalent: readonly Mutation[];
  readonly undecided: readonly { readonly mutation: Mutation; readonly reason: string }[];
  /** Those that no scenario kills, generated ones included. */
  readonly survivors: readonly Mutation[];
  /** The existing scenarios of the environment that fail as the policy stands, and so tell nothing. */
  readonly failing: readonly Scenario[];
}

const pinnedNow = "2026-01-15T09:00:00Z";

/** Pure: no input or output, no clock; the same input gives the same answer. */
export function generateScenarios(
  set: PolicySet,
  environment: Environment,
  options: GenerateOptions,
): Generated {
  return new Generator(set, environment, options).run();
}

class Generator {
  readonly #policy: MutatedPolicy;
  readonly #mutations: readonly Mutation[];
  /** Those that change something on a resource, by its name. */
  readonly #mutationsOn = new Map<string, Mutation[]>();
  readonly #distinguisher: Distinguisher;
  readonly #now: string;
  readonly #candidates: Candidate[] = [];
  /** The decision of some request is another one under them. */
  readonly #differs = new Set<Mutation>();
  readonly #killedByCandidates = new Set<Mutation>();

  constructor(
    private readonly set: PolicySet,
    private readonly environment: Environment,
    private readonly options: GenerateOptions,
  ) {
    this.#policy = new MutatedPolicy(set, environment);
    this.#mutations = mutationsOf(this.#policy, options.rule);
    for (const mutation of this.#mutations)
      for (const name of new Set(
        mutation.rules.flatMap((rule) => rule.on.map((target) => target.resource.text)),
      )) {
        const own = this.#mutationsOn.get(name);
        if (own === undefined) this.#mutationsOn.set(name, [mutation]);
        else own.push(mutation);
      }
    this.#distinguisher = new Distinguisher(this.#policy, options.steps ?? allowance());
    this.#now = options.now ?? pinnedNow;
  }

  run(): Generated {
    const existing = this.#existing();
    const known = existing.flatMap((one) => one.killed ?? []);
    const killedBefore = new Set(known.flatMap((one) => [...one.kills]));
    for (const one of known) for (const mutation of one.differs) this.#differs.add(mutation);
    const isMissing = (mutation: Mutation): boolean =>
      this.options.all === true || !killedBefore.has(mutation);

    for (const rule of this.#policy.rules) this.#inside(rule, isMissing);
    const equivalent = new Set<Mutation>();
    const undecided = new Map<Mutation, string>();
    for (const mutation of this.#mutations) {
      const isTold = this.#killedByCandidates.has(mutation) || !isMissing(mutation);
      if (isTold && this.#differs.has(mutation)) continue;
      const answer = this.#distinguisher.distinguish(mutation);
      // A request outside of what the comparison assumes may still tell it; then it changes something.
      if (answer.answer === "equivalent" && !this.#differs.has(mutation)) equivalent.add(mutation);
      else if (answer.answer === "undecided") undecided.set(mutation, answer.reason);
      else if (answer.answer === "differs") this.#propose(answer.witnesses, mutation, undecided);
    }
    // What was found for another mutation may tell one that was too hard by itself.
    for (const mutation of this.#differs) undecided.delete(mutation);
    const decided = this.#mutations.filter((one) => !equivalent.has(one) && !undecided.has(one));
    const wanted = new Set(decided.filter(isMissing));
    const chosen = cover(this.#candidates, wanted);
    const { text, scenarios, killedByThem } = this.#written(chosen, wanted, decided);
    const isKilled = (mutation: Mutation) => killedBefore.has(mutation) || killedByThem.has(mutation);
    return {
      environment: this.environment.name,
      scenarios,
      text,
      mutants: {
        total: this.#mutations.length,
        equivalent: equivalent.size,
        undecided: undecided.size,
        killedByExisting: decided.filter((one) => killedBefore.has(one)).length,
        killedWithGenerated: decided.filter(isKilled).length,
      },
      equivalent: [...equivalent],
      undecided: [...undecided].map(([mutation, reason]) => ({ mutation, reason })),
      survivors: decided.filter((one) => !isKilled(one)),
      failing: existing.filter((one) => one.killed === undefined).map((one) => one.scenario),
    };
  }

  /** The scenarios that run in the environment. One that fails as the policy stands would fail under every mutation. */
  #existing(): readonly { readonly scenario: Scenario; readonly killed: Killed | undefined }[] {
    const all = this.options.existing ?? this.set.scenarios;
    return all
      .filter(({ environment }) => environment === undefined || environment.text === this.environment.name)
      .map((scenario) => {
        const read = scenarioInteraction(scenario, this.set, this.environment, this.options.source);
        if ("problem" in read) return { scenario, killed: undefined };
        return { scenario, killed: this.#killedBy(expectationOf(scenario), read.interaction) };
      });
  }

  #killedBy(expected: Expectation, request: Interaction): Killed | undefined {
    return this.#killedIn(expected, this.#policy.situation(request));
  }

  #killedIn(expected: Expectation, situation: Situation): Killed | undefined {
    const concerned = this.#mutationsOn.get(situation.request?.resource.name ?? "") ?? [];
    return killed(expected, situation, concerned, this.#policy);
  }

  /** Proposes requests inside of a rule of which something is missing. */
  #inside(rule: Rule, isMissing: (mutation: Mutation) => boolean): void {
    const own = this.#mutations.filter((one) => one.about === rule.id);
    const removed = own.find((one) => one.kind === "remove-rule");
    if (removed === undefined || !own.some(isMissing)) return;
    for (const one of this.#distinguisher.inside(rule, removed)) this.#add(one, removed);
  }

  /** Keeps of a mutation's witnesses those that a scenario can say. */
  #propose(witnesses: readonly Witnessed[], mutation: Mutation, undecided: Map<Mutation, string>): void {
    const added = witnesses.filter((one) => this.#add(one, mutation));
    if (added.length === 0)
      undecided.set(
        mutation,
        "A request tells it from the policy, but no form of scenario can say that request.",
      );
  }

  /** The most readable scenario that makes the witness's point: it kills the mutation. */
  #add({ request, resource }: Witnessed, mutation: Mutation): boolean {
    const meant = this.#policy.situation(request).verdict;
    const seen = new Set<string>();
    for (const [index, draft] of [
      ...draftsOf(request, resource, this.#policy.set, this.environment),
    ].entries()) {
      const expect = expectationFrom(meant, mutation);
      const fields = { ...draft, expect };
      const key = JSON.stringify(fields);
      if (seen.has(key)) continue;
      seen.add(key);
      const made = interactionOf({ name: "boundary", ...fields }, this.#now, this.set, this.environment);
      if (made === undefined) continue;
      const situation = this.#policy.situation(made);
      const isPoint =
        !fails(expect, situation.verdict) && fails(expect, this.#policy.under(situation, mutation));
      if (!isPoint) continue;
      const found = this.#killedIn(expect, situation);
      if (found === undefined) continue;
      for (const one of found.differs) this.#differs.add(one);
      for (const one of found.kills) this.#killedByCandidates.add(one);
      this.#candidates.push({ ...found, fields, request: made, situation, cost: costOf(fields, index) });
      return true;
    }
    return false;
  }

  #written(
    chosen: readonly Candidate[],
    wanted: ReadonlySet<Mutation>,
    decided: readonly Mutation[],
  ): {
    readonly text: string;
    readonly scenarios: readonly GeneratedScenario[];
    readonly killedByThem: ReadonlySet<Mutation>;
  } {
    const names = new Set<string>();
    const ordered = this.#ordered(chosen, wanted).map(({ candidate, reasons }): ScenarioFields => {
      const name = free(nameOf(candidate, reasons, this.#policy), names);
      return { name, description: descriptionOf(candidate, reasons), ...candidate.fields };
    });
    const suites = new Set((this.options.existing ?? this.set.scenarios).map((one) => one.suite));
    const suite = {
      name: free(this.options.suite ?? "boundary", suites, (name, count) => `${name}-${count}`),
      environment: this.environment.name,
      now: this.#now,
      scenarios: ordered,
    };
    const text = suiteText(suite);
    const killedByThem = new Set<Mutation>();
    const scenarios = this.#reread(text).map(({ scenario, request }, index): GeneratedScenario => {
      const found = this.#killedBy(expectationOf(scenario), request);
      const fields = ordered[index];
      if (found === undefined || fields === undefined)
        throw new Error(`the generated scenario "${scenario.name.text}" does not hold`);
      for (const mutation of found.kills) killedByThem.add(mutation);
      return { fields, kills: decided.filter((one) => found.kills.has(one)).map((one) => one.id) };
    });
    if (scenarios.length !== ordered.length) throw new Error("a generated scenario cannot be read again");
    return { text, scenarios, killedByThem };
  }

  /** By rule, inside before outside, each with why it was chosen. */
  #ordered(chosen: readonly Candidate[], wanted: ReadonlySet<Mutation>) {
    const order = new Map(this.#policy.rules.map((rule, index) => [rule.id, index]));
    const ranked = chosen.map((candidate) => {
      const reasons = reasonsOf(candidate, chosen, wanted);
      const rule = order.get(ruleOf(candidate, reasons)?.id ?? "") ?? order.size;
      return { candidate, reasons, rank: rule * 2 + (isInside(candidate.fields.expect) ? 0 : 1) };
    });
    return ranked.sort((a, b) => a.rank - b.rank);
  }

  #reread(text: string): readonly { readonly scenario: Scenario; readonly request: Interaction }[] {
    const root = parseYaml("generated:/scenarios.plumb.yaml", text, { dialect: "plumbline" }).documents[0]
      ?.root;
    if (root?.kind !== "map") throw new Error("the generated document cannot be read again");
    const suite = { text: "generated", place: root.place };
    return buildScenarios("generated:/scenarios.plumb.yaml", root, suite).scenarios.map((scenario) => {
      const read = scenarioInteraction(scenario, this.set, this.environment, this.options.source);
      if ("problem" in read) throw new Error(read.problem.message);
      return { scenario, request: read.interaction };
    });
  }
}

function expectationOf({ expect }: Scenario): Expectation {
  return {
    decision: expect.decision,
    ...(expect.rule === undefined ? {} : { rule: expect.rule.text }),
    ...(expect.listed === undefined ? {} : { listed: expect.listed.map((one) => one.text) }),
  };
}

/** Of several deciding rules the one that the scenario is about. Default deny is no rule. */
function expectationFrom(verdict: Situation["verdict"], { about }: Mutation): ScenarioFields["expect"] {
  const deciding = verdict.rules.includes(about) ? about : verdict.rules[0];
  return { decision: verdict.decision, ...(deciding === undefined ? {} : { rule: deciding }) };
}

/** Why a scenario was chosen: the wanted mutations that no other chosen one kills, else all that it kills. */
function reasonsOf(
  candidate: Candidate,
  chosen: readonly Candidate[],
  wanted: ReadonlySet<Mutation>,
): readonly Mutation[] {
  const own = [...candidate.kills].filter((one) => wanted.has(one));
  const alone = own.filter((one) => !chosen.some((other) => other !== candidate && other.kills.has(one)));
  return alone.length > 0 ? alone : own;
}

/** A caller by name before one by credentials, and both before the neutral form; then what is shorter. */
function costOf(fields: Candidate["fields"], index: number): number {
  const isNeutral = "interaction" in fields.request;
  const isRaw = fields.source !== undefined || fields.client !== undefined || fields.jwt !== undefined;
  return (isNeutral ? 10_000 : isRaw ? 1_000 : 0) + index * 10 + JSON.stringify(fields).length;
}

function free(
  name: string,
  taken: Set<string>,
  numbered = (base: string, count: number) => `${base} (${count})`,
): string {
  let found = name;
  for (let count = 2; taken.has(found); count++) found = numbered(name, count);
  taken.add(found);
  return found;
}
