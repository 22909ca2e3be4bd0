/** What a change newly allows and denies, where it shows: code lenses, and the report. */
import { describe, expect, it } from "vitest";
import { placeMarks, semanticLenses } from "../../../server/src/features/semantic-lenses.ts";
import { semanticMarks } from "../../../server/src/features/semantic-marks.ts";
import { semanticReport } from "../../../server/src/features/semantic-report.ts";
import { RevisionHost } from "../../../server/src/host/base.ts";
import { BaseWorkspace } from "../../../server/src/workspace/base-comparison.ts";
import type { Snapshot } from "../../../server/src/workspace/snapshot.ts";
import { Workspace } from "../../../server/src/workspace/workspace.ts";
import { MemoryHost, uriOf, workspaceFolder } from "../../support/memory-host.ts";

const inventory = `apiVersion: plumbline/v1
kind: ControlPlane
metadata: { name: acme }
spec:
  environments:
    production: {}
    staging: {}
---
apiVersion: plumbline/v1
kind: Inventory
metadata: { name: acme }
spec:
  identities:
    checkout: { type: workload, spiffeId: "spiffe://acme.example/ns/shop/sa/checkout" }
    reports: { type: workload, spiffeId: "spiffe://acme.example/ns/shop/sa/reports" }
  resources:
    ledger: { type: service, protocol: http, operations: [POST /entries, GET /entries] }
`;
const policy = `apiVersion: plumbline/v1
kind: Policy
metadata: { name: ledger }
spec:
  rules:
    - name: append
      effect: allow
      subjects: [checkout]
      on: [{ resource: ledger, operations: [POST /entries] }]
    - name: read
      effect: allow
      subjects: [checkout, reports]
      on: [{ resource: ledger, operations: [GET /entries] }]
      obligations: { audit: full }
    - name: no-reports
      effect: deny
      subjects: [reports]
      on: [{ resource: ledger, operations: [POST /entries] }]
`;
const [INVENTORY, POLICY] = ["acme.plumb.yaml", "ledger.plumb.yaml"];

async function compared(texts: Readonly<Record<string, string>>) {
  const host = new MemoryHost({ [INVENTORY]: inventory, [POLICY]: policy });
  const workspace = new Workspace(host);
  const base = new BaseWorkspace(workspace, new RevisionHost(host, (uri) => host.readFile(uri)));
  workspace.setFolders([workspaceFolder]);
  base.setFolders([workspaceFolder]);
  base.setRevision(workspaceFolder, {
    folder: workspaceFolder,
    name: "HEAD",
    commit: "0123456789abcdef",
    changed: [],
  });
  for (const [path, text] of Object.entries(texts)) workspace.setOverlay(uriOf(path), text);
  const snapshot = await workspace.analyze();
  const comparison = await base.compare(snapshot, new AbortController().signal);
  if (comparison.state !== "compared") throw new Error(comparison.state);
  return { workspace, snapshot, comparison, marks: comparison.planes.flatMap(semanticMarks) };
}

type Compared = Awaited<ReturnType<typeof compared>>;

/** `what it stands on: what it says`. */
function lenses({ marks }: Compared, snapshot: Snapshot): readonly string[] {
  const placed = placeMarks(marks, snapshot);
  return [POLICY, INVENTORY].flatMap((path) =>
    semanticLenses(placed, uriOf(path), "HEAD").map(({ range, title }) => {
      const line = snapshot.layouts.get(uriOf(path))?.text.split("\n")[range.start.line] ?? "";
      return `${line.slice(range.start.character, range.end.character)}: ${title}`;
    }),
  );
}

async function lensesAfter(texts: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const all = await compared(texts);
  return lenses(all, all.snapshot);
}

/** The policy with a part of it replaced, which must be there. */
function edited(from: string, to: string, text = policy): string {
  if (!text.includes(from)) throw new Error(`no ${from}`);
  return text.replace(from, to);
}

