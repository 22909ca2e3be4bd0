/** Sample requests in their users' own forms: what each becomes, and what is said of one that is broken. */
import { describe, expect, test } from "vitest";
import { parseJson } from "../../../server/src/json/parse.ts";
import { fileInteraction } from "../../../server/src/simulate/scenario.ts";
import { broken, failure, json, plane, read } from "./read-request.ts";
import { fixture } from "./shop.ts";

describe("HTTP", () => {
  test("inline fields: host and target as they are sent", () => {
    expect(
      json({
        method: "post",
        url: "https://me:pw@api.acme.example:8443/v1/a%2Fb?q=1#part",
        headers: { "X-Team": ["a", "b"], Count: 5, Host: "other", Authorization: "Bearer secret" },
        body: { amount: 1 },
      }),
    ).toEqual({
      traffic: "api",
      transport: "http",
      http: {
        method: "POST",
        host: "api.acme.example:8443",
        path: "/v1/a%2Fb?q=1",
        headers: { "x-team": ["a", "b"], count: ["5"] },
        body: { amount: 1 },
      },
    });
    expect(json({ url: "https://api.acme.example" }).http).toEqual({
      method: "GET",
      host: "api.acme.example",
      path: "/",
    });
    expect(json({ url: "/v1/payments", headers: { host: "api.acme.example" } }).http).toEqual({
      method: "GET",
      host: "api.acme.example",
      path: "/v1/payments",
    });
  });

  test("what is broken is named", () => {
    expect(broken({ url: "payments/1" })).toBe('"payments/1" is neither a URL nor a path');
    expect(broken({ url: 5 })).toBe("url must be a string");
    expect(broken({ url: "/a", method: ["GET"] })).toBe("method must be a string");
    expect(broken({ url: "/a", headers: ["x: y"] })).toBe("headers must be an object");
    expect(broken({ url: "/a", headers: { x: { y: "z" } } })).toBe(
      "headers.x must be a string, or a list of strings",
    );
    expect(broken({ url: "/a", headers: { x: [null] } })).toBe(
      "headers.x must be a string, or a list of strings",
    );
    expect(broken({ url: "https://{{host}}/a" })).toBe(
      "{{host}} is a variable of a REST client: write its value into the URL",
    );
  });

  test("a .http file", () => {
    expect(read("a.http", fixture("requests/create.http"))).toEqual({
      traffic: "api",
      transport: "http",
      http: {
        method: "POST",
        host: "api.acme.example",
        path: "/v1/payments/search?page=2&size=5",
        headers: { "content-type": ["application/json"], "x-team": ["blue", "red"] },
        body: { text: "a # b", limit: 5 },
      },
    });
    expect(read("a.http", "GET /a HTTP/1.1\r\nHost: x.example\r\n\r\n").http).toEqual({
      method: "GET",
      host: "x.example",
      path: "/a",
    });
    expect(read("a.rest", "https://x.example/a\n###\nGET https://y.example/b").http).toEqual({
      method: "GET",
      host: "x.example",
      path: "/a",
    });
    expect(read("a.http", "PUT /a\n\nnot json").http?.body).toBe("not json");
  });

  test("a broken .http file", () => {
    expect(failure("a.http", "# nothing\n\n")).toBe(
      "the file holds no request line, such as GET https://api.example/items",
    );
    expect(failure("a.http", "GET /a /b")).toBe('"GET /a /b" is no request line: METHOD URL');
    expect(failure("a.http", "GET /a\nHost")).toBe('"Host" is no header: Name: value');
    expect(failure("a.http", 'POST /a\n\n{"a": 1, "b": {"a": 1}, "\\u0061": 2}')).toBe(
      'the key "a" stands twice in the body, so that readers differ in its value',
    );
    expect(failure("a.http", `POST /a\n\n${"[".repeat(5_000)}${"]".repeat(5_000)}`)).toBe(
      "the body nests more than 200 objects and lists",
    );
  });

  test("a HAR file, of which the first entry counts, or an entry", () => {
    const entry = {
      request: {
        method: "POST",
        url: "https://api.acme.example/v1/payments/search",
        headers: [
          { name: ":authority", value: "api.acme.example" },
          { name: "X-Team", value: "a" },
          { name: "x-team", value: "b" },
          { name: "__proto__", value: "c" },
        ],
        postData: { mimeType: "application/json", text: '{"a": 1}' },
      },
    };
    const made = json({ log: { entries: [entry, { request: { method: "GET", url: "/other" } }] } });
    expect(made).toEqual(json(entry));
    expect(made.http?.method).toBe("POST");
    expect(made.http?.body).toEqual({ a: 1 });
    expect(Object.entries(made.http?.headers ?? {})).toEqual([
      ["x-team", ["a", "b"]],
      ["__proto__", ["c"]],
    ]);
  });

  test("a broken HAR file", () => {
    expect(broken({ log: { entries: [] } })).toBe("log.entries[0] must be an object");
    expect(broken({ log: [] })).toBe("log must be an object");
    expect(broken({ request: { url: "/a" } })).toBe("a request needs method");
    expect(broken({ request: { method: "GET", url: "/a", headers: { a: "b" } } })).toBe(
      "request.headers must be a list of names and values",
    );
    expect(broken({ request: { method: "GET", url: "/a", headers: [{ value: "b" }] } })).toBe(
      "a header needs name",
    );
    expect(broken({ request: { method: "GET", url: "/a", postData: { text: '{"a":1,"a":2}' } } })).toBe(
      'the key "a" stands twice in the body, so that readers differ in its value',
    );
  });
});

