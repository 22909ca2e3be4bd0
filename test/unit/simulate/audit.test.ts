/** The audit event: OCSF API Activity as ocsf-schema 1.6 has it, and the mapping of the decision's facts. */
import { describe, expect, test } from "vitest";
import type { Interaction } from "../../../server/src/access/interaction.ts";
import { auditEvent } from "../../../server/src/simulate/audit.ts";
import { call, http, shop } from "./shop.ts";

const plane = shop(
  "- { name: read, effect: allow, subjects: [staff], on: [{ resource: payments }] }\n- { name: refund, effect: allow, subjects: [copilot], onBehalfOf: [staff], on: [{ resource: tools }] }",
);
const trace = "4bf92f3577b34da6a3ce929d0e0e4736";
const traced = { traceparent: [`00-${trace}-00f067aa0ba902b7-01`] };
const time = "2026-01-15T09:00:00.250Z";

describe("an allowed tool call for somebody", () => {
  const asked: Partial<Interaction> = {
    ...call("refund", { amount: 5 }),
    time,
    http: { headers: { ...traced, cookie: ["session=secret"] } },
    credential: { boundTo: { kind: "task", id: "task-42" } },
  };
  const event = auditEvent(plane.as("copilot", asked, ["support"]), "tools");

  test("has what the class requires", () => {
    expect(event).toMatchObject({
      class_uid: 6003,
      category_uid: 6,
      activity_id: 99,
      type_uid: 600399,
      severity_id: 1,
      time: 1_768_467_600_250,
      metadata: {
        version: "1.6.0",
        product: { name: "Plumbline", vendor_name: "Plumbline" },
        profiles: ["security_control", "trace", "ai_operation"],
      },
      api: { operation: "tools/call refund" },
      src_endpoint: { svc_name: "spiffe://prod.example/ns/ai/sa/copilot" },
    });
  });

  test("says who, for whom, what, and by which rule", () => {
    expect(event).toMatchObject({
      action_id: 1,
      action: "Allowed",
      disposition_id: 1,
      disposition: "Allowed",
      status_id: 1,
      status_detail: "allowed by p0/refund",
      policy: { uid: "p0/refund" },
      actor: {
        user: { uid: "spiffe://prod.example/ns/ai/sa/copilot" },
        session: { issuer: "https://login.example", uid: "task-42" },
      },
      ai_agent: { uid: "spiffe://prod.example/ns/ai/sa/copilot" },
      resources: [{ name: "tools", type: "tool", uid: "refund" }],
      trace: { uid: trace },
      unmapped: { delegation: [{ id: "alice", issuer: "https://login.example" }] },
    });
    expect(JSON.stringify(event)).not.toContain("secret");
  });

  test("is the same for the same request, and another for another", () => {
    expect(auditEvent(plane.as("copilot", asked, ["support"]), "tools")).toEqual(event);
    const other = auditEvent(
      plane.as("copilot", { ...asked, ...call("refund", { amount: 6 }) }, ["support"]),
      "tools",
    );
    expect(other.metadata).not.toEqual(event.metadata);
  });
});

test("a denied request is blocked by default, or by the rule that denied it", () => {
  const event = auditEvent(plane.decide({ traffic: "api", ...http("GET", "/v1/payments") }), "payments");
  expect(event).toMatchObject({
    activity_id: 2,
    type_uid: 600302,
    severity_id: 2,
    action_id: 2,
    action: "Denied",
    disposition_id: 2,
    disposition: "Blocked",
    status_id: 2,
    policy: { name: "default deny" },
    actor: { user: { uid: "anonymous" } },
    src_endpoint: { name: "unknown" },
    metadata: { profiles: ["security_control"] },
  });
  for (const absent of ["time", "trace", "ai_agent", "ai_model", "unmapped"])
    expect(event).not.toHaveProperty(absent);
  const denying = shop("- { name: stop, effect: deny, on: [{ resource: payments }] }");
  expect(auditEvent(denying.as("staff", http("GET", "/v1/payments")), "payments").policy).toEqual({
    uid: "p0/stop",
  });
});

test.each([
  ["POST", 1],
  ["GET", 2],
  ["HEAD", 2],
  ["PUT", 3],
  ["PATCH", 3],
  ["DELETE", 4],
  ["OPTIONS", 99],
  ["constructor", 99],
])("%s is activity %i", (method, activity) => {
  expect(auditEvent(plane.as("staff", http(method, "/v1/payments")), "payments").activity_id).toBe(activity);
});

test("the actor of a delegated token is who acts, not its subject", () => {
  const jwt = { iss: "https://login.example", sub: "alice", claims: { jti: "token-1", act: { sub: "bot" } } };
  const event = auditEvent(
    plane.decide({ traffic: "api", ...http("GET", "/v1/payments"), jwt, source: { ip: "10.0.0.1" } }),
    "payments",
  );
  expect(event).toMatchObject({
    actor: { user: { uid: "bot" }, session: { issuer: "https://login.example", credential_uid: "token-1" } },
    src_endpoint: { ip: "10.0.0.1" },
  });
});

test("models and events", () => {
  const model = auditEvent(plane.as("copilot", { llm: { model: "gpt-large", provider: "openai" } }), "large");
  expect(model).toMatchObject({
    activity_id: 99,
    ai_model: { name: "gpt-large", ai_provider: "openai" },
    api: { operation: "model gpt-large" },
  });
  const event = auditEvent(
    plane.as("checkout", { event: { type: "order.gone", topic: "orders", operation: "publish" } }),
    "orders",
  );
  expect(event).toMatchObject({
    activity_id: 99,
    unmapped: { event_type: "order.gone" },
    api: { operation: "publish order.gone" },
  });
});

test.each([
  "00-0-0-01",
  `00-${"0".repeat(32)}-00f067aa0ba902b7-01`,
  `00-${trace.toUpperCase()}-00f067aa0ba902b7-01`,
  `00-${trace}-${"0".repeat(16)}-01`,
])("%s is no trace", (traceparent) => {
  const asked = {
    http: {
      method: "GET",
      host: "api.acme.example",
      path: "/v1/payments",
      headers: { traceparent: [traceparent] },
    },
  };
  expect(auditEvent(plane.as("staff", asked), "payments")).not.toHaveProperty("trace");
});
