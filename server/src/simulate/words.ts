/** A request as one line of text, by the names that its users know: the witness in messages and terminals. */
import type { Interaction } from "../access/interaction.ts";

/** `spiffe://.../load-test → POST ledger:8443/v1/entries`. */
export function requestInWords(request: Interaction): string {
  return `${callerInWords(request)} → ${targetInWords(request)}`;
}

export function callerInWords(request: Interaction): string {
  const { source, client, jwt } = request;
  const parts: string[] = [];
  const actor = jwt?.claims?.act;
  if (source?.principal !== undefined) parts.push(source.principal);
  if (client?.id !== undefined) parts.push(`client ${client.id}`);
  if (jwt !== undefined) {
    const groups = jwt.claims?.groups;
    const of = Array.isArray(groups) && groups.length > 0 ? ` of ${groups.join(", ")}` : "";
    const subject = jwt.sub ?? (jwt.iss === undefined ? "a token" : "somebody");
    const issuer = jwt.iss === undefined ? "" : ` (token of ${jwt.iss})`;
    const named = isObject(actor) && typeof actor.sub === "string" ? actor.sub : undefined;
    if (named !== undefined && named !== source?.principal) parts.push(named);
    parts.push(actor === undefined ? `${subject}${of}${issuer}` : `for ${subject}${of}${issuer}`);
  }
  if (source?.ip !== undefined) parts.push(`from ${source.ip}`);
  return parts.length === 0 ? "anybody" : parts.join(" ");
}

export function targetInWords(request: Interaction): string {
  const { mcp, llm, event, http, destination, grpc } = request;
  const name = destination?.resource ?? http?.host ?? "";
  const port = destination?.port === undefined ? "" : `:${destination.port}`;
  if (mcp?.tool !== undefined)
    return `${mcp.server ?? name} ${mcp.method} ${mcp.tool.name} ${compact(mcp.tool.arguments ?? {})}`;
  if (mcp !== undefined) return `${mcp.server ?? name} ${mcp.method}`;
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
