import { describe, expect, it } from "vitest";
import { fixtures, runProgram } from "../support/cli.ts";
import { sarifErrors } from "../support/sarif.ts";

describe("the program, for other programs", () => {
  it("writes valid SARIF with the pages of its rules", async () => {
    const { code, stdout } = await runProgram(fixtures, ["check", "broken", "--format", "sarif"]);
    expect(code).toBe(1);
    const log = JSON.parse(stdout);
    expect(sarifErrors(log)).toEqual([]);
    const [rule] = log.runs[0].tool.driver.rules;
    expect(rule.help.markdown).toMatch(/^# reference\/unknown-identity\n/);
    expect(rule.helpUri).toMatch(/^file:.*\/docs\/codes\/reference\/unknown-identity\.md$/);
  });

  it.each([
    ["junit", /^<\?xml /],
    ["github", /^::error file=/],
    ["markdown", /^## plumbline check\n/],
  ])("writes %s, and exits as ever", async (format, begins) => {
    const { code, stdout } = await runProgram(fixtures, ["check", "broken", "--format", format]);
    expect(code).toBe(1);
    expect(stdout).toMatch(begins);
  });
});
