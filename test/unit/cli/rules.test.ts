import { describe, expect, it } from "vitest";
import { lintRules } from "../../../server/src/rules/registry.ts";
import { fixtures, runIn } from "../../support/cli.ts";

describe("rules", () => {
  it("says of each rule what the contract asks for", async () => {
    const { stdout, exitCode } = await runIn(fixtures, ["rules", "--format", "json"]);
    expect(exitCode).toBe(0);
    const listed: readonly Record<string, unknown>[] = JSON.parse(stdout);
    expect(listed.map((one) => one.id)).toEqual(lintRules.map((one) => one.id));
    expect(listed.find((one) => one.id === "redundant-rule")).toEqual({
      id: "redundant-rule",
      category: "logic",
      severity: "warning",
      docs: "docs/codes/redundant-rule.md",
      fixable: expect.any(Boolean),
      controls: expect.any(Array),
      traffic: expect.any(Array),
      title: "A rule that changes no decision",
    });
  });

  it("lists each once for people, by category", async () => {
    const { stdout } = await runIn(fixtures, ["rules"]);
    const lines = stdout.split("\n");
    for (const { id } of lintRules)
      expect(lines.filter((line) => line.startsWith(`  ${id} `))).toHaveLength(1);
    const heads = lines.filter((line) => /^[a-z]+$/.test(line));
    expect(heads).toEqual([...new Set(lintRules.map((one) => one.category))].sort());
    expect(stdout).toContain(`\n${lintRules.length} rules, `);
  });
});
