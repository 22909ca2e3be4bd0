/** A request as one line of text, by the names that its users know: the witness in messages and terminals. */
import type { Interaction } from "../access/interaction.ts";

/** `spiffe://.../load-test → POST ledger:8443/v1/entries`. */
export function requestInWords(request: Interaction): string {
  return `${callerInWords(request)} → ${targetInWords(request)}`;
}

/** Who calls: the certificate, the client that a gateway knows, the token, the address; `anybody` without any. */
export function callerInWords(request: Interaction): string {
  const { source, client, jwt } = request;
  const parts: string[] = [];
  if (source?.principal !== undefined) parts.push(source.principal);
  if (client?.id !== undefined) parts.push(`client ${client.id}`);
  else if (client?.groups !== undefined) parts.push(`a client of ${client.groups.join(", ")}`);
  else if (client?.method !== undefined) parts.push(`a client known by ${client.method}`);
  if (jwt !== undefined) parts.push(withToken(jwt, parts.at(-1)));
  if (source?.ip !== undefined) parts.push(`from ${source.ip}`);
  return parts.length === 0 ? "anybody" : parts.join(" ");
}

/** `alice of support (token of https://...)`; `before` is who shows the token, where that is known otherwise. */
function withToken(jwt: NonNullable<Interaction["jwt"]>, before: string | undefined): string {
  const { iss } = jwt;
  const subject = tokenSubject(jwt);
  const whose = iss === undefined ? "" : ` (token of ${iss})`;
  const actor = actorOf(jwt);
  if (actor !== undefined && before === undefined) return `${actor} for ${subject ?? "somebody"}${whose}`;
  if (actor !== undefined && before === actor) return `for ${subject ?? "somebody"}${whose}`;
  if (actor !== undefined)
    return `with the token of ${actor} for ${subject ?? "somebody"}${iss === undefined ? "" : ` (issuer ${iss})`}`;
  if (subject === undefined)
    return `${before === undefined ? "" : "with "}a token${iss === undefined ? "" : ` of ${iss}`}`;
  if (before === undefined) return `${subject}${whose}`;
  return `with the token of ${subject}${iss === undefined ? "" : ` (issuer ${iss})`}`;
}

/** Who acts with the token (RFC 8693, 4.1); undefined where it says nothing of that. */
function actorOf({ claims }: NonNullable<Interaction["jwt"]>): string | undefined {
  const actor = claims?.act;
  if (actor === undefined) return undefined;
  return isObject(actor) && typeof actor.sub === "string" ? actor.sub : "an unnamed actor";
}

/** `alice of support`; undefined where the token names neither a subject nor groups. */
function tokenSubject({ sub, claims }: NonNullable<Interaction["jwt"]>): string | undefined {
  const groups = Array.isArray(claims?.groups) ? claims.groups.join(", ") : "";
  if (groups === "") return sub;
  return sub === undefined ? `a member of ${groups}` : `${sub} of ${groups}`;
}

export function targetInWords(request: Interaction): string {
  const { mcp, llm, event, http, destination, grpc } = request;
  const name = destination?.resource ?? http?.host ?? "";
  const port = destination?.port === undefined ? "" : `:${destination.port}`;
  if (mcp?.tool !== undefined)
    return `${mcp.server ?? name} ${mcp.method} ${mcp.tool.name || '""'} ${compact(mcp.tool.arguments ?? {})}`;
  if (mcp !== undefined)
    return [mcp.server ?? name, mcp.method, mcp.prompt?.name, mcp.resource?.uri].filter(Boolean).join(" ");
  if (llm !== undefined)
    return `${llm.model ?? name}${llm.maxTokens === undefined ? "" : `, at most ${llm.maxTokens} tokens`}`;
  if (event !== undefined)
    return `${event.operation ?? "event"} ${event.type ?? ""} on ${event.topic ?? name}`;
  if (grpc !== undefined) return `${grpc.service}/${grpc.method} on ${name}${port}`;
  if (http === undefined) return `${name}${port}`;
  const where = http.host === undefined || destination?.port !== undefined ? `${name}${port}` : http.host;
  return `${http.method ?? "any method"} ${where}${http.path ?? "/"}`;
}

/** The operation alone: `GET /payments/1`, `tools/call refund`, `publish example.order.placed`. */
export function operationLabel({ mcp, llm, event, grpc, http }: Interaction): string {
  if (mcp !== undefined) return mcp.tool === undefined ? mcp.method : `${mcp.method} ${mcp.tool.name}`;
  if (llm !== undefined) return `model ${llm.model ?? "unnamed"}`;
  if (event !== undefined) return `${event.operation ?? "event"} ${event.type ?? ""}`.trim();
  if (grpc !== undefined) return `${grpc.service}/${grpc.method}`;
  return `${http?.method ?? ""} ${http?.path ?? ""}`.trim() || "connect";
}

function compact(value: unknown): string {
  return JSON.stringify(value)
    .replace(/"([A-Za-z_]\w*)":/g, "$1: ")
    .replace(/,(?=[A-Za-z_]\w*: )/g, ", ");
}

function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
