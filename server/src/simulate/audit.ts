/**
 * The audit event that a decision would write: OCSF API Activity (class 6003, category 6) with the security_control
 * profile; see docs of OCSF 1.x. The same request gives the same event: its uid is made of the request.
 */

import type { Interaction, Json } from "../access/interaction.ts";
import { epochSeconds } from "../access/units.ts";
import type { Decision } from "./decision.ts";
import { operationLabel } from "./words.ts";

const apiActivity = 6003;
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
  const { interaction } = decision;
  const allowed = decision.decision === "allow";
  const activity = activities[interaction.mcp === undefined ? (interaction.http?.method ?? "") : ""] ?? 99;
  const trace = traceId(interaction);
  const [rule] = decision.rules;
  const time = interaction.time === undefined ? undefined : epochSeconds(interaction.time);
  return withoutAbsent({
    class_uid: apiActivity,
    category_uid: 6,
    activity_id: activity,
    type_uid: apiActivity * 100 + activity,
    severity_id: allowed ? 1 : 2,
    ...(time === undefined ? {} : { time: Math.round(time * 1000) }),
    metadata: {
      uid: uid(interaction),
      version: "1.6.0",
      profiles: ["security_control"],
      product: { name: "Plumbline" },
    },
    action_id: allowed ? 1 : 2,
    action: allowed ? "Allowed" : "Denied",
    disposition_id: allowed ? 1 : 2,
    status_detail: decision.reason,
    api: { operation: operationLabel(interaction) },
    actor: actorOf(interaction, decision.callers),
    ...(interaction.mcp === undefined && interaction.llm === undefined
      ? {}
      : { ai_agent: { uid: interaction.source?.principal ?? decision.callers[0] ?? "unknown" } }),
    ...(interaction.llm?.model === undefined ? {} : { ai_model: { name: interaction.llm.model } }),
    resources: [
      withoutAbsent({
        name: resource,
        type: interaction.mcp?.tool === undefined ? undefined : "tool",
        uid: interaction.mcp?.tool?.name,
      }),
    ],
    policy: rule === undefined ? { name: "default deny" } : { uid: rule.rule },
    ...(trace === undefined ? {} : { trace: { uid: trace } }),
    ...(interaction.onBehalfOf === undefined
      ? {}
      : {
          unmapped: { delegation: interaction.onBehalfOf.map((one) => ({ id: one.id, issuer: one.issuer })) },
        }),
  });
}

function actorOf(interaction: Interaction, callers: readonly string[]): Json {
  const user =
    interaction.source?.principal ??
    interaction.client?.id ??
    interaction.jwt?.sub ??
    callers[0] ??
    "anonymous";
  const issuer = interaction.jwt?.iss;
  return issuer === undefined ? { user: { uid: user } } : { user: { uid: user }, session: { issuer } };
}

/** W3C Trace Context: `00-<32 hex>-<16 hex>-<2 hex>`. */
function traceId(interaction: Interaction): string | undefined {
  const header = interaction.http?.headers?.traceparent?.[0];
  return header === undefined ? undefined : /^00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/.exec(header)?.[1];
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

function withoutAbsent(value: { readonly [key: string]: Json | undefined }): {
  readonly [key: string]: Json;
} {
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, one]) => (one === undefined ? [] : [[key, one]])),
  );
}
