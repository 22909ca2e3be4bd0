import { describe, expect, test } from "vitest";
import { opaqueAttribute } from "../../../server/src/access/attribute.ts";
import { attribute, catalogue } from "../../../server/src/access/catalogue.ts";
import { termsHold } from "../../../server/src/access/evaluate-terms.ts";
import type { Rewrite, Transfer } from "../../../server/src/access/hop.ts";
import type { Interaction } from "../../../server/src/access/interaction.ts";
import { isCanonicalPath } from "../../../server/src/access/path-domain.ts";
import {
  type AccessFunction,
  holds,
  type Literal,
  type Term,
  type Test,
} from "../../../server/src/access/predicate.ts";
import { readAttribute } from "../../../server/src/access/read-attribute.ts";
import {
  containing,
  exactly,
  fullMatch,
  ignoringCase,
  oneOf,
  pathTemplate,
  prefix,
  search,
  sequence,
  suffix,
  type TextPattern,
} from "../../../server/src/access/text-pattern.ts";
import { applyTransfer, pullBack, rewriteOf } from "../../../server/src/access/transfer.ts";
import type { AttributeValue } from "../../../server/src/access/value.ts";
import { writeAttribute } from "../../../server/src/access/write-attribute.ts";
import { cases, patience, type Random, random } from "./support/random-functions.ts";

const path = attribute("request.path");
const transferOf = (...rewrites: readonly (readonly [string, Rewrite])[]): Transfer => ({
  rewrites: new Map(rewrites),
});

const patterns: readonly TextPattern[] = [
  exactly("/"),
  exactly("/a"),
  oneOf(["/a", "/a/b", "/s", "/s/a", "/s/"]),
  prefix("/a/"),
  prefix("/"),
  prefix("/s/a"),
  suffix("/b"),
  suffix("a"),
  containing("a/b"),
  pathTemplate("/{id}"),
  pathTemplate("/a/{id}"),
  pathTemplate("/{id}/b"),
  pathTemplate("/s/{id}"),
  sequence({ literal: "/" }, { any: "segment" }, { literal: "/b" }, { any: "chars" }),
  sequence({ any: "segment" }, { literal: "/b" }),
  ignoringCase(exactly("/A/b")),
  ignoringCase(prefix("/S/A")),
  fullMatch("/(a|b)+(/.*)?"),
  fullMatch("/s?/?[^/]*"),
  fullMatch("(?i)/S/(a|B){1,2}.*"),
  search("s/a|b"),
  search("[ab]/?$"),
];

function randomPath(source: Random, start: string): string {
  const pieces = ["a", "b", "/a", "/b", "/s", "/", "B", "A/", "x"];
  return start + Array.from({ length: source.below(4) }, () => source.pick(pieces)).join("");
}

function pathLiteral(source: Random): Literal {
  const test: Test = source.chance(0.1)
    ? source.pick<Test>([
        { test: "present" },
        { test: "type", type: "text" },
        { test: "type", type: "number" },
        { test: "cidr", network: "10.0.0.0/8" },
      ])
    : { test: "text", pattern: source.pick(patterns) };
  return { attribute: path, test, negated: source.chance(0.4) };
}

const others: readonly { readonly literal: Literal }[] = [
  holds(attribute("source.principal"), { test: "text", pattern: prefix("spiffe://a/") }),
  holds(attribute("source.principal"), { test: "text", pattern: exactly("spiffe://gw/x") }),
  holds(attribute("jwt.claims", "groups"), { test: "member", pattern: exactly("x") }),
  holds(attribute("jwt.claims", "act", "sub"), { test: "present" }),
  holds(attribute("jwt.aud"), { test: "member", pattern: exactly("x") }),
  holds(attribute("jwt.sub"), { test: "text", pattern: exactly("alice") }),
  holds(attribute("destination.port"), { test: "range", min: 8000, max: 9000 }),
  holds(attribute("request.headers", "x-team"), { test: "member", pattern: exactly("blue"), scalar: true }),
  holds(attribute("request.headers", "x-keep"), { test: "present" }),
  holds(attribute("mcp.tool.name"), { test: "text", pattern: exactly("refund") }),
].map((literal) => ({ literal }));

function randomFunction(source: Random): AccessFunction {
  const term = (): Term => ({
    literals: Array.from({ length: 1 + source.below(3) }, () => {
      if (source.chance(0.5)) return pathLiteral(source);
      const { literal } = source.pick(others);
      return { ...literal, negated: source.chance(0.4) };
    }),
    origins: [],
  });
  return {
    allow: Array.from({ length: source.below(4) }, term),
    deny: Array.from({ length: source.below(3) }, term),
    opaque: [],
  };
}

