/** Finds and reads the deployed config that a control plane names, per environment and enforcement point. */
import type { DeployedConfig } from "../deployed/config.ts";
import { adapterOf, type KnownAdapter } from "../deployed/registry.ts";
import type { ControlPlane, EnforcementPoint, Environment, Written } from "../policy/model.ts";
import { HostError } from "../text/host.ts";
import type { Problem } from "../text/problem.ts";
import type { ParsedFile } from "../text/tree.ts";
import { type FileStore, isFailure } from "./file-store.ts";
import type { EnvironmentProblem } from "./findings.ts";
import { isInside, resolve, shortName } from "./uris.ts";

export interface DeployedEnvironments {
  /** By environment, then by enforcement point. A point whose config could not be read in full is not in it. */
  readonly configs: ReadonlyMap<string, ReadonlyMap<string, DeployedConfig>>;
  readonly files: readonly ParsedFile[];
  readonly problems: readonly EnvironmentProblem[];
}

export interface DeployedContext {
  readonly store: FileStore;
  /** The workspace folders; what lies outside all of them is not read. */
  readonly folders: readonly string[];
  /** Read configs of the last time, by a key of their files, so that an unchanged export is read once. */
  readonly cache: Map<string, { readonly files: readonly ParsedFile[]; readonly config: DeployedConfig }>;
}

export async function loadDeployed(
  controlPlane: ControlPlane,
  context: DeployedContext,
): Promise<DeployedEnvironments> {
  const configs = new Map<string, ReadonlyMap<string, DeployedConfig>>();
  const files = new Map<string, ParsedFile>();
  const problems: EnvironmentProblem[] = [];
  for (const environment of controlPlane.environments.values()) {
    const points = new Map<string, DeployedConfig>();
    for (const point of environment.enforcementPoints.values()) {
      const loaded = await loadPoint(controlPlane, environment, point, context);
      for (const file of loaded.files) files.set(file.uri, file);
      problems.push(...loaded.problems.map((problem) => ({ ...problem, environment: environment.name })));
      if (loaded.config !== undefined) points.set(point.name, loaded.config);
    }
    configs.set(environment.name, points);
  }
  for (const file of files.values()) problems.push(...file.problems);
  return { configs, files: [...files.values()], problems };
}

interface LoadedPoint {
  readonly config?: DeployedConfig;
  readonly files: readonly ParsedFile[];
  readonly problems: readonly Problem[];
}

async function loadPoint(
  controlPlane: ControlPlane,
  environment: Environment,
  point: EnforcementPoint,
  context: DeployedContext,
): Promise<LoadedPoint> {
  const sources = point.deployed.flatMap((source) => source.files);
  if (sources.length === 0) return { files: [], problems: [] };
  const problems: Problem[] = [];
  const files: ParsedFile[] = [];
  for (const source of sources) {
    const read = await readSource(controlPlane.folder, source, point, context);
    files.push(...read.files);
    problems.push(...read.problems);
  }
  const adapter = adapterOf(point.type);
  if (adapter === undefined) {
    problems.push({
      code: "deployed/no-adapter",
      severity: "information",
      place: point.place,
      message: `Config of type ${point.type} cannot be read yet, so that drift at ${point.name} stays unknown.`,
    });
    return { files, problems };
  }
  // A file that is broken or missing may hold the rule that decides: then nothing is said of this point.
  // The same where none of the files is of this type: to read nothing would be to say that nothing is deployed.
  const isUnknown = problems.some((problem) => problem.severity === "error") || files.some(isBroken);
  if (isUnknown || files.length === 0) return { files, problems };
  const config = readCached(`${environment.name}\n${point.name}`, adapter, files, context);
  return { config, files, problems: [...problems, ...config.problems] };
}

function isBroken(file: ParsedFile): boolean {
  return file.problems.some((problem) => problem.severity === "error");
}

function readCached(
  key: string,
  adapter: KnownAdapter,
  files: readonly ParsedFile[],
  context: DeployedContext,
): DeployedConfig {
  const known = context.cache.get(key);
  if (known?.files.length === files.length && known.files.every((file, index) => file === files[index]))
    return known.config;
  const config = adapter.read(files);
  context.cache.set(key, { files, config });
  return config;
}

async function readSource(
  folder: string,
  source: Written,
  point: EnforcementPoint,
  context: DeployedContext,
): Promise<{ readonly files: readonly ParsedFile[]; readonly problems: readonly Problem[] }> {
  const outside = (): { files: []; problems: Problem[] } => ({
    files: [],
    problems: [
      {
        code: "reference/outside-workspace",
        severity: "error",
        place: source.place,
        message: `${source.text} leads out of the workspace, so it is not read. Move the export below the workspace folder.`,
      },
    ],
  });
  if (!context.folders.some((root) => isInside(resolve(folder, source.text), root))) return outside();
  let uris: readonly string[];
  try {
    uris = await context.store.find(folder, [source.text.replace(/^\.\//, "")]);
  } catch (error) {
    if (error instanceof HostError && error.code === "outside-workspace") return outside();
    throw error;
  }
  if (uris.length === 0) {
    return {
      files: [],
      problems: [
        {
          code: "deployed/no-files",
          severity: "error",
          place: source.place,
          message: `No file matches ${source.text}, so what is deployed at ${point.name} is unknown. Export it there, or correct the path (it is relative to the ControlPlane's folder).`,
        },
      ],
    };
  }
  const files: ParsedFile[] = [];
  const problems: Problem[] = [];
  const adapter = adapterOf(point.type);
  for (const file of await context.store.loadAll(uris)) {
    if (isFailure(file)) {
      const name = shortName(file.uri, context.folders);
      problems.push({
        code: file.error === "outside-workspace" ? "reference/outside-workspace" : "deployed/not-readable",
        severity: "error",
        place: source.place,
        message: `The deployed file ${name} cannot be used. ${reasonOf(file.error, file.message)} Drift at ${point.name} is unknown until it can.`,
      });
    } else if (adapter !== undefined && !isBroken(file) && !adapter.recognises(file)) {
      problems.push({
        code: "deployed/not-recognised",
        severity: "warning",
        place: source.place,
        message: `${shortName(file.uri, context.folders)} holds no config of type ${point.type}, so it is left out. Correct the path or the type of ${point.name}.`,
      });
    } else files.push(file);
  }
  return { files, problems };
}

function reasonOf(error: string, message: string): string {
  switch (error) {
    case "not-utf8":
      return message;
    case "outside-workspace":
      return "It lies outside the workspace.";
    case "too-large":
      return "It is too large.";
    case "not-found":
      return "It is gone.";
    default:
      return "It may not be read.";
  }
}
