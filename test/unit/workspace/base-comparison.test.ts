/** The working tree against the revision that it came from, as the editor tells it. */
import { describe, expect, it } from "vitest";
import { RevisionHost } from "../../../server/src/host/base.ts";
import { HostError } from "../../../server/src/text/host.ts";
import { type BaseComparison, BaseWorkspace } from "../../../server/src/workspace/base-comparison.ts";
import { Workspace } from "../../../server/src/workspace/workspace.ts";
import { MemoryHost, uriOf, workspaceFolder } from "../../support/memory-host.ts";

const acme = `apiVersion: plumbline/v1
kind: ControlPlane
metadata: { name: acme }
spec:
  environments: { production: {} }
---
apiVersion: plumbline/v1
kind: Inventory
metadata: { name: acme }
spec:
  identities:
    checkout: { type: workload, spiffeId: "spiffe://acme.example/ns/shop/sa/checkout" }
    reports: { type: workload, spiffeId: "spiffe://acme.example/ns/shop/sa/reports" }
  resources:
    ledger: { type: api, hosts: [ledger.acme.example], openapi: ledger.openapi.json }
`;
const openapi = (...methods: readonly string[]): string =>
  JSON.stringify({
    openapi: "3.1.0",
    info: { title: "ledger", version: "1" },
    paths: { "/entries": Object.fromEntries(methods.map((name) => [name, { operationId: name }])) },
  });
const policy = (...subjects: readonly string[]): string => `apiVersion: plumbline/v1
kind: Policy
metadata: { name: ledger }
spec:
  rules:
    - name: append
      effect: allow
      subjects: [${subjects.join(", ")}]
      on: [{ resource: ledger, operations: [post] }]
`;
const files = {
  "acme.plumb.yaml": acme,
  "ledger.openapi.json": openapi("post"),
  "policy.plumb.yaml": policy("checkout"),
};
const commit = "1".repeat(40);

class World {
  readonly tree = new MemoryHost(files);
  readonly workspace = new Workspace(this.tree);
  readonly asked: string[] = [];
  readonly base: BaseWorkspace;
  /** What the revision has. */
  readonly head = new Map<string, string>(Object.entries(files));

  constructor() {
    const host = new RevisionHost(this.tree, async (uri) => {
      this.asked.push(uri.slice(workspaceFolder.length));
      const text = this.head.get(uri.slice(workspaceFolder.length));
      if (text === undefined) throw new HostError("too-large", "It has too many bytes.");
      return new TextEncoder().encode(text);
    });
    this.base = new BaseWorkspace(this.workspace, host);
    this.workspace.setFolders([workspaceFolder]);
    this.base.setFolders([workspaceFolder]);
  }

  git(changed: Readonly<Record<string, boolean>>, at = commit): boolean {
    return this.base.setRevision(workspaceFolder, {
      folder: workspaceFolder,
      name: "HEAD",
      commit: at,
      changed: Object.entries(changed).map(([path, existed]) => ({ uri: uriOf(path), existed })),
    });
  }

  /** Somebody saves a file, and the editor says so. */
  save(path: string, text: string): void {
    this.tree.write(path, text);
    this.workspace.filesChanged([uriOf(path)]);
    this.base.filesChanged([uriOf(path)]);
  }

  remove(path: string): void {
    this.tree.remove(path);
    this.workspace.filesChanged([uriOf(path)]);
    this.base.filesChanged([uriOf(path)]);
  }

  async compare(signal = new AbortController().signal): Promise<BaseComparison> {
    return this.base.compare(await this.workspace.analyze(signal), signal);
  }

  /** What changed, in few words. */
  async changes(): Promise<readonly string[]> {
    const comparison = await this.compare();
    if (comparison.state !== "compared") return [comparison.state];
    return comparison.planes.flatMap(({ diff }) =>
      diff.changes.map(
        ({ kind, witness }) =>
          `${kind} ${witness.request.source?.principal?.split("/").at(-1)} ${witness.request.http?.method}`,
      ),
    );
  }
}

const reportsToo = ["newly-allows reports POST"];

