import { afterEach, expect, test } from "vitest";
import type { Interaction } from "../../../server/src/access/interaction.ts";
import { compileCondition } from "../../../server/src/cel/compile.ts";
import { plumblineEnvironment } from "../../../server/src/cel/environment.ts";

const zone = process.env.TZ;
afterEach(() => {
  if (zone === undefined) delete process.env.TZ;
  else process.env.TZ = zone;
});

function evaluate(source: string, time?: string): string {
  const request: Interaction = { traffic: "api", ...(time !== undefined && { time }) };
  const compiled = compileCondition(source, plumblineEnvironment());
  // A constant that can only fail is reported, and still evaluated.
  expect(
    compiled.problems.filter(({ code }) => code !== "cel/invalid-constant"),
    source,
  ).toEqual([]);
  return compiled.evaluate(request).value;
}

test("hours and days in a time zone are the same whatever zone the machine is in", () => {
  // 01:30 UTC is 02:30 in a zone of winter time only: an hour that does not exist in Berlin on that day.
  const time = "2026-03-29T01:30:00Z";
  for (const machine of ["UTC", "Europe/Berlin", "America/New_York", "Pacific/Auckland"]) {
    process.env.TZ = machine;
    expect(evaluate('context.time.getHours("Africa/Lagos") == 2', time), machine).toBe("true");
    expect(evaluate('context.time.getHours("Europe/Berlin") == 3', time), machine).toBe("true");
    expect(evaluate('context.time.getHours("+05:30") == 7', time), machine).toBe("true");
    expect(evaluate('context.time.getDayOfWeek("-02:00") == 6', time), machine).toBe("true");
    expect(evaluate("context.time.getDayOfYear() == 87", time), machine).toBe("true");
    expect(evaluate('context.time.getDayOfYear("Asia/Tokyo") == 271', "2026-09-29T00:00:00Z")).toBe("true");
  }
});

test.each([
  'timestamp("January 15, 2026 09:00:00")',
  'timestamp("2026-01-15 09:00:00.000")',
  'timestamp("2026-02-30T09:00:00Z")',
  'timestamp("2026-01-15T24:00:00Z")',
  'timestamp("2026-01-15T09:00:00")',
])("%s is no time of RFC 3339", (text) => {
  expect(evaluate(`${text} < timestamp("2030-01-01T00:00:00Z")`)).toBe("error");
});

test.each([
  ['duration("s") < duration("1s")', "error"],
  ['duration("400000000000s") > duration("1s")', "error"],
  ['duration("1.5h") == duration("1h30m")', "true"],
  ['duration("-1.5s") < duration("0s")', "true"],
  ['int("") == 0', "error"],
  ['int("0b11") == 3', "error"],
  ['int("-12") == -12', "true"],
  ["int(1e99) > 0", "error"],
  ['"ÄA".lowerAscii() == "Äa"', "true"],
  ['"\\u00a0a\\ufeff".trim() == "a\\ufeff"', "true"],
  ['string(timestamp("2026-01-15T09:00:00.120Z")) == "2026-01-15T09:00:00.12Z"', "true"],
  ['string(timestamp("2026-01-15T09:00:10Z")) == "2026-01-15T09:00:10Z"', "true"],
  ['string(duration("-1500ms")) == "-1.5s"', "true"],
])("%s is %s", (source, value) => {
  expect(evaluate(source)).toBe(value);
});

test("a type error and an opaque atom name functions as people write them", () => {
  const [problem] = compileCondition("jwt.sub == string(int([1]))", plumblineEnvironment()).problems;
  expect(problem?.message).toBe("int() does not take a list.");
  const [atom] = compileCondition("context.time.getHours() > int(jwt.level)", plumblineEnvironment())
    .partition.opaque;
  expect(atom?.text).toBe("context.time.getHours() > int(jwt.level)");
});
