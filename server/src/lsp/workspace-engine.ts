/** The workspace behind the protocol: analyses once for each state of the files and answers everything from that. */
import type { Interaction } from "../access/interaction.ts";
import { driftText } from "../drift/text.ts";
import { codeLenses } from "../features/code-lenses.ts";
import { hover } from "../features/hover.ts";
import { simulationJson, simulationText } from "../simulate/report.ts";
import { targetInWords } from "../simulate/words.ts";
import type { Host } from "../text/host.ts";
import type { Position } from "../text/place.ts";
import { isFailure } from "../workspace/file-store.ts";
import type { Finding } from "../workspace/finding.ts";
import { runSimulation, SimulationError, type SimulationRequest } from "../workspace/simulate.ts";
import { type ControlPlaneSnapshot, controlPlaneOf, type Snapshot } from "../workspace/snapshot.ts";
import { isPolicyFile, shortName } from "../workspace/uris.ts";
import { Workspace } from "../workspace/workspace.ts";
import type { Engine, HoverText, Lens } from "./engine.ts";
import type { DriftReport, ScenarioItem, Settings, SimulateParams, SimulationReport } from "./protocol.ts";

export class WorkspaceEngine implements Engine {
  readonly #workspace: Workspace;
  #settings: Settings | undefined;
  /** The analysis of the present state of the files, under way or done. */
  #current: Promise<Snapshot> | undefined;
  #deployedFiles: readonly string[] = [];

  constructor(host: Host) {
    this.#workspace = new Workspace(host);
  }

  configure(settings: Settings): void {
    this.#settings = settings;
    this.#workspace.configure({ exclude: settings.exclude, drift: settings.drift.enable });
    this.#current = undefined;
  }

  setFolders(uris: readonly string[]): void {
    this.#workspace.setFolders(uris);
    this.#current = undefined;
  }

  setOverlay(uri: string, text: string): void {
    this.#workspace.setOverlay(uri, text);
    this.#current = undefined;
  }

  removeOverlay(uri: string): void {
    this.#workspace.removeOverlay(uri);
    this.#current = undefined;
  }

  filesChanged(uris: readonly string[]): void {
    this.#workspace.filesChanged(uris);
    this.#current = undefined;
  }

  async analyze(signal: AbortSignal): Promise<ReadonlyMap<string, readonly Finding[]>> {
    return (await this.#snapshot(signal)).findings;
  }

  async hover(uri: string, position: Position, signal: AbortSignal): Promise<HoverText | undefined> {
    return hover(await this.#snapshot(signal), uri, position);
  }

  async codeLenses(uri: string, signal: AbortSignal): Promise<readonly Lens[]> {
    return codeLenses(await this.#snapshot(signal), uri);
  }

  async simulate(params: SimulateParams, signal: AbortSignal): Promise<SimulationReport> {
    const snapshot = await this.#snapshot(signal);
    const plane = this.#planeFor(snapshot, params.uri);
    const environment = params.environment ?? this.#settings?.environment;
    const simulation = runSimulation(
      plane,
      await this.#requestOf(params),
      environment === "" ? undefined : environment,
    );
    const name = (uri: string): string => shortName(uri, this.#workspace.folders);
    return {
      result: { ...simulationJson(simulation, snapshot.layouts) },
      text: simulationText(simulation, snapshot.layouts, name),
      title: params.scenario ?? params.rule ?? targetInWords(simulation.decision.interaction),
    };
  }

  async scenarios(signal: AbortSignal): Promise<readonly ScenarioItem[]> {
    const snapshot = await this.#snapshot(signal);
    return snapshot.controlPlanes.flatMap((plane) =>
      plane.set.scenarios.map((scenario) => ({
        uri: scenario.uri,
        name: scenario.name.text,
        description: `${scenario.suite} · expects ${scenario.expect.decision}`,
      })),
    );
  }

  async checkDrift(signal: AbortSignal): Promise<DriftReport> {
    const snapshot = await this.#snapshot(signal);
    const reports = snapshot.controlPlanes.flatMap((plane) => [...plane.drift.values()]);
    const name = (uri: string): string => shortName(uri, this.#workspace.folders);
    return {
      count: reports.reduce((sum, report) => sum + report.findings.length, 0),
      text: driftText(reports, snapshot.layouts, name),
    };
  }

  deployedFiles(): readonly string[] {
    return this.#deployedFiles;
  }

  /**
   * Everybody who asks about the same state shares one analysis. It is not tied to the signal of the first who
   * asked, because that one's change of mind must not fail the others.
   */
  async #snapshot(signal: AbortSignal): Promise<Snapshot> {
    if (this.#current === undefined) {
      const started = this.#workspace.analyze();
      this.#current = started;
      // A failed analysis is not kept; who awaits it gets the error.
      started.catch(() => {
        if (this.#current === started) this.#current = undefined;
      });
    }
    const snapshot = await this.#current;
    signal.throwIfAborted();
    this.#deployedFiles = [
      ...new Set(snapshot.controlPlanes.flatMap((one) => one.deployedFiles.map((file) => file.uri))),
    ];
    return snapshot;
  }

  #planeFor(snapshot: Snapshot, uri: string): ControlPlaneSnapshot {
    const plane = controlPlaneOf(snapshot, uri) ?? snapshot.controlPlanes[0];
    if (plane !== undefined) return plane;
    throw new SimulationError(
      "There is no control plane in this workspace: no folder holds a ControlPlane document.",
    );
  }

  async #requestOf(params: SimulateParams): Promise<SimulationRequest> {
    const where = isPolicyFile(params.uri) ? { uri: params.uri } : {};
    if (params.scenario !== undefined) return { scenario: params.scenario, ...where };
    if (params.rule !== undefined) return { rule: params.rule, ...where };
    if (params.requestUri !== undefined) {
      const file = await this.#workspace.load(params.requestUri);
      if (isFailure(file)) throw new SimulationError(`The request file cannot be read. ${file.message}`);
      return { file };
    }
    // Its shape was checked where it came in (`untrusted.ts`); its meaning is checked where it is decided.
    if (params.interaction !== undefined) return { interaction: params.interaction as Interaction };
    throw new SimulationError("Say what to simulate: a scenario, a rule, a request file or an interaction.");
  }
}
