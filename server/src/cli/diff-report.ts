/** `diff` as its JSON says it: what the engine found, with lines. Text and Markdown are made of this, too. */
import type { Interaction, Json } from "../access/interaction.ts";
import type { SourceLayout } from "../text/layout.ts";
import type { Location, Place } from "../text/place.ts";
import type { SideWitness } from "../workspace/compare-report.ts";
import { joinParts } from "../workspace/compare-report.ts";
import type { Finding } from "../workspace/finding.ts";
import type {
  DecisionChange,
  DefinitionChange,
  DiffRule,
  DiffSide,
  EnvironmentDiff,
  NotCompared,
  ObligationChange,
  SemanticDiff,
} from "../workspace/semantic-diff.ts";

type Layouts = ReadonlyMap<string, SourceLayout>;

/** Which control plane of the folder something is of. */
interface OfControlPlane {
  readonly controlPlane: string;
}

export interface RuleJson extends Omit<DiffRule, "place" | "side"> {
  readonly uri: string;
  readonly range: Location["range"];
}

export interface DefinitionJson extends Omit<DefinitionChange, "basePlace" | "currentPlace"> {
  readonly base?: Location;
  readonly current?: Location;
}

export interface WitnessJson {
  readonly request: Interaction;
  readonly base: SideWitness["left"];
  readonly current: SideWitness["right"];
  readonly baseReason: string;
  readonly currentReason: string;
}

export interface ChangeJson
  extends Omit<DecisionChange, "witness" | "baseRules" | "currentRules" | "because">,
    OfControlPlane {
  readonly witness: WitnessJson;
  readonly baseRules: readonly RuleJson[];
  readonly currentRules: readonly RuleJson[];
  readonly because: readonly DefinitionJson[];
}

export interface ObligationJson
  extends Omit<ObligationChange, "basePlace" | "currentPlace" | "base" | "current">,
    OfControlPlane {
  readonly base: Location & { readonly obligations: Readonly<Record<string, Json>> };
  readonly current: Location & { readonly obligations: Readonly<Record<string, Json>> };
}

export interface UnknownJson extends OfControlPlane, Partial<Location> {
  readonly resource: string;
  readonly environments: readonly string[];
  readonly text: string;
  readonly reason: string;
}

export interface ErrorJson extends Location {
  readonly side: DiffSide;
  readonly code: string;
  readonly message: string;
}

export interface DiffJson extends Pick<SemanticDiff, "verdict" | "newlyAllows" | "newlyDenies"> {
  /** The revision, as written. */
  readonly base: string;
  /** The folder, as written. */
  readonly current: string;
  readonly environments: readonly (EnvironmentDiff & OfControlPlane)[];
  readonly changes: readonly ChangeJson[];
  readonly obligations: readonly ObligationJson[];
  readonly unknown: readonly UnknownJson[];
  readonly notCompared: readonly (NotCompared & OfControlPlane)[];
  /** Why resources are not compared: the errors of the versions that have some. */
  readonly errors: readonly ErrorJson[];
  readonly definitions: readonly (DefinitionJson & OfControlPlane)[];
  readonly files: readonly (SemanticDiff["files"][number] & OfControlPlane)[];
  readonly assumptions: readonly string[];
}

export interface DiffInput {
  readonly base: string;
  readonly current: string;
  readonly planes: readonly (OfControlPlane & { readonly diff: SemanticDiff })[];
  readonly layouts: Readonly<Record<DiffSide, Layouts>>;
  /** The errors of each version that leave resources out. */
  readonly errors: Readonly<Record<DiffSide, readonly Finding[]>>;
}

export function diffJson({ base, current, planes, layouts, errors }: DiffInput): DiffJson {
  const { verdict, newlyAllows, newlyDenies } = joinParts(planes.map(({ diff }) => diff));
  const each = <T>(of: (diff: SemanticDiff) => readonly T[]): readonly (T & OfControlPlane)[] =>
    planes.flatMap(({ controlPlane, diff }) => of(diff).map((one) => ({ controlPlane, ...one })));
  const at = (side: DiffSide, place: Place): Location => locationOf(layouts[side], place);
  const definition = (one: DefinitionChange): DefinitionJson => {
    const { basePlace, currentPlace, ...rest } = one;
    return {
      ...rest,
      ...(basePlace === undefined ? {} : { base: at("base", basePlace) }),
      ...(currentPlace === undefined ? {} : { current: at("current", currentPlace) }),
    };
  };
  const rule = ({ place, side, ...rest }: DiffRule): RuleJson => ({ ...rest, ...at(side, place) });
  const concerned = new Set(planes.flatMap(({ diff }) => diff.notCompared.flatMap((one) => one.sides)));
  return {
    base,
    current,
    verdict,
    newlyAllows,
    newlyDenies,
    environments: each((diff) => diff.environments),
    changes: each((diff) =>
      diff.changes.map(({ witness, baseRules, currentRules, because, ...rest }) => ({
        ...rest,
        witness: witnessJson(witness),
        baseRules: baseRules.map(rule),
        currentRules: currentRules.map(rule),
        because: because.map(definition),
      })),
    ),
    obligations: each((diff) =>
      diff.obligations.map(({ basePlace, currentPlace, ...rest }) => ({
        ...rest,
        base: { obligations: rest.base, ...at("base", basePlace) },
        current: { obligations: rest.current, ...at("current", currentPlace) },
      })),
    ),
    unknown: each((diff) =>
      diff.unknown.map(({ resource, environments, text, reason, place, side }) => ({
        resource,
        environments,
        text,
        reason,
        ...(place === undefined || side === undefined ? {} : at(side, place)),
      })),
    ),
    notCompared: each((diff) => diff.notCompared),
    errors: (["base", "current"] as const).flatMap((side) =>
      concerned.has(side)
        ? errors[side].map(({ code, message, uri, range }) => ({ side, code, message, uri, range }))
        : [],
    ),
    definitions: each((diff) => diff.definitions.map(definition)),
    files: each((diff) => diff.files),
    assumptions: [...new Set(planes.flatMap(({ diff }) => diff.assumptions))],
  };
}

function witnessJson({ request, left, right, leftReason, rightReason }: SideWitness): WitnessJson {
  return { request, base: left, current: right, baseReason: leftReason, currentReason: rightReason };
}

function locationOf(layouts: Layouts, place: Place): Location {
  const layout = layouts.get(place.block.uri);
  if (layout === undefined) throw new Error(`a part of ${place.block.uri}, which is not loaded`);
  return layout.location(place);
}
