import {
  CodeLensRequest,
  type Connection,
  DidChangeTextDocumentNotification,
  DidChangeWatchedFilesNotification,
  DidCloseTextDocumentNotification,
  DidOpenTextDocumentNotification,
  type Disposable,
  HoverRequest,
  TextDocumentSyncKind,
} from "vscode-languageserver";

/** The longest list of files that is registered one by one; beyond it the editor would slow down. */
const MAX_REGISTERED_FILES = 500;

/**
 * Deployed files (Kubernetes YAML, Kong's JSON, ...) keep their own language and their own extensions. For exactly
 * those that a control plane names, this registers synchronisation, hover, code lenses and a watcher, anew whenever the set changes.
 */
export class DeployedDocuments {
  #key = "";
  #registrations: readonly Disposable[] = [];

  constructor(
    private readonly connection: Connection,
    private readonly dynamic: { readonly documents: boolean; readonly watchers: boolean },
  ) {}

  async update(uris: readonly string[]): Promise<void> {
    const files = [...uris].sort().slice(0, MAX_REGISTERED_FILES);
    const key = files.join("\n");
    if (key === this.#key) return;
    this.#key = key;
    for (const registration of this.#registrations) registration.dispose();
    this.#registrations = [];
    if (files.length === 0) return;
    const documentSelector = files.map((uri) => ({ scheme: schemeOf(uri), pattern: literalPattern(uri) }));
    const { client } = this.connection;
    const pending: Promise<Disposable>[] = [];
    if (this.dynamic.documents) {
      pending.push(
        client.register(DidOpenTextDocumentNotification.type, { documentSelector }),
        client.register(DidChangeTextDocumentNotification.type, {
          documentSelector,
          syncKind: TextDocumentSyncKind.Incremental,
        }),
        client.register(DidCloseTextDocumentNotification.type, { documentSelector }),
        client.register(HoverRequest.type, { documentSelector }),
        client.register(CodeLensRequest.type, { documentSelector }),
      );
    }
    if (this.dynamic.watchers) {
      const watchers = documentSelector.map(({ pattern }) => ({ globPattern: pattern }));
      pending.push(client.register(DidChangeWatchedFilesNotification.type, { watchers }));
    }
    const registrations = await Promise.all(pending);
    // Another update may have come while the editor answered.
    if (this.#key === key) this.#registrations = registrations;
    else for (const registration of registrations) registration.dispose();
  }
}

function schemeOf(uri: string): string {
  return uri.slice(0, uri.indexOf(":"));
}

/** A glob that matches one path only: the characters with a meaning in globs stand in brackets. */
function literalPattern(uri: string): string {
  const path = decodeURIComponent(new URL(uri).pathname);
  return path.replace(/[[\]{}*?]/g, (character) => `[${character}]`);
}
