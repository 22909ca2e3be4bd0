/** The language server in a web worker (vscode.dev): everything it reads comes from the client. */
import { BrowserMessageReader, BrowserMessageWriter, createConnection } from "vscode-languageserver/browser";
import { ClientHost } from "../host/client.ts";
import { startServer } from "./connection.ts";
import { WorkspaceEngine } from "./workspace-engine.ts";

const worker = self as DedicatedWorkerGlobalScope;

startServer(
  createConnection(new BrowserMessageReader(worker), new BrowserMessageWriter(worker)),
  ({ connection }) => {
    const editor = new ClientHost(
      (method, params) => connection.sendRequest(method, params),
      () => Date.now(),
    );
    return new WorkspaceEngine(editor);
  },
);
