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
/** What the texts as they are newly allow and deny against the base revision; `{}` in, `SemanticDiffReport` out. */
export const SemanticDiffRequest = "plumbline/semanticDiff";
/** What an import would write into which inventory: `ImportParams` in, `ImportAnswer` out. The client writes it. */
export const ImportRequest = "plumbline/import";
/** Answered at once by a server that is alive; the client's watchdog asks it. */
export const PingRequest = "plumbline/ping";

/** Notification of the client: which files of a folder differ from the revision that changes are shown against. */
export const BaseNotification = "plumbline/base";
/** Notification of the server: `plumbline/semanticDiff` has a new answer, and asking for it costs nothing more. */
export const SemanticDiffChangedNotification = "plumbline/semanticDiffChanged";

/** Requests of the server to the client: files that the server cannot read itself (web, virtual workspaces). */
export const ReadFileRequest = "plumbline/fs/readFile";
export const StatRequest = "plumbline/fs/stat";
export const FindFilesRequest = "plumbline/fs/findFiles";
/** The same for a file of the base revision, which only the client's Git extension can read. */
export const ReadBaseFileRequest = "plumbline/base/readFile";

/** Commands that the server runs by `workspace/executeCommand`, for editors without our client. */
export const SERVER_COMMANDS = {
  simulate: "plumbline.server.simulate",
  checkDrift: "plumbline.server.checkDrift",
} as const;

/** The client's command behind the `Simulate` code lens; it shows what the server's command only returns. */
export const RUN_SIMULATION_COMMAND = "plumbline.runSimulation";
/** The client's command behind the code lens of a changed rule; its argument is a `ShowSemanticDiffParams`. */
export const SHOW_SEMANTIC_DIFF_COMMAND = "plumbline.showSemanticDiff";

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
  /** Whether changed rules are marked; the report can be asked for all the same. */
  readonly semanticDiff: { readonly enable: boolean };
}

export const DEFAULT_SETTINGS: Settings = {
  exclude: [],
  environment: "",
  drift: { enable: true },
  semanticDiff: { enable: true },
};

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
  /** How many differences there are that nobody has accepted. */
  readonly count: number;
  /** How many more comments and waivers accept. */
  readonly accepted: number;
  readonly text: string;
}

export const IMPORT_KINDS = ["openapi", "mcp", "kubernetes", "spire"] as const;

export interface ImportParams {
  readonly kind: (typeof IMPORT_KINDS)[number];
  /** With their texts: people keep exports outside of the workspace, where the server reads nothing. */
  readonly files: readonly { readonly uri: string; readonly name: string; readonly text: string }[];
  /** The URI of the inventory; without it the only one of the workspace. */
  readonly into?: string;
  /** The owner of new entries. */
  readonly owner?: string;
  /** The name of the resource; of `openapi` and `mcp` only. */
  readonly name?: string;
  /** Of workloads of Kubernetes, where the control plane does not tell it. */
  readonly trustDomain?: string;
  /** `openapi`: operations are written out, instead of a reference to their document. */
  readonly inline?: boolean;
}

export type ImportAnswer =
  /** There is not exactly one inventory: URIs of those that there are, and of one that can be made. */
  | { readonly state: "choose"; readonly inventories: readonly string[]; readonly fresh: string }
  | {
      readonly state: "planned";
      readonly uri: string;
      /** The file is to be made. */
      readonly isNew: boolean;
      /** The text that the edits are of, and what they make of it. */
      readonly before: string;
      readonly after: string;
      /** In order and apart; empty where nothing is to be written. */
      readonly edits: readonly { readonly range: TextRange; readonly newText: string }[];
      /** For people: everything that was found. Its last line is a summary. */
      readonly report: readonly string[];
    };

/** What differs from the base below one folder. Each replaces what was said of the folder before. */
export interface BaseParams {
  /** The URI of a workspace folder, or of a repository inside one. */
  readonly folder: string;
  /** Undefined where there is nothing to compare with (any more). */
  readonly revision?: { readonly name: string; readonly commit: string };
  /** Files of the working tree that differ from the revision; `existed`: they are in it. A renamed file is two. */
  readonly changed: readonly ChangedFile[];
}

export interface ChangedFile {
  readonly uri: string;
  readonly existed: boolean;
}

export interface ShowSemanticDiffParams {
  /** The id of the change to stand at; without one, the beginning. */
  readonly change?: string;
}

export type ChangeKind = "newly-allows" | "newly-denies" | "unknown" | "obligations";

/** What happened to the meaning of what stands at a place of the working tree. */
export interface ChangeMark {
  readonly uri: string;
  readonly range: TextRange;
  readonly kind: ChangeKind;
  /** One sentence of each change; none is empty. */
  readonly messages: readonly string[];
}

export interface TextPosition {
  readonly line: number;
  readonly character: number;
}
export interface TextRange {
  readonly start: TextPosition;
  readonly end: TextPosition;
}

/** A part of a report's text that can be clicked; characters of one line. */
export interface ReportLink {
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly target:
    | { readonly kind: "place"; readonly uri: string; readonly position: TextPosition }
    /** A place in the base revision. */
    | { readonly kind: "base"; readonly uri: string; readonly position: TextPosition }
    /** The file beside what it was in the base revision. */
    | { readonly kind: "compare"; readonly uri: string }
    | { readonly kind: "simulate"; readonly params: SimulateParams };
}

export interface SemanticDiffReport {
  /** `none`: there is nothing to compare with. `failed`: `reason` says why it could not be compared. */
  readonly state: "none" | "failed" | "compared";
  readonly reason?: string;
  /** The name of the revision: `HEAD`. Empty where there is none. */
  readonly revision: string;
  /** How many regions of requests changed their decision, or may have. */
  readonly counts: { readonly allows: number; readonly denies: number; readonly unknown: number };
  /** For people; places in it are one-based. */
  readonly text: string;
  readonly links: readonly ReportLink[];
  /** The zero-based line of each change in `text`, by id. */
  readonly lines: Readonly<Record<string, number>>;
  readonly marks: readonly ChangeMark[];
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
