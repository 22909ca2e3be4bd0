/** HTTP requests: inline fields, `.http` files, HAR entries. */
import type { Json } from "../../access/interaction.ts";
import {
  destination,
  type Fields,
  type FormContext,
  fields,
  given,
  headersOf,
  RequestError,
  type RequestPart,
  requiredText,
  textField,
} from "./reading.ts";

export function httpRequest(form: Fields, context: FormContext): RequestPart {
  return fromParts(
    textField(form, "method") ?? "GET",
    requiredText(form, "url", "an HTTP request"),
    headersOf(form.headers),
    form.body,
    context,
  );
}

/** An entry of a HAR file, or the whole file, of which the first entry counts (HAR 1.2). */
export function harRequest(form: Fields, context: FormContext): RequestPart {
  const log = form.log === undefined ? undefined : fields(form.log, "log");
  const entry =
    log === undefined
      ? form
      : fields(Array.isArray(log.entries) ? (log.entries[0] as Json) : undefined, "log.entries[0]");
  const request = fields(entry.request, "request");
  const headers: Record<string, readonly string[]> = {};
  for (const header of Array.isArray(request.headers) ? (request.headers as readonly Json[]) : []) {
    const one = fields(header, "a header");
    const name = requiredText(one, "name", "a header").toLowerCase();
    headers[name] = [...(headers[name] ?? []), textField(one, "value") ?? ""];
  }
  const posted =
    request.postData === undefined ? undefined : textField(fields(request.postData, "postData"), "text");
  const body = posted === undefined ? undefined : bodyOf(posted);
  return fromParts(
    requiredText(request, "method", "a request"),
    requiredText(request, "url", "a request"),
    headers,
    body,
    context,
  );
}

/** A `.http` file as the REST clients of editors write it: comments, a request line, headers, an empty line, a body. */
export function httpFile(text: string, context: FormContext): RequestPart {
  const lines = text.replace(/^\uFEFF/, "").split(/\r\n|\r|\n/);
  let at = lines.findIndex((line) => line.trim() !== "" && !/^\s*(#|\/\/|@)/.test(line));
  const first = lines[at];
  if (first === undefined)
    throw new RequestError("the file holds no request line, such as GET https://api.example/items");
  const match = /^\s*(?:([A-Za-z]+)\s+)?(\S+)(?:\s+HTTP\/[\d.]+)?\s*$/.exec(first);
  if (match === null) throw new RequestError(`"${first.trim()}" is no request line: METHOD URL`);
  const headers: Record<string, readonly string[]> = {};
  for (at++; at < lines.length && lines[at]?.trim() !== "" && !lines[at]?.startsWith("###"); at++) {
    const line = lines[at] ?? "";
    if (/^\s*(#|\/\/)/.test(line)) continue;
    const colon = line.indexOf(":");
    if (colon < 1) throw new RequestError(`"${line.trim()}" is no header: Name: value`);
    const name = line.slice(0, colon).trim().toLowerCase();
    headers[name] = [...(headers[name] ?? []), line.slice(colon + 1).trim()];
  }
  const rest = lines.slice(at + 1);
  const end = rest.findIndex((line) => line.startsWith("###"));
  const body = (end < 0 ? rest : rest.slice(0, end)).join("\n").trim();
  return fromParts(
    match[1] ?? "GET",
    match[2] ?? "",
    headers,
    body === "" ? undefined : bodyOf(body),
    context,
  );
}

/** JSON where it is JSON, else text. */
function bodyOf(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    // Not every body is JSON; as text it is still a body, and conditions on its fields are then errors.
    return text;
  }
}

function fromParts(
  method: string,
  url: string,
  headers: { readonly [name: string]: readonly string[] } | undefined,
  body: Json | undefined,
  { beside }: FormContext,
): RequestPart {
  const { host, path } = splitUrl(url, headers?.host?.[0]);
  const { host: _host, authorization: _authorization, ...others } = headers ?? {};
  return {
    traffic: beside.resource === undefined ? "api" : "service",
    transport: "http",
    ...destination(beside.resource),
    http: {
      method: method.toUpperCase(),
      path,
      ...given({ host, headers: Object.keys(others).length === 0 ? undefined : others, body }),
    },
  };
}

/** The host and the request target as sent: nothing is decoded or resolved, since that is what engines differ in. */
function splitUrl(
  url: string,
  hostHeader: string | undefined,
): { readonly host: string | undefined; readonly path: string } {
  const absolute = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/([^/?#]*)([^#]*)/.exec(url);
  if (absolute === null) {
    if (!url.startsWith("/")) throw new RequestError(`"${url}" is neither a URL nor a path`);
    return { host: hostHeader, path: url.replace(/#.*$/s, "") };
  }
  const authority = (absolute[1] ?? "").replace(/^.*@/, "");
  const target = absolute[2] ?? "";
  return { host: authority, path: target.startsWith("/") ? target : `/${target}` };
}
