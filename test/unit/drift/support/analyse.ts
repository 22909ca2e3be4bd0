/** A random control plane as files, and what the workspace says of it. */
import { compareEndToEnd, type EndToEnd } from "../../../../server/src/drift/end-to-end.ts";
import type { DriftReport } from "../../../../server/src/drift/report.ts";
import { type PathInput, type ReadyHop, readyHops } from "../../../../server/src/drift/side.ts";
import { pathsOf } from "../../../../server/src/simulate/simulation.ts";
import type { ControlPlaneSnapshot, Snapshot } from "../../../../server/src/workspace/snapshot.ts";
import { Workspace } from "../../../../server/src/workspace/workspace.ts";
import { MemoryHost, workspaceFolder } from "../../../support/memory-host.ts";
import { Random } from "../../simulate/random.ts";
import { mutate } from "./mutate.ts";
import { type Deployed, translate } from "./translate.ts";
import { type Naming, policyFile, toolsFile, type World, world } from "./world.ts";

export interface Plane {
  readonly world: World;
  readonly deployed: Deployed;
}

/** A policy, and a faithful translation of it with none, one or two changes. */
export function plane(random: Random): Plane {
  const made = world(random);
  return { world: made, deployed: mutate(random, translate(made), random.pick([0, 0, 1, 1, 1, 2])) };
}

export const planeOf = (seed: number): Plane => plane(new Random(seed));

/** Deployed files as their tools write them; JSON is YAML. */
export interface Writing {
  istio(resources: Deployed["istio"]): string;
  kong(config: Deployed["kong"]): string;
  agentgateway(config: Deployed["agentgateway"]): string;
}

export const asJson: Writing = {
  istio: (items) => JSON.stringify({ apiVersion: "v1", kind: "List", items }),
  kong: (config) => JSON.stringify(config),
  agentgateway: (config) => JSON.stringify(config),
};

export function filesOf({ world: made, deployed }: Plane, writing = asJson, names?: Naming) {
  return {
    "all.plumb.yaml": policyFile(made, names),
    "tools.json": toolsFile,
    "deployed/istio.yaml": writing.istio(deployed.istio),
    "deployed/kong.yaml": writing.kong(deployed.kong),
    "deployed/agentgateway.yaml": writing.agentgateway(deployed.agentgateway),
  };
}

export interface Analysis {
  readonly snapshot: Snapshot;
  readonly plane: ControlPlaneSnapshot;
  readonly report: DriftReport;
}

export async function analyse(files: Readonly<Record<string, string>>): Promise<Analysis> {
  const { snapshot, plane: found } = await read(files, { drift: true });
  const report = found.drift.get("production");
  if (report === undefined) throw new Error("there is no report of production");
  return { snapshot, plane: found, report };
}

/** The model and the deployed config, without a comparison where `drift` says so. */
export async function read(
  files: Readonly<Record<string, string>>,
  options: { readonly drift: boolean },
): Promise<Omit<Analysis, "report">> {
  const workspace = new Workspace(new MemoryHost(files));
  workspace.setFolders([workspaceFolder]);
  workspace.configure(options);
  const snapshot = await workspace.analyze();
  const [found] = snapshot.controlPlanes;
  if (found === undefined) throw new Error("there is no control plane");
  return { snapshot, plane: found };
}

export interface ComparedPath {
  readonly input: PathInput;
  readonly hops: readonly ReadyHop[];
  readonly result: EndToEnd;
}

/** Every path that could be compared, with both sides; the others are unknown in the report. */
export function comparedPaths({ plane: found }: Pick<Analysis, "plane">): readonly ComparedPath[] {
  return pathInputs(found).flatMap((input): ComparedPath[] => {
    const hops = readyHops(input);
    if ("missing" in hops) return [];
    const result = compareEndToEnd(input, hops);
    return "tooComplex" in result ? [] : [{ input, hops, result }];
  });
}

export function pathInputs({ set, deployed }: ControlPlaneSnapshot): readonly PathInput[] {
  const environment = set.controlPlane.environments.get("production");
  if (environment === undefined) throw new Error("there is no production");
  const configs = deployed.get("production") ?? new Map();
  return [...set.resources.values()].flatMap((resource) =>
    pathsOf(resource).map((path) => ({ set, environment, resource, path, deployed: configs })),
  );
}
