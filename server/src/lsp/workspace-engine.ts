import type { Json } from "../access/interaction.ts";
import { codeLenses } from "../features/code-lenses.ts";
import type { Host } from "../text/host.ts";
import type { Position, Range } from "../text/place.ts";
import { withoutAccepted } from "../workspace/accepted-drift.ts";
import type { BaseHost } from "../workspace/base-revision.ts";
import { isFailure } from "../workspace/file-store.ts";
import type { Finding } from "../workspace/finding.ts";
import type { SimulationRequest } from "../workspace/simulate.ts";
import { SimulationError } from "../workspace/simulation-error.ts";
import {
  type ControlPlaneSnapshot,
  controlPlaneOf,
  defaultEnvironment,
  type Snapshot,
} from "../workspace/snapshot.ts";
import { Workspace } from "../workspace/workspace.ts";
import type { Engine, HoverText, Lens, Marked, Proposals } from "./engine.ts";
import {
  type BaseParams,
  DEFAULT_SETTINGS,
  type DriftReport,
  type ImportAnswer,
  type ImportParams,
  type ScenarioItem,
  type SemanticDiffReport,
  type Settings,
  type SimulateParams,
  type SimulationReport,
} from "./protocol.ts";
import { SemanticDiffs } from "./semantic-diffs.ts";

/** One state of the texts: its analysis, shared by everyone who asks, and the means to stop it. */
interface Generation {
  readonly controller: AbortController;
  readonly snapshot: Promise<Snapshot>;
}

/**
 * The workspace for the protocol: one analysis for each state of the texts, whoever asks for it first. What answers a
 * person is loaded when somebody asks for the first time, so that the server starts with what finds mistakes alone.
 */
export class WorkspaceEngine implements Engine {
  readonly #workspace: Workspace;
  readonly #diffs: SemanticDiffs;
  #settings: Settings = DEFAULT_SETTINGS;
  #generation: Generation | undefined;
  /** The analysis that was started last, settled or not: the next one waits for it, since both use the caches. */
  #running: Promise<unknown> = Promise.resolve();
  #foreignFiles: readonly string[] = [];
  #foreignGlobs: readonly string[] = [];

  constructor(host: Host, base: BaseHost) {
    this.#workspace = new Workspace(host);
    this.#diffs = new SemanticDiffs(this.#workspace, base);
  }

