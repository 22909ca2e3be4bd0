/** Input that is far too large ends with one finding, and soon: the time limits leave room for a busy machine only. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { Finding } from "../../../server/src/workspace/finding.ts";
import { runIn } from "../../support/cli.ts";

const scratch: string[] = [];
afterEach(() => {
  for (const folder of scratch.splice(0)) rmSync(folder, { recursive: true, force: true });
});

async function errorsOf(files: Readonly<Record<string, string>>): Promise<readonly Finding[]> {
  const folder = mkdtempSync(path.join(tmpdir(), "plumbline-large-"));
  scratch.push(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  const { stdout } = await runIn(folder, ["check", "--format", "json"]);
  const { findings }: { readonly findings: readonly Finding[] } = JSON.parse(stdout);
  return findings.filter((one) => one.severity === "error");
}

const head = `apiVersion: plumbline/v1
kind: ControlPlane
metadata: { name: large }
spec: { owner: o@large.example, environments: { production: {} } }
`;

const inventory = `---
apiVersion: plumbline/v1
kind: Inventory
metadata: { name: large }
spec:
  identities:
    shop: { type: workload, spiffeId: "spiffe://large.example/ns/a/sa/b", owner: o@large.example }
  resources:
    api: { type: api, hosts: [api.large.example], openapi: api.json }
`;

const policy = (rules: string): string => `---
apiVersion: plumbline/v1
kind: Policy
metadata: { name: large }
spec:
  owner: o@large.example
  rules:
${rules}`;

const oneRule = policy("    - { name: all, effect: allow, subjects: [shop], on: [{ resource: api }] }\n");

describe("far too large input", () => {
  it("100,000 rules in one file", { timeout: 5_000 }, async () => {
    const rules = Array.from({ length: 100_000 }, (_, index) => `    - { name: r${index} }\n`).join("");
    const errors = await errorsOf({ "large.plumb.yaml": head + policy(rules) });
    expect(errors).toMatchObject([
      {
        code: "yaml/too-large",
        range: { start: { line: 10, character: 2 }, end: { line: 10, character: 7 } },
      },
    ]);
    expect(errors[0]?.message).toContain("rules has 100,000 entries");
  });

  it("an OpenAPI document of 20 MB with too many operations", { timeout: 45_000 }, async () => {
    const operation = (index: number) => ({
      operationId: `op${index}`,
      summary: "x".repeat(200),
      parameters: [{ name: "id", in: "path", required: true, schema: { type: "string" } }],
      responses: {},
    });
    const paths = Object.fromEntries(
      Array.from({ length: 60_000 }, (_, index) => [`/p${index}/{id}`, { get: operation(index) }]),
    );
    const text = JSON.stringify({ openapi: "3.1.0", info: { title: "x", version: "1" }, paths });
    expect(text.length).toBeGreaterThan(20_000_000);
    const errors = await errorsOf({ "large.plumb.yaml": head + inventory + oneRule, "api.json": text });
    expect(errors.map((one) => one.code)).toEqual(["openapi/too-many-operations"]);
    expect(errors[0]?.message).toContain("GET /p20000/{id}");
  });
});