function randomInteraction(source: Random, start: string): Interaction {
  return {
    traffic: "api",
    ...(source.chance(0.8) ? { source: { principal: source.pick(["spiffe://a/b", "spiffe://gw/x"]) } } : {}),
    ...(source.chance(0.5) ? { destination: { port: source.pick([80, 8080]) } } : {}),
    ...(source.chance(0.6)
      ? {
          jwt: {
            iss: "i",
            sub: source.pick(["alice", "bob"]),
            aud: [source.pick(["x", "y"])],
            claims: {
              groups: [source.pick(["x", "y"])],
              ...(source.chance(0.5) ? { act: { sub: "agent" } } : {}),
            },
          },
        }
      : {}),
    ...(source.chance(0.4)
      ? { mcp: { method: "tools/call", tool: { name: source.pick(["refund", "other"]) } } }
      : {}),
    http: {
      method: "GET",
      path: randomPath(source, start) + (source.chance(0.3) ? "?q=1" : ""),
      ...(source.chance(0.5)
        ? { headers: { "X-Team": [source.pick(["blue", "red"])], "x-keep": ["1"] } }
        : {}),
    },
  };
}

const decide = (fn: AccessFunction, request: Interaction) =>
  termsHold(fn.allow, request) === true && termsHold(fn.deny, request) === false;

function randomTransfer(source: Random, taken: string): Transfer {
  const rewrites: [string, Rewrite][] = [];
  if (source.chance(0.8)) {
    rewrites.push([
      "request.path",
      { rewrite: "stripPrefix", prefix: taken, add: source.pick(["", "/s", "/s/", "/s/a"]) },
    ]);
  }
  if (source.chance(0.5))
    rewrites.push(["source.principal", { rewrite: "constant", value: "spiffe://gw/x" }]);
  if (source.chance(0.3)) rewrites.push(["destination.port", { rewrite: "constant", value: 8443 }]);
  if (source.chance(0.5)) rewrites.push(["jwt.*", { rewrite: "absent" }]);
  if (source.chance(0.3)) rewrites.push(["jwt.sub", { rewrite: "pass" }]);
  if (source.chance(0.3)) rewrites.push(["mcp.*", { rewrite: "absent" }]);
  if (source.chance(0.4))
    rewrites.push(
      ["request.headers", { rewrite: "absent" }],
      ['request.headers["x-keep"]', { rewrite: "pass" }],
    );
  if (source.chance(0.3))
    rewrites.push(['request.headers["x-team"]', { rewrite: "constant", value: "blue" }]);
  return { rewrites: new Map(rewrites) };
}

describe("pullBack and applyTransfer", () => {
  test(
    "the function pulled back says of a request what the function says of what the hop makes of it",
    () => {
      for (let seed = 0; seed < cases(800); seed++) {
        const source = random(seed);
        const taken = source.pick(["", "/p", "/p/", "/p/a"]);
        const fn = randomFunction(source);
        const transfer = randomTransfer(source, taken);
        const before = pullBack(fn, transfer);
        if (before.opaque.length > 0) continue;
        for (let index = 0; index < 12; index++) {
          const request = randomInteraction(source, taken === "" ? "/" : taken);
          // Other paths are not compared (ARCHITECTURE, "Comparison domain").
          if (!isCanonicalPath(request.http?.path?.split("?")[0] ?? "")) continue;
          const after = applyTransfer(request, transfer);
          if (decide(before, request) === decide(fn, after)) continue;
          expect.fail(
            `seed ${seed}: ${request.http?.path} becomes ${after.http?.path}: ${JSON.stringify([fn, [...transfer.rewrites]])}`,
          );
        }
      }
    },
    patience,
  );

  test("every pattern has a preimage behind every prefix, unless an anchor stands in the way", () => {
    const opaque: string[] = [];
    for (const pattern of patterns) {
      const fn: AccessFunction = {
        allow: [{ literals: [holds(path, { test: "text", pattern })], origins: [] }],
        deny: [],
        opaque: [],
      };
      for (const [taken, add] of [
        ["/p", ""],
        ["/p", "/s"],
        ["", "/s/a"],
      ] as const) {
        const strip = transferOf(["request.path", { rewrite: "stripPrefix", prefix: taken, add }]);
        for (const atom of pullBack(fn, strip).opaque) opaque.push(atom.attribute.key);
      }
    }
    expect(opaque.every((key) => key.includes("$"))).toBe(true);
  });

  test("Kong's raw prefix: what is left without a slash gets one", () => {
    const strip = transferOf(["request.path", { rewrite: "stripPrefix", prefix: "/payments", add: "" }]);
    const fn: AccessFunction = {
      allow: [{ literals: [holds(path, { test: "text", pattern: exactly("/admin") })], origins: [] }],
      deny: [],
      opaque: [],
    };
    const before = pullBack(fn, strip);
    const request = (target: string): Interaction => ({ traffic: "api", http: { path: target } });
    expect(decide(before, request("/payments/admin"))).toBe(true);
    expect(decide(before, request("/paymentsadmin"))).toBe(true);
    expect(decide(before, request("/paymentsxadmin"))).toBe(false);
    expect(applyTransfer(request("/paymentsadmin?a=b"), strip).http?.path).toBe("/admin?a=b");
    expect(applyTransfer(request("/payments"), strip).http?.path).toBe("/");
  });

  test("what is rewritten in an unknown way becomes an atom that names hop, attribute and test", () => {
    const fn: AccessFunction = {
      allow: [
        {
          literals: [{ ...holds(path, { test: "text", pattern: exactly("/a") }), negated: true }],
          origins: [],
        },
      ],
      deny: [],
      opaque: [],
    };
    const unknown = transferOf(["request.path", { rewrite: "unknown", reason: "a Lua plugin" }]);
    const before = pullBack(fn, unknown, "edge");
    expect(before.opaque.map((atom) => atom.attribute.key)).toEqual([
      "opaque:behind edge: request.path text =/a (a Lua plugin)",
    ]);
    expect(before.allow[0]?.literals[0]).toMatchObject({
      negated: true,
      test: { test: "opaque", value: "true" },
    });
  });

  test("an opaque atom is another one behind a hop that changes what it sees, and the same behind one that does not", () => {
    const atom = { attribute: opaqueAttribute("x"), text: "x", reason: "r" };
    const fn: AccessFunction = {
      allow: [{ literals: [holds(atom.attribute, { test: "opaque", value: "true" })], origins: [] }],
      deny: [],
      opaque: [atom],
    };
    expect(pullBack(fn, transferOf()).opaque).toEqual([atom]);
    const [renamed] = pullBack(fn, transferOf(["jwt.*", { rewrite: "absent" }])).opaque;
    expect(renamed?.attribute.key).not.toBe(atom.attribute.key);
  });

  test("the exact id wins over its family, and a longer family over a shorter", () => {
    const transfer = transferOf(
      ["mcp.*", { rewrite: "absent" }],
      ["mcp.tool.*", { rewrite: "pass" }],
      ["mcp.tool.name", { rewrite: "constant", value: "x" }],
    );
    expect(rewriteOf(attribute("mcp.tool.name"), transfer).rewrite).toBe("constant");
    expect(rewriteOf(attribute("mcp.tool.arguments", "amount"), transfer).rewrite).toBe("pass");
    expect(rewriteOf(attribute("mcp.prompt.name"), transfer).rewrite).toBe("absent");
    expect(rewriteOf(attribute("jwt.sub"), transfer).rewrite).toBe("pass");
  });
});

