import type { Interaction } from "../../access/interaction.ts";
import { requestPath } from "../../access/read-attribute.ts";
import type { HopContext } from "../adapter.ts";
import { matchedPrefix } from "./match.ts";
import type { KongModel, KongService } from "./model.ts";
import type { RouterEntry } from "./router.ts";
import { changes } from "./transformers.ts";
import { upstreamOf } from "./upstream.ts";

/** The request as Kong sends it on: what the next hop sees. What is not known of it is left out. */
export function forward(
  model: KongModel,
  entry: RouterEntry,
  context: HopContext,
  view: Interaction,
): Interaction {
  const { route } = entry;
  const upstream = upstreamOf(model, route);
  const changed = changes(model, route);
  const { source: _source, client: _client, credential: _credential, jwt, onBehalfOf, ...rest } = view;
  const { destination, http: _http, grpc, ...others } = rest;
  const keepsToken =
    changed.perConsumer === undefined &&
    !changed.changedHeaders.has("authorization") &&
    !changed.removedHeaders.has("authorization");
  const asked = requestPath(view);
  const path = asked === undefined || changed.path ? undefined : pathAfter(entry, asked);
  const sni = upstream?.tls ? upstream.host : undefined;
  return {
    ...others,
    ...(context.identity === undefined ? {} : { source: { principal: context.identity } }),
    ...(keepsToken && jwt !== undefined ? { jwt } : {}),
    ...(keepsToken && onBehalfOf !== undefined ? { onBehalfOf } : {}),
    destination: {
      ...(destination?.resource === undefined ? {} : { resource: destination.resource }),
      ...(upstream?.port === undefined ? {} : { port: upstream.port }),
      ...(sni === undefined ? {} : { sni }),
    },
    ...(grpc !== undefined && path === asked ? { grpc } : {}),
    http: httpAfter(view, {
      path,
      host: changed.changedHeaders.has("host")
        ? undefined
        : route.preserveHost
          ? view.http?.host
          : upstream?.host,
      method: changed.method ?? view.http?.method,
      without: new Set([...changed.removedHeaders, ...changed.changedHeaders]),
    }),
  };
}

interface After {
  readonly path: string | undefined;
  readonly host: string | undefined;
  readonly method: string | undefined;
  readonly without: ReadonlySet<string>;
}

function httpAfter(view: Interaction, after: After): NonNullable<Interaction["http"]> {
  const query = /\?.*$/s.exec(view.http?.path ?? "")?.[0] ?? "";
  const headers = Object.entries(view.http?.headers ?? {}).filter(
    ([name]) => !after.without.has(name.toLowerCase()),
  );
  return {
    ...(after.method === undefined ? {} : { method: after.method }),
    ...(after.host === undefined ? {} : { host: after.host }),
    ...(after.path === undefined ? {} : { path: `${after.path}${query}` }),
    ...(view.http?.headers === undefined ? {} : { headers: Object.fromEntries(headers) }),
    ...(view.http?.body === undefined ? {} : { body: view.http.body }),
  };
}

/** Undefined where it is not known. */
function pathAfter({ route, path, regex }: RouterEntry, asked: string): string | undefined {
  const service = route.service;
  if (service === undefined) return undefined;
  if (service.path !== "" && route.pathHandling === "v1") return undefined;
  if (!route.stripPath) return join(service, asked.slice(1), asked, false);
  const taken = path === undefined ? "/" : regex ? matchedPrefix(path, asked) : path;
  return taken === undefined ? undefined : join(service, asked.slice(taken.length), asked, true);
}

/** Joins the service's path and the rest of the request's with one slash, case by case as Kong does. */
function join(service: KongService, rest: string, asked: string, stripped: boolean): string {
  const base = service.path === "" ? "/" : service.path;
  if (base.endsWith("/")) {
    if (!stripped) return base + asked.slice(1);
    if (rest !== "") return base + (rest.startsWith("/") ? rest.slice(1) : rest);
    return base === "/" || asked.endsWith("/") ? base : base.slice(0, -1);
  }
  if (!stripped) return asked === "/" ? base : base + asked;
  if (rest === "") return asked.length > 1 && asked.endsWith("/") ? `${base}/` : base;
  return rest.startsWith("/") ? base + rest : `${base}/${rest}`;
}