describe("gRPC", () => {
  test("to the only resource that has the service", () => {
    expect(
      json({ service: "shop.Ledger", method: "Append", metadata: { "X-Tenant": "a" }, message: { id: 1 } }),
    ).toEqual({
      traffic: "service",
      transport: "http",
      destination: { resource: "ledger" },
      grpc: { service: "shop.Ledger", method: "Append" },
      http: { method: "POST", path: "/shop.Ledger/Append", headers: { "x-tenant": ["a"] }, body: { id: 1 } },
    });
    expect(json({ service: "other.Service", method: "Do" }).destination).toBeUndefined();
  });

  test("what is broken is named", () => {
    expect(broken({ service: "a", method: 1 })).toBe("method must be a string");
    expect(broken({ service: "a", method: "b", metadata: "x" })).toBe("metadata must be an object");
  });
});

describe("MCP", () => {
  test("a JSON-RPC request, to the only server", () => {
    expect(
      json({
        jsonrpc: "2.0",
        id: 1,
        method: "tools/call",
        params: { name: "refund", arguments: { amount: 5 } },
      }),
    ).toEqual({
      traffic: "ai",
      transport: "http",
      destination: { resource: "tools" },
      http: { method: "POST", path: "/mcp" },
      mcp: { server: "tools", method: "tools/call", tool: { name: "refund", arguments: { amount: 5 } } },
    });
    expect(json({ jsonrpc: "2.0", method: "prompts/get", params: { name: "hello" } }).mcp?.prompt).toEqual({
      name: "hello",
    });
    expect(
      json({ jsonrpc: "2.0", method: "resources/read", params: { uri: "file:///a" } }).mcp?.resource,
    ).toEqual({ uri: "file:///a" });
    expect(json({ jsonrpc: "2.0", method: "tools/list" }).mcp).toEqual({
      server: "tools",
      method: "tools/list",
    });
  });

  test("what is broken is named", () => {
    expect(broken({ jsonrpc: "2.0" })).toBe("an MCP request needs method");
    expect(broken({ jsonrpc: "2.0", method: "tools/call" })).toBe("tools/call needs name");
    expect(broken({ jsonrpc: "2.0", method: "tools/call", params: ["refund"] })).toBe(
      "params must be an object",
    );
    expect(broken({ jsonrpc: "2.0", method: "tools/call", params: { name: "refund", arguments: [1] } })).toBe(
      "arguments must be an object",
    );
    expect(broken({ jsonrpc: "2.0", method: "prompts/get", params: {} })).toBe("prompts/get needs name");
    expect(broken({ jsonrpc: "2.0", method: "resources/read", params: { uri: 5 } })).toBe(
      "uri must be a string",
    );
    const bare = { ...plane.set, resources: new Map() };
    expect(() =>
      fileInteraction(
        parseJson("file:///a.json", '{"jsonrpc":"2.0","method":"ping"}'),
        bare,
        plane.production,
      ),
    ).toThrow("an MCP request does not tell its server: say `server: NAME` beside it");
  });
});

