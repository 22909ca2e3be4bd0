/** What commands need of the world. The entry point gives it, tests give their own. Paths are as the person wrote them. */
import type { Host } from "../text/host.ts";
import type { Output } from "./output.ts";

export interface Services {
  /** The folder in which the command was called, as a URI with a trailing slash. */
  readonly cwd: string;
  /** Where the repository is checked out, as CI says it; else the working folder. A URI with a trailing slash. */
  readonly root: string;
  /** The URI of a path, relative to the working folder. */
  toUri(path: string): string;
  /** Files below these folders (URIs) only. */
  hostFor(folders: readonly string[]): Host;
  /** Every file of the machine: for files that the person named, never for what a file refers to. */
  readonly anywhere: Host;
  /** The files of a git revision, the repository being that of `path`. Throws `CommandError`. */
  revision(revision: string, path: string): Promise<Revision>;
  /** Reads arguments into tokens: `parseArgs` of `node:util`, not strict. */
  readonly parse: ParseArguments;
  readonly colour: boolean;
  readonly version: string;
  /** A file of the bundled documentation, by its path below `docs/`; undefined where there is none. */
  documentation(path: string): Promise<string | undefined>;
  /** The URI of such a file, for links. */
  documentationUri(path: string): string;
  /** Writes a text file, at a path as the person wrote it. A file that is there stays as it is without `replace`. */
  write(path: string, text: string, replace: boolean): Promise<"written" | "exists">;
  /** Writes a text file that is there, by its URI. Throws `CommandError`. */
  replace(uri: string, text: string): Promise<void>;
  /** Serves LSP over standard input and output until the editor ends it. */
  serve(): Promise<void>;
}

/** A revision as a tree of files. */
export interface Revision {
  /** The URI of a path of the machine in this revision. Throws `CommandError` for one outside the repository. */
  toUri(path: string): string;
  /** Files below these folders of the revision only. */
  hostFor(folders: readonly string[]): Host;
  /** All files of the revision. */
  readonly everything: Host;
  /** `HEAD~1:examples/acme/acme.plumb.yaml`. */
  name(uri: string): string;
}

export type ParseArguments = (config: {
  readonly args: string[];
  readonly options: Record<string, { type: "string" | "boolean"; short?: string }>;
  readonly strict: false;
  readonly allowPositionals: true;
  readonly tokens: true;
}) => { readonly tokens: readonly Token[] };

export type Token =
  | ({ readonly kind: "option"; readonly name: string; readonly rawName: string } & (
      | { readonly value: string; readonly inlineValue: boolean }
      | { readonly value: undefined; readonly inlineValue: undefined }
    ))
  | { readonly kind: "positional"; readonly value: string }
  | { readonly kind: "option-terminator" };

/** What a command leaves. Exit codes are those of the contract: 0 clean, 1 found something, 2 could not do it. */
export interface Outcome {
  readonly stdout: Output;
  readonly stderr?: Output;
  readonly exitCode: 0 | 1 | 2;
}

/** What keeps a command from being done, in a sentence for the person: exit 2. */
export class CommandError extends Error {}
