#!/usr/bin/env node
/** The entry point of the command line: wires the machine, writes what a command leaves, sets the exit code. */
import { readFile, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { URI } from "vscode-uri";
import { version } from "../../../package.json";
import { GitRevision } from "../host/git.ts";
import { NodeHost } from "../host/node.ts";
import { run } from "./run.ts";
import { CommandError, type Services } from "./services.ts";

const toUri = (written: string): string => URI.file(path.resolve(written)).toString();

const folderUri = (written: string): string => `${toUri(written).replace(/\/$/, "")}/`;

/** GitHub says where the repository is; annotations and code scanning know files by their paths in it. */
function repositoryRoot(cwd: string): string {
  const { GITHUB_WORKSPACE: workspace = "" } = process.env;
  const root = workspace === "" ? cwd : folderUri(workspace);
  return cwd.startsWith(root) ? root : cwd;
}

// `docs/` stands beside `dist/`, where this bundle is, in the repository as in the package.
const documentationUrl = (page: string): URL => new URL(`../docs/${page}`, import.meta.url);

const services: Services = {
  cwd: folderUri("."),
  root: repositoryRoot(folderUri(".")),
  toUri,
  hostFor: (folders) => new NodeHost({ roots: () => folders }),
  anywhere: new NodeHost({ roots: () => "anywhere" }),
  revision: async (revision, location) => {
    const failed = (error: unknown): CommandError =>
      new CommandError(`git:${revision} cannot be read: ${error instanceof Error ? error.message : error}.`);
    const opened = await GitRevision.open(revision, path.resolve(location)).catch((error: unknown) => {
      throw failed(error);
    });
    return {
      toUri: (file) => {
        try {
          return opened.toUri(file);
        } catch (error) {
          throw failed(error);
        }
      },
      hostFor: (folders) => opened.hostFor(folders),
      everything: opened.everything,
      name: (uri) => opened.name(uri),
    };
  },
  parse: (config) => parseArgs(config),
  // https://no-color.org: any value but the empty one.
  colour: process.stdout.isTTY === true && (process.env.NO_COLOR ?? "") === "" && process.env.TERM !== "dumb",
  version,
  documentation: async (page) => {
    try {
      return await readFile(documentationUrl(page), "utf8");
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
      throw error;
    }
  },
  documentationUri: (page) => documentationUrl(page).href,
  write: async (written, text, replace) => {
    try {
      // One system call looks and makes, so that no file of somebody else is lost in between.
      await writeFile(path.resolve(written), text, { flag: replace ? "w" : "wx" });
      return "written";
    } catch (error) {
      if (!(error instanceof Error && "code" in error)) throw error;
      if (error.code === "EEXIST") return "exists";
      throw new CommandError(`${written} cannot be written: ${error.message}.`);
    }
  },
  replace: async (uri, text) => {
    const file = URI.parse(uri).fsPath;
    try {
      await writeFile(file, text, { flag: "r+" });
      await truncate(file, Buffer.byteLength(text));
    } catch (error) {
      if (!(error instanceof Error && "code" in error)) throw error;
      throw new CommandError(`${file} cannot be written: ${error.message}.`);
    }
  },
  serve: async () => {
    // The server's own bundle, which stands beside this one; it reads `--stdio` from the arguments itself.
    await import(new URL("./server.js", import.meta.url).href);
  },
};

for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    // The reader went away (`plumbline check | head`): nobody is left to be told.
    if (error.code !== "EPIPE") throw error;
  });
}

// The exit code is set and the process left to end by itself, so that everything written still arrives.
const outcome = await run(process.argv.slice(2), services);
if (outcome.stderr !== undefined) process.stderr.write(outcome.stderr);
if (outcome.stdout !== "") process.stdout.write(outcome.stdout);
if (outcome.exitCode !== 0) process.exitCode = outcome.exitCode;
