import { attribute } from "../../access/catalogue.ts";
import type { Rewrite, Transfer } from "../../access/hop.ts";
import { fails, holds, type Literal } from "../../access/predicate.ts";
import { exactly, prefix } from "../../access/text-pattern.ts";
import type { HopContext } from "../adapter.ts";
import type { KongModel } from "./model.ts";
import type { RouterEntry } from "./router.ts";
import { type Changes, changes } from "./transformers.ts";
import { type Upstream, upstreamOf } from "./upstream.ts";

/** What the next hop sees of a request that took a route, as far as it does not hang on the path. */
export function entryTransfer(model: KongModel, entry: RouterEntry, context: HopContext): Transfer {
  const { route } = entry;
  const upstream = upstreamOf(model, route);
  const changed = changes(model, route);
  const rewrites = new Map<string, Rewrite>([
    [
      "source.principal",
      context.identity === undefined
        ? { rewrite: "absent" }
        : { rewrite: "constant", value: context.identity },
    ],
    ["source.ip", { rewrite: "unknown", reason: "the next hop sees Kong's own address" }],
    ["jwt.*", tokenRewrite(changed)],
    ["client.*", { rewrite: "absent" }],
    ["credential.*", { rewrite: "absent" }],
    ["destination.port", portRewrite(upstream)],
    ["destination.sni", sniRewrite(upstream)],
    ["request.host", hostRewrite(upstream, route.preserveHost, changed)],
  ]);
  for (const header of changed.removedHeaders) {
    rewrites.set(attribute("request.headers", header).key, { rewrite: "absent" });
  }
  for (const header of changed.changedHeaders) {
    rewrites.set(attribute("request.headers", header).key, {
      rewrite: "unknown",
      reason: "a request-transformer sets this header",
    });
  }
  if (changed.method !== undefined) {
    rewrites.set("request.method", { rewrite: "constant", value: changed.method });
  }
  return { rewrites };
}

/** Kong's jwt plugin leaves the token in its header, so that it goes on unless a transformer takes it off. */
function tokenRewrite(changed: Changes): Rewrite {
  if (changed.perConsumer !== undefined) return { rewrite: "unknown", reason: changed.perConsumer };
  if (changed.changedHeaders.has("authorization")) {
    return { rewrite: "unknown", reason: "a request-transformer sets the Authorization header" };
  }
  return changed.removedHeaders.has("authorization") ? { rewrite: "absent" } : { rewrite: "pass" };
}

function portRewrite(upstream: Upstream | undefined): Rewrite {
  return upstream?.port === undefined
    ? { rewrite: "unknown", reason: "the targets of the upstream have different ports" }
    : { rewrite: "constant", value: upstream.port };
}

function sniRewrite(upstream: Upstream | undefined): Rewrite {
  if (upstream?.tls !== true) return { rewrite: "absent" };
  return upstream.host === undefined
    ? { rewrite: "unknown", reason: "it depends on the chosen target of the upstream" }
    : { rewrite: "constant", value: upstream.host };
}

function hostRewrite(upstream: Upstream | undefined, preserve: boolean, changed: Changes): Rewrite {
  if (changed.changedHeaders.has("host")) {
    return { rewrite: "unknown", reason: "a request-transformer sets the Host header" };
  }
  if (preserve) return { rewrite: "pass" };
  return upstream?.host === undefined
    ? { rewrite: "unknown", reason: "it depends on the chosen target of the upstream" }
    : { rewrite: "constant", value: upstream.host };
}

/** What becomes of the path, for the requests of the route for which `when` holds. */
export interface PathCase {
  readonly when: readonly Literal[];
  readonly rewrite: Rewrite;
}

/**
 * What becomes of the path. Kong joins the service's path and what `strip_path` leaves with exactly one slash, which
 * is why a raw prefix needs two cases: behind `/pay`, both `/x` and `ments` may follow.
 * Source: Kong `kong/router/utils.lua`, `get_upstream_uri_v0`.
 */
export function pathCases(model: KongModel, entry: RouterEntry): readonly PathCase[] {
  const { route } = entry;
  const base = route.service?.path ?? "";
  if (changes(model, route).path) {
    return [always({ rewrite: "unknown", reason: "a request-transformer sets the path" })];
  }
  if (route.stripPath && entry.regex) {
    return [
      always({ rewrite: "unknown", reason: "how much a regular expression strips depends on the path" }),
    ];
  }
  if (base !== "" && route.pathHandling === "v1") {
    return [always({ rewrite: "unknown", reason: "path_handling v1 joins paths in another way" })];
  }
  const taken = route.stripPath ? (entry.path ?? "") : "";
  if (base === "") {
    return [always(taken === "" ? { rewrite: "pass" } : strip(withoutSlash(taken), ""))];
  }
  const root = withoutSlash(base);
  if (withoutSlash(taken) === "") return base.endsWith("/") ? [always(strip("", root))] : rootCases(base);
  if (taken.endsWith("/")) return [always(strip(withoutSlash(taken), root))];
  return elementCases(taken, root);
}

/** The root of a service whose path ends without a slash is that path itself. */
function rootCases(base: string): readonly PathCase[] {
  const isRoot = pathIs("/");
  return [
    { when: [isRoot], rewrite: { rewrite: "constant", value: base } },
    { when: [{ ...isRoot, negated: true }], rewrite: strip("", base) },
  ];
}

function elementCases(taken: string, root: string): readonly PathCase[] {
  const isTaken = pathIs(taken);
  const isBelow = holds(attribute("request.path"), { test: "text", pattern: prefix(`${taken}/`) });
  return [
    { when: [isTaken], rewrite: { rewrite: "constant", value: root } },
    { when: [isBelow], rewrite: strip(taken, root) },
    {
      when: [{ ...isTaken, negated: true }, fails(isBelow.attribute, isBelow.test)],
      rewrite: strip(taken, `${root}/`),
    },
  ];
}

function pathIs(path: string): Literal {
  return holds(attribute("request.path"), { test: "text", pattern: exactly(path) });
}

function always(rewrite: Rewrite): PathCase {
  return { when: [], rewrite };
}

function strip(taken: string, add: string): Rewrite {
  return { rewrite: "stripPrefix", prefix: taken, add };
}

function withoutSlash(path: string): string {
  return path.endsWith("/") ? path.slice(0, -1) : path;
}
