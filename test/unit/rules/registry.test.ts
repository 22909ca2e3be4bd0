/** What stands in rules/<category>, the registry and the codes is the same. */
import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { lintRule } from "../../../server/src/rules/lint-rule.ts";
import { lintRules } from "../../../server/src/rules/registry.ts";
import { titleOf } from "../../../server/src/text/code-titles.ts";

const folder = fileURLToPath(new URL("../../../server/src/rules/", import.meta.url));
const docs = new URL("../../../docs/codes/", import.meta.url);
/** What the rules share. */
const shared: ReadonlySet<string> = new Set(["analysis", "suppression"]);

it("every file of a category is a rule of that name and category, once", () => {
  const files = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !shared.has(entry.name))
    .flatMap((entry) => readdirSync(folder + entry.name).map((file) => `${entry.name}/${file}`));
  expect(lintRules.map((rule) => `${rule.category}/${rule.id}.ts`).sort()).toEqual(files.sort());
});

it.each(lintRules)("$id has a title, a severity and a page", ({ id, severity, docs: page }) => {
  expect(titleOf(id)).not.toBe(id);
  expect(["error", "warning", "information", "hint"]).toContain(severity);
  expect(existsSync(new URL(page, docs))).toBe(true);
});

it("a rule without a code is a defect", () => {
  const check = () => [];
  const definition = { category: "logic", traffic: ["api"], controls: [], fixable: false, check } as const;
  expect(() => lintRule({ id: "no-such-rule", ...definition })).toThrow("no-such-rule");
});
