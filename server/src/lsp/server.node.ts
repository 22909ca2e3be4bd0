/** The language server on Node: over IPC for our client, over `--stdio` for every other editor. */
import { existsSync } from "node:fs";
import { createConnection, ProposedFeatures } from "vscode-languageserver/node";
import { RevisionHost } from "../host/base.ts";
import { HostByScheme } from "../host/by-scheme.ts";
import { type Ask, baseReader, ClientHost } from "../host/client.ts";
import { NodeHost } from "../host/node.ts";
import { type Bundled, type MakeEngine, startServer } from "./connection.ts";
import { WorkspaceEngine } from "./workspace-engine.ts";

const makeEngine: MakeEngine = ({ connection, options, folders }) => {
  const machine = new NodeHost({ roots: folders });
  const ask: Ask = (method, params) => connection.sendRequest(method, params);
  const editor = new ClientHost(ask, () => Date.now());
  const host = options.clientFiles === true ? new HostByScheme(machine, editor) : machine;
  return new WorkspaceEngine(host, new RevisionHost(host, baseReader(ask)));
};

/** The bundle stands in `dist/`, beside `docs/`, in the repository as in the packaged extension. */
function bundledDocs(): Bundled {
  const folder = new URL("../docs/codes", import.meta.url);
  return existsSync(folder) ? { docsBase: folder.href } : {};
}

startServer(createConnection(ProposedFeatures.all), makeEngine, bundledDocs());
