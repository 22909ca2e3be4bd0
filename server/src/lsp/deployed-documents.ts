import {
  CodeActionRequest,
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
import { literalGlob, pathOf } from "../workspace/uris.ts";
import { CODE_ACTION_KINDS } from "./code-actions.ts";

/** The longest list of files that is registered one by one; beyond it the editor would slow down. */
const MAX_REGISTERED_FILES = 500;

/**
 * Deployed files (Kubernetes YAML, Kong's JSON, ...) keep their own language and their own extensions. For exactly
 * those that a control plane names, this registers synchronisation, hover, code lenses, code actions
 * and watchers, anew whenever the set changes. So do the documents that the inventory and scenarios refer to.
 */
export class DeployedDocuments {
  #key = "";
  #registrations: readonly Disposable[] = [];

  constructor(
    private readonly connection: Connection,
    private readonly dynamic: {
      readonly documents: boolean;
      readonly actions: boolean;
      readonly watchers: boolean;
    },
  ) {}

  /** `globs`: which further files the analysis would read if they came to be, as paths. */
  async update(uris: readonly string[], globs: readonly string[]): Promise<void> {
    const files = [...uris].sort().slice(0, MAX_REGISTERED_FILES);
    const key = [...files, "", ...globs].join("\n");
    if (key === this.#key) return;
    this.#key = key;
    for (const registration of this.#registrations) registration.dispose();
    this.#registrations = [];
    if (files.length === 0 && globs.length === 0) return;
    const documentSelector = files.map((uri) => ({
      scheme: schemeOf(uri),
      pattern: literalGlob(pathOf(uri)),
    }));
    const { client } = this.connection;
    const pending: Promise<Disposable>[] = [];
    if (this.dynamic.documents && files.length > 0) {
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
    if (this.dynamic.documents && this.dynamic.actions && files.length > 0)
      pending.push(
        client.register(CodeActionRequest.type, {
          documentSelector,
          codeActionKinds: [...CODE_ACTION_KINDS],
        }),
      );
    if (this.dynamic.watchers) {
      const patterns = new Set([...documentSelector.map(({ pattern }) => pattern), ...globs]);
      const watchers = [...patterns].map((globPattern) => ({ globPattern }));
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
