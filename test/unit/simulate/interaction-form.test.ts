/** Interactions as requests, and hostile request files. */
import { describe, expect, test } from "vitest";
import type { Json } from "../../../server/src/access/interaction.ts";
import { decide } from "../../../server/src/simulate/decide.ts";
import { broken, failure, json, plane, read } from "./read-request.ts";
import { call, shop } from "./shop.ts";

describe("interactions", () => {
  const full = {
    traffic: "ai",
    transport: "http",
    source: { principal: "spiffe://prod.example/ns/ai/sa/copilot", ip: "10.0.0.1" },
    client: { method: "key-auth", id: "partner", groups: ["gold"] },
    jwt: {
      iss: "https://login.example",
      sub: "alice",
      aud: ["https://api.example"],
      claims: { groups: ["support"], act: { sub: "x" } },
    },
    onBehalfOf: [{ id: "alice", issuer: "https://login.example", groups: ["support"] }],
    credential: { type: "token-exchange", ttl: "15m", age: "2m", boundTo: { kind: "task", id: "t" } },
    destination: { resource: "tools", port: 8443, sni: "tools.example" },
    http: {
      method: "POST",
      host: "h",
      path: "/mcp?c=d",
      headers: { "x-y": ["z"] },
      body: { any: [1, null] },
    },
    grpc: { service: "a", method: "b" },
    mcp: {
      server: "tools",
      method: "tools/call",
      tool: { name: "refund", arguments: { amount: 1 } },
      resource: { uri: "u" },
      prompt: { name: "p" },
    },
    llm: { provider: "openai", model: "gpt-large", maxTokens: 0 },
    event: { type: "t", source: "s", topic: "o", operation: "publish" },
    time: "2026-01-15T09:00:00Z",
  };

  test("is read as it is, and null is absent", () => {
    expect(json({ ...full, environment: "staging" })).toEqual(full);
    expect(json({ traffic: "api", jwt: null, http: { method: null, path: "/" } })).toEqual({
      traffic: "api",
      http: { path: "/" },
    });
    expect(json({ traffic: "api", jwt: { aud: "one" } }).jwt).toEqual({ aud: ["one"] });
    expect(json({ traffic: "api", http: { headers: { "X-Y": "z" } } }).http).toEqual({
      headers: { "x-y": ["z"] },
    });
  });

  test("is read back as it was written", () => {
    const made = shop(
      "- { name: r, effect: allow, subjects: [copilot], onBehalfOf: [staff], on: [{ resource: tools }] }",
    ).as("copilot", call("refund", { amount: 1 }), ["support"]);
    const { environment: _environment, ...rest } = made.interaction;
    expect(json(made.interaction)).toEqual(rest);
  });

  test("onBehalfOf without a token gets the token that proves it", () => {
    const source = { principal: "spiffe://prod.example/ns/ai/sa/copilot" };
    const made = json({
      traffic: "ai",
      source,
      onBehalfOf: [
        { id: "alice", issuer: "workforce", groups: ["support"] },
        { id: "prior", issuer: "x" },
      ],
    });
    expect(made).toEqual({
      traffic: "ai",
      source,
      jwt: {
        iss: "https://login.example",
        sub: "alice",
        aud: ["https://api.example"],
        claims: { groups: ["support"], act: { sub: source.principal, act: { sub: "prior" } } },
      },
    });
  });

  test.each<[unknown, string]>([
    [{ traffic: "mail" }, "traffic must be one of api, service, ai, event"],
    [{ traffic: "api", transport: "udp" }, "transport must be one of http, tcp"],
    [{ traffic: "api", htpp: {} }, '"htpp" is no field of an interaction; did you mean "http"?'],
    [{ traffic: "api", environment: 5 }, "environment must be a string"],
    [{ traffic: "api", source: "spiffe://a/b" }, "source must be an object"],
    [{ traffic: "api", source: { principal: ["a"] } }, "source.principal must be a string"],
    [{ traffic: "api", client: { groups: "gold" } }, "client.groups must be a list of strings"],
    [{ traffic: "api", jwt: { aud: [1] } }, "jwt.aud must be a list of strings"],
    [{ traffic: "api", jwt: { claims: [] } }, "jwt.claims must be an object"],
    [{ traffic: "api", jwt: { sub: {} } }, "jwt.sub must be a string"],
    [{ traffic: "api", onBehalfOf: {} }, "onBehalfOf must be a list"],
    [{ traffic: "api", onBehalfOf: ["alice"] }, "onBehalfOf[0] must be an object"],
    [{ traffic: "api", onBehalfOf: [{ id: "a" }] }, "onBehalfOf[0] needs issuer"],
    [
      { traffic: "api", credential: { ttl: "soon" } },
      'credential.ttl is "soon", not a duration such as 90s, 15m or 1h',
    ],
    [{ traffic: "api", credential: { boundTo: "task" } }, "credential.boundTo must be an object"],
    [{ traffic: "api", credential: { boundTo: {} } }, "credential.boundTo needs kind"],
    [
      { traffic: "api", destination: { port: "8080" } },
      "destination.port must be a whole number from 1 to 65535",
    ],
    [{ traffic: "api", destination: { port: 0 } }, "destination.port must be a whole number from 1 to 65535"],
    [{ traffic: "api", http: { path: 5 } }, "http.path must be a string"],
    [
      { traffic: "api", http: { headers: { a: { b: 1 } } } },
      "http.headers.a must be a string, or a list of strings",
    ],
    [{ traffic: "api", grpc: { service: "a" } }, "grpc needs method"],
    [{ traffic: "ai", mcp: {} }, "mcp needs method"],
    [{ traffic: "ai", mcp: { method: "tools/call", tool: {} } }, "mcp.tool needs name"],
    [
      { traffic: "ai", mcp: { method: "tools/call", tool: { name: "a", arguments: [] } } },
      "mcp.tool.arguments must be an object",
    ],
    [{ traffic: "ai", mcp: { method: "resources/read", resource: "u" } }, "mcp.resource must be an object"],
    [{ traffic: "ai", llm: { maxTokens: 1.5 } }, "llm.maxTokens must be a whole number from 0"],
    [{ traffic: "event", event: { operation: "send" } }, "event.operation must be one of publish, consume"],
    [
      { traffic: "api", time: "yesterday" },
      'time is "yesterday", not an RFC 3339 time such as 2026-01-15T09:00:00Z',
    ],
  ])("%j", (form, message) => {
    expect(broken(form)).toBe(message);
  });

  test("any JSON where an interaction is expected is read or refused in words", () => {
    const values: readonly Json[] = [null, true, 5, "x", [], {}, [{}], { a: { b: [] } }];
    for (const name of Object.keys(full))
      for (const value of values)
        expect(() => failure("a.json", JSON.stringify({ ...full, [name]: value }))).not.toThrow();
    for (const [name, part] of Object.entries(full)) {
      if (typeof part !== "object" || Array.isArray(part)) continue;
      for (const key of Object.keys(part))
        for (const value of values) {
          const text = JSON.stringify({ ...full, [name]: { ...part, [key]: value } });
          expect(() => failure("a.json", text)).not.toThrow();
        }
    }
  });
});

