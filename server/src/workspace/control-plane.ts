/** Analyses one control plane: reads what it refers to, builds the model, runs scenarios, compares with what is deployed. */
import { findDrift } from "../drift/drift.ts";
import { driftProblems } from "../drift/problems.ts";
import type { DriftReport } from "../drift/report.ts";
import { type DocumentSource, referencedFiles } from "../policy/build/files.ts";
import { buildPolicySet } from "../policy/build/policy-set.ts";
import { policySetIn } from "../policy/in-environment.ts";
import type { ControlPlane } from "../policy/model.ts";
import { checkSchema } from "../policy/schema-check.ts";
import { lint } from "../rules/lint.ts";
import type { Tested } from "../rules/lint-rule.ts";
import { type Accepted, suppress } from "../rules/suppression/suppress.ts";
import type { ParsedFile } from "../text/tree.ts";
import { brokenResources, isBroken } from "./broken-parts.ts";
import { withoutConsequences, withoutLostNames } from "./consequences.ts";
import { type DeployedEnvironments, loadDeployed } from "./deployed-files.ts";
import type { ControlPlaneFiles } from "./discovery.ts";
import { type FileFailure, type FileStore, isFailure } from "./file-store.ts";
import type { EnvironmentProblem } from "./findings.ts";
import type { WorkspaceOptions } from "./options.ts";
import { runScenarios, scenarioProblems } from "./scenario-runs.ts";
import type { ControlPlaneSnapshot, ScenarioRun } from "./snapshot.ts";
import { literalGlob, pathOf } from "./uris.ts";

export interface ControlPlaneContext {
  readonly store: FileStore;
  readonly folders: readonly string[];
  readonly options: WorkspaceOptions;
  readonly signal: AbortSignal | undefined;
}

export interface Analyzed {
  readonly snapshot: ControlPlaneSnapshot;
  /** Of the model, the documents it refers to, scenarios and drift; what is wrong in the text of a policy file is apart. */
  readonly problems: readonly EnvironmentProblem[];
  /** Findings that comments and waivers took out of `problems`. */
  readonly accepted: readonly Accepted[];
  /** Every tree that took part: where all are the same objects again, so is the result. */
  readonly inputs: readonly unknown[];
  readonly deployedCache: Parameters<typeof loadDeployed>[1]["cache"];
}

