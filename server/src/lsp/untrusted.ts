/**
 * What an editor sends us in the free parts of LSP has no type. These functions take what fits and leave the rest,
 * so that a wrong setting never stops the server.
 */
import { LSPErrorCodes, ResponseError } from "vscode-languageserver";
import {
  type BaseParams,
  DEFAULT_SETTINGS,
  IMPORT_KINDS,
  type ImportParams,
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
  const { exclude, environment, drift, semanticDiff } = record(value);
  const enabled = (section: unknown, otherwise: boolean): { readonly enable: boolean } => {
    const { enable } = record(section);
    return { enable: typeof enable === "boolean" ? enable : otherwise };
  };
  return {
    exclude: Array.isArray(exclude)
      ? exclude.filter((item) => typeof item === "string")
      : DEFAULT_SETTINGS.exclude,
    environment: typeof environment === "string" ? environment : DEFAULT_SETTINGS.environment,
    drift: enabled(drift, DEFAULT_SETTINGS.drift.enable),
    semanticDiff: enabled(semanticDiff, DEFAULT_SETTINGS.semanticDiff.enable),
  };
}

/** Undefined for what tells of no folder. */
export function readBaseParams(value: unknown): BaseParams | undefined {
  const { folder, revision, changed } = record(value);
  if (typeof folder !== "string") return undefined;
  const { name, commit } = record(revision);
  const files = (Array.isArray(changed) ? changed : []).flatMap((item) => {
    const { uri, existed } = record(item);
    return typeof uri === "string" ? [{ uri, existed: existed === true }] : [];
  });
  if (typeof name !== "string" || typeof commit !== "string") return { folder, changed: [] };
  return { folder, revision: { name, commit }, changed: files };
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

/** Throws the error that the caller of the request sees. */
export function readImportParams(value: unknown): ImportParams {
  const { kind: wanted, files, into, owner, name, trustDomain, inline } = record(value);
  const kind = IMPORT_KINDS.find((one) => one === wanted);
  const read = (Array.isArray(files) ? files : []).flatMap((item) => {
    const { uri, name: called, text } = record(item);
    if (typeof uri !== "string" || typeof text !== "string") return [];
    return [{ uri, name: typeof called === "string" ? called : uri, text }];
  });
  if (kind === undefined || read.length === 0)
    throw new ResponseError(
      LSPErrorCodes.RequestFailed,
      `Say what to import: kind is one of ${IMPORT_KINDS.join(", ")}, and files has the uri and text of each file.`,
    );
  const said = (text: unknown): text is string => typeof text === "string" && text !== "";
  return {
    kind,
    files: read,
    ...(said(into) ? { into } : {}),
    ...(said(owner) ? { owner } : {}),
    ...(said(name) ? { name } : {}),
    ...(said(trustDomain) ? { trustDomain } : {}),
    ...(inline === true ? { inline } : {}),
  };
}
