/** Design, section 3, sentence by sentence: effects, conditions, requirements. */
import { describe, expect, test } from "vitest";
import { call, http, said, shop, why } from "./shop.ts";

const staffRead =
  "- { name: read, effect: allow, subjects: [staff], on: [{ resource: payments, operations: [getPayment] }] }";
const get = http("GET", "/v1/payments/1");

describe("effects", () => {
  test("what no rule allows is denied", () => {
    expect(said(shop().as("staff", get))).toBe("deny: no allow rule applies (default deny)");
    expect(said(shop(staffRead).as("staff", get))).toBe("allow: allowed by p0/read");
  });

  test("a deny overrides every allow", () => {
    const plane = shop(
      staffRead,
      "- { name: stop, effect: deny, subjects: [staff], on: [{ resource: payments }] }",
    );
    const decision = plane.as("staff", get);
    expect(said(decision)).toBe("deny: denied by p1/stop");
    expect(decision.rules.map((one) => one.rule)).toEqual(["p1/stop"]);
    expect(decision.obligations).toEqual({});
  });

  test("a deny without subjects matches every caller, a nameless one too", () => {
    const plane = shop(
      "- { name: open, effect: allow, anonymous: true, on: [{ resource: payments }] }\n- { name: stop, effect: deny, on: [{ resource: payments, operations: [deletePayment] }] }",
    );
    expect(said(plane.decide({ traffic: "api", ...get }))).toBe("allow: allowed by p0/open");
    const remove = http("DELETE", "/v1/payments/1");
    expect(said(plane.decide({ traffic: "api", ...remove }))).toBe("deny: denied by p0/stop");
    expect(said(plane.as("admins", remove))).toBe("deny: denied by p0/stop");
  });

  test("an allow without subjects and without anonymous allows nobody", () => {
    const plane = shop("- { name: nobody, effect: allow, on: [{ resource: payments }] }");
    expect(plane.as("staff", get).decision).toBe("deny");
    expect(plane.decide({ traffic: "api", ...get }).decision).toBe("deny");
  });

  test("obligations are the union over all allows that apply, equal ones once", () => {
    const rule = (name: string, obligations: string) =>
      `- { name: ${name}, effect: allow, subjects: [staff], on: [{ resource: payments }], obligations: ${obligations} }`;
    const plane = shop(
      [
        rule("a", "{ audit: full, redact: [iban], budgets: [{ limit: 5, window: 1h }] }"),
        rule("b", "{ audit: metadata, redact: [iban, name], notify: [ops] }"),
        rule("c", "{ audit: full, redact: [iban] }"),
        "- { name: other, effect: allow, subjects: [admins], on: [{ resource: payments }], obligations: { audit: none } }",
      ].join("\n"),
    );
    expect(plane.as("staff", get).obligations).toEqual({
      audit: ["full", "metadata"],
      redact: ["iban", "name"],
      budgets: [{ limit: 5, window: "1h" }],
      notify: ["ops"],
    });
  });

  test("audit mode never decides; the trace says what it would do", () => {
    const plane = shop(staffRead, {
      audit:
        "- { name: stop, effect: deny, on: [{ resource: payments }] }\n- { name: more, effect: allow, anonymous: true, on: [{ resource: payments }] }",
    });
    const decision = plane.as("staff", get);
    expect(said(decision)).toBe("allow: allowed by p0/read");
    expect(decision.trace.map((one) => `${one.rule} ${one.outcome}`)).toEqual([
      "p0/read applies",
      "p1/stop would-deny",
      "p1/more would-allow",
    ]);
    expect(plane.decide({ traffic: "api", ...get }).decision).toBe("deny");
  });
});

