import { describe, expect, test } from "vitest";
import { opaqueAttribute } from "../../../server/src/access/attribute.ts";
import { attribute, catalogue } from "../../../server/src/access/catalogue.ts";
import {
  literalHolds,
  partOf,
  readAttribute,
  termHolds,
  termsHold,
} from "../../../server/src/access/evaluate-terms.ts";
import type { Interaction } from "../../../server/src/access/interaction.ts";
import { fails, holds, type Test, term } from "../../../server/src/access/predicate.ts";
import {
  containing,
  exactly,
  fullMatch,
  ignoringCase,
  pathTemplate,
  prefix,
  search,
  suffix,
} from "../../../server/src/access/text-pattern.ts";

const request: Interaction = {
  traffic: "api",
  source: { principal: "spiffe://td/ns/shop/sa/web", ip: "10.1.2.3" },
  jwt: {
    iss: "https://idp",
    sub: "alice",
    aud: ["a", "b"],
    claims: { team: "x", level: 3, tags: ["p", 1], act: { sub: "m" } },
  },
  credential: { ttl: "1h30m", age: "2m" },
  http: {
    method: "get",
    host: "API.acme.example:8443",
    path: "/a/b?c=d&c=e+f&g=%2F&h",
    headers: { "X-Team": ["one"], "x-team": ["two"] },
    body: { amount: 12.5, ok: false, nothing: null },
  },
  time: "2026-01-15T09:00:00.5Z",
};

describe("reading attributes", () => {
  const read = (id: string, ...keys: string[]) => readAttribute(request, attribute(id, ...keys));

  test("the request target is cut at its query, whose parameters are decoded", () => {
    expect(read("request.path")).toEqual({ kind: "text", value: "/a/b" });
    expect(read("request.query", "c")).toEqual({ kind: "list", members: ["d", "e f"] });
    expect(read("request.query", "g")).toEqual({ kind: "list", members: ["/"] });
    expect(read("request.query", "h")).toEqual({ kind: "list", members: [""] });
    expect(read("request.query", "x")).toEqual({ kind: "absent" });
  });

  test("method, host and header names are normalised", () => {
    expect(read("request.method")).toEqual({ kind: "text", value: "GET" });
    expect(read("request.host")).toEqual({ kind: "text", value: "api.acme.example" });
    expect(read("request.headers", "x-team")).toEqual({ kind: "list", members: ["one", "two"] });
  });

  test("claims, bodies and arguments keep their JSON type", () => {
    expect(read("jwt.claims", "team")).toEqual({ kind: "text", value: "x" });
    expect(read("jwt.claims", "level")).toEqual({ kind: "number", value: 3 });
    expect(read("jwt.claims", "tags")).toEqual({ kind: "list", members: ["p"] });
    expect(read("jwt.claims", "act")).toEqual({ kind: "map" });
    expect(read("jwt.claims", "act", "sub")).toEqual({ kind: "text", value: "m" });
    expect(read("jwt.claims", "toString")).toEqual({ kind: "absent" });
    expect(read("request.body", "nothing")).toEqual({ kind: "null" });
    expect(read("mcp.tool.arguments", "amount")).toEqual({ kind: "absent" });
  });

  test("durations and times are seconds", () => {
    expect(read("credential.ttl")).toEqual({ kind: "number", value: 5400 });
    expect(read("credential.age")).toEqual({ kind: "number", value: 120 });
    expect(read("context.time")).toEqual({ kind: "number", value: Date.UTC(2026, 0, 15, 9) / 1000 + 0.5 });
  });

  test("a gRPC call is a POST to /service/method", () => {
    const call: Interaction = { traffic: "service", grpc: { service: "pkg.Ledger", method: "Append" } };
    expect(readAttribute(call, attribute("request.method"))).toEqual({ kind: "text", value: "POST" });
    expect(readAttribute(call, attribute("request.path"))).toEqual({
      kind: "text",
      value: "/pkg.Ledger/Append",
    });
  });

  test("every attribute of the catalogue can be read, and is absent from an empty interaction", () => {
    for (const definition of catalogue.values()) {
      const keys = definition.keys === "none" ? [] : ["k"];
      expect(readAttribute({ traffic: "event" }, attribute(definition.id, ...keys))).toEqual({
        kind: "absent",
      });
    }
  });
});

describe("tests of values", () => {
  const check = (id: string, one: Test) => literalHolds(holds(attribute(id), one), request);
  const path = (pattern: Extract<Test, { test: "text" }>["pattern"]) =>
    check("request.path", { test: "text", pattern });

  test("text patterns match the whole text", () => {
    expect(path(exactly("/a/b"))).toBe(true);
    expect(path(exactly("/a"))).toBe(false);
    expect(path(prefix("/a"))).toBe(true);
    expect(path(suffix("/a"))).toBe(false);
    expect(path(containing("a/"))).toBe(true);
    expect(path(pathTemplate("/a/{id}"))).toBe(true);
    expect(path(pathTemplate("/{id}"))).toBe(false);
    expect(path(fullMatch("/a"))).toBe(false);
    expect(path(search("a.b$"))).toBe(true);
    expect(path(ignoringCase(prefix("/A")))).toBe(true);
  });

  test("ranges, networks and members", () => {
    expect(check("credential.ttl", { test: "range", min: 5400, minOpen: true })).toBe(false);
    expect(check("credential.ttl", { test: "range", min: 5400, max: 5400, integer: true })).toBe(true);
    expect(check("source.ip", { test: "cidr", network: "10.0.0.0/8" })).toBe(true);
    expect(check("source.ip", { test: "cidr", network: "::/0" })).toBe(false);
    expect(check("jwt.aud", { test: "member", pattern: exactly("b") })).toBe(true);
    expect(check("jwt.sub", { test: "member", pattern: exactly("alice") })).toBe(false);
    expect(check("jwt.sub", { test: "member", pattern: exactly("alice"), scalar: true })).toBe(true);
  });

  test("an absent value passes no test, and every negated one", () => {
    const literal = fails(attribute("client.id"), { test: "present" });
    expect(literalHolds(literal, request)).toBe(true);
    expect(literalHolds(holds(attribute("client.id"), { test: "type", type: "text" }), request)).toBe(false);
  });
});

describe("opaque atoms", () => {
  const atom = opaqueAttribute("x");
  const isTrue = holds(atom, { test: "opaque", value: "true" });
  const get = holds(attribute("request.method"), { test: "text", pattern: exactly("GET") });

  test("an unassigned atom is unknown unless something else decides", () => {
    expect(literalHolds(isTrue, request)).toBe("unknown");
    expect(termHolds(term([], get, isTrue), request)).toBe("unknown");
    expect(termHolds(term([], { ...get, negated: true }, isTrue), request)).toBe(false);
    expect(termsHold([term([], isTrue), term([], get)], request)).toBe(true);
    expect(termHolds(term([], get, isTrue), request, new Map([[atom.key, "true"]]))).toBe(true);
  });

  test("the part of a partition", () => {
    const partition = {
      true: [term([], get)],
      false: [term([], { ...get, negated: true })],
      error: [],
      opaque: [],
    };
    expect(partOf(partition, request)).toBe("true");
    expect(() => partOf({ ...partition, false: [term([])] }, request)).toThrow("true and false");
  });
});
