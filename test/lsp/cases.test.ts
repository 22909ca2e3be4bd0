import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { readCase, withBlocks } from "./support/case.ts";
import { runCase } from "./support/run-case.ts";

const folder = path.resolve(import.meta.dirname, "cases");
/** Writes what came out into the cases, for a person to read before it is committed. */
const update = process.env.PLUMBLINE_UPDATE === "1";

const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .map((name) => name.replaceAll(path.sep, "/"))
  .filter((name) => name.endsWith(".md"))
  .sort();

/** Cases mostly wait for the server's delay, so that several at a time take no longer than one. */
describe.concurrent("the language server", () => {
  it.each(files)("%s", { timeout: 60_000 }, async (name) => {
    const file = path.join(folder, name);
    const markdown = readFileSync(file, "utf8");
    const outcomes = await runCase(readCase(markdown));
    const texts = outcomes.map(({ block, actual }) => ({ block, text: actual }));
    const actual = withBlocks(markdown, texts);
    if (update) writeFileSync(file, actual);
    else expect(actual).toBe(markdown);
  });
});
