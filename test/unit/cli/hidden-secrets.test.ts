/** A secret in any place of the files that people may put one into is in nothing that Plumbline says. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { isPair, isScalar, parseAllDocuments, visit } from "yaml";
import { codeLenses } from "../../../server/src/features/code-lenses.ts";
import { hover } from "../../../server/src/features/hover.ts";
import { toCodeLens, toDiagnostic, toHover } from "../../../server/src/lsp/convert.ts";
import type { Host } from "../../../server/src/text/host.ts";
import { Workspace } from "../../../server/src/workspace/workspace.ts";
import { fixtures, runIn } from "../../support/cli.ts";
import { MemoryHost, uriOf, workspaceFolder } from "../../support/memory-host.ts";

const deep = process.env.PLUMBLINE_DEEP === "1";

const shop = (name: string): string => readFileSync(path.join(fixtures, "shop", name), "utf8");

const more = `---
apiVersion: plumbline/v1
kind: Policy
metadata: { name: more, description: what else there is }
spec:
  owner: finance@shop.example
  conditions: { by-day: 'request.time > timestamp("2026-01-01T00:00:00Z")' }
  rules:
    - name: reports-refund
      description: gives back
      effect: allow
      controls: ["OWASP-NHI-2025:NHI5"]
      subjects: [reports]
      on: [{ resource: ledger, operations: ["GET /entries"] }]
      conditions: [by-day]
      condition: request.headers["x-team"].exists(v, v == "finance") && request.body.amount < "ten"
      obligations: { redact: [card.number], ticket: always }
`;

const files: Readonly<Record<string, string>> = {
  "shop.plumb.yaml": shop("shop.plumb.yaml"),
  "policies.plumb.yaml": shop("policies.plumb.yaml") + more,
  "deployed/istio.yaml": shop("deployed/istio.yaml"),
};

interface Spot {
  readonly file: string;
  readonly start: number;
  readonly end: number;
}

/** Every name and value, and every literal inside of one. */
function spotsOf(file: string, text: string): readonly Spot[] {
  const spots: Spot[] = [];
  for (const document of parseAllDocuments(text))
    visit(document, (_key, node) => {
      if (isPair(node) || !isScalar(node) || node.range == null) return;
      const [start, end] = node.range;
      if (start === end) return;
      spots.push({ file, start, end });
      const whole = text.slice(start, end);
      for (const literal of whole.matchAll(/(?<=")[^"\n]+(?=")|(?<![A-Za-z0-9])[a-z]+(?=[./])/g))
        spots.push({ file, start: start + literal.index, end: start + literal.index + literal[0].length });
    });
  return spots;
}

const spots = Object.entries(files).flatMap(([file, text]) => spotsOf(file, text));

// Put together here, so that no scanner takes this file for a leak.
const tokens = [
  `ghp_${"a1B2c3D4e5F6".repeat(3)}`,
  `eyJ${"a1B2".repeat(9)}.eyJ${"c3D4".repeat(12)}.${"e5F6".repeat(11)}`,
];

/** The folder is one, too. */
function folderOf(written: Readonly<Record<string, string>>): Host {
  const host = new MemoryHost(written);
  const isFolder = (uri: string): boolean => `${uri.replace(/\/$/, "")}/` === workspaceFolder;
  return {
    readFile: (uri) => host.readFile(uri),
    stat: async (uri) => (isFolder(uri) ? { type: "directory", size: 0 } : host.stat(uri)),
    findFiles: (baseUri, globs) => host.findFiles(baseUri, globs),
    realpath: (uri) => host.realpath(uri),
    now: () => host.now(),
  };
}

function hostWith({ file, start, end }: Spot, token: string): Host {
  const text = files[file] ?? "";
  return folderOf({ ...files, [file]: text.slice(0, start) + token + text.slice(end) });
}

const commands = [
  ["check"],
  ["check", "--format", "json"],
  ["check", "--format", "sarif"],
  ["check", "--format", "github"],
  ["check", "--format", "junit"],
  ["check", "--format", "markdown"],
  ["test"],
  ["test", "--format", "json"],
  ["drift"],
  ["drift", "--format", "json"],
  ["simulate", "--rule", "ledger/reports-read"],
  ["simulate", "--rule", "ledger/reports-read", "--format", "json"],
] as const;

/** Where the part behind the head stands, however it is written. */
function leaksIn(said: string, token: string, where: string): readonly string[] {
  const parts = token.split(".").map((part) => part.slice(7, 7 + 16).toLowerCase());
  const all = said.toLowerCase();
  // The last part of a signed token says nothing alone.
  return (parts.length > 1 ? parts.slice(0, 2) : parts).flatMap((part) => {
    const at = all.indexOf(part);
    return at === -1 ? [] : [`${where}: ${said.slice(Math.max(0, at - 120), at + 60)}`];
  });
}

async function inEditor(host: Host, spot: Spot): Promise<string> {
  const workspace = new Workspace(host);
  workspace.setFolders([workspaceFolder]);
  workspace.configure({ drift: true, scenarios: true, rules: true });
  const snapshot = await workspace.analyze();
  const findings = [...snapshot.findings.values()].flat();
  const options = { docsBase: undefined, tags: [] };
  const layout = snapshot.layouts.get(uriOf(spot.file));
  const at = layout && hover(snapshot, uriOf(spot.file), layout.positionAt(spot.start + 1));
  return JSON.stringify([
    findings.map((one) => toDiagnostic(one, options)),
    snapshot.accepted.map((one) => toDiagnostic(one.finding, options)),
    [...snapshot.fixes.values()].flat().map((one) => one.title),
    at === undefined ? [] : toHover(at),
    Object.keys(files).flatMap((file) =>
      codeLenses(snapshot, uriOf(file)).map((one) => toCodeLens(one, false).command?.title),
    ),
  ]);
}

describe("a secret in the wrong place", () => {
  it("is looked for in many places", () => {
    expect(spots.length).toBeGreaterThan(200);
  });

  it("is in files that the commands can say something of", async () => {
    const host = folderOf(files);
    for (const args of commands) {
      const { stdout, exitCode } = await runIn("/workspace", args, { hostFor: () => host, anywhere: host });
      expect([exitCode, stdout.length > 20], args.join(" ")).toEqual([expect.toBeOneOf([0, 1]), true]);
    }
  });

  // All commands of every place would take minutes; few in turn show a hole all the same.
  const every = deep ? 1 : 4;
  const groups = Array.from({ length: 10 }, (_, index) => index);
  it.each(groups)(
    "is in no output, group %i",
    async (group) => {
      const leaks: string[] = [];
      for (const [index, spot] of spots.entries()) {
        if (index % groups.length !== group || Math.floor(index / groups.length) % every !== 0) continue;
        const each = deep ? tokens : [tokens[index % 2] ?? ""];
        for (const token of each) {
          const host = hostWith(spot, token);
          const where = `${spot.file}: ${files[spot.file]?.slice(Math.max(0, spot.start - 30), spot.end)}`;
          leaks.push(...leaksIn(await inEditor(host, spot), token, `${where}: the editor`));
          const chosen = deep ? commands : [commands[index % commands.length] ?? ["check"]];
          for (const args of chosen) {
            const { stdout, stderr = "" } = await runIn("/workspace", args, {
              hostFor: () => host,
              anywhere: host,
            });
            leaks.push(...leaksIn(stdout + stderr, token, `${where}: ${args.join(" ")}`));
          }
        }
      }
      expect(leaks).toEqual([]);
    },
    240_000,
  );
});
