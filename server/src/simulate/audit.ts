/**
 * The audit event that a decision would write: OCSF 1.6 API Activity (class 6003, category 6) with the profiles
 * security_control, and where they fit trace and ai_operation. Required there: activity_id, actor, api, category_uid,
 * class_uid, metadata (product, version), severity_id, src_endpoint, time, type_uid. The same request gives the same
 * event: its uid is made of the request.
 */
import type { Interaction, Json } from "../access/interaction.ts";
import { epochSeconds } from "../access/units.ts";
import type { Decision } from "./decision.ts";
import { masked } from "./secrets.ts";
import { operationLabel } from "./words.ts";

const apiActivity = 6003;
const other = 99;
/** OCSF `activity_id` of API Activity: Create, Read, Update, Delete, Other. */
const activities: Readonly<Record<string, number>> = {
  POST: 1,
  GET: 2,
  HEAD: 2,
  PUT: 3,
  PATCH: 3,
  DELETE: 4,
};

export type AuditEvent = { readonly [key: string]: Json };

export function auditEvent(decision: Decision, resource: string | undefined): AuditEvent {
  const interaction = masked(decision.interaction);
  const activity = activityOf(interaction);
  const trace = traceId(interaction);
  const time = interaction.time === undefined ? undefined : epochSeconds(interaction.time);
  const isAi = interaction.mcp !== undefined || interaction.llm !== undefined;
  return withoutAbsent({
    class_uid: apiActivity,
    class_name: "API Activity",
    category_uid: 6,
    category_name: "Application Activity",
    activity_id: activity,
    type_uid: apiActivity * 100 + activity,
    time: time === undefined ? undefined : Math.round(time * 1000),
    metadata: {
      uid: uid(interaction),
      version: "1.6.0",
      profiles: [
        "security_control",
        ...(trace === undefined ? [] : ["trace"]),
        ...(isAi ? ["ai_operation"] : []),
      ],
      product: { name: "Plumbline", vendor_name: "Plumbline" },
    },
    ...outcome(decision),
    api: { operation: operationLabel(interaction) },
    actor: actorOf(interaction, decision),
    src_endpoint: sourceOf(interaction),
    ai_agent: isAi ? { uid: interaction.source?.principal ?? decision.callers[0] ?? "unknown" } : undefined,
    ai_model:
      interaction.llm?.model === undefined
        ? undefined
        : withoutAbsent({ name: interaction.llm.model, ai_provider: interaction.llm.provider }),
    resources: [resourceOf(interaction, resource)],
    trace: trace === undefined ? undefined : { uid: trace },
    unmapped: unmapped(interaction),
  });
}

/** What is done with it: an MCP, model or event request is none of the four, whatever its HTTP method. */
function activityOf({ mcp, llm, event, grpc, http }: Interaction): number {
  if ((mcp ?? llm ?? event ?? grpc) !== undefined) return other;
  const method = http?.method ?? "";
  return (Object.hasOwn(activities, method) ? activities[method] : undefined) ?? other;
}

/** `policy` is the deciding rule; a deny that no rule made is the default, an allow by a list follows from grants. */
function outcome({ decision, reason, rules, listed }: Decision): { readonly [key: string]: Json } {
  const [rule] = rules;
  const policy =
    rule !== undefined
      ? { uid: rule.rule }
      : { name: decision === "allow" || listed !== undefined ? "grants on the server" : "default deny" };
  const status = { status_detail: reason, policy };
  switch (decision) {
    case "allow":
      return {
        severity_id: 1,
        action_id: 1,
        action: "Allowed",
        disposition_id: 1,
        disposition: "Allowed",
        status_id: 1,
        ...status,
      };
    case "deny":
      return {
        severity_id: 2,
        action_id: 2,
        action: "Denied",
        disposition_id: 2,
        disposition: "Blocked",
        status_id: 2,
        ...status,
      };
    case "unknown":
      return {
        severity_id: 0,
        action_id: 0,
        action: "Unknown",
        disposition_id: 0,
        disposition: "Unknown",
        status_id: 0,
        ...status,
      };
  }
}

function actorOf({ source, client, jwt, credential }: Interaction, { callers }: Decision): Json {
  const act = jwt?.claims?.act;
  const actor = isObject(act) && typeof act.sub === "string" ? act.sub : undefined;
  // The subject of a delegated token is the delegator, never the actor.
  const subject = act === undefined ? jwt?.sub : undefined;
  const user = source?.principal ?? actor ?? client?.id ?? subject ?? callers[0] ?? "anonymous";
  const tokenId = jwt?.claims?.jti;
  const session = withoutAbsent({
    issuer: jwt?.iss,
    credential_uid: typeof tokenId === "string" ? tokenId : undefined,
    uid: credential?.boundTo?.id,
  });
  return withoutAbsent({
    user: { uid: user },
    session: Object.keys(session).length === 0 ? undefined : session,
  });
}

/** A network endpoint needs one of its names. */
function sourceOf({ source }: Interaction): Json {
  const known = withoutAbsent({ ip: source?.ip, svc_name: source?.principal });
  return Object.keys(known).length === 0 ? { name: "unknown" } : known;
}

function resourceOf({ mcp, destination, http }: Interaction, resource: string | undefined): Json {
  const part = mcp?.tool?.name ?? mcp?.prompt?.name ?? mcp?.resource?.uri;
  const type =
    mcp?.tool !== undefined
      ? "tool"
      : mcp?.prompt !== undefined
        ? "prompt"
        : mcp?.resource !== undefined
          ? "resource"
          : undefined;
  const name = resource ?? destination?.resource ?? mcp?.server ?? http?.host ?? "unknown";
  return withoutAbsent({ name, type, uid: part });
}

function unmapped({ onBehalfOf, event }: Interaction): Json | undefined {
  const found = withoutAbsent({
    delegation: onBehalfOf?.map(({ id, issuer }) => ({ id, issuer })),
    event_type: event?.type,
    event_source: event?.source,
  });
  return Object.keys(found).length === 0 ? undefined : found;
}

/** W3C Trace Context: `00-<32 hex>-<16 hex>-<2 hex>`, neither id all zeros. */
export function traceId(interaction: Interaction): string | undefined {
  const header = interaction.http?.headers?.traceparent?.[0];
  const [, trace, span] = /^00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/.exec(header ?? "") ?? [];
  return trace === undefined || /^0+$/.test(trace) || /^0+$/.test(span ?? "") ? undefined : trace;
}

/** FNV-1a over the request's JSON, four times with different seeds: a name for the event, not a secret. */
function uid(interaction: Interaction): string {
  const text = JSON.stringify(interaction);
  return [0x811c9dc5, 0x01000193, 0x9e3779b9, 0x85ebca6b]
    .map((seed) => {
      let hash = seed;
      for (let index = 0; index < text.length; index++)
        hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
      return (hash >>> 0).toString(16).padStart(8, "0");
    })
    .join("");
}

function isObject(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function withoutAbsent(value: { readonly [key: string]: Json | undefined }): {
  readonly [key: string]: Json;
} {
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, one]) => (one === undefined ? [] : [[key, one]])),
  );
}