describe("what the working tree newly allows and denies", () => {
  it("is nothing where no revision is known", async () => {
    const world = new World();
    world.save("policy.plumb.yaml", policy("checkout", "reports"));
    expect(await world.changes()).toEqual(["none"]);
  });

  it("is nothing where nothing changed, and the revision is not read for that", async () => {
    const world = new World();
    world.git({ "README.md": true, "notes.yaml": false });
    expect(await world.changes()).toEqual([]);
    expect(world.asked).toEqual([]);
  });

  it("is what a saved file says", async () => {
    const world = new World();
    world.save("policy.plumb.yaml", policy("checkout", "reports"));
    world.git({ "policy.plumb.yaml": true });
    expect(await world.changes()).toEqual(reportsToo);
    expect(world.asked).toEqual(["policy.plumb.yaml"]);
  });

  it("is what an unsaved text says, though git knows of no change", async () => {
    const world = new World();
    world.git({});
    world.workspace.setOverlay(uriOf("policy.plumb.yaml"), policy("reports"));
    expect(await world.changes()).toEqual(["newly-allows reports POST", "newly-denies checkout POST"]);
    world.workspace.setOverlay(uriOf("policy.plumb.yaml"), files["policy.plumb.yaml"]);
    expect(await world.changes()).toEqual([]);
    expect(world.asked).toEqual([]);
  });

  it("is what a changed document says, though no policy changed", async () => {
    const world = new World();
    world.save("acme.plumb.yaml", acme.replace("openapi: ledger", "openapi: other"));
    world.save("other.openapi.json", openapi("post"));
    world.save("policy.plumb.yaml", policy("checkout").replace(", operations: [post]", ""));
    for (const path of ["acme.plumb.yaml", "other.openapi.json", "policy.plumb.yaml"])
      world.head.set(path, new TextDecoder().decode(await world.tree.readFile(uriOf(path))));
    world.git({});
    world.save("other.openapi.json", openapi("post", "put"));
    world.git({ "other.openapi.json": true });
    expect(await world.changes()).toEqual(["newly-allows checkout PUT"]);
    expect(world.asked).toEqual(["other.openapi.json"]);
  });

  it("is what an added and a deleted policy file say", async () => {
    const world = new World();
    world.remove("policy.plumb.yaml");
    world.save("new.plumb.yaml", policy("reports"));
    world.git({ "policy.plumb.yaml": true, "new.plumb.yaml": false });
    expect(await world.changes()).toEqual(["newly-allows reports POST", "newly-denies checkout POST"]);
  });

  it("leaves out what the settings exclude, also where it is open", async () => {
    const world = new World();
    world.workspace.configure({ exclude: ["vendor/**"] });
    world.base.exclude(["vendor/**"]);
    world.save("vendor/new.plumb.yaml", policy("reports").replace("name: ledger", "name: vendor"));
    world.git({ "vendor/new.plumb.yaml": false });
    expect(await world.changes()).toEqual([]);
    world.workspace.setOverlay(uriOf("vendor/new.plumb.yaml"), policy("reports"));
    expect(await world.changes()).toEqual([]);
  });

  it("ends with the commit of it", async () => {
    const world = new World();
    world.save("policy.plumb.yaml", policy("checkout", "reports"));
    world.git({ "policy.plumb.yaml": true });
    expect(await world.changes()).toEqual(reportsToo);
    world.head.set("policy.plumb.yaml", policy("checkout", "reports"));
    world.git({}, "2".repeat(40));
    expect(await world.changes()).toEqual([]);
  });

  it("follows a checkout that changes files which differ in neither revision", async () => {
    const world = new World();
    world.git({});
    world.workspace.setOverlay(uriOf("policy.plumb.yaml"), policy("checkout", "reports"));
    expect(await world.changes()).toEqual(reportsToo);
    world.save("policy.plumb.yaml", policy("checkout", "reports"));
    world.git({}, "2".repeat(40));
    expect(await world.changes()).toEqual([]);
  });
});

