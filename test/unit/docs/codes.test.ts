/** The registry of codes, the engine that gives them, and the pages that explain them say the same. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { DriftKind } from "../../../server/src/drift/report.ts";
import type { SymbolKind } from "../../../server/src/policy/symbol-key.ts";
import { lintRules } from "../../../server/src/rules/registry.ts";
import { codeTitles } from "../../../server/src/text/code-titles.ts";
import { findingCodes, retiredCodes, similarCode } from "../../../server/src/text/codes.ts";

const engine = new URL("../../../server/src/", import.meta.url);
const docs = new URL("../../../docs/codes/", import.meta.url);
const schemas = new URL("../../../schemas/", import.meta.url);
const codes: readonly string[] = findingCodes.map((one) => one.code);
/** The ids of lint rules have no group. */
const groups = new Set(
  codes.filter((code) => code.includes("/")).map((code) => code.slice(0, code.indexOf("/"))),
);
const rules = lintRules.map((rule) => rule.id);

/** The files below a folder whose names end with `suffix`, relative to it, with `/`. */
function filesBelow(folder: URL, suffix: string): readonly string[] {
  return readdirSync(fileURLToPath(folder), { recursive: true, encoding: "utf8" })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => path.endsWith(suffix))
    .sort();
}

/** Whether `unknown-names.ts` reports names of a kind; the other kinds are found out elsewhere, or cannot be wrong. */
const reportedNames: Readonly<Record<SymbolKind, boolean>> = {
  identity: true,
  resource: true,
  operation: true,
  tool: true,
  "event-type": true,
  condition: true,
  "enforcement-point": true,
  environment: true,
  issuer: true,
  "secret-manager": true,
  rule: true,
  policy: false,
  scenario: false,
  "trust-domain": false,
  variable: false,
};

const driftKinds: Readonly<Record<DriftKind, true>> = {
  wider: true,
  narrower: true,
  unenforced: true,
  bypass: true,
  unknown: true,
};

/** Codes that are put together, by their template in the source. */
const templates: Readonly<Record<string, readonly string[]>> = {
  "drift/${finding.kind}": Object.keys(driftKinds).map((kind) => `drift/${kind}`),
  "reference/unknown-${use.kind}": Object.entries(reportedNames).flatMap(([kind, reported]) =>
    reported ? [`reference/unknown-${kind}`] : [],
  ),
  // For keywords that the schemas do not use: the test of the keywords below keeps it so.
  "schema/${error.keyword}": [],
};

