import type { SourceLayout } from "../text/layout.ts";
import type { Position, Range } from "../text/place.ts";
import type { Finding } from "../workspace/finding.ts";
import type { FileEdits } from "../workspace/fixes.ts";
import type {
  BaseParams,
  DriftReport,
  ImportAnswer,
  ImportParams,
  ScenarioItem,
  SemanticDiffReport,
  Settings,
  ShowSemanticDiffParams,
  SimulateParams,
  SimulationReport,
} from "./protocol.ts";

/** What the protocol layer needs of the workspace; everything else of LSP stays out of it. URIs are strings. */
export interface Engine {
  configure(settings: Settings): void;
  setFolders(uris: readonly string[]): void;
  /** The editor's text of a file, which stands over the one on disk. */
  setOverlay(uri: string, text: string): void;
  removeOverlay(uri: string): void;
  /** Files that were created, changed or deleted on disk. */
  filesChanged(uris: readonly string[]): void;
  /** Whether an analysis has read the file, or one below the folder. */
  hasRead(uri: string): boolean;
  /** What the working tree is compared with; whether that is another than before. */
  setBase(base: BaseParams): boolean;

  /**
   * The findings of every file of the workspace and of every overlay. May reject or return early when `signal`
   * aborts; the answer is then not used.
   */
  analyze(signal: AbortSignal): Promise<ReadonlyMap<string, readonly Finding[]>>;
  hover(uri: string, position: Position, signal: AbortSignal): Promise<HoverText | undefined>;
  codeLenses(uri: string, signal: AbortSignal): Promise<readonly Lens[]>;
  /** The fixes of the findings that `range` touches. */
  quickFixes(uri: string, range: Range, signal: AbortSignal): Promise<Proposals>;
  /** All safe fixes of a file at once: one proposal or none. */
  fixAll(uri: string, signal: AbortSignal): Promise<Proposals>;
  simulate(params: SimulateParams, signal: AbortSignal): Promise<SimulationReport>;
  scenarios(signal: AbortSignal): Promise<readonly ScenarioItem[]>;
  checkDrift(signal: AbortSignal): Promise<DriftReport>;
  /** What an import would write. Throws `ImportError`. */
  planImport(params: ImportParams, signal: AbortSignal): Promise<ImportAnswer>;
  /** What the texts as they are newly allow and deny against the base. */
  semanticDiff(signal: AbortSignal): Promise<SemanticDiffReport>;
  /**
   * Makes code lenses say what the texts as they are newly allow and deny; until it is called, they say what was so
   * when it was called last.
   */
  markChanges(signal: AbortSignal): Promise<Marked>;

  /** The files beside policy files that the last analysis read: deployed config, OpenAPI documents, requests. */
  foreignFiles(): readonly string[];
  /** Globs of paths of the files that it would have read, had they been there. */
  foreignGlobs(): readonly string[];
}

export interface Proposals {
  readonly proposals: readonly Proposal[];
  /** The texts that the edits are of, with their lines. */
  readonly layouts: ReadonlyMap<string, SourceLayout>;
}

export interface Proposal {
  readonly title: string;
  readonly findings: readonly Finding[];
  readonly isPreferred: boolean;
  readonly edits: FileEdits;
}

export interface Marked {
  /** Whether code lenses say something else than before. */
  readonly changed: boolean;
  /** Why nothing can be compared, where there is something to compare with. */
  readonly problem?: string;
}

export interface HoverText {
  readonly markdown: string;
  readonly range?: Range;
}

export interface Lens {
  readonly range: Range;
  readonly title: string;
  /** At most one of the two; neither for a lens that only informs. */
  readonly simulate?: SimulateParams;
  readonly semanticDiff?: ShowSemanticDiffParams;
}
