/** The language server in a web worker (vscode.dev): everything it reads comes from the client. */
import { BrowserMessageReader, BrowserMessageWriter, createConnection } from "vscode-languageserver/browser";
import { RevisionHost } from "../host/base.ts";
import { type Ask, baseReader, ClientHost } from "../host/client.ts";
import { startServer } from "./connection.ts";
import { WorkspaceEngine } from "./workspace-engine.ts";

const worker = self as DedicatedWorkerGlobalScope;

startServer(
  createConnection(new BrowserMessageReader(worker), new BrowserMessageWriter(worker)),
  ({ connection }) => {
    const ask: Ask = (method, params) => connection.sendRequest(method, params);
    const editor = new ClientHost(ask, () => Date.now());
    return new WorkspaceEngine(editor, new RevisionHost(editor, baseReader(ask)));
  },
);
