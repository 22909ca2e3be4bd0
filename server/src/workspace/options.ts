export interface WorkspaceOptions {
  /** Globs, relative to the workspace folder, of files that are left alone. */
  readonly exclude: readonly string[];
  readonly drift: boolean;
  readonly scenarios: boolean;
  /** Whether the lint rules run. */
  readonly rules: boolean;
  /** Whether deployed files are read at all. */
  readonly deployed: boolean;
}
