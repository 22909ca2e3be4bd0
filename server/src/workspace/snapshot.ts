/** What an analysis leaves: everything that features and the CLI read. Immutable; a new analysis makes a new one. */
import type { DeployedConfig } from "../deployed/config.ts";
import type { DriftReport } from "../drift/report.ts";
import type { Environment, PolicySet, Scenario } from "../policy/model.ts";
import type { Simulation } from "../simulate/simulation.ts";
import type { Problem } from "../text/problem.ts";
import type { ParsedFile } from "../text/tree.ts";
import type { BrokenResources } from "./broken-parts.ts";
import type { Finding } from "./finding.ts";
import type { Layouts } from "./findings.ts";
import type { FixesByFinding } from "./problem-fixes.ts";

export interface ScenarioRun {
  readonly scenario: Scenario;
  readonly environment: string;
  readonly status: "passed" | "failed";
  /** Why it failed, in one sentence; undefined where it passed. */
  readonly reason?: string;
  /** The part of `expect` that did not come true. */
  readonly part?: "decision" | "rule" | "listed";
  /** Undefined where the request itself could not be read. */
  readonly simulation?: Simulation;
  /** The request that could not be read. */
  readonly problem?: Problem;
}

export interface ControlPlaneSnapshot {
  /** The workspace folder that it lies in: what files refer to is not followed out of it. */
  readonly root: string;
  readonly set: PolicySet;
  readonly files: readonly ParsedFile[];
  readonly deployed: ReadonlyMap<string, ReadonlyMap<string, DeployedConfig>>;
  readonly deployedFiles: readonly ParsedFile[];
  /** Documents that the inventory and scenarios refer to, by URI. */
  readonly documents: ReadonlyMap<string, ParsedFile>;
  /** Globs of paths of every file that is referred to, whether it is there or not. */
  readonly watched: readonly string[];
  readonly runs: readonly ScenarioRun[];
  /** The resources of which the policy says nothing certain, because it has errors in what it says of them. */
  readonly broken: BrokenResources;
  /** By environment; empty where drift is switched off. */
  readonly drift: ReadonlyMap<string, DriftReport>;
  /** The ids of the drift findings that comments and waivers accept. */
  readonly acceptedDrift: ReadonlySet<string>;
}

/** A finding that somebody accepted, and is not shown. */
export interface AcceptedFinding {
  readonly finding: Finding;
  readonly by: "waiver" | "comment";
}

export interface Snapshot {
  readonly controlPlanes: readonly ControlPlaneSnapshot[];
  /** Policy files and deployed files alike. A file without findings has an empty list. */
  readonly findings: ReadonlyMap<string, readonly Finding[]>;
  /** What is not in `findings`, because comments and waivers accept it. */
  readonly accepted: readonly AcceptedFinding[];
  /** What can be done about findings that something can be done about; see `fixesOf`. */
  readonly fixes: FixesByFinding;
  readonly layouts: Layouts;
  /** Every policy file by URI, also those outside of every control plane. */
  readonly policyFiles: ReadonlyMap<string, ParsedFile>;
}

/** The control plane that a policy file or a deployed file belongs to. */
export function controlPlaneOf(snapshot: Snapshot, uri: string): ControlPlaneSnapshot | undefined {
  return (
    snapshot.controlPlanes.find((one) => one.files.some((file) => file.uri === uri)) ??
    snapshot.controlPlanes.find((one) => one.deployedFiles.some((file) => file.uri === uri))
  );
}

export function defaultEnvironment(set: PolicySet, wanted?: string): Environment | undefined {
  const { environments, defaultEnvironment: declared } = set.controlPlane;
  if (wanted !== undefined && wanted !== "") return environments.get(wanted);
  return (declared && environments.get(declared.text)) ?? [...environments.values()][0];
}
