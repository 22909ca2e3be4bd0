/** HTTP requests: inline fields, `.http` files, HAR entries. */
import type { Interaction, Json } from "../../access/interaction.ts";
import {
  bodyOf,
  destination,
  type Fields,
  type FormContext,
  field,
  fields,
  fieldsField,
  given,
  type Headers,
  headersFrom,
  headersOf,
  plainHeaders,
  RequestError,
  type RequestPart,
  requiredText,
  textField,
  trafficTo,
} from "./reading.ts";

export function httpRequest(form: Fields, context: FormContext): RequestPart {
  return fromParts(
    {
      method: textField(form, "method") ?? "GET",
      url: requiredText(form, "url", "an HTTP request"),
      headers: headersOf(field(form, "headers")),
      body: field(form, "body"),
    },
    context,
  );
}

/** An entry of a HAR file, or the whole file, of which the first entry counts (HAR 1.2). */
export function harRequest(form: Fields, context: FormContext): RequestPart {
  const log = fieldsField(form, "log");
  const entries = log && field(log, "entries");
  const entry =
    log === undefined
      ? form
      : fields(Array.isArray(entries) ? (entries[0] as Json) : undefined, "log.entries[0]");
  const request = fields(field(entry, "request"), "request");
  const posted = fieldsField(request, "postData", "request.postData");
  const text = posted && textField(posted, "text", "request.postData.text");
  return fromParts(
    {
      method: requiredText(request, "method", "a request"),
      url: requiredText(request, "url", "a request"),
      headers: harHeaders(field(request, "headers")),
      body: text === undefined ? undefined : bodyOf(text),
    },
    context,
  );
}

function harHeaders(value: Json | undefined): Headers | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) throw new RequestError("request.headers must be a list of names and values");
  return headersFrom(
    (value as readonly Json[]).map((header) => {
      const one = fields(header, "a header");
      return [requiredText(one, "name", "a header"), textField(one, "value") ?? ""] as const;
    }),
  );
}

/** A `.http` file as the REST clients of editors write it: comments, a request line, headers, an empty line, a body. */
export function httpFile(text: string, context: FormContext): RequestPart {
  const lines = text.replace(/^\uFEFF/, "").split(/\r\n|\r|\n/);
  let at = lines.findIndex((line) => line.trim() !== "" && !/^\s*(#|\/\/|@)/.test(line));
  const first = lines[at]?.trim();
  if (first === undefined)
    throw new RequestError("the file holds no request line, such as GET https://api.example/items");
  const match = /^(?:([A-Za-z]+)\s+)?(\S+)(?:\s+HTTP\/[\d.]+)?$/.exec(first);
  if (match === null) throw new RequestError(`"${first}" is no request line: METHOD URL`);
  let url = match[2] ?? "";
  // Long queries are continued on lines of their own.
  for (at++; /^\s*[?&]/.test(lines[at] ?? ""); at++) url += lines[at]?.trim();
  const headers: (readonly [string, string])[] = [];
  for (; at < lines.length && lines[at]?.trim() !== "" && !lines[at]?.startsWith("###"); at++) {
    const line = lines[at] ?? "";
    if (/^\s*(#|\/\/)/.test(line)) continue;
    const colon = line.indexOf(":");
    if (colon < 1) throw new RequestError(`"${line.trim()}" is no header: Name: value`);
    headers.push([line.slice(0, colon).trim(), line.slice(colon + 1).trim()]);
  }
  const rest = lines[at]?.startsWith("###") ? [] : lines.slice(at + 1);
  const end = rest.findIndex((line) => line.startsWith("###"));
  const body = (end < 0 ? rest : rest.slice(0, end)).join("\n").trim();
  const made = { url, headers: headersFrom(headers), body: body === "" ? undefined : bodyOf(body) };
  return fromParts({ method: match[1] ?? "GET", ...made }, context);
}

interface Parts {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers | undefined;
  readonly body: Json | undefined;
}

function fromParts({ method, url, headers, body }: Parts, { set, beside }: FormContext): RequestPart {
  const variable = /\{\{[^{}]*\}\}/.exec(url);
  if (variable !== null)
    throw new RequestError(`${variable[0]} is a variable of a REST client: write its value into the URL`);
  const { host, path } = splitUrl(url, headers?.host?.[0] ?? headers?.[":authority"]?.[0]);
  const http: NonNullable<Interaction["http"]> = {
    method: method.toUpperCase(),
    path,
    ...given({ host, headers: plainHeaders(headers), body }),
  };
  const { resource } = beside;
  return {
    traffic: resource === undefined ? "api" : trafficTo(set.resources.get(resource)),
    transport: "http",
    ...destination(resource),
    http,
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
  const authority = absolute[1] ?? "";
  const host = authority.slice(authority.lastIndexOf("@") + 1);
  const target = absolute[2] ?? "";
  return { host: host === "" ? hostHeader : host, path: target.startsWith("/") ? target : `/${target}` };
}
