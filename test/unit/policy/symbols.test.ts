import { expect, test } from "vitest";
import { symbols, symbolTable } from "../../../server/src/policy/symbols.ts";
import { at, build, fixture } from "./support.ts";

const { set } = build(fixture("design-example"));
const table = symbolTable(set);
const summary = (key: string) => {
  const symbol = table.symbols.get(key);
  return symbol && { defined: symbol.definitions.map(at), used: symbol.references.map(at) };
};

test("a symbol has its definition and every place that says it", () => {
  expect(summary("identity:support-staff")).toEqual({
    defined: ["support-staff"],
    used: ["support-staff", "support-staff", "support-staff"],
  });
  expect(summary("tool:payments-tools:refund")).toEqual({
    defined: ["refund"],
    used: ["refund", "refund"],
  });
  expect(summary("variable:td")?.used).toEqual(Array(4).fill("${td}"));
  expect(summary("rule:payments/copilot-refunds-small-amounts")?.used).toEqual([
    "payments/copilot-refunds-small-amounts",
  ]);
});

test("an operation is one symbol however it is said", () => {
  expect(summary("operation:payments-api:GET /payments/{id}/events")?.used).toEqual([
    "GET /payments/{id}/events",
  ]);
  expect(table.symbols.get("operation:payments-api:getPayment")?.aliases).toEqual(["GET /payments/{id}"]);
});

test("the table is made once for a version of the set", () => {
  expect(symbolTable(set)).toBe(table);
  expect(symbols(set)).toHaveLength(table.symbols.size);
  expect(table.unresolved).toEqual([]);
});
