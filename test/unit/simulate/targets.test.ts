/** Design, section 3, sentence by sentence: operations, models, events, MCP. */
import { describe, expect, test } from "vitest";
import { call, http, list, said, shop, why } from "./shop.ts";

const get = http("GET", "/v1/payments/1");

describe("operations", () => {
  const every = shop(
    "- { name: r, effect: allow, anonymous: true, on: [{ resource: payments, operations: [getPayment, probe, listPayments] }] }",
  );
  const ask = (method: string, target: string) => every.decide({ traffic: "api", ...http(method, target) });

  test("the most concrete path decides, whatever its method", () => {
    expect(ask("GET", "/v1/payments/1").decision).toBe("allow");
    const search = ask("GET", "/v1/payments/search");
    expect(why(search, "p0/r")).toBe("target: GET /v1/payments/search is no operation of payments");
    expect(why(ask("POST", "/v1/payments/search"), "p0/r")).toBe(
      "target: operation was searchPayments, needed getPayment or probe or listPayments",
    );
  });

  test("the base path is part of it", () => {
    expect(ask("GET", "/payments/1").decision).toBe("deny");
    expect(ask("GET", "/v1/payments").decision).toBe("allow");
    expect(ask("GET", "/v1/payments/").decision).toBe("deny");
    expect(ask("GET", "/v1/payments?page=2").decision).toBe("allow");
  });

  test("HEAD is not GET, a preflight is an operation of its own, methods have no case", () => {
    expect(ask("HEAD", "/v1/payments/1").decision).toBe("deny");
    expect(ask("HEAD", "/v1/health").decision).toBe("allow");
    expect(ask("GET", "/v1/health").decision).toBe("deny");
    expect(ask("OPTIONS", "/v1/payments/1").decision).toBe("deny");
    expect(ask("get", "/v1/payments/1").decision).toBe("allow");
  });

  test("the host decides, without case and port", () => {
    const at = (host: string) =>
      every.decide({
        traffic: "api",
        destination: { resource: "payments" },
        http: { method: "GET", host, path: "/v1/payments" },
      });
    expect(at("API.acme.example:443").decision).toBe("allow");
    expect(why(at("other.example"), "p0/r")).toBe("target: host was other.example, needed api.acme.example");
  });

  test.each([
    "/v1/payments/a%2Fb",
    "/v1/payments/a%5Cb",
    "/v1//payments/1",
    "/v1/payments\\1",
    "/v1/payments/1;a=b",
    "/v1/payments/../payments/1",
    "/v1/payments/1#a",
  ])("the ambiguous path %s is denied", (target) => {
    expect(said(ask("GET", target))).toBe(
      `deny: the path ${target} is ambiguous: enforcement points read it differently`,
    );
  });

  test("a resource may accept ambiguous paths", () => {
    const plane = shop("- { name: r, effect: allow, anonymous: true, on: [{ resource: files }] }");
    const at = (target: string) =>
      plane.decide({
        traffic: "service",
        destination: { resource: "files" },
        http: { method: "GET", path: target },
      });
    expect(at("/files/a%2Fb").decision).toBe("allow");
    expect(at("/files/a;v=1").decision).toBe("allow");
    expect(at("/files//").decision).toBe("deny");
  });

  test("an escape of an unreserved character is the character", () => {
    expect(ask("GET", "/v1/p%61yments/1").decision).toBe("allow");
    expect(ask("GET", "/v1/payments/s%65arch").decision).toBe("deny");
  });

  test("a service without operations takes every method and path; a rule that names some takes none", () => {
    const plane = shop(
      "- { name: all, effect: allow, subjects: [checkout], on: [{ resource: anything }] }\n- { name: some, effect: allow, subjects: [mobile], on: [{ resource: anything, operations: [GET /a] }] }",
    );
    const asked = { destination: { resource: "anything" }, http: { method: "BREW", path: "/pot" } };
    expect(plane.as("checkout", asked).decision).toBe("allow");
    expect(why(plane.as("mobile", asked), "p0/some")).toBe(
      "target: anything declares no operations, needed GET /a",
    );
  });

  test("gRPC is a POST to the method's path", () => {
    const plane = shop(
      "- { name: r, effect: allow, subjects: [checkout], on: [{ resource: ledger, rpcs: [shop.Ledger/Append] }] }",
    );
    const grpc = (method: string) =>
      plane.as("checkout", { destination: { resource: "ledger" }, grpc: { service: "shop.Ledger", method } });
    expect(grpc("Append").decision).toBe("allow");
    expect(why(grpc("Read"), "p0/r")).toBe(
      "target: operation was shop.Ledger/Read, needed shop.Ledger/Append",
    );
  });
});