describe("writeAttribute", () => {
  const samples: Readonly<Record<string, AttributeValue>> = {
    "request.path": { kind: "text", value: "/a/b" },
    "request.method": { kind: "text", value: "PATCH" },
    "request.host": { kind: "text", value: "api.example" },
    "jwt.aud": { kind: "list", members: ["a", "b"] },
    "client.groups": { kind: "list", members: ["gold"] },
    "request.headers": { kind: "list", members: ["v", "w"] },
    "request.query": { kind: "list", members: ["a&b", "ü =c"] },
    "credential.ttl": { kind: "number", value: 900.5 },
    "credential.age": { kind: "number", value: 0.0000001 },
    "context.time": { kind: "number", value: 1_768_467_600.25 },
    "event.operation": { kind: "text", value: "publish" },
  };
  const bases: readonly Interaction[] = [
    { traffic: "api" },
    { traffic: "service", grpc: { service: "pkg.Svc", method: "Get" } },
    {
      traffic: "api",
      http: { method: "GET", path: "/x?k=1&a=2", headers: { "X-Y": ["z"] }, body: { a: { b: 1 } } },
      jwt: { claims: { a: "text" } },
    },
  ];

  test("what is written is read back, and absent again after it is taken out", () => {
    for (const definition of catalogue.values()) {
      const one = attribute(
        definition.id,
        ...(definition.keys === "none" ? [] : definition.keys === "one" ? ["k"] : ["a", "b"]),
      );
      const natural: AttributeValue =
        definition.sort === "number" ? { kind: "number", value: 7 } : { kind: "text", value: "some" };
      const value = samples[definition.id] ?? natural;
      for (const base of bases) {
        const written = writeAttribute(base, one, value);
        expect(readAttribute(written, one), one.key).toEqual(value);
        const removed = writeAttribute(written, one, { kind: "absent" });
        // The transport of an interaction that has HTTP parts is HTTP, said or not.
        if (definition.id !== "transport")
          expect(readAttribute(removed, one), one.key).toEqual({ kind: "absent" });
      }
    }
  });

  test("claims of every type, and claims inside claims", () => {
    const claim = attribute("jwt.claims", "a", "b");
    const values: readonly AttributeValue[] = [
      { kind: "null" },
      { kind: "boolean", value: false },
      { kind: "number", value: 1.5 },
      { kind: "list", members: [] },
      { kind: "map" },
    ];
    for (const value of values) {
      expect(readAttribute(writeAttribute({ traffic: "api" }, claim, value), claim)).toEqual(value);
    }
    const kept = writeAttribute({ traffic: "api", jwt: { claims: { a: { c: 1 } } } }, claim, {
      kind: "text",
      value: "x",
    });
    expect(kept.jwt?.claims).toEqual({ a: { c: 1, b: "x" } });
  });

  test("an interaction keeps no parts that say nothing", () => {
    const one = attribute("jwt.sub");
    const written = writeAttribute({ traffic: "api" }, one, { kind: "text", value: "x" });
    expect(writeAttribute(written, one, { kind: "absent" })).toEqual({ traffic: "api" });
  });
});
