import * as vscode from "vscode";
import {
  BaseNotification,
  type BaseParams,
  type FileAnswer,
  ReadBaseFileRequest,
  type ReadFileParams,
} from "../../../server/src/lsp/protocol.ts";
import { MAX_FILE_BYTES, toBase64 } from "../files.ts";
import { messageOf, type Session } from "../session.ts";
import { changedFiles } from "./changed-files.ts";
import { innerFolder, isBelow } from "./folders.ts";
import { GIT_EXTENSION, type GitApi, type GitExtension, type Repository } from "./git-api.ts";

const REVISION = "HEAD";
/** One command of git changes the state several times. */
const DEBOUNCE_MS = 150;
/** What `git ls-tree` says of a symbolic link: its content is a path. */
const SYMBOLIC_LINK = "120000";

/** One folder of the workspace as git sees it. */
interface Told {
  readonly repository: Repository;
  readonly params: BaseParams;
}

/**
 * Tells the server what differs from HEAD, and gives it files of HEAD. All of it comes from the built-in Git extension;
 * without that (on the web, in a workspace that is not trusted, or switched off) there is nothing to compare with.
 */
export class BaseRevisions implements vscode.Disposable {
  readonly #subscriptions: vscode.Disposable[] = [];
  #ofGit: vscode.Disposable[] = [];
  #git: GitApi | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #told: ReadonlyMap<string, Told> = new Map();
  /** Attaching is asynchronous, and what asks for it comes in bursts. */
  #attaching: Promise<void> | undefined;

  constructor(private readonly session: Session) {
    this.#subscriptions.push(
      session.onDidStart((client) => {
        client.onRequest(ReadBaseFileRequest, (params: ReadFileParams) => this.#read(params.uri));
        // A new server knows nothing yet.
        this.#told = new Map();
        this.#schedule();
      }),
      vscode.extensions.onDidChange(() => this.#attach()),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.#attach()),
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.#schedule()),
    );
    this.#attach();
  }

  /** The file as it was in the revision that its folder is compared with, as editors open it. */
  at(uri: vscode.Uri): vscode.Uri | undefined {
    const told = this.#toldOf(uri);
    const commit = told?.params.revision?.commit;
    return commit === undefined ? undefined : this.#git?.toGitUri(uri, commit);
  }

  /** Why there is nothing to compare with, for people. */
  whyNone(): string {
    if (!vscode.workspace.isTrusted)
      return "This workspace is not trusted, so that git does not run in it, and nothing can be compared with HEAD.";
    if (this.#git === undefined)
      return "The built-in Git extension does not run here, so that there is no revision to compare with.";
    if (this.#told.size === 0)
      return "No workspace folder is in a git repository with a commit, so that there is no revision to compare with.";
    return "There is no revision to compare with yet; git is still being asked.";
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const one of [...this.#subscriptions, ...this.#ofGit]) one.dispose();
  }

  #attach(): void {
    this.#attaching ??= this.#attachOnce()
      .catch((error: unknown) => this.session.log.error(error instanceof Error ? error : String(error)))
      .finally(() => {
        this.#attaching = undefined;
      });
  }

  async #attachOnce(): Promise<void> {
    const extension = vscode.extensions.getExtension<GitExtension>(GIT_EXTENSION);
    if (extension === undefined || !vscode.workspace.isTrusted) return this.#use(undefined);
    const git = await extension.activate();
    const api = git.enabled ? git.getAPI(1) : undefined;
    if (api === this.#git && api !== undefined) return;
    this.#use(api);
    this.#ofGit.push(git.onDidChangeEnablement(() => this.#attach()));
  }

  #use(api: GitApi | undefined): void {
    for (const one of this.#ofGit) one.dispose();
    this.#git = api;
    this.#ofGit = [];
    if (api !== undefined) {
      const watched = new Map<Repository, vscode.Disposable>();
      const watch = (repository: Repository) => {
        watched.set(
          repository,
          repository.state.onDidChange(() => this.#schedule()),
        );
        this.#schedule();
      };
      const leave = (repository: Repository) => {
        watched.get(repository)?.dispose();
        watched.delete(repository);
        this.#schedule();
      };
      this.#ofGit.push(api.onDidOpenRepository(watch), api.onDidCloseRepository(leave), {
        dispose: () => {
          for (const one of watched.values()) one.dispose();
        },
      });
      for (const repository of api.repositories) watch(repository);
    }
    this.#schedule();
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#tell().catch((error: unknown) => {
        // A server that goes away meanwhile is told again when it has started anew.
        this.session.log.warn(`The server was not told what differs from ${REVISION}: ${messageOf(error)}`);
      });
    }, DEBOUNCE_MS);
  }

  /**
   * Tells all of it after each status of git, also where that found nothing new: a file that was written and does not
   * differ is known to be the same only by this. What is the same again costs the server nothing.
   */
  async #tell(): Promise<void> {
    const client = this.session.running;
    if (client === undefined) return;
    const now = new Map(this.#folders().map((one) => [one.params.folder, one]));
    const gone = [...this.#told.keys()].filter((folder) => !now.has(folder));
    this.#told = now;
    for (const folder of gone) await client.sendNotification(BaseNotification, { folder, changed: [] });
    for (const { params } of now.values()) await client.sendNotification(BaseNotification, params);
  }

  /** Each workspace folder in a repository, and each repository in a workspace folder. */
  #folders(): readonly Told[] {
    const folders = vscode.workspace.workspaceFolders ?? [];
    return (this.#git?.repositories ?? []).flatMap((repository) => {
      const commit = repository.state.HEAD?.commit;
      // Before the first commit there is nothing that anything could have changed from.
      if (commit === undefined) return [];
      return folders.flatMap((folder): Told[] => {
        const inner = innerFolder(folder.uri.toString(), repository.rootUri.toString());
        if (inner === undefined) return [];
        const changed = changedFiles(repository.state).filter((file) => isBelow(file.uri, inner));
        return [{ repository, params: { folder: inner, revision: { name: REVISION, commit }, changed } }];
      });
    });
  }

  async #read(uriText: string): Promise<FileAnswer<string>> {
    const uri = vscode.Uri.parse(uriText, true);
    const told = this.#toldOf(uri);
    const commit = told?.params.revision?.commit;
    if (told === undefined || commit === undefined)
      return { ok: false, code: "not-readable", message: `${uriText} is in no repository that is compared` };
    try {
      const { mode, size } = await told.repository.getObjectDetails(commit, uri.fsPath);
      if (mode === SYMBOLIC_LINK)
        return { ok: false, code: "not-readable", message: "It is a symbolic link there." };
      if (size > MAX_FILE_BYTES) {
        const message = `It has ${size} bytes there; the most that is read here is ${MAX_FILE_BYTES}.`;
        return { ok: false, code: "too-large", message };
      }
      return { ok: true, value: toBase64(await told.repository.buffer(commit, uri.fsPath)) };
    } catch (error) {
      return { ok: false, code: "not-readable", message: `Git says: ${messageOf(error)}` };
    }
  }

  /** The innermost folder: a repository inside another has its files for itself. */
  #toldOf(uri: vscode.Uri): Told | undefined {
    return [...this.#told.values()]
      .filter(({ params }) => isBelow(uri.toString(), params.folder))
      .sort((a, b) => b.params.folder.length - a.params.folder.length)[0];
  }
}
