/**
 * The pages of docs/codes are true: what a page says to avoid gives its code, at the severity of the registry, and what
 * it says to prefer does not, and has no error of another kind either.
 */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { findingCodes } from "../../../server/src/text/codes.ts";
import { filesOf, findingsOf, readPage, snippets } from "./pages.ts";

/** Codes that no files in a page can show, with the reason. */
const notShowable: Readonly<Record<string, string>> = {
  "yaml/too-large": "needs a file of more than 5 MB",
  "yaml/too-deep": "needs hundreds of brackets",
  "openapi/too-many-operations": "needs more than 20,000 operations",
  "json/too-large": "needs a file of more than 64 MB",
  "json/too-deep": "needs more than 200 levels",
  "reference/file-not-readable": "needs a file that the file system refuses to read",
  "reference/file-too-large": "needs a file above the host's limit",
  "workspace/not-readable": "needs a file that is not UTF-8 or may not be read",
  "deployed/not-readable": "needs a file that is not UTF-8 or may not be read",
};

/** Other errors that the example of a page has to give: it shows two things that are wrong, or leaves a part out. */
const alsoGiven: Readonly<Record<string, readonly string[]>> = {
  // An alias needs an anchor, and a merge key an alias.
  "yaml/alias": ["yaml/anchor"],
  "yaml/merge-key": ["yaml/anchor", "yaml/alias"],
  // The scenario that expects a rule that does not exist does not get it, either.
  "reference/unknown-rule": ["scenario/failed"],
  // What a setting lets through is drift, too, where the policy does not allow it.
  "drift/anonymous-fallback": ["drift/wider"],
  "drift/jwt-audience-unchecked": ["drift/wider"],
  "drift/jwt-expiry-unchecked": ["drift/wider"],
};

/** Of these, what stays when the example is mended: Kong's jwt plugin leaves claims to the next hop, which is not shown. */
const remaining: Readonly<Record<string, string>> = { "drift/jwt-expiry-unchecked": "drift/wider" };

function partsOf(code: string) {
  const page = readPage(readFileSync(new URL(`../../../docs/codes/${code}.md`, import.meta.url), "utf8"));
  const [avoid, prefer] = ["Avoid", "Prefer"].map((name) => snippets(page.sections.get(name) ?? ""));
  return { page, avoid: avoid ?? [], prefer: prefer ?? [] };
}

describe("the page of a code", () => {
  it.each(findingCodes)("$code has a title, one sentence, and the three sections", ({ code }) => {
    const { page, avoid, prefer } = partsOf(code);
    expect(page.title).toBe(code);
    expect(page.summary).toMatch(/^[^\n]+[.]$/);
    // Lint rules are opinions: their pages say whose.
    const isRule = !code.includes("/");
    expect([...page.sections.keys()]).toEqual(["Avoid", "Prefer", "Why", ...(isRule ? ["Standard"] : [])]);
    if (isRule) expect(page.sections.get("Standard")).toMatch(/^(- [^\n]+(\n|$))+$/);
    expect(avoid.length).toBeGreaterThan(0);
    expect(prefer.length).toBeGreaterThan(0);
    const why = page.sections.get("Why") ?? "";
    const sentences = why.split(/[.?!](?:\s+(?=[A-Z`"])|$)/).filter((one) => one.trim() !== "");
    expect(sentences.length, why).toBeGreaterThanOrEqual(2);
    expect(sentences.length, why).toBeLessThanOrEqual(4);
  });

  const showable = findingCodes.filter(({ code }) => !(code in notShowable));
  it.each(showable)("$code shows what gives the finding, and what mends it", async ({ code, severity }) => {
    const { avoid, prefer } = partsOf(code);
    const before = await findingsOf(filesOf(avoid));
    const shown = before.map((one) => `${one.code} ${one.message}`).join("\n");
    expect(
      before.filter((one) => one.code === code).map((one) => one.severity),
      shown,
    ).toContain(severity);
    const expected = new Set([code, ...(alsoGiven[code] ?? [])]);
    const others = before.filter((one) => one.severity === "error" && !expected.has(one.code));
    expect(others, shown).toEqual([]);
    const after = await findingsOf(new Map([...filesOf(avoid), ...filesOf(prefer)]));
    const left = after.filter(
      (one) => one.code === code || (one.severity === "error" && one.code !== remaining[code]),
    );
    expect(left.map((one) => `${one.code} ${one.uri} ${one.message}`)).toEqual([]);
  });
});

it("lists as not showable only codes that there are", () => {
  const codes = new Set<string>(findingCodes.map((one) => one.code));
  expect(Object.keys(notShowable).filter((code) => !codes.has(code))).toEqual([]);
});