describe("other resources", () => {
  test("a model by its name, and by its provider where the request tells it", () => {
    const plane = shop("- { name: r, effect: allow, subjects: [copilot], on: [{ resource: large }] }");
    expect(plane.as("copilot", { llm: { model: "gpt-large" } }).decision).toBe("allow");
    expect(plane.as("copilot", { llm: { model: "gpt-large", provider: "azure" } }).decision).toBe("deny");
    expect(said(plane.as("copilot", { llm: { model: "other" } }))).toBe(
      "deny: the request is for no declared resource",
    );
  });

  test("publish and consume are separate; self-asserted fields prove nothing", () => {
    const plane = shop(
      "- { name: r, effect: allow, subjects: [checkout], on: [{ resource: orders, events: { types: [order.placed], operation: publish } }] }",
    );
    const event = (changed: object) => ({
      event: { type: "order.placed", topic: "orders", operation: "publish" as const, ...changed },
    });
    expect(plane.as("checkout", event({})).decision).toBe("allow");
    expect(why(plane.as("checkout", event({ operation: "consume" })), "p0/r")).toBe(
      "target: operation was consume, needed publish",
    );
    expect(why(plane.as("checkout", event({ type: "order.gone" })), "p0/r")).toBe(
      "target: event type was order.gone, needed order.placed",
    );
    const selfAsserted = plane.decide({
      traffic: "event",
      ...event({ source: "spiffe://prod.example/ns/shop/sa/checkout" }),
      http: {
        headers: {
          "x-forwarded-client-cert": ["URI=spiffe://prod.example/ns/shop/sa/checkout"],
          "x-consumer-username": ["partner"],
        },
      },
    });
    expect(selfAsserted.callers).toEqual([]);
    expect(why(selfAsserted, "p0/r")).toBe("subject: subject was nobody known, needed checkout");
  });

  test("a deny of a whole resource stops what an allow names without a declaration", () => {
    const allow =
      "- { name: ghost, effect: allow, anonymous: true, on: [{ resource: tools, tools: [ghost] }, { resource: orders, events: { types: [order.other] } }] }";
    const deny = "- { name: stop, effect: deny, on: [{ resource: tools }, { resource: orders }] }";
    const event = { event: { topic: "orders", type: "order.other" } };
    expect(shop(allow).as("checkout", call("ghost")).decision).toBe("allow");
    expect(said(shop(allow, deny).as("checkout", call("ghost")))).toBe("deny: denied by p1/stop");
    expect(shop(allow).as("checkout", event).decision).toBe("allow");
    expect(said(shop(allow, deny).as("checkout", event))).toBe("deny: denied by p1/stop");
  });

  test("a target that lists what its resource cannot have matches nothing", () => {
    const plane = shop(
      "- { name: r, effect: allow, anonymous: true, on: [{ resource: payments, tools: [refund] }] }",
    );
    expect(why(plane.as("staff", get), "p0/r")).toBe(
      "target: the target lists what payments, of type api, does not have",
    );
  });

  test("a request for what is not declared says so", () => {
    expect(said(shop().as("staff", { destination: { resource: "nothing" } }))).toBe(
      "deny: the request is for nothing, which is no declared resource",
    );
  });
});

describe("MCP lists and lifecycle", () => {
  const rule = (more: string) =>
    `- { name: r, effect: allow, subjects: [copilot], on: [{ resource: tools, ${more} }] }`;

  test("a tool is listed iff some arguments make it callable", () => {
    const plane = shop(
      '- { name: some, effect: allow, subjects: [copilot], on: [{ resource: tools, tools: [refund] }], condition: "mcp.tool.arguments.amount <= 200.0" }\n- { name: never, effect: allow, subjects: [copilot], on: [{ resource: tools, tools: [lookup] }], condition: "mcp.tool.arguments.id == \\"a\\" && mcp.tool.arguments.id == \\"b\\"" }',
    );
    const listed = plane.as("copilot", list);
    expect(said(listed)).toBe("allow: tools/list follows from what the caller may call on tools");
    expect(listed.listed).toEqual(["refund"]);
    const stranger = plane.as("checkout", list);
    expect(said(stranger)).toBe("deny: the caller may call nothing on tools");
    expect(stranger.listed).toEqual([]);
  });

  test("what a deny leaves is listed", () => {
    const all = "- { name: all, effect: allow, subjects: [copilot], on: [{ resource: tools }] }\n";
    const deny = (condition: string) =>
      `- { name: stop, effect: deny, on: [{ resource: tools, tools: [refund] }]${condition} }`;
    expect(shop(all + deny("")).as("copilot", list).listed).toEqual(["lookup"]);
    expect(
      shop(all + deny(', condition: "mcp.tool.arguments.amount > 200.0"')).as("copilot", list).listed,
    ).toEqual(["lookup", "refund"]);
  });

  test("requirements on the caller count", () => {
    const plane = shop(
      "- { name: r, effect: allow, subjects: [copilot], on: [{ resource: tools }], requires: { credential: { maxTtl: 15m } } }",
    );
    expect(plane.as("copilot", list).decision).toBe("deny");
    expect(plane.as("copilot", { ...list, credential: { ttl: "5m" } }).listed).toEqual(["lookup", "refund"]);
  });

  test.each(["initialize", "ping", "notifications/initialized", "prompts/list", "resources/templates/list"])(
    "%s follows from any grant on the server",
    (method) => {
      const asked = { mcp: { server: "tools", method } };
      expect(shop(rule("prompts: [hello]")).as("copilot", asked).decision).toBe("allow");
      expect(shop(rule("prompts: [hello]")).as("copilot", asked).listed).toBeUndefined();
      expect(shop(rule("prompts: [hello]")).as("checkout", asked).decision).toBe("deny");
      expect(shop().as("copilot", asked).decision).toBe("deny");
    },
  );

  test("prompts and resources by the rules; a method that is none of these is denied", () => {
    const whole = shop("- { name: r, effect: allow, subjects: [copilot], on: [{ resource: tools }] }");
    const asked = (method: string, part: object) =>
      whole.as("copilot", { mcp: { server: "tools", method, ...part } }).decision;
    expect(asked("prompts/get", { prompt: { name: "x" } })).toBe("allow");
    expect(asked("resources/read", { resource: { uri: "file:///x" } })).toBe("allow");
    expect(asked("resources/subscribe", {})).toBe("deny");
    const prompts = shop(rule("prompts: [hello]"));
    expect(
      why(
        prompts.as("copilot", { mcp: { server: "tools", method: "prompts/get", prompt: { name: "x" } } }),
        "p0/r",
      ),
    ).toBe("target: prompt was x, needed hello");
    expect(why(prompts.as("copilot", call("refund")), "p0/r")).toBe("target: tool was refund, needed none");
  });
});
