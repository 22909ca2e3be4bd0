import type { Interaction } from "../../access/interaction.ts";
import { inNetwork } from "../../access/network.ts";
import { re2, re2Problem } from "../../access/re2.ts";
import { headerValues, hostName, requestPath } from "../../access/read-attribute.ts";
import type { KongAddress, KongRoute } from "./model.ts";
import { type RouterEntry, withoutPort } from "./router.ts";

/** Three-valued: unknown where a part of the match is about something that requests here do not say. */
export type Matches = "yes" | "no" | "unknown";

/** Whether a request is one of the route's, by Kong's own rules on concrete values. */
export function matchEntry(entry: RouterEntry, view: Interaction): Matches {
  const { route } = entry;
  if (route.expression !== undefined) return "unknown";
  return all([
    () => methodMatches(route, view),
    () => hostMatches(route, view),
    () => pathMatches(entry, view),
    ...route.headers.map(
      ({ name, values }) =>
        () =>
          any(values.map((value) => headerMatches(value, headerValues(view.http?.headers, name) ?? []))),
    ),
    () => sniMatches(route, view.destination?.sni),
    () =>
      any(
        route.sources.map((one) => sourceMatches(one, view.source?.ip)),
        true,
      ),
    () => (route.destinations.length === 0 ? "yes" : "unknown"),
  ]);
}

function methodMatches({ methods }: KongRoute, view: Interaction): Matches {
  if (methods.length === 0) return "yes";
  const method = view.http?.method?.toUpperCase() ?? (view.grpc === undefined ? undefined : "POST");
  return of(method !== undefined && methods.includes(method));
}

function hostMatches({ hosts }: KongRoute, view: Interaction): Matches {
  if (hosts.length === 0) return "yes";
  const written = view.http?.host;
  if (written === undefined) return "no";
  const host = hostName(written);
  return any(
    hosts.map((one) => {
      const name = withoutPort(one);
      const fits = name.startsWith("*")
        ? host.endsWith(name.slice(1))
        : name.endsWith("*")
          ? host.startsWith(name.slice(0, -1))
          : host === name;
      return fits && name !== one ? "unknown" : of(fits);
    }),
  );
}

function pathMatches({ path, regex }: RouterEntry, view: Interaction): Matches {
  if (path === undefined) return "yes";
  const asked = requestPath(view);
  if (!regex) return of(asked?.startsWith(path) === true);
  const expression = anchored(path);
  if (re2Problem(expression) !== undefined) return "unknown";
  return of(asked !== undefined && re2(expression).test(asked));
}

/** Kong writes `^` before the expression and nothing around it. */
function anchored(path: string): string {
  return `^${path.replace(/\(\?<(?=[A-Za-z_])/g, "(?P<")}`;
}

/**
 * What of the path a route's expression matches, from its start: what `strip_path` takes off. The longest match is
 * the one that is taken unless alternatives or lazy repetitions prefer a shorter one; of those, undefined.
 */
export function matchedPrefix(path: string, asked: string): string | undefined {
  const expression = anchored(path);
  if (re2Problem(expression) !== undefined || /\||[*+?}]\?/.test(path)) return undefined;
  const regex = re2(expression);
  for (let end = asked.length; end >= 0; end--) {
    if (regex.testExact(asked.slice(0, end))) return asked.slice(0, end);
  }
  return undefined;
}

function headerMatches(wanted: string, values: readonly string[]): Matches {
  const lower = values.map((value) => value.toLowerCase());
  if (!wanted.startsWith("~*")) return of(lower.includes(wanted.toLowerCase()));
  const expression = wanted.slice(2).toLowerCase();
  if (re2Problem(expression) !== undefined) return "unknown";
  return of(lower.some((value) => re2(expression).test(value)));
}

function sniMatches({ snis, protocols }: KongRoute, sni: string | undefined): Matches {
  if (snis.length === 0) return "yes";
  if (sni === undefined) return of(protocols.includes("http") || protocols.includes("grpc"));
  return of(snis.includes(sni));
}

function sourceMatches({ network, port }: KongAddress, ip: string | undefined): Matches {
  if (network !== undefined && (ip === undefined || !inNetwork(ip, network))) return "no";
  return port === undefined ? "yes" : "unknown";
}

function of(value: boolean): Matches {
  return value ? "yes" : "no";
}

function any(values: readonly Matches[], ifEmpty = false): Matches {
  if (values.length === 0) return of(ifEmpty);
  if (values.includes("yes")) return "yes";
  return values.includes("unknown") ? "unknown" : "no";
}

function all(tests: readonly (() => Matches)[]): Matches {
  let result: Matches = "yes";
  for (const test of tests) {
    const one = test();
    if (one === "no") return "no";
    if (one === "unknown") result = "unknown";
  }
  return result;
}
