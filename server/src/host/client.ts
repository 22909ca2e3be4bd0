import {
  type FileAnswer,
  type FileStat,
  type FindFilesParams,
  FindFilesRequest,
  ReadBaseFileRequest,
  type ReadFileParams,
  ReadFileRequest,
  StatRequest,
} from "../lsp/protocol.ts";
import { type Host, HostError } from "../text/host.ts";

/** Sends one request to the client; `Connection.sendRequest` fits. */
export type Ask = <Answer>(method: string, params: ReadFileParams | FindFilesParams) => Promise<Answer>;

/** Files as the editor sees them: the only way in a web worker, and for schemes that the machine does not know. */
export class ClientHost implements Host {
  constructor(
    private readonly ask: Ask,
    private readonly clock: () => number,
  ) {}

  async readFile(uri: string): Promise<Uint8Array> {
    return bytesOf(unwrap(await this.ask<FileAnswer<string>>(ReadFileRequest, { uri })));
  }

  async stat(uri: string): Promise<FileStat | undefined> {
    const answer = await this.ask<FileAnswer<FileStat>>(StatRequest, { uri });
    return !answer.ok && answer.code === "not-found" ? undefined : unwrap(answer);
  }

  async findFiles(baseUri: string, globs: readonly string[]): Promise<readonly string[]> {
    return this.ask<readonly string[]>(FindFilesRequest, { baseUri, globs });
  }

  /** `workspace.fs` resolves no links, and a virtual workspace has none that leave it. */
  async realpath(uri: string): Promise<string> {
    return uri;
  }

  now(): number {
    return this.clock();
  }
}

/** Reads files of the base revision, which only the editor's own Git extension may get at. */
export function baseReader(ask: Ask): (uri: string) => Promise<Uint8Array> {
  return async (uri) => bytesOf(unwrap(await ask<FileAnswer<string>>(ReadBaseFileRequest, { uri })));
}

function bytesOf(base64: string): Uint8Array {
  const binary = atob(base64);
  const bytes = new Uint8Array(binary.length);
  for (let index = 0; index < binary.length; index++) bytes[index] = binary.charCodeAt(index);
  return bytes;
}

function unwrap<T>(answer: FileAnswer<T>): T {
  if (answer.ok) return answer.value;
  throw new HostError(answer.code, answer.message);
}