describe("hostile files", () => {
  test("names of JavaScript objects are ordinary names", () => {
    const text =
      '{"traffic": "api", "__proto__": {"transport": "tcp"}, "http": {"path": "/a", "headers": {"__proto__": "x", "constructor": "y", "toString": ["z"]}, "body": {"__proto__": {"admin": true}}}, "jwt": {"claims": {"__proto__": {"act": {"sub": "x"}}}}}';
    const made = read("a.json", text);
    expect(made.transport).toBeUndefined();
    expect(Object.entries(made.http?.headers ?? {})).toEqual([
      ["__proto__", ["x"]],
      ["constructor", ["y"]],
      ["tostring", ["z"]],
    ]);
    expect(({} as { readonly admin?: boolean }).admin).toBeUndefined();
    expect(decide(plane.set, plane.production, made).interaction.onBehalfOf).toBeUndefined();
    expect(failure("a.json", '{"constructor": {"url": "/a"}}')).toContain(
      "the form of the request is not recognised",
    );
    expect(read("a.http", "GET /a\n__proto__: x\nconstructor: y").http?.headers).toEqual(
      Object.fromEntries([
        ["__proto__", ["x"]],
        ["constructor", ["y"]],
      ]),
    );
  });

  test("duplicate keys, broken and deep files, other values are refused", () => {
    expect(failure("a.json", '{"traffic": "api", "http": {"path": "/a", "path": "/b"}}')).toBe(
      'the key "path" stands twice, so that readers differ in its value',
    );
    expect(failure("a.json", '{"traffic": ')).toContain("the file cannot be read: ");
    expect(
      failure("a.json", `{"traffic": "api", "http": {"body": ${"[".repeat(300)}${"]".repeat(300)}}}`),
    ).toContain("nested more than 200 deep");
    expect(failure("a.json", "[1]")).toBe("the request must be an object");
    expect(failure("a.yaml", "")).toBe("the request must be an object");
    expect(failure("a.json", "{}")).toBe(
      "the form of the request is not recognised: JSON-RPC (jsonrpc), CloudEvent (specversion), HAR, Envoy CheckRequest, AuthZEN, a chat body (model), {method, url} or an interaction (traffic)",
    );
  });

  test("a large body is read, and decided", () => {
    const big = {
      url: "https://api.acme.example/v1/payments",
      body: Array.from({ length: 50_000 }, (_, index) => ({ index })),
    };
    expect(decide(plane.set, plane.production, json(big)).decision).toBe("deny");
  });
});
