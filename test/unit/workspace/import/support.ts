/** An import into files in memory, and what the control plane then has to say of them. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { ImportOptions } from "../../../../server/src/workspace/import/imported.ts";
import { type ImportPlan, planImport } from "../../../../server/src/workspace/import/plan.ts";
import { importLines } from "../../../../server/src/workspace/import/report.ts";
import { importTarget } from "../../../../server/src/workspace/import/target.ts";
import { Workspace } from "../../../../server/src/workspace/workspace.ts";
import { MemoryHost, uriOf, workspaceFolder } from "../../../support/memory-host.ts";

const fixtures = path.join(path.dirname(fileURLToPath(import.meta.url)), "../../../fixtures/import");

export function fixture(name: string): string {
  return readFileSync(path.join(fixtures, name), "utf8");
}

export const controlPlane = `apiVersion: plumbline/v1
kind: ControlPlane
metadata: { name: acme }
spec:
  owner: platform@acme.example
  trustDomains: { prod.acme.example: {}, staging.acme.example: {} }
  limits: { credentialTtl: 1h }
  defaultEnvironment: production
  environments:
    production:
      vars: { region: eu, td: prod.acme.example }
      enforcementPoints: { mesh: { type: istio, transparent: true } }
    staging: { vars: { region: us, td: staging.acme.example } }
`;

/** An inventory with everything that an import must leave alone: comments, quotes, order, blank lines. */
export const inventory = `# Who can call.
apiVersion: plumbline/v1
kind: Inventory
metadata: { name: shop } # the shop's
spec:
  identities:
    # Takes the money.
    checkout:
      type: workload
      spiffeId: "spiffe://\${td}/ns/shop/sa/checkout" # in each environment
      owner: 'checkout@acme.example'
      credential: { type: x509-svid, maxTtl: 60m } # as SPIRE says

    old-job: # goes soon
      type: workload
      spiffeId: spiffe://\${td}/ns/shop/sa/old-job
      owner: data@acme.example
  resources: {}  # none yet
`;

export interface World {
  readonly files: Readonly<Record<string, string>>;
  /** Paths of the sources, which are among the files. */
  readonly from: readonly string[];
  readonly into?: string;
}

export async function imported(world: World, options: ImportOptions): Promise<ImportPlan> {
  const { files, from, into = "inventory.plumb.yaml" } = world;
  const snapshot = await analysed(files, false);
  const target = importTarget(snapshot, uriOf(into), workspaceFolder, (uri) =>
    uri.slice(workspaceFolder.length),
  );
  const sources = from.map((name) => ({ uri: uriOf(name), name, text: files[name] ?? "" }));
  return planImport(sources, target, options);
}

export function reportOf(plan: ImportPlan): string {
  return importLines(plan, (uri) => uri.slice(workspaceFolder.length)).join("\n");
}

/** `file code` of every finding, lint rules included. */
export async function findings(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const snapshot = await analysed(files, true);
  return [...snapshot.findings].flatMap(([uri, own]) =>
    own.map(({ code, message }) => `${uri.slice(workspaceFolder.length)} ${code}: ${message}`),
  );
}

async function analysed(files: Readonly<Record<string, string>>, rules: boolean) {
  const workspace = new Workspace(new MemoryHost(files));
  workspace.setFolders([workspaceFolder]);
  workspace.configure({ rules });
  return workspace.analyze();
}
