import type { Interaction } from "../../access/interaction.ts";
import type { HopContext } from "../adapter.ts";
import type { TokenState } from "./tokens.ts";
import type { Way } from "./way.ts";

/** The request as agentgateway sends it on: what the next hop sees. What is not known of it is left out. */
export function forward(way: Way, state: TokenState, context: HopContext, view: Interaction): Interaction {
  const {
    source: _source,
    client: _client,
    credential: _credential,
    jwt,
    onBehalfOf,
    destination,
    http,
    grpc,
    ...others
  } = view;
  const keeps = keepsToken(way, state, context);
  const resource = destination?.resource === undefined ? {} : { resource: destination.resource };
  const { backend, target } = way;
  const port =
    backend.kind === "mcp"
      ? target?.endpoint.kind === "http"
        ? target.endpoint.port
        : undefined
      : backend.kind === "host"
        ? backend.port
        : undefined;
  const sni =
    backend.kind === "mcp" && target?.endpoint.kind === "http" && target.endpoint.tls
      ? { sni: target.endpoint.host }
      : {};
  return {
    ...others,
    ...(context.identity === undefined ? {} : { source: { principal: context.identity } }),
    ...(keeps && jwt !== undefined ? { jwt } : {}),
    ...(keeps && onBehalfOf !== undefined ? { onBehalfOf } : {}),
    ...(grpc === undefined || backend.kind === "mcp" || way.all.rewrites.length > 0 ? {} : { grpc }),
    destination: { ...resource, ...(port === undefined ? {} : { port }), ...sni },
    http: backend.kind === "mcp" ? toEndpoint(way, http) : toAddress(way, http),
  };
}

function keepsToken({ all }: Way, state: TokenState, context: HopContext): boolean {
  if (all.backendAuth === "other") return false;
  if ([...all.headers.set, ...all.headers.removed].includes("authorization")) return false;
  return state !== "verified" || all.backendAuth === "passthrough" || context.forwardsJwt;
}

type Http = NonNullable<Interaction["http"]>;

function toEndpoint({ target, all }: Way, http: Http | undefined): Http {
  const endpoint = target?.endpoint;
  const kept = {
    ...headersAfter(all.headers, http),
    ...(http?.body === undefined ? {} : { body: http.body }),
  };
  if (endpoint?.kind !== "http") return kept;
  return { ...kept, method: "POST", host: endpoint.host, path: endpoint.path };
}

function toAddress({ all }: Way, http: Http | undefined): Http {
  const path = all.rewrites.length > 0 ? undefined : http?.path;
  return {
    ...(http?.method === undefined ? {} : { method: http.method }),
    ...(path === undefined ? {} : { path }),
    ...headersAfter(all.headers, http),
    ...(http?.body === undefined ? {} : { body: http.body }),
  };
}

function headersAfter(
  changes: Way["all"]["headers"],
  http: Http | undefined,
): { headers?: Http["headers"] & object } {
  if (http?.headers === undefined) return {};
  const gone = new Set([...changes.removed, ...changes.set]);
  const kept = Object.entries(http.headers).filter(([name]) => !gone.has(name.toLowerCase()));
  return { headers: Object.fromEntries(kept) };
}
