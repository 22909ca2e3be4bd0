/** The language server on Node: over IPC for our client, over `--stdio` for every other editor. */
import { createConnection, ProposedFeatures } from "vscode-languageserver/node";
import { HostByScheme } from "../host/by-scheme.ts";
import { ClientHost } from "../host/client.ts";
import { NodeHost } from "../host/node.ts";
import { startServer } from "./connection.ts";
import { WorkspaceEngine } from "./workspace-engine.ts";

startServer(createConnection(ProposedFeatures.all), ({ connection, options, folders }) => {
  const machine = new NodeHost({ roots: folders });
  const editor = new ClientHost(
    (method, params) => connection.sendRequest(method, params),
    () => Date.now(),
  );
  return new WorkspaceEngine(options.clientFiles === true ? new HostByScheme(machine, editor) : machine);
});