describe("between a save and the news of git", () => {
  it("the change does not go away and come back", async () => {
    const world = new World();
    world.git({});
    world.workspace.setOverlay(uriOf("policy.plumb.yaml"), policy("checkout", "reports"));
    expect(await world.changes()).toEqual(reportsToo);
    world.save("policy.plumb.yaml", policy("checkout", "reports"));
    expect(await world.changes()).toEqual(reportsToo);
    world.git({ "policy.plumb.yaml": true });
    expect(await world.changes()).toEqual(reportsToo);
  });

  it("a file that git does not watch counts as it is, once git has been asked again", async () => {
    const world = new World();
    world.git({});
    world.workspace.setOverlay(uriOf("policy.plumb.yaml"), policy("checkout", "reports"));
    await world.changes();
    world.save("policy.plumb.yaml", policy("checkout", "reports"));
    expect(world.git({})).toBe(true);
    expect(await world.changes()).toEqual([]);
  });

  it("the same news is no news", () => {
    const world = new World();
    expect(world.git({ "policy.plumb.yaml": true })).toBe(true);
    expect(world.git({ "policy.plumb.yaml": true })).toBe(false);
    expect(world.git({ "policy.plumb.yaml": false })).toBe(true);
  });
});

describe("what is compared", () => {
  it("is not made of half a revision", async () => {
    const world = new World();
    world.save("policy.plumb.yaml", policy("checkout", "reports"));
    world.head.delete("policy.plumb.yaml");
    world.git({ "policy.plumb.yaml": true });
    expect(await world.compare()).toMatchObject({
      state: "failed",
      reason: "/workspace/policy.plumb.yaml cannot be read as it was. It has too many bytes.",
    });
  });

  it("is only what lies in a folder with a revision", async () => {
    const world = new World();
    world.base.setRevision(uriOf("elsewhere/"), {
      folder: uriOf("elsewhere/"),
      name: "HEAD",
      commit,
      changed: [],
    });
    world.workspace.setOverlay(uriOf("policy.plumb.yaml"), policy("reports"));
    expect(await world.changes()).toEqual([]);
  });

  it("shares the trees of texts that are the same, and is compared once", async () => {
    const world = new World();
    world.save("policy.plumb.yaml", policy("checkout", "reports"));
    world.git({ "policy.plumb.yaml": true });
    const [first, again] = [await world.compare(), await world.compare()];
    if (first.state !== "compared" || again.state !== "compared") throw new Error("not compared");
    const [plane] = first.planes;
    expect(plane?.base?.files.map((file) => plane.current?.files.includes(file))).toEqual([true, false]);
    expect(again.planes[0]?.diff).toBe(plane?.diff);
  });

  it("stops when it is no longer wanted", async () => {
    const world = new World();
    world.save("policy.plumb.yaml", policy("checkout", "reports"));
    world.git({ "policy.plumb.yaml": true });
    const snapshot = await world.workspace.analyze();
    await expect(world.base.compare(snapshot, AbortSignal.abort())).rejects.toThrow();
    expect(await world.changes()).toEqual(reportsToo);
  });
});

describe("a text that is being written", () => {
  it("is not missing where it is broken: what cannot be read is not compared", async () => {
    const world = new World();
    world.git({});
    world.workspace.setOverlay(uriOf("acme.plumb.yaml"), acme.replace("kind: ControlPlane", "kind: [Contr"));
    const comparison = await world.compare();
    if (comparison.state !== "compared") throw new Error(comparison.state);
    expect(
      comparison.planes.map(({ diff }) => [diff.changes, diff.notCompared.map((one) => one.resource)]),
    ).toEqual([[[], ["ledger"]]]);
  });

  it("is not missing where a rule of it is broken", async () => {
    const world = new World();
    world.git({});
    world.workspace.setOverlay(uriOf("policy.plumb.yaml"), policy("chekout"));
    const comparison = await world.compare();
    if (comparison.state !== "compared") throw new Error(comparison.state);
    expect(
      comparison.planes.map(({ diff }) => [diff.changes, diff.notCompared.map((one) => one.resource)]),
    ).toEqual([[[], ["ledger"]]]);
  });
});