describe("conditions are three-valued", () => {
  const rule = (effect: string) =>
    `- { name: r, effect: ${effect}, subjects: [copilot], onBehalfOf: [staff], on: [{ resource: tools, tools: [refund] }], condition: "mcp.tool.arguments.amount <= 200.0" }`;
  const deny =
    '- { name: open, effect: allow, anonymous: true, on: [{ resource: tools }] }\n- { name: stop, effect: deny, on: [{ resource: tools, tools: [refund] }], condition: "mcp.tool.arguments.amount > 200.0" }';

  test("an allow takes true only", () => {
    const plane = shop(rule("allow"));
    const small = plane.as("copilot", call("refund", { amount: 120 }), ["support"]);
    expect(said(small)).toBe("allow: allowed by p0/r");
    expect(small.trace[0]?.condition).toEqual({ value: "true" });
    const big = plane.as("copilot", call("refund", { amount: 250 }), ["support"]);
    expect(said(big)).toBe("deny: no allow rule applies (default deny)");
    expect(why(big, "p0/r")).toBe("condition: amount was 250, needed <= 200");
    expect(big.trace[0]?.condition).toEqual({ value: "false" });
    const missing = plane.as("copilot", call("refund"), ["support"]);
    expect(why(missing, "p0/r")).toBe('condition: the call has no argument "amount"');
    expect(missing.trace[0]?.condition?.value).toBe("error");
  });

  test("a deny takes true and error: a missing argument, one that violates its schema", () => {
    const plane = shop(deny);
    expect(plane.as("checkout", call("refund", { amount: 5 })).decision).toBe("allow");
    expect(said(plane.as("checkout", call("refund", { amount: 250 })))).toBe("deny: denied by p0/stop");
    expect(said(plane.as("checkout", call("refund")))).toMatch(
      /^deny: denied by p0\/stop \(its condition cannot be decided: .*amount/,
    );
    const mistyped = plane.as("checkout", call("refund", { amount: "5" }));
    expect(said(mistyped)).toContain('its condition cannot be decided: argument "amount" is a string');
    expect(mistyped.rules[0]?.condition).toEqual({
      value: "error",
      detail: 'argument "amount" is a string, the tool\'s schema says number',
    });
  });

  test("context.environment is the one that is evaluated, whatever the request says", () => {
    const plane = shop(
      "- { name: r, effect: allow, anonymous: true, on: [{ resource: payments }], condition: 'context.environment == \"production\"' }",
    );
    expect(plane.decide({ traffic: "api", environment: "staging", ...get }).decision).toBe("allow");
  });
});

describe("requires", () => {
  const plane = shop(
    "- { name: r, effect: allow, subjects: [checkout], on: [{ resource: anything }], requires: { credential: { type: [x509-svid, jwt-svid], maxTtl: 90m, maxAge: 5m, boundTo: task } } }",
  );
  const good = { type: "x509-svid", ttl: "90m", age: "2m", boundTo: { kind: "task", id: "t" } };
  const asked = { destination: { resource: "anything" } };

  test("all of it holds", () => {
    expect(plane.as("checkout", { ...asked, credential: good }).decision).toBe("allow");
  });

  test.each([
    [{ ...good, type: "basic" }, "credential type was basic, needed x509-svid or jwt-svid"],
    [{ ...good, ttl: "2h" }, "credential lifetime was 2h, needed at most 90m"],
    [{ ...good, age: "6m" }, "credential age was 6m, needed at most 5m"],
    [{ ...good, boundTo: { kind: "session" } }, "credential was bound to session, needed task"],
  ])("what does not hold is said: %j", (credential, detail) => {
    expect(why(plane.as("checkout", { ...asked, credential }), "p0/r")).toBe(`requires: ${detail}`);
  });

  test("unknown means unmet", () => {
    const without = (name: keyof typeof good) => {
      const { [name]: _left, ...credential } = good;
      return why(plane.as("checkout", { ...asked, credential }), "p0/r");
    };
    expect(without("type")).toBe("requires: credential type was unknown, needed x509-svid or jwt-svid");
    expect(without("ttl")).toBe("requires: credential lifetime was unknown, needed at most 90m");
    expect(without("age")).toBe("requires: credential age was unknown, needed at most 5m");
    expect(without("boundTo")).toBe("requires: credential was bound to nothing known, needed task");
    expect(
      plane.decide({
        traffic: "service",
        ...asked,
        source: { principal: "spiffe://prod.example/ns/shop/sa/checkout" },
      }).decision,
    ).toBe("deny");
  });
});

describe("input that contradicts itself is denied", () => {
  const plane = shop(
    "- { name: open, effect: allow, anonymous: true, on: [{ resource: ledger }, { resource: tools }] }",
  );
  const grpc = { service: "shop.Ledger", method: "Read" };

  test.each([
    [
      { onBehalfOf: [{ id: "alice", issuer: "https://login.example" }] },
      "onBehalfOf is stated, but no token with an act claim proves it",
    ],
    [
      { grpc, http: { path: "/shop.Ledger/Append" } },
      "the request makes two calls: grpc is /shop.Ledger/Read, http.path is /shop.Ledger/Append",
    ],
    [{ grpc, http: { method: "GET" } }, "a gRPC call is a POST, and http.method is GET"],
    [
      { mcp: { server: "tools", method: "tools/list" } },
      "the request names two resources: destination.resource is ledger, mcp.server is tools",
    ],
  ])("%j", (part, reason) => {
    expect(said(plane.decide({ traffic: "service", destination: { resource: "ledger" }, ...part }))).toBe(
      `deny: ${reason}`,
    );
  });
});

describe("near misses", () => {
  test("an allow rule that could have changed it comes first, the closest before the others", () => {
    const plane = shop(
      '- { name: elsewhere, effect: allow, subjects: [copilot], on: [{ resource: large }] }\n- { name: other-tool, effect: allow, subjects: [copilot], on: [{ resource: tools, tools: [lookup] }] }\n- { name: stop, effect: deny, on: [{ resource: tools, tools: [refund] }], condition: "mcp.tool.arguments.amount > 9000.0" }\n- { name: small, effect: allow, subjects: [copilot], on: [{ resource: tools, tools: [refund] }], condition: "mcp.tool.arguments.amount <= 200.0" }\n- { name: staff-only, effect: allow, subjects: [staff], on: [{ resource: tools, tools: [refund] }] }',
    );
    const decision = plane.as("copilot", call("refund", { amount: 250 }));
    expect(
      decision.trace.map((one) => `${one.rule} ${one.closeness} ${one.failed?.part}: ${one.failed?.detail}`),
    ).toEqual([
      "p0/small 5 condition: amount was 250, needed <= 200",
      "p0/staff-only 2 subject: subject was copilot, needed staff",
      "p0/other-tool 1 target: tool was refund, needed lookup",
      "p0/stop 3 condition: amount was 250, needed > 9000",
      "p0/elsewhere 0 target: resource was tools, needed large",
    ]);
    expect(decision.trace.find((one) => one.rule === "p0/elsewhere")?.condition).toBeUndefined();
  });
});