/** Codes and templates in the source of the engine; the language server names LSP's methods, which look alike. */
function written(): { readonly literals: ReadonlySet<string>; readonly templates: ReadonlySet<string> } {
  const literals = new Set<string>();
  const found = new Set<string>();
  for (const path of filesBelow(engine, ".ts")) {
    if (path === "text/codes.ts" || path.startsWith("lsp/")) continue;
    const source = readFileSync(new URL(path, engine), "utf8");
    for (const [, before = "", text = ""] of source.matchAll(/(.{0,4})["`]([a-z]+\/[a-z0-9${}.-]+)["`]/gi)) {
      // A comparison does not give the code, and neither does one with the beginning of several.
      if (!groups.has(text.slice(0, text.indexOf("/"))) || /(?:== |ith\()$/.test(before)) continue;
      if (text.includes("${")) found.add(text);
      else if (/^[a-z]+\/[a-z-]+$/.test(text)) literals.add(text);
    }
    for (const [, text = ""] of source.matchAll(/\bcode: "([^"]*)"/g))
      if (!path.startsWith("host/") && !text.includes("/")) literals.add(text);
  }
  return { literals, templates: found };
}

describe("the registry of codes", () => {
  const found = written();

  it("knows every template", () => {
    expect([...found.templates].sort()).toEqual(Object.keys(templates).sort());
  });

  it("has every code that the engine gives", () => {
    const given = [...found.literals, ...Object.values(templates).flat(), ...rules];
    expect(given.filter((code) => !codes.includes(code))).toEqual([]);
  });

  it("has no code that the engine does not give", () => {
    const given = new Set([...found.literals, ...Object.values(templates).flat(), ...rules]);
    expect(codes.filter((code) => !given.has(code))).toEqual([]);
  });

  it("has each code once, and no retired one", () => {
    expect(new Set(codes).size).toBe(codes.length);
    expect(codes.filter((code) => retiredCodes.includes(code))).toEqual([]);
    expect(codes.filter((code) => !/^([a-z]+\/)?[a-z]+(-[a-z0-9]+)*$/.test(code))).toEqual([]);
    expect(codes.filter((code) => !code.includes("/")).sort()).toEqual([...rules].sort());
  });

  it("has a code for every keyword that the schemas use", () => {
    const known = new Set(
      // Annotations and structure, keywords that only repeat others' errors, and those that schema-problems.ts maps.
      (
        "$defs $id $ref $schema default description examples properties items title propertyName " +
        "allOf anyOf oneOf if then else discriminator contains " +
        "additionalProperties const enum exclusiveMaximum exclusiveMinimum maxItems maxLength maximum minItems " +
        "minLength minProperties minimum pattern propertyNames required type uniqueItems"
      ).split(" "),
    );
    const unknown = filesBelow(schemas, ".json").flatMap((path) =>
      keywords(JSON.parse(readFileSync(new URL(path, schemas), "utf8"))).filter((word) => !known.has(word)),
    );
    expect(unknown).toEqual([]);
  });
});

/** The keywords of a JSON Schema; keys of `properties` and `$defs` are names, not keywords. */
function keywords(schema: unknown): readonly string[] {
  if (Array.isArray(schema)) return schema.flatMap(keywords);
  if (typeof schema !== "object" || schema === null) return [];
  return Object.entries(schema).flatMap(([word, value]: [string, unknown]) => {
    if (["const", "default", "enum", "examples", "required"].includes(word)) return [word];
    const named = ["properties", "$defs"].includes(word) && typeof value === "object" && value !== null;
    return [word, ...(named ? Object.values(value).flatMap(keywords) : keywords(value))];
  });
}

describe("the pages", () => {
  it("are one for each code, and no others", () => {
    const pages = filesBelow(docs, ".md").filter((path) => path !== "README.md");
    expect(pages).toEqual(codes.map((code) => `${code}.md`).sort());
  });

  // `npx vitest run test/unit/docs -u` writes the index again.
  it("stand in the index with their titles and severities", async () => {
    await expect(index()).toMatchFileSnapshot(fileURLToPath(new URL("README.md", docs)));
  });
});

/** A group that has no words yet fails here, and not as a heading that says nothing. */
function titleOf(about: Readonly<Record<string, string>>, group: string): string {
  const title = about[group];
  if (title === undefined) throw new Error(`the group ${group}/ has no heading in the index`);
  return title;
}

function index(): string {
  const about: Readonly<Record<string, string>> = {
    yaml: "Text and traps of YAML",
    json: "Text of JSON",
    schema: "What a document may hold",
    reference: "Names, files and variables",
    openapi: "OpenAPI documents",
    proto: "gRPC service definitions",
    mcp: "Lists of MCP tools",
    cel: "Conditions",
    scenario: "Scenarios",
    workspace: "Files and folders",
    deployed: "Deployed files",
    drift: "What is deployed against the policy",
    lint: "Severities of rules, and accepted findings",
  };
  const titles = [
    ...[...groups].map((group) => [`${group}/`, titleOf(about, group)]),
    ["", "Rules"],
  ] as const;
  const tables = titles.map(([prefix = "", title]) => {
    const rows = findingCodes
      .filter((one) => (prefix === "" ? !one.code.includes("/") : one.code.startsWith(prefix)))
      .map((one) => `| [${one.code}](${one.code}.md) | ${one.severity} | ${codeTitles[one.code]} |`);
    return `## ${title}\n\n| code | severity | what it is about |\n|---|---|---|\n${rows.join("\n")}\n`;
  });
  return `# Finding codes

Every finding of Plumbline has a code. Codes are stable and never reused: scripts, waivers and links may rely on them. A
code that is no longer given is retired, and its name stays taken.

\`plumbline explain CODE\` prints a page, and in the editor the code of a finding links to it. The examples of the pages
are tested: what stands under *Avoid* gives the finding, what stands under *Prefer* does not. An example that starts with
\`rules:\`, \`identities:\`, \`resources:\`, \`scenarios:\`, \`environments:\` and the like shows a part of a document's
\`spec\`; the rest of the control plane is the one in \`test/unit/docs/base-workspace.ts\`.

${tables.join("\n")}`;
}

describe("similarCode", () => {
  it.each([
    ["schema/typ", "schema/type"],
    ["drift/widder", "drift/wider"],
    ["subjects-required", "schema/subjects-required"],
    // Three groups have one.
    ["syntax", undefined],
    ["nonsense", undefined],
  ])("%s: %s", (code, meant) => {
    expect(similarCode(code)).toBe(meant);
  });
});
