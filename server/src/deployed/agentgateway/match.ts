import type { Interaction } from "../../access/interaction.ts";
import { re2, re2Problem } from "../../access/re2.ts";
import { headerValues, hostName, queryValues, requestPath } from "../../access/read-attribute.ts";
import { regexProblem } from "./guard.ts";
import type { PathMatch, ValueMatch } from "./model.ts";
import type { RouterEntry } from "./router.ts";

/** Three-valued: unknown where an expression is one that cannot be followed. */
export type Matches = "yes" | "no" | "unknown";

/** Whether a request is one of the entry's, by agentgateway's own rules on concrete values. */
export function matchEntry(
  { listener, hostname, match, otherListeners }: RouterEntry,
  view: Interaction,
): Matches {
  const host = view.http?.host === undefined ? undefined : hostName(view.http.host);
  if (!hostFits(listener.hostname, host) || !hostFits(hostname, host)) return "no";
  if (otherListeners.some((other) => hostFits(other, host))) return "no";
  const method = view.http?.method?.toUpperCase() ?? (view.grpc === undefined ? undefined : "POST");
  if (match.method !== undefined && match.method !== method) return "no";
  const answers = [
    pathFits(match.path, requestPath(view)),
    ...match.headers.map((one) => valueFits(one, headerOf(one.name, view, host, method))),
    ...match.query.map((one) => valueFits(one, queryValues(view.http?.path, one.name))),
  ];
  if (answers.includes("no")) return "no";
  return answers.includes("unknown") ? "unknown" : "yes";
}

function hostFits(hostname: string | undefined, host: string | undefined): boolean {
  if (hostname === undefined) return true;
  if (host === undefined) return false;
  return hostname.startsWith("*") ? host.endsWith(hostname.slice(1)) : host === hostname;
}

function pathFits(match: PathMatch, path: string | undefined): Matches {
  switch (match.kind) {
    case "exact":
      return path === match.path ? "yes" : "no";
    case "regex":
      return path === undefined ? fitsNothing(match.path) : expressionFits(match.path, path);
    case "prefix": {
      const prefix = match.path.replace(/\/+$/, "");
      if (prefix === "") return "yes";
      if (path === undefined || !path.startsWith(prefix)) return "no";
      const rest = path.slice(prefix.length);
      return rest === "" || rest.startsWith("/") ? "yes" : "no";
    }
  }
}

function expressionFits(expression: string, text: string): Matches {
  if (re2Problem(expression) !== undefined || regexProblem(expression) !== undefined) return "unknown";
  return re2(expression).testExact(text) ? "yes" : "no";
}

/** An expression that cannot be followed stays open even where there is nothing to match it with. */
function fitsNothing(expression: string): Matches {
  return regexProblem(expression) === undefined ? "no" : "unknown";
}

function headerOf(
  name: string,
  view: Interaction,
  host: string | undefined,
  method: string | undefined,
): readonly string[] | undefined {
  const pseudo =
    name.toLowerCase() === ":authority" ? host : name.toLowerCase() === ":method" ? method : undefined;
  if (name.startsWith(":")) return pseudo === undefined ? undefined : [pseudo];
  return headerValues(view.http?.headers, name);
}

function valueFits({ kind, value }: ValueMatch, values: readonly string[] | undefined): Matches {
  if (kind === "exact") return values?.includes(value) === true ? "yes" : "no";
  if (values === undefined || values.length === 0) return fitsNothing(value);
  const answers = values.map((one) => expressionFits(value, one));
  if (answers.includes("yes")) return "yes";
  return answers.includes("unknown") ? "unknown" : "no";
}