describe("models", () => {
  const messages = [{ role: "user", content: "Hi" }];

  test("chat, responses and embeddings", () => {
    const body = { model: "gpt-large", messages, max_tokens: 50 };
    expect(json(body)).toEqual({
      traffic: "ai",
      transport: "http",
      destination: { resource: "large" },
      http: { method: "POST", path: "/v1/chat/completions", body },
      llm: { provider: "openai", model: "gpt-large", maxTokens: 50 },
    });
    expect(json({ ...body, provider: "azure" }).destination).toEqual({ resource: "large-elsewhere" });
    expect(json({ model: "e", input: "text" }).http?.path).toBe("/v1/embeddings");
    const response = json({ model: "e", input: "text", max_output_tokens: 9 });
    expect([response.http?.path, response.llm]).toEqual(["/v1/responses", { model: "e", maxTokens: 9 }]);
    expect(json({ model: "x", messages, max_completion_tokens: 7 }).llm?.maxTokens).toBe(7);
  });

  test("what is broken is named", () => {
    expect(broken({ model: 5 })).toBe("model must be a string");
    expect(broken({ model: "x", max_tokens: "many" })).toBe("max_tokens must be a whole number");
    expect(broken({ model: "x", max_completion_tokens: -1 })).toBe(
      "max_completion_tokens must be a whole number",
    );
  });
});

describe("events", () => {
  test("a CloudEvent goes over the channel that has its type", () => {
    const event = { specversion: "1.0", id: "1", source: "/shop", type: "order.placed", data: {} };
    expect(json(event)).toEqual({
      traffic: "event",
      destination: { resource: "orders" },
      event: { type: "order.placed", operation: "publish", source: "/shop", topic: "orders" },
    });
    expect(json({ ...event, type: "unknown" })).toEqual({
      traffic: "event",
      event: { type: "unknown", operation: "publish", source: "/shop" },
    });
  });

  test("what is broken is named", () => {
    expect(broken({ specversion: "1.0" })).toBe("a CloudEvent needs type");
    expect(broken({ specversion: "1.0", type: "a", source: {} })).toBe("source must be a string");
  });
});

