/**
 * What an editor sends us in the free parts of LSP has no type. These functions take what fits and leave the rest,
 * so that a wrong setting never stops the server.
 */
import { LSPErrorCodes, ResponseError } from "vscode-languageserver";
import {
  DEFAULT_SETTINGS,
  type InitializationOptions,
  type Settings,
  type SimulateParams,
} from "./protocol.ts";

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

export function readInitializationOptions(value: unknown): InitializationOptions {
  const { clientCommands, clientFiles, docsBase } = record(value);
  return {
    clientCommands: clientCommands === true,
    clientFiles: clientFiles === true,
    ...(typeof docsBase === "string" && /^[a-z][a-z0-9+.-]*:\/\//i.test(docsBase) ? { docsBase } : {}),
  };
}

export function readSettings(value: unknown): Settings {
  const { exclude, environment, drift } = record(value);
  const { enable } = record(drift);
  return {
    exclude: Array.isArray(exclude)
      ? exclude.filter((item) => typeof item === "string")
      : DEFAULT_SETTINGS.exclude,
    environment: typeof environment === "string" ? environment : DEFAULT_SETTINGS.environment,
    drift: { enable: typeof enable === "boolean" ? enable : DEFAULT_SETTINGS.drift.enable },
  };
}

/** Throws the error that the caller of the request sees. */
export function readSimulateParams(value: unknown): SimulateParams {
  const { uri, scenario, rule, requestUri, interaction, environment } = record(value);
  if (typeof uri !== "string") {
    throw new ResponseError(
      LSPErrorCodes.RequestFailed,
      "Say in which policy file to simulate: uri is missing.",
    );
  }
  return {
    uri,
    ...(typeof scenario === "string" ? { scenario } : {}),
    ...(typeof rule === "string" ? { rule } : {}),
    ...(typeof requestUri === "string" ? { requestUri } : {}),
    ...(interaction === undefined ? {} : { interaction }),
    ...(typeof environment === "string" ? { environment } : {}),
  };
}