describe("code lenses of changes", () => {
  it("stand on the rule that was edited", async () => {
    expect(await lensesAfter({ [POLICY]: edited("[checkout, reports]", "[reports]") })).toEqual([
      "read: newly denies: GET /entries by checkout · since HEAD",
    ]);
  });

  it("stand on the policy that lost a rule", async () => {
    expect(await lensesAfter({ [POLICY]: policy.slice(0, policy.indexOf("    - name: read")) })).toEqual([
      expect.stringMatching(/^ledger: removed rule read: newly denies: GET \/entries by .* · since HEAD$/),
    ]);
  });

  it("are none where a text changed and its meaning did not", async () => {
    const reordered = edited("[checkout, reports]", "[reports, checkout]");
    expect(await lensesAfter({ [POLICY]: `# A comment.\n${reordered}` })).toEqual([]);
  });

  it("stand on an identity that means something else, and on the rules that use it", async () => {
    const [before, now] = ["reports", "reporting"].map((name) => `spiffe://acme.example/ns/shop/sa/${name}`);
    expect(await lensesAfter({ [INVENTORY]: edited("sa/reports", "sa/reporting", inventory) })).toEqual(
      ["read", "reports"].flatMap((at) => [
        `${at}: newly allows: GET /entries by ${now} · since HEAD`,
        `${at}: newly denies: GET /entries by ${before} · since HEAD`,
      ]),
    );
  });

  it("say where, if it is not everywhere", async () => {
    const inStaging = edited("[checkout]", "[checkout]\n      condition: context.environment == 'staging'");
    expect(await lensesAfter({ [POLICY]: inStaging })).toEqual([
      "append: newly denies: POST /entries by checkout (production) · since HEAD",
    ]);
  });

  it("say that only obligations changed", async () => {
    expect(await lensesAfter({ [POLICY]: edited("      obligations: { audit: full }\n", "") })).toEqual([
      "read: other obligations · since HEAD",
    ]);
  });

  it("are one for an environment that came, not one for every rule", async () => {
    const all = await compared({
      [INVENTORY]: edited("    staging: {}\n", "    staging: {}\n    qa: {}\n", inventory),
    });
    expect(lenses(all, all.snapshot)).toEqual([
      expect.stringMatching(/^qa: newly allows: .* \(qa\) and \d more · since HEAD$/),
    ]);
  });

  it("move with the text that they stand on, before it is compared anew", async () => {
    const all = await compared({ [POLICY]: edited("[checkout, reports]", "[reports]") });
    all.workspace.setOverlay(
      uriOf(POLICY),
      `# One line.\n# And another.\n${edited("[checkout, reports]", "[reports]")}`,
    );
    const later = await all.workspace.analyze();
    expect(lenses(all, later)).toEqual(["read: newly denies: GET /entries by checkout · since HEAD"]);
    all.workspace.setOverlay(uriOf(POLICY), edited("name: read", "name: renamed"));
    expect(lenses(all, await all.workspace.analyze())).toEqual([]);
  });
});

/** What a link of each kind stands on. */
const linkTexts: Readonly<Record<string, RegExp>> = {
  simulate: /^\[simulate\]$/,
  base: /^HEAD:ledger\.plumb\.yaml:\d+:\d+$/,
  place: /^ledger\.plumb\.yaml:\d+:\d+$/,
  compare: /^\[compare with HEAD\]$/,
};

describe("the report", () => {
  const texts = {
    [POLICY]: edited(
      "[checkout, reports]",
      "[reports]",
      edited("    - name: no-reports", "    - name: no-checkout", policy),
    ).replace("effect: deny\n      subjects: [reports]", "effect: deny\n      subjects: [checkout]"),
  };

  it("shows each change with its cause, a request, and both decisions with their places", async () => {
    const { comparison, snapshot } = await compared(texts);
    const { text, counts } = semanticReport(comparison, snapshot, (uri) => uri.slice(workspaceFolder.length));
    expect(counts).toEqual({ allows: 0, denies: 2, unknown: 0 });
    expect(text).toMatchInlineSnapshot(`
      "Since HEAD (0123456): 2 newly denied

      ledger (production, staging)
        NEWLY DENIED  GET /entries by checkout
          Because  rule ledger/read changed its subjects
          Witness  spiffe://acme.example/ns/shop/sa/checkout → GET ledger/entries  [simulate]
          HEAD  ALLOW  ledger/read (edited)  HEAD:ledger.plumb.yaml:10:13
          Now   DENY   no allow rule applies (default deny)
                       ledger/read (edited)  ledger.plumb.yaml:10:13
        NEWLY DENIED  POST /entries by checkout
          Because  deny rule ledger/no-checkout is new
          Witness  spiffe://acme.example/ns/shop/sa/checkout → POST ledger/entries  [simulate]
          HEAD  ALLOW  ledger/append  HEAD:ledger.plumb.yaml:6:13
          Now   DENY   ledger/no-checkout (added)  ledger.plumb.yaml:15:13

      Changed files
        ledger.plumb.yaml  [compare with HEAD]

      "
    `);
  });

  it("can be clicked at places of both versions, the request, and the file", async () => {
    const { comparison, snapshot } = await compared(texts);
    const { text, links, lines } = semanticReport(comparison, snapshot, (uri) =>
      uri.slice(workspaceFolder.length),
    );
    const all = text.split("\n");
    const found = links.map(({ line, start, end, target }) => [all[line]?.slice(start, end), target.kind]);
    expect(new Set(found.map(([, kind]) => kind))).toEqual(new Set(["simulate", "base", "place", "compare"]));
    for (const [written, kind] of found)
      expect([written, kind]).toEqual([expect.stringMatching(linkTexts[String(kind)] ?? /^$/), kind]);
    const changes = comparison.planes.flatMap(({ diff }) => diff.changes);
    expect(changes.map(({ id }) => all[lines[id] ?? -1])).toEqual(
      changes.map(({ region }) => `  NEWLY DENIED  ${region}`),
    );
  });

  it("says that nothing changed", async () => {
    const { comparison, snapshot } = await compared({ [POLICY]: `# A comment.\n${policy}` });
    const { text } = semanticReport(comparison, snapshot, (uri) => uri.slice(workspaceFolder.length));
    expect(text).toBe(
      "Since HEAD (0123456): no decision has changed\n\nChanged files\n  ledger.plumb.yaml  [compare with HEAD]\n\n",
    );
  });
});