describe("AuthZEN", () => {
  const evaluation = (action: string, id: string, properties: object = {}, subject = "copilot") => ({
    subject: { type: "agent", id: subject },
    action: { name: action },
    resource: { type: "r", id, properties },
  });

  test("a tool, an operation, a model, an event; the subject by its name or SPIFFE ID", () => {
    const tool = json(evaluation("refund", "tools", { arguments: { amount: 5 } }));
    expect(tool.mcp).toEqual({
      server: "tools",
      method: "tools/call",
      tool: { name: "refund", arguments: { amount: 5 } },
    });
    expect(tool.source).toEqual({ principal: "spiffe://prod.example/ns/ai/sa/copilot" });
    expect(json(evaluation("refund", "tools", {}, "spiffe://prod.example/ns/ai/sa/copilot")).source).toEqual(
      tool.source,
    );
    expect(json(evaluation("refund", "tools", {}, "alice")).source).toBeUndefined();
    expect(json(evaluation("listPayments", "payments"))).toMatchObject({
      traffic: "api",
      destination: { resource: "payments" },
      http: { method: "GET", path: "/v1/payments", host: "api.acme.example" },
    });
    expect(json(evaluation("getPayment", "payments", { path: "/v1/payments/7" })).http?.path).toBe(
      "/v1/payments/7",
    );
    expect(json(evaluation("DELETE /v1/payments/7", "payments")).http).toMatchObject({
      method: "DELETE",
      path: "/v1/payments/7",
    });
    expect(json(evaluation("shop.Ledger/Read", "ledger")).http).toMatchObject({
      method: "POST",
      path: "/shop.Ledger/Read",
    });
    expect(json(evaluation("ask", "large", { max_tokens: 5 })).llm).toEqual({
      provider: "openai",
      model: "gpt-large",
      maxTokens: 5,
    });
    expect(json(evaluation("consume", "orders", { type: "order.gone" })).event).toEqual({
      type: "order.gone",
      operation: "consume",
      topic: "orders",
    });
  });

  test("what is broken is named", () => {
    expect(broken(evaluation("dance", "payments"))).toBe(
      'the action dance is no operation of payments; name one, or "METHOD /path"',
    );
    expect(broken(evaluation("getPayment", "payments"))).toBe(
      "getPayment has parameters: say the concrete path as resource.properties.path",
    );
    expect(broken({ ...evaluation("x", "tools"), subject: "alice" })).toBe("subject must be an object");
    expect(broken({ ...evaluation("x", "tools"), subject: {} })).toBe("subject needs id");
    expect(broken({ action: {}, resource: { id: "tools" } })).toBe("action needs name");
    expect(broken({ action: { name: "x" }, resource: {} })).toBe("resource needs id");
    expect(broken(evaluation("refund", "tools", { arguments: 5 }))).toBe("arguments must be an object");
    expect(broken(evaluation("publish", "orders"))).toBe("resource.properties needs type");
  });
});

describe("Envoy's CheckRequest", () => {
  const request = (http: object, more: object = {}) => ({ attributes: { request: { http }, ...more } });

  test("with JSON or proto names; the peer's certificate, the port, the body", () => {
    const http = {
      method: "POST",
      path: "/a?b=c",
      host: "ledger:8443",
      headers: { ":path": "/a", "x-y": "z", authorization: "Bearer secret" },
      body: '{"amount": 5}',
    };
    const made = json(
      request(http, {
        source: {
          principal: "spiffe://prod.example/ns/shop/sa/checkout",
          address: { socketAddress: { address: "10.0.0.1", portValue: 999 } },
        },
        destination: {
          principal: "",
          address: { socket_address: { address: "10.0.0.2", port_value: 8443 } },
        },
      }),
    );
    expect(made).toEqual({
      traffic: "service",
      transport: "http",
      source: { principal: "spiffe://prod.example/ns/shop/sa/checkout", ip: "10.0.0.1" },
      destination: { port: 8443 },
      http: {
        method: "POST",
        path: "/a?b=c",
        host: "ledger:8443",
        headers: { "x-y": ["z"] },
        body: { amount: 5 },
      },
    });
    expect(json(request({ method: "GET", path: "/", body: "" }, { source: { principal: "" } }))).toEqual({
      traffic: "service",
      transport: "http",
      http: { method: "GET", path: "/" },
    });
  });

  test("what is broken is named", () => {
    expect(broken({ attributes: { request: {} } })).toBe("attributes.request.http must be an object");
    expect(broken(request({ path: "/" }))).toBe("attributes.request.http needs method");
    expect(broken(request({ method: "GET", path: "/", headers: { x: {} } }))).toBe(
      "attributes.request.http.headers.x must be a string, or a list of strings",
    );
    expect(broken(request({ method: "GET", path: "/" }, { source: "x" }))).toBe(
      "attributes.source must be an object",
    );
    expect(broken(request({ method: "GET", path: "/" }, { source: { principal: 5 } }))).toBe(
      "attributes.source.principal must be a string",
    );
    expect(
      broken(
        request(
          { method: "GET", path: "/" },
          { destination: { address: { socketAddress: { portValue: "1" } } } },
        ),
      ),
    ).toBe("attributes.destination.address.socketAddress.portValue must be a number");
  });
});
