import { describe, expect, test } from "vitest";
import { formatDuration, parseDuration } from "../../../server/src/policy/duration.ts";
import { spiffeIdMistake, trustDomainOf } from "../../../server/src/policy/spiffe-id.ts";
import { substitute, undefinedVariables, variablesIn } from "../../../server/src/policy/variables.ts";
import { didYouMean } from "../../../server/src/text/did-you-mean.ts";

describe("SPIFFE IDs", () => {
  test.each([
    "spiffe://prod.acme.example/ns/shop/sa/checkout",
    "spiffe://a/b",
    "spiffe://a",
    "spiffe://a_b-c.9/X.y_Z-0",
    `spiffe://${"a".repeat(255)}/x`,
  ])("%s is one", (id) => {
    expect(spiffeIdMistake(id)).toBeUndefined();
  });

  test.each([
    ["SPIFFE://a/b", "SPIFFE://"],
    ["spiffe:/a/b", "spiffe:/"],
    ["spiffe:///b", ""],
    ["spiffe://user@a/b", "@"],
    ["spiffe://a.example:80/b", ":"],
    ["spiffe://a%41/b", "%"],
    ["spiffe://a/b?c", "?"],
    ["spiffe://a/b#c", "#"],
    ["spiffe://a/./b", "."],
    ["spiffe://a/../b", ".."],
    ["spiffe://a//b", "//"],
    ["spiffe://a/b/", "/"],
    ["spiffe://a/b/é", "é"],
    ["spiffe://a/b 😀", " "],
  ])("%s is none because of %j", (id, characters) => {
    const mistake = spiffeIdMistake(id);
    expect(mistake && id.slice(mistake.start, mistake.end)).toBe(characters);
  });

  test("too long", () => {
    expect(spiffeIdMistake(`spiffe://a/${"b".repeat(2048)}`)?.message).toMatch(/2048 bytes/);
    expect(spiffeIdMistake(`spiffe://${"a".repeat(256)}/b`)?.message).toMatch(/255 bytes/);
  });

  test("the trust domain", () => {
    expect(trustDomainOf("spiffe://prod.acme.example/ns/a")).toBe("prod.acme.example");
  });
});

test("durations", () => {
  expect(["90s", "15m", "1h", "7d", "0s"].map(parseDuration)).toEqual([90, 900, 3600, 604_800, 0]);
  expect(["15", "1.5h", "15 m", "-1s", "1w", "", "1h30m"].map(parseDuration)).toEqual(
    Array(7).fill(undefined),
  );
  expect([90, 900, 3600, 604_800, 5400, 0].map(formatDuration)).toEqual([
    "90s",
    "15m",
    "1h",
    "7d",
    "90m",
    "0s",
  ]);
});

test("variables", () => {
  const environment = {
    vars: new Map([
      ["td", "prod.example"],
      ["odd", "${td}"],
    ]),
  };
  expect(substitute("spiffe://${td}/a/${x}", environment)).toBe("spiffe://prod.example/a/${x}");
  expect(substitute("${odd}", environment)).toBe("${td}");
  expect(undefinedVariables("${td}${x}", environment)).toEqual([{ name: "x", start: 5, end: 9 }]);
  expect(variablesIn("$td {td} ${ td }")).toEqual([{ name: "td", start: 9, end: 16 }]);
});

test("did you mean", () => {
  expect(didYouMean("getPaymnt", ["getPayments", "getPayment"])).toBe("getPayment");
  expect(didYouMean("GETPAYMENT", ["getPayment"])).toBe("getPayment");
  expect(didYouMean("abc", ["xyz", "a"])).toBeUndefined();
  expect(didYouMean("on", ["no"])).toBe("no");
});
