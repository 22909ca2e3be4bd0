import { attribute } from "../../access/catalogue.ts";
import type { Rewrite, Transfer } from "../../access/hop.ts";
import type { HopContext } from "../adapter.ts";
import type { TokenState } from "./tokens.ts";
import type { Way } from "./way.ts";

/** What the next hop sees of a request that took a way. */
export function wayTransfer(way: Way, state: TokenState, context: HopContext): Transfer {
  const { headers } = way.all;
  const rewrites = new Map<string, Rewrite>([
    [
      "source.principal",
      context.identity === undefined
        ? { rewrite: "absent" }
        : { rewrite: "constant", value: context.identity },
    ],
    ["source.ip", { rewrite: "unknown", reason: "the next hop sees the gateway's own address" }],
    ["jwt.*", tokenRewrite(way, state, context)],
    ["client.*", { rewrite: "absent" }],
    ["credential.*", { rewrite: "absent" }],
    ...(way.backend.kind === "mcp" ? endpointRewrites(way) : addressRewrites(way)),
  ]);
  for (const name of headers.removed) {
    rewrites.set(attribute("request.headers", name).key, { rewrite: "absent" });
  }
  for (const name of headers.set) {
    rewrites.set(attribute("request.headers", name).key, {
      rewrite: "unknown",
      reason: "a policy sets this header",
    });
  }
  return { rewrites };
}

/**
 * A token that a policy verified is taken off the request, and only `backendAuth: passthrough` (or what the control
 * plane declares) puts it back; one that nobody looked at stays. A credential of the gateway's own replaces both.
 * Source: `Jwt::apply` in `http/jwt.rs`, `apply_backend_auth` in `http/auth`.
 */
export function tokenRewrite({ all }: Way, state: TokenState, context: HopContext): Rewrite {
  if (all.backendAuth === "other") {
    return { rewrite: "unknown", reason: "agentgateway sends a credential of its own" };
  }
  if (all.headers.set.includes("authorization")) {
    return { rewrite: "unknown", reason: "a policy sets the Authorization header" };
  }
  if (all.headers.removed.includes("authorization")) return { rewrite: "absent" };
  const kept = state !== "verified" || all.backendAuth === "passthrough" || context.forwardsJwt;
  return { rewrite: kept ? "pass" : "absent" };
}

/** MCP goes on as a POST of the gateway's own to the target's endpoint. */
function endpointRewrites({ target }: Way): readonly (readonly [string, Rewrite])[] {
  const endpoint = target?.endpoint;
  if (endpoint?.kind !== "http") {
    const reason =
      endpoint === undefined
        ? "several targets share the backend"
        : `${endpoint.what} is no streamable HTTP endpoint`;
    return unknowns(
      reason,
      "request.method",
      "request.path",
      "request.query",
      "request.host",
      "destination.port",
      "destination.sni",
    );
  }
  return [
    ["request.method", { rewrite: "constant", value: "POST" }],
    ["request.path", { rewrite: "constant", value: endpoint.path }],
    ["request.query", { rewrite: "absent" }],
    ["request.host", { rewrite: "constant", value: endpoint.host }],
    ["destination.port", { rewrite: "constant", value: endpoint.port }],
    ["destination.sni", endpoint.tls ? { rewrite: "constant", value: endpoint.host } : { rewrite: "absent" }],
  ];
}

function addressRewrites({ backend, all }: Way): readonly (readonly [string, Rewrite])[] {
  const path =
    all.rewrites.length === 0
      ? []
      : unknowns(`${all.rewrites.join(", ")} may change it`, "request.path", "request.query");
  const host = unknowns("agentgateway may set it to the backend's name", "request.host", "destination.sni");
  const port: Rewrite =
    backend.kind === "host" && backend.port !== undefined
      ? { rewrite: "constant", value: backend.port }
      : { rewrite: "unknown", reason: "the backend's port is not read" };
  return [...path, ...host, ["destination.port", port]];
}

function unknowns(reason: string, ...ids: readonly string[]): readonly (readonly [string, Rewrite])[] {
  return ids.map((id) => [id, { rewrite: "unknown", reason }] as const);
}

/** Where a way leads, as configured. */
export function upstreamOf({
  backend,
  target,
}: Way): { readonly host: string; readonly port?: number } | undefined {
  if (backend.kind === "host") {
    return { host: backend.host, ...(backend.port === undefined ? {} : { port: backend.port }) };
  }
  const endpoint = target?.endpoint;
  return endpoint?.kind === "http" ? { host: endpoint.host, port: endpoint.port } : undefined;
}
