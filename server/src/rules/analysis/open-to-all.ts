/** What an allow for anonymous callers lets everybody do that is not harmless. */
import type { Resource, Rule, Target } from "../../policy/model.ts";
import { tellsCallable } from "./attribute-meanings.ts";
import { callablesOf, mayWrite, placeOfCallable, takesWhole } from "./callables.ts";
import { readsAttribute } from "./conditions.ts";
import { dataClassOf } from "./grants.ts";

/** As the end of a sentence that begins with "anybody may"; undefined where only reading what nobody classified is left. */
export function harmOf(rule: Rule, target: Target, resource: Resource): string | undefined {
  const { name } = resource;
  const declared = dataClassOf(resource);
  if (isForStrangers(target, resource)) return undefined;
  if (declared !== undefined && declared !== "public") return `use ${name}, whose data is ${declared}`;
  switch (resource.type) {
    case "model":
      return `call ${name} at our cost`;
    case "event-channel":
      return target.events?.operation === "consume" ? undefined : `publish to ${name}`;
    case "api":
    case "service":
    case "mcp-server":
      if (resource.protocol === "tcp") return `open connections to ${name}`;
      return declared === "public" && !takesWhole(target) ? undefined : writes(rule, target, resource);
  }
}

/** The paths that Kubernetes and load balancers ask whether a server is up. */
const probes: ReadonlySet<string> = new Set(["/health", "/healthz", "/livez", "/readyz", "/ping"]);

/**
 * What is there for callers who have not said yet who they are, whatever else the resource holds: the preflight request
 * of browsers, which has no credentials (Fetch standard, CORS protocol), metadata (RFC 8615), and whether it is up.
 */
function isForStrangers(target: Target, resource: Resource): boolean {
  if (takesWhole(target)) return false;
  const named = callablesOf(resource).filter((one) => placeOfCallable(target, one) !== undefined);
  return (
    named.length > 0 &&
    named.every((one) => {
      if (one.kind !== "operation" || one.operation.rpc !== undefined) return false;
      const { method, path } = one.operation;
      if (method === "OPTIONS") return true;
      return (
        (method === "GET" || method === "HEAD") && (path.startsWith("/.well-known/") || probes.has(path))
      );
    })
  );
}

/** A condition on the method, path or tool may leave reading only: that is not for this to say. */
function writes(rule: Rule, target: Target, resource: Resource): string | undefined {
  if (readsAttribute(rule, tellsCallable) || resource.incomplete === true) return undefined;
  const all = callablesOf(resource);
  if (all.length === 0)
    return resource.type === "service" ? `send any request to ${resource.name}` : undefined;
  const [first, ...others] = all.filter((one) => placeOfCallable(target, one) !== undefined && mayWrite(one));
  if (first === undefined) return undefined;
  const more = others.length === 0 ? "" : ` and ${others.length} more that may change something`;
  return `call ${first.name} of ${resource.name}${more}`;
}
