/** What the editor can do beyond what every editor can, as far as we make use of it. */
import type { InitializeParams } from "vscode-languageserver";

export interface ClientCapabilities {
  readonly configuration: boolean;
  readonly folders: boolean;
  /** Whether these can be registered once the server runs. */
  readonly watchers: boolean;
  readonly documents: boolean;
  readonly actions: boolean;
  /** Whether it asks for code lenses again when it is told to. */
  readonly lenses: boolean;
  /** Whether the code of a diagnostic may be a link. */
  readonly links: boolean;
  /** The values of `DiagnosticTag` that it shows. */
  readonly tags: readonly number[];
  /** Whether it takes edits that name the version that they are of. */
  readonly versions: boolean;
}

export function clientCapabilities({ capabilities }: InitializeParams): ClientCapabilities {
  const { workspace, textDocument } = capabilities;
  const diagnostics = textDocument?.publishDiagnostics;
  return {
    configuration: workspace?.configuration === true,
    folders: workspace?.workspaceFolders === true,
    watchers: workspace?.didChangeWatchedFiles?.dynamicRegistration === true,
    documents:
      textDocument?.synchronization?.dynamicRegistration === true &&
      textDocument.hover?.dynamicRegistration === true &&
      textDocument.codeLens?.dynamicRegistration === true,
    actions: textDocument?.codeAction?.dynamicRegistration === true,
    lenses: workspace?.codeLens?.refreshSupport === true,
    links: diagnostics?.codeDescriptionSupport === true,
    tags: diagnostics?.tagSupport?.valueSet ?? [],
    versions: workspace?.workspaceEdit?.documentChanges === true,
  };
}
