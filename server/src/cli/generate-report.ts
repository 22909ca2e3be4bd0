/** What `generate` says beside the document: the mutation score, and what no scenario tells. */
import type { Mutation } from "../simulate/boundary/mutation.ts";
import type { Location } from "../text/place.ts";
import type { ScenarioFields } from "../workspace/boundary/fields.ts";
import type { Generated } from "../workspace/boundary/generate.ts";
import type { ControlPlaneSnapshot } from "../workspace/snapshot.ts";
import type { Opened } from "./open.ts";
import { count, type Style } from "./style.ts";

export interface GeneratedReport {
  readonly generated: Generated;
  readonly plane: ControlPlaneSnapshot;
  readonly opened: Opened;
}

export interface MutationJson extends Partial<Location> {
  readonly id: string;
  /** The rule that changes; absent where a name that several rules use changes in all of them. */
  readonly rule?: string;
  readonly rules: readonly string[];
  readonly kind: Mutation["kind"];
  readonly mutation: string;
}

export interface GenerateJson {
  readonly environment: string;
  /** As in the document, with the ids of the mutations that each kills. */
  readonly scenarios: readonly (ScenarioFields & { readonly kills: readonly string[] })[];
  readonly mutants: Generated["mutants"];
  readonly survivors: readonly MutationJson[];
  readonly undecided: readonly (MutationJson & { readonly reason: string })[];
  readonly equivalent: readonly MutationJson[];
  /** Ids of the scenarios that fail as the policy stands, and so were not counted. */
  readonly failing: readonly string[];
  /** The document. */
  readonly text: string;
}

export function generatedJson({ generated, opened }: GeneratedReport): GenerateJson {
  const asJson = ({ id, rules, kind, words, place }: Mutation): MutationJson => {
    const [first, ...more] = rules;
    return {
      id,
      ...(first === undefined || more.length > 0 ? {} : { rule: first.id }),
      rules: rules.map((rule) => rule.id),
      kind,
      mutation: words,
      ...opened.snapshot.layouts.get(place.block.uri)?.location(place),
    };
  };
  return {
    environment: generated.environment,
    scenarios: generated.scenarios.map(({ fields, kills }) => ({ ...fields, kills })),
    mutants: generated.mutants,
    survivors: generated.survivors.map(asJson),
    undecided: generated.undecided.map(({ mutation, reason }) => ({ ...asJson(mutation), reason })),
    equivalent: generated.equivalent.map(asJson),
    failing: generated.failing.map((one) => one.id),
    text: generated.text,
  };
}

/** So many mutations of one kind are listed. */
const mostListed = 20;

/** `written`: what became of the file that was asked for. */
export function generatedLines(
  { generated, opened }: GeneratedReport,
  written: string | undefined,
  { bad, doubtful, quiet }: Style,
): readonly string[] {
  const at = ({ place }: Mutation): string => {
    const location = opened.snapshot.layouts.get(place.block.uri)?.location(place);
    if (location === undefined) return "";
    const { line, character } = location.range.start;
    return quiet(`  ${opened.name(location.uri)}:${line + 1}:${character + 1}`);
  };
  const listed = (label: string, all: readonly string[]): readonly string[] => {
    const more = all.length - mostListed;
    const rest = more > 0 ? [quiet(`  and ${more} more; --format json lists all`)] : [];
    return [...all.slice(0, mostListed).map((one) => `  ${label}  ${one}`), ...rest];
  };
  return [
    ...(written === undefined ? [] : [written]),
    ...listed(
      bad("survives"),
      generated.survivors.map((one) => one.id + at(one)),
    ),
    ...listed(
      doubtful("undecided"),
      generated.undecided.map(({ mutation, reason }) => `${mutation.id}: ${reason}${at(mutation)}`),
    ),
    ...listed(
      quiet("changes nothing"),
      generated.equivalent.map((one) => one.id + at(one)),
    ),
    ...failing(generated),
    scoreLine(generated),
  ];
}

function failing({ failing: all }: Generated): readonly string[] {
  const [first] = all;
  if (first === undefined) return [];
  const names = all.map((one) => one.id).join(", ");
  const [verb, which] = all.length === 1 ? ["fails", "it tells"] : ["fail", "they tell"];
  return [
    `${count(all.length, "scenario")} ${verb} as the policy stands, so that ${which} nothing: ${names}`,
  ];
}

/**
 * `existing scenarios kill 31 of 78 mutants (40%); with the 22 generated ones 78 of 78 (100%); 6 mutants change
 * nothing; 0 undecided`.
 */
export function scoreLine({ mutants, scenarios }: Generated): string {
  const decided = mutants.total - mutants.equivalent - mutants.undecided;
  const { equivalent, undecided, killedByExisting, killedWithGenerated } = mutants;
  const all = `${killedByExisting} of ${count(decided, "mutant")} (${percent(killedByExisting, decided)})`;
  const generated = `${killedWithGenerated} of ${decided} (${percent(killedWithGenerated, decided)})`;
  const those = scenarios.length === 1 ? "the generated one" : `the ${scenarios.length} generated ones`;
  return [
    `existing scenarios kill ${all}`,
    ...(scenarios.length > 0 ? [`with ${those} ${generated}`] : undecided > 0 ? [] : ["none is missing"]),
    `${count(equivalent, "mutant")} ${equivalent === 1 ? "changes" : "change"} nothing`,
    `${undecided} undecided`,
  ].join("; ");
}

/** Never 100% where one is left. Of nothing, all is killed. */
function percent(part: number, whole: number): string {
  return whole === 0 ? "100%" : `${Math.floor((part / whole) * 100)}%`;
}