export async function analyzeControlPlane(
  { files, folder }: ControlPlaneFiles,
  context: ControlPlaneContext,
  previous: Analyzed | undefined,
): Promise<Analyzed> {
  const { store, folders, options, signal } = context;
  const root =
    folders.filter((one) => folder.startsWith(one)).sort((a, b) => b.length - a.length)[0] ?? folder;
  const documents = new Map<string, ParsedFile | FileFailure>();
  for (const { uri } of referencedFiles(files, root))
    if (!documents.has(uri)) documents.set(uri, await store.load(uri));
  signal?.throwIfAborted();
  const source: DocumentSource = { root, get: (uri) => documentOf(uri, documents) };
  const built = buildPolicySet(files, source);
  const deployedCache = previous?.deployedCache ?? new Map();
  const deployed = options.deployed
    ? await loadDeployed(built.set.controlPlane, { store, folders, cache: deployedCache })
    : nothingDeployed;
  signal?.throwIfAborted();

  const today = store.today;
  const inputs = [
    ...files,
    ...documents.values(),
    ...deployed.files,
    ...deployed.problems.map((one) => one.message),
    today,
  ];
  if (previous !== undefined && sameItems(previous.inputs, inputs)) return previous;

  const runs = options.scenarios ? runScenarios(built.set, deployed.configs, source) : [];
  const ofPolicy = withoutConsequences([...files.flatMap(checkSchema), ...built.problems], files);
  const errors = [...files.flatMap((file) => file.problems), ...ofPolicy];
  const broken = brokenResources(built.set, files, errors);
  const drift = new Map<string, DriftReport>();
  if (options.drift)
    for (const environment of built.set.controlPlane.environments.values()) {
      signal?.throwIfAborted();
      drift.set(
        environment.name,
        findDrift(
          policySetIn(built.set, environment),
          environment,
          deployed.configs.get(environment.name) ?? new Map(),
          (resource) => isBroken(broken, resource),
        ),
      );
    }
  signal?.throwIfAborted();
  const known = { files, tests: runs.map(testedBy), deployed: deployed.configs, today };
  const linted = options.rules ? lint(built.set, (resource) => isBroken(broken, resource), known) : [];
  const differences = [...drift].flatMap(([environment, report]) =>
    [...report.posture, ...report.findings.flatMap((finding) => driftProblems(finding, built.set))].map(
      (problem) => ({ ...problem, environment }),
    ),
  );
  // Behind an error rules are silent, and rules that look at tests say less where nobody ran them.
  const isSound = !errors.some((one) => one.severity === "error") && options.deployed;
  const suppression = suppress([...withoutConsequences(linted, files), ...differences], {
    set: built.set,
    files,
    deployed: deployed.configs,
    drift,
    today,
    others: options.deployed ? [...documents.keys(), ...deployed.files.map((file) => file.uri)] : undefined,
    isComplete: (code) =>
      isSound && (code.startsWith("drift/") ? options.drift : options.rules && options.scenarios),
  });
  const read = [...documents.values()].filter((file): file is ParsedFile => !isFailure(file));
  return {
    snapshot: {
      root,
      set: built.set,
      files,
      deployed: deployed.configs,
      deployedFiles: deployed.files,
      documents: new Map(read.map((file) => [file.uri, file])),
      watched: watchedBy(built.set.controlPlane, [...documents.keys()]),
      runs,
      broken,
      drift,
      acceptedDrift: new Set(
        suppression.accepted.flatMap(({ problem: { data } }) =>
          typeof data?.drift === "string" ? [data.drift] : [],
        ),
      ),
    },
    problems: [
      ...withoutLostNames(ofPolicy, files),
      ...read.flatMap((file) => file.problems),
      ...deployed.problems,
      ...scenarioProblems(runs, errors, files),
      ...suppression.problems,
      ...(options.rules ? withoutConsequences(suppression.own, files) : []),
    ],
    accepted: suppression.accepted,
    inputs,
    deployedCache,
  };
}

function testedBy({ scenario, environment, status, simulation }: ScenarioRun): Tested {
  const decided = simulation === undefined ? {} : { decision: simulation.decision };
  return { scenario, environment, status, ...decided };
}

const nothingDeployed: DeployedEnvironments = { configs: new Map(), files: [], problems: [] };

/** What would change the result if it came to be: the documents that are referred to, and the globs of deployed files. */
function watchedBy(controlPlane: ControlPlane, documents: readonly string[]): readonly string[] {
  const folder = literalGlob(pathOf(controlPlane.folder));
  const globs = [...controlPlane.environments.values()].flatMap((environment) =>
    [...environment.enforcementPoints.values()].flatMap((point) =>
      point.deployed.flatMap((source) => source.files.map((file) => folder + file.text.replace(/^\.\//, ""))),
    ),
  );
  return [...new Set([...documents.map((uri) => literalGlob(pathOf(uri))), ...globs])];
}

function documentOf(
  uri: string,
  documents: ReadonlyMap<string, ParsedFile | FileFailure>,
): ReturnType<DocumentSource["get"]> {
  const file = documents.get(uri);
  if (file === undefined) return { error: "not-found" };
  if (!isFailure(file)) return file;
  return { error: file.error === "not-utf8" ? "not-readable" : file.error };
}

function sameItems(left: readonly unknown[], right: readonly unknown[]): boolean {
  return left.length === right.length && left.every((item, index) => item === right[index]);
}
