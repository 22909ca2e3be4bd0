/** What the editor asks, and who answers it. */
import { type CancellationToken, type Connection, LSPErrorCodes, ResponseError } from "vscode-languageserver";
import { shown, valueWithoutSecrets } from "../text/shown.ts";
import { ImportError } from "../workspace/import/imported.ts";
import { SimulationError } from "../workspace/simulation-error.ts";
import { untilCancelled } from "./cancellation.ts";
import { type CodeActionPorts, codeActions } from "./code-actions.ts";
import { toCodeLens, toHover } from "./convert.ts";
import type { Engine } from "./engine.ts";
import {
  CheckDriftRequest,
  type ImportAnswer,
  ImportRequest,
  ListScenariosRequest,
  PingRequest,
  SERVER_COMMANDS,
  SemanticDiffRequest,
  SimulateRequest,
  type SimulationReport,
} from "./protocol.ts";
import { readImportParams, readSimulateParams } from "./untrusted.ts";

export interface RequestPorts {
  readonly engine: Engine;
  readonly codeActions: CodeActionPorts;
  /** Whether the client has the commands that code lenses name. */
  readonly clientCommands: boolean;
}

export function answerRequests(
  connection: Connection,
  { engine, codeActions: actionPorts, clientCommands }: RequestPorts,
): void {
  connection.onHover(async ({ textDocument, position }, token) => {
    const hover = await untilCancelled(token, (signal) => engine.hover(textDocument.uri, position, signal));
    return hover === undefined ? null : toHover(hover);
  });
  connection.onCodeLens(async ({ textDocument }, token) => {
    const lenses = await untilCancelled(token, (signal) => engine.codeLenses(textDocument.uri, signal));
    return lenses.map((lens) => toCodeLens(lens, clientCommands));
  });
  connection.onCodeAction(({ textDocument, range, context }, token) =>
    untilCancelled(token, (signal) => codeActions(textDocument.uri, range, context, actionPorts, signal)),
  );
  connection.onExecuteCommand((params, token) => {
    switch (params.command) {
      case SERVER_COMMANDS.simulate:
        return simulate(engine, params.arguments?.[0], token);
      case SERVER_COMMANDS.checkDrift:
        return untilCancelled(token, (signal) => engine.checkDrift(signal));
      default:
        throw new ResponseError(LSPErrorCodes.RequestFailed, `There is no command ${params.command}.`);
    }
  });
  connection.onRequest(SimulateRequest, (params: unknown, token) => simulate(engine, params, token));
  connection.onRequest(ListScenariosRequest, (_params: unknown, token) =>
    untilCancelled(token, (signal) => engine.scenarios(signal)),
  );
  connection.onRequest(CheckDriftRequest, (_params: unknown, token) =>
    untilCancelled(token, (signal) => engine.checkDrift(signal)),
  );
  connection.onRequest(SemanticDiffRequest, (_params: unknown, token) =>
    untilCancelled(token, async (signal) => {
      const report = await engine.semanticDiff(signal);
      const marks = report.marks.map((one) => ({ ...one, messages: one.messages.map(shown) }));
      return { ...report, marks };
    }),
  );
  connection.onRequest(ImportRequest, (params: unknown, token) => planImport(engine, params, token));
  connection.onRequest(PingRequest, () => true);
}

/** What cannot be simulated is an answer for the person, not a failure of the server. */
async function simulate(
  engine: Engine,
  params: unknown,
  token: CancellationToken,
): Promise<SimulationReport> {
  try {
    return valueWithoutSecrets(
      await untilCancelled(token, (signal) => engine.simulate(readSimulateParams(params), signal)),
    );
  } catch (error) {
    if (!(error instanceof SimulationError)) throw error;
    throw new ResponseError(LSPErrorCodes.RequestFailed, shown(error.message));
  }
}

/** What cannot be imported is an answer for the person, too. */
async function planImport(engine: Engine, params: unknown, token: CancellationToken): Promise<ImportAnswer> {
  try {
    return await untilCancelled(token, (signal) => engine.planImport(readImportParams(params), signal));
  } catch (error) {
    if (!(error instanceof ImportError)) throw error;
    throw new ResponseError(LSPErrorCodes.RequestFailed, shown(error.message));
  }
}
