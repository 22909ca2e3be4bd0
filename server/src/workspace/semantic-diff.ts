/** `diff REV`: what one version of a control plane newly allows and newly denies against another, per environment. */
import type { Place } from "../text/place.ts";
import { isBroken } from "./broken-parts.ts";
import { joinParts } from "./compare-report.ts";
import type { PolicySide } from "./policy-comparands.ts";
import { CallerNames } from "./semantic-diff-callers.ts";
import { wholeAllowance } from "./semantic-diff-causes.ts";
import { definitionChanges } from "./semantic-diff-definitions.ts";
import { changedFiles } from "./semantic-diff-files.ts";
import { mergeChanges, mergeNotCompared, mergeUnknown } from "./semantic-diff-merge.ts";
import { isSameEverywhere, obligationChanges } from "./semantic-diff-obligations.ts";
import type {
  DiffSide,
  DiffUnknown,
  EnvironmentDiff,
  NotCompared,
  Presence,
  ResourceDiff,
  SemanticDiff,
  SemanticDiffOptions,
} from "./semantic-diff-report.ts";
import { type ComparedEnvironment, compareResource, type LocalChange } from "./semantic-diff-resource.ts";
import { RulePairs } from "./semantic-diff-rules.ts";
import type { ControlPlaneSnapshot } from "./snapshot.ts";

export type * from "./semantic-diff-report.ts";

type Planes = Readonly<Record<DiffSide, ControlPlaneSnapshot | undefined>>;

/**
 * Compares two versions of one control plane, every environment and resource of either. An undefined side has no
 * control plane, and allows nothing. Pure and synchronous; costs what the comparison of each changed resource costs.
 */
export function semanticDiff(
  base: ControlPlaneSnapshot | undefined,
  current: ControlPlaneSnapshot | undefined,
  options: SemanticDiffOptions = {},
): SemanticDiff {
  return new SemanticDiffer({ base, current }, options).diff();
}

const bothSides = ["base", "current"] as const;

class SemanticDiffer {
  readonly #files;
  readonly #pairs;
  readonly #definitions;
  readonly #changes: LocalChange[] = [];
  readonly #unknown: DiffUnknown[] = [];
  readonly #notCompared: NotCompared[] = [];
  readonly #assumptions = new Set<string>();

  constructor(
    private readonly planes: Planes,
    private readonly options: SemanticDiffOptions,
  ) {
    const { base, current } = planes;
    this.#files = changedFiles(base, current);
    this.#pairs = new RulePairs(base?.set, current?.set);
    this.#definitions = definitionChanges(base?.set, current?.set);
  }

  diff(): SemanticDiff {
    const { base, current } = this.planes;
    const [before, after] = [base, current].map((plane) => plane?.set.controlPlane.environments ?? new Map());
    const wanted = this.options.environment;
    const names = namesOf(before, after).filter((name) => wanted === undefined || name === wanted);
    const environments = names.map((name) => this.#environment(name));
    const sets = [current?.set, base?.set].flatMap((set) => set ?? []);
    const variables = new Map(
      names.map((name) => [name, sets.flatMap((set) => set.controlPlane.environments.get(name) ?? [])]),
    );
    return {
      ...joined(environments),
      environments,
      changes: mergeChanges(this.#changes, variables),
      obligations: obligationChanges(this.#pairs, (pair) => isSameEverywhere(pair, base?.set, current?.set)),
      unknown: mergeUnknown(this.#unknown),
      notCompared: mergeNotCompared(this.#notCompared),
      definitions: this.#definitions,
      files: this.#files,
      assumptions: [...this.#assumptions],
    };
  }

  #environment(name: string): EnvironmentDiff {
    const [base, current] = [this.#side("base", name), this.#side("current", name)];
    const { planes } = this;
    const isWhole = planes.base === undefined || planes.current === undefined;
    const environment: ComparedEnvironment = {
      name,
      base,
      current,
      absent: isWhole ? "there is no control plane" : `there is no environment ${name}`,
      pairs: this.#pairs,
      definitions: this.#definitions,
      names: new CallerNames(base, current),
      allowance: wholeAllowance(),
    };
    const resources = namesOf(base?.set.resources, current?.set.resources).map((resource) =>
      this.#resource(resource, environment),
    );
    return { name, presence: presenceOf(base, current), ...joined(resources), resources };
  }

  #side(side: DiffSide, name: string): PolicySide | undefined {
    const plane = this.planes[side];
    const environment = plane?.set.controlPlane.environments.get(name);
    if (plane === undefined || environment === undefined) return undefined;
    return { set: plane.set, environment, doubt: () => undefined };
  }

  /** Errors may be why an environment or a whole control plane seems not to be there. */
  #isDoubtful(side: DiffSide, resource: string): boolean {
    const plane = this.planes[side];
    const isUnread = this.options.unread?.includes(side) === true;
    return isUnread || (plane !== undefined && isBroken(plane.broken, resource));
  }

  #resource(name: string, environment: ComparedEnvironment): ResourceDiff {
    const [before, after] = bothSides.map((side) => environment[side]?.set.resources.get(name));
    const about = { name, presence: presenceOf(before, after) };
    const doubtful = bothSides.filter((side) => this.#isDoubtful(side, name));
    if (doubtful.length > 0) {
      // The same text says the same, whatever that is.
      if (doubtful.length === 2 && this.#files.length === 0)
        return { ...about, verdict: "equal", newlyAllows: "no", newlyDenies: "no", complete: true };
      const reason = errorsIn(name, doubtful);
      this.#notCompared.push({
        resource: name,
        environments: [environment.name],
        sides: doubtful,
        reason,
      });
      const answers = { verdict: "unknown", newlyAllows: "unknown", newlyDenies: "unknown" } as const;
      return { ...about, ...answers, complete: false };
    }
    const { changes, unknown, assumptions, ...rest } = compareResource(name, environment);
    this.#changes.push(...changes);
    for (const one of unknown) {
      const side = this.#sideOf(one.place);
      this.#unknown.push({
        ...one,
        resource: name,
        environments: [environment.name],
        ...(side === undefined ? {} : { side }),
      });
    }
    for (const one of assumptions) this.#assumptions.add(one);
    const { verdict, newlyAllows, newlyDenies, complete } = rest;
    return { ...about, verdict, newlyAllows, newlyDenies, complete };
  }

  /** What did not change may be one object on both sides: then it is where the reader is. */
  #sideOf(place: Place | undefined): DiffSide | undefined {
    if (place === undefined) return undefined;
    return (["current", "base"] as const).find((side) => {
      const plane = this.planes[side];
      return [...(plane?.files ?? []), ...(plane?.documents.values() ?? [])].some((file) =>
        file.layout.has(place.block),
      );
    });
  }
}

function errorsIn(resource: string, sides: readonly DiffSide[]): string {
  const who = sides.length === 2 ? "Both versions have" : `The ${sides[0]} version has`;
  return `${who} errors in what is said of ${resource}.`;
}

/** In the order of the current version; what went comes last. */
function namesOf(
  before: ReadonlyMap<string, unknown> | undefined,
  after: ReadonlyMap<string, unknown> | undefined,
): readonly string[] {
  return [...new Set([...(after?.keys() ?? []), ...(before?.keys() ?? [])])];
}

function presenceOf(before: unknown, after: unknown): Presence {
  return before === undefined ? "added" : after === undefined ? "removed" : "both";
}

function joined(parts: readonly Pick<ResourceDiff, "newlyAllows" | "newlyDenies">[]) {
  const { verdict, newlyAllows, newlyDenies } = joinParts(parts);
  return { verdict, newlyAllows, newlyDenies };
}
