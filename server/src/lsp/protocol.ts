/**
 * What client and server say to each other beyond LSP. The client imports this file and nothing else of the
 * server. URIs are strings, all values plain JSON; bytes travel as base64, because stdio and IPC carry JSON only.
 */

export const LANGUAGE_ID = "plumbline";
export const POLICY_FILES = "**/*.plumb.{yaml,yml}";

/**
 * Requests of the client to the server. Those that need nothing take `{}`: without params the library would hand the
 * token to the handler in their place.
 */
export const SimulateRequest = "plumbline/simulate";
export const ListScenariosRequest = "plumbline/scenarios";
export const CheckDriftRequest = "plumbline/checkDrift";
/** Answered at once by a server that is alive; the client's watchdog asks it. */
export const PingRequest = "plumbline/ping";

/** Requests of the server to the client: files that the server cannot read itself (web, virtual workspaces). */
export const ReadFileRequest = "plumbline/fs/readFile";
export const StatRequest = "plumbline/fs/stat";
export const FindFilesRequest = "plumbline/fs/findFiles";

/** Commands that the server runs by `workspace/executeCommand`, for editors without our client. */
export const SERVER_COMMANDS = {
  simulate: "plumbline.server.simulate",
  checkDrift: "plumbline.server.checkDrift",
} as const;

/** The client's command behind the `Simulate` code lens; it shows what the server's command only returns. */
export const RUN_SIMULATION_COMMAND = "plumbline.runSimulation";

/** `initializationOptions`; an editor without our client sends none. */
export interface InitializationOptions {
  /** The client has `plumbline.runSimulation` and its kin, so code lenses may name them. */
  readonly clientCommands?: boolean;
  /** The client answers the `plumbline/fs/*` requests. */
  readonly clientFiles?: boolean;
  /** The URI of the folder of pages about finding codes, as the client opens it: codes link to `docsBase/<code>`. */
  readonly docsBase?: string;
}

/** The section `plumbline` of the editor's settings. */
export interface Settings {
  /** Globs, relative to the workspace folder, of files that Plumbline leaves alone. */
  readonly exclude: readonly string[];
  /** The environment for simulation and code lenses; empty: the control plane's default. */
  readonly environment: string;
  readonly drift: { readonly enable: boolean };
}

export const DEFAULT_SETTINGS: Settings = { exclude: [], environment: "", drift: { enable: true } };

/** What to simulate: a scenario, a rule (its boundary request), a request file, or an interaction. */
export interface SimulateParams {
  /** The policy file that was asked about; it decides which control plane is meant. */
  readonly uri: string;
  /** The name of a scenario in `uri`. */
  readonly scenario?: string;
  /** The name of a rule in `uri`. */
  readonly rule?: string;
  /** A file with a sample request in any supported form. */
  readonly requestUri?: string;
  /** An interaction in the neutral form (design, section 7). */
  readonly interaction?: unknown;
  readonly environment?: string;
}

export interface SimulationReport {
  /** The JSON that `plumbline simulate --format json` prints. */
  readonly result: { readonly decision: "allow" | "deny" | "unknown"; readonly [key: string]: unknown };
  /** The same for people, as `plumbline simulate` prints it. */
  readonly text: string;
  readonly title: string;
}

export interface ScenarioItem {
  readonly uri: string;
  readonly name: string;
  readonly description?: string;
}

export interface DriftReport {
  readonly count: number;
  readonly text: string;
}

export interface ReadFileParams {
  readonly uri: string;
}
export interface FindFilesParams {
  readonly baseUri: string;
  readonly globs: readonly string[];
}

/** An answer that carries the typed failure of the host instead of a JSON-RPC error. */
export type FileAnswer<T> =
  | { readonly ok: true; readonly value: T }
  | {
      readonly ok: false;
      readonly code: "not-found" | "not-readable" | "too-large";
      readonly message: string;
    };

export interface FileStat {
  readonly type: "file" | "directory";
  readonly size: number;
}
