import { expect, test } from "vitest";
import { attribute } from "../../../server/src/access/catalogue.ts";
import { fails, holds, type Literal } from "../../../server/src/access/predicate.ts";
import { describeTerm } from "../../../server/src/access/region.ts";
import { exactly, oneOf, pathTemplate, prefix, sequence } from "../../../server/src/access/text-pattern.ts";

const words = (...literals: readonly Literal[]) => describeTerm({ literals, origins: [] });
const path = attribute("request.path");
const method = attribute("request.method");
const principal = attribute("source.principal");
const issuer = attribute("jwt.iss");
const groups = attribute("jwt.claims", "groups");

test("what, where, by whom, with what", () => {
  const text = words(
    holds(groups, { test: "member", pattern: exactly("support") }),
    holds(principal, { test: "text", pattern: prefix("spiffe://prod/ns/qa/sa/") }),
    holds(path, { test: "text", pattern: prefix("/v1/admin/") }),
    holds(method, { test: "text", pattern: exactly("POST") }),
  );
  expect(text).toBe(
    "POST under /v1/admin/** by any workload of namespace qa of prod with claim groups containing support",
  );
});

test.each([
  [[], "any request"],
  [[holds(path, { test: "text", pattern: exactly("/a") })], "/a"],
  [[holds(path, { test: "text", pattern: pathTemplate("/a/{id}/b") })], "on /a/*/b"],
  [[fails(path, { test: "text", pattern: exactly("/a") })], "on any path but /a"],
  [[holds(method, { test: "text", pattern: oneOf(["A", "B", "C", "D", "E"]) })], "A, B, C or 2 more"],
  [[fails(principal, { test: "present" })], "by anybody without a certificate"],
  [[fails(principal, { test: "text", pattern: exactly("spiffe://a/b") })], "by anybody but spiffe://a/b"],
  [
    [
      holds(principal, {
        test: "text",
        pattern: sequence({ any: "chars" }, { literal: "/ns/shop/sa/checkout" }),
      }),
    ],
    "by service account checkout of namespace shop",
  ],
  [
    [
      holds(principal, {
        test: "text",
        pattern: sequence(
          { literal: "spiffe://" },
          { any: "segment" },
          { literal: "/ns/qa/sa/" },
          { any: "segment" },
        ),
      }),
    ],
    "by any workload of namespace qa",
  ],
  [
    [
      holds(principal, {
        test: "text",
        pattern: sequence(
          { literal: "spiffe://prod/ns/" },
          { any: "segment" },
          { literal: "/sa/" },
          { any: "segment" },
        ),
      }),
    ],
    "by any workload of trust domain prod",
  ],
  [
    [
      holds(principal, {
        test: "text",
        pattern: sequence({ literal: "spiffe://prod/ns/" }, { any: "segment" }, { literal: "/sa/x" }),
      }),
    ],
    "by any service account x of prod",
  ],
  [
    [holds(principal, { test: "text", pattern: prefix("spiffe://prod/") })],
    "by any workload of trust domain prod",
  ],
  [[holds(principal, { test: "text", pattern: prefix("spiffe://prod/eu/") })], "by spiffe://prod/eu/*"],
  [
    [
      holds(principal, { test: "present" }),
      fails(principal, { test: "text", pattern: exactly("spiffe://a/b") }),
    ],
    "by anybody with a certificate but spiffe://a/b",
  ],
  [[fails(issuer, { test: "text", pattern: exactly("https://x") })], "without a token of https://x"],
  [
    [holds(issuer, { test: "present" }), fails(issuer, { test: "text", pattern: exactly("https://x") })],
    "with a token, but not of https://x",
  ],
  [[fails(attribute("client.id"), { test: "present" })], "by no known client"],
  [[fails(attribute("client.id"), { test: "text", pattern: exactly("p") })], "by anybody but client p"],
  [
    [holds(attribute("mcp.tool.arguments", "amount"), { test: "range", min: 200, minOpen: true })],
    "with argument amount > 200",
  ],
  [[fails(groups, { test: "member", pattern: exactly("x") })], "with claim groups not containing x"],
  [
    [
      holds(path, { test: "text", pattern: pathTemplate("/a/{id}") }),
      fails(path, { test: "text", pattern: exactly("/a/b") }),
      fails(path, { test: "text", pattern: exactly("/a/c") }),
    ],
    "on /a/* but not /a/b or /a/c",
  ],
  [[fails(groups, { test: "member", pattern: prefix("") })], "with claim groups absent or without a text"],
  [[holds(attribute("jwt.iss"), { test: "member", pattern: exactly("x") })], "with a token of x"],
  [[holds(attribute("jwt.aud"), { test: "member", pattern: exactly("x") })], "for audience x"],
  [[holds(attribute("credential.ttl"), { test: "range", max: 900 })], "with credential.ttl <= 15m"],
  [
    [holds(attribute("context.time"), { test: "range", max: 1_768_471_200, maxOpen: true })],
    "with context.time < 2026-01-15T10:00:00Z",
  ],
  [
    [
      holds(attribute("mcp.methodName"), { test: "text", pattern: exactly("tools/call") }),
      holds(attribute("mcp.tool.name"), { test: "text", pattern: oneOf(["a", "b"]) }),
    ],
    "tool a or b",
  ],
  [[holds(attribute("destination.port"), { test: "range", min: 80, max: 80 })], "at port 80"],
] as const)("%j", (literals, expected) => {
  expect(words(...literals)).toBe(expected);
});
