/** What the attributes mean that conditions read: who calls, and what is called. */
import type { Attribute } from "../../access/attribute.ts";

/** `jwt.act.sub` names the current actor (RFC 8693, 4.1); `azp` and `client_id` the client of a token. */
const namingClaims: ReadonlySet<string> = new Set(["act.sub", "azp", "client_id"]);
const naming: ReadonlySet<string> = new Set(["source.principal", "jwt.sub", "jwt.iss", "client.id"]);

/** Whether it is the name of who calls, or on whose behalf. */
export function namesCaller({ id, keys }: Attribute): boolean {
  return naming.has(id) || (id === "jwt.claims" && namingClaims.has(keys.join(".")));
}

/**
 * Claims that say who somebody is, or of which group or organisation, beside the subject: of OpenID Connect (Core,
 * section 5.1), and of the identity tokens of GitHub Actions and GitLab pipelines.
 */
const describingClaims: ReadonlySet<string> = new Set([
  ...["email", "preferred_username", "upn", "groups", "roles"],
  ...["repository", "repository_owner", "job_workflow_ref", "namespace_path", "project_path"],
]);

/** Whether it says who calls by something else than the name: by an address, a group, a repository. */
export function describesCaller({ id, keys }: Attribute): boolean {
  return id === "jwt.claims" && describingClaims.has(keys.join("."));
}

/** Whether it is part of what a caller proves: a certificate, a token, being a client that a gateway knows. */
export function provesCaller({ id }: Attribute): boolean {
  return id === "source.principal" || id.startsWith("jwt.") || id.startsWith("client.");
}

const choosing: ReadonlySet<string> = new Set(["request.method", "request.path", "mcp.tool.name"]);

/** Whether it tells which operation or tool is called, so that a condition on it may be the list that a target lacks. */
export function tellsCallable({ id }: Attribute): boolean {
  return choosing.has(id);
}

/** Whether it is what a CloudEvent says of itself. */
export function isSaidByEvent({ id }: Attribute): boolean {
  return id === "event.source" || id === "event.type";
}