  configure(settings: Settings): void {
    // Configuring forgets every cached analysis, and editors send the settings more often than they change.
    if (JSON.stringify(settings) === JSON.stringify(this.#settings)) return;
    this.#settings = settings;
    this.#workspace.configure({ exclude: settings.exclude, drift: settings.drift.enable });
    this.#diffs.exclude(settings.exclude);
    this.#changed();
  }

  setFolders(uris: readonly string[]): void {
    this.#workspace.setFolders(uris);
    this.#diffs.setFolders(uris);
    this.#changed();
  }

  setOverlay(uri: string, text: string): void {
    this.#workspace.setOverlay(uri, text);
    this.#changed();
  }

  removeOverlay(uri: string): void {
    this.#workspace.removeOverlay(uri);
    this.#changed();
  }

  filesChanged(uris: readonly string[]): void {
    this.#workspace.filesChanged(uris);
    this.#diffs.filesChanged(uris);
    this.#changed();
  }

  hasRead(uri: string): boolean {
    return this.#workspace.hasRead(uri);
  }

  setBase(base: BaseParams): boolean {
    return this.#diffs.setBase(base);
  }

  async analyze(signal: AbortSignal): Promise<ReadonlyMap<string, readonly Finding[]>> {
    return (await this.#snapshot(signal)).findings;
  }

  async hover(uri: string, position: Position, signal: AbortSignal): Promise<HoverText | undefined> {
    const snapshot = await this.#snapshot(signal);
    const { hover } = await import("../features/hover.ts");
    return hover(snapshot, uri, position);
  }

  async codeLenses(uri: string, signal: AbortSignal): Promise<readonly Lens[]> {
    const snapshot = await this.#snapshot(signal);
    // What is news stands first: a line has no room for everything.
    return [...this.#diffs.lenses(snapshot, uri), ...codeLenses(snapshot, uri)];
  }

  async quickFixes(uri: string, range: Range, signal: AbortSignal): Promise<Proposals> {
    const snapshot = await this.#snapshot(signal);
    const { quickFixes } = await import("../features/code-actions.ts");
    const proposals = quickFixes(snapshot, uri, range).map(({ finding, ...one }) => ({
      ...one,
      findings: [finding],
    }));
    return { proposals, layouts: snapshot.layouts };
  }

  async fixAll(uri: string, signal: AbortSignal): Promise<Proposals> {
    const snapshot = await this.#snapshot(signal);
    const { fixAll } = await import("../features/code-actions.ts");
    const all = fixAll(snapshot, uri);
    const title = "Fix all auto-fixable Plumbline problems";
    const proposals = all === undefined ? [] : [{ title, isPreferred: false, ...all }];
    return { proposals, layouts: snapshot.layouts };
  }

  async simulate(params: SimulateParams, signal: AbortSignal): Promise<SimulationReport> {
    const snapshot = await this.#snapshot(signal);
    const plane = planeFor(snapshot, params.uri);
    const request = await this.#requestOf(params);
    const wanted = params.environment ?? this.#settings.environment;
    const { simulationJson, simulationText } = await import("../simulate/report.ts");
    const { runSimulation } = await import("../workspace/simulate.ts");
    const simulation = runSimulation(plane, request, wanted === "" ? undefined : wanted);
    return {
      title: `${params.scenario ?? params.rule ?? "simulation"} (${simulation.environment}).txt`,
      result: { ...simulationJson(simulation, snapshot.layouts) },
      text: simulationText(simulation, snapshot.layouts, (uri) => this.#name(uri)),
    };
  }

  async scenarios(signal: AbortSignal): Promise<readonly ScenarioItem[]> {
    const { controlPlanes } = await this.#snapshot(signal);
    return controlPlanes.flatMap(({ set }) =>
      set.scenarios.map(({ uri, name, id }) => ({ uri, name: name.text, description: id })),
    );
  }

  async checkDrift(signal: AbortSignal): Promise<DriftReport> {
    // The person asked for it, so the setting that keeps it out of the editor does not count.
    const switchedOff = !this.#settings.drift.enable;
    if (switchedOff) this.#switchDrift(true);
    try {
      const { controlPlanes, layouts } = await this.#snapshot(signal);
      const judged = controlPlanes.flatMap((plane) => {
        const environment = defaultEnvironment(plane.set, this.#settings.environment);
        const report = environment && plane.drift.get(environment.name);
        return report === undefined ? [] : [withoutAccepted(report, plane)];
      });
      const reports = judged.map((one) => one.report);
      const differences = judged.flatMap((one) => one.accepted);
      const { driftText } = await import("../drift/text.ts");
      return {
        count: reports.reduce((sum, report) => sum + report.findings.length, 0),
        accepted: differences.length,
        text: driftText(reports, layouts, (uri) => this.#name(uri), { differences, settings: 0 }),
      };
    } finally {
      if (switchedOff) this.#switchDrift(false);
    }
  }

  async planImport(params: ImportParams, signal: AbortSignal): Promise<ImportAnswer> {
    const snapshot = await this.#snapshot(signal);
    const { importAnswer } = await import("./imports.ts");
    return importAnswer(snapshot, params, this.#workspace.folders, (uri) => this.#name(uri));
  }

  async semanticDiff(signal: AbortSignal): Promise<SemanticDiffReport> {
    return this.#diffs.report(await this.#snapshot(signal), signal, (uri) => this.#name(uri));
  }

  async markChanges(signal: AbortSignal): Promise<Marked> {
    if (!this.#settings.semanticDiff.enable) return this.#diffs.unmark();
    return this.#diffs.mark(await this.#snapshot(signal), signal);
  }

  foreignFiles(): readonly string[] {
    return this.#foreignFiles;
  }

  foreignGlobs(): readonly string[] {
    return this.#foreignGlobs;
  }

  #switchDrift(drift: boolean): void {
    this.#workspace.configure({ drift });
    this.#changed();
  }

  #changed(): void {
    this.#generation?.controller.abort();
    this.#generation = undefined;
  }

  /** The analysis of the texts as they are now. An analysis that a change overtakes is replaced by a new one. */
  async #snapshot(signal: AbortSignal): Promise<Snapshot> {
    for (;;) {
      signal.throwIfAborted();
      this.#generation ??= this.#begin();
      const { controller, snapshot } = this.#generation;
      try {
        return await snapshot;
      } catch (error) {
        if (!controller.signal.aborted) {
          // An error of ours: whoever asks next may try again.
          if (this.#generation?.controller === controller) this.#generation = undefined;
          throw error;
        }
      }
    }
  }

  #begin(): Generation {
    const controller = new AbortController();
    const before = this.#running;
    const snapshot = this.#analyzeAfter(before, controller.signal);
    this.#running = snapshot.catch(() => {
      // Whoever asked for it gets the error; the next analysis only waits.
    });
    return { controller, snapshot };
  }

  async #analyzeAfter(before: Promise<unknown>, signal: AbortSignal): Promise<Snapshot> {
    await before;
    const snapshot = await this.#workspace.analyze(signal);
    const planes = snapshot.controlPlanes;
    this.#foreignFiles = [
      ...new Set(
        planes.flatMap((one) => [...one.deployedFiles.map((file) => file.uri), ...one.documents.keys()]),
      ),
    ];
    this.#foreignGlobs = [...new Set(planes.flatMap((one) => one.watched))];
    return snapshot;
  }

  async #requestOf(params: SimulateParams): Promise<SimulationRequest> {
    const { uri, scenario, rule, requestUri, interaction } = params;
    if (scenario !== undefined) return { scenario, uri };
    if (rule !== undefined) return { rule, uri };
    if (requestUri !== undefined) {
      const file = await this.#workspace.load(requestUri);
      if (isFailure(file))
        throw new SimulationError(`The request cannot be read: ${file.message.replace(/\.$/, "")}.`);
      return { file };
    }
    // It came as JSON, so JSON is what it is; whether it is an interaction is found out when it is read.
    if (interaction !== undefined) return { stated: interaction as Json };
    throw new SimulationError("Say what to simulate: a scenario, a rule, a request file or an interaction.");
  }

  /** A file as the person knows it: relative to its workspace folder. */
  #name(uri: string): string {
    const folder = this.#workspace.folders.find((one) => uri.startsWith(one));
    return folder === undefined ? uri : decodeURIComponent(uri.slice(folder.length));
  }
}

/** The control plane of the file; that of the whole workspace where the file belongs to none and there is but one. */
function planeFor(snapshot: Snapshot, uri: string): ControlPlaneSnapshot {
  const [only, ...others] = snapshot.controlPlanes;
  const plane = controlPlaneOf(snapshot, uri) ?? (others.length === 0 ? only : undefined);
  if (plane !== undefined) return plane;
  throw new SimulationError(
    only === undefined
      ? "The workspace has no control plane: no policy file holds a document of kind ControlPlane."
      : "This file belongs to no control plane, and the workspace has several: run it from one of their policy files.",
  );
}
