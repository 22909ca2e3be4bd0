/** Every kind that runs pods has its service account read, or is said not to. */
import { expect, test } from "vitest";
import { controlPlane, imported, inventory } from "./support.ts";

const plan = (items: readonly unknown[]) =>
  imported(
    {
      files: {
        "acme.plumb.yaml": controlPlane,
        "inventory.plumb.yaml": inventory,
        "all.json": JSON.stringify({ apiVersion: "v1", kind: "List", items }),
      },
      from: ["all.json"],
    },
    { kind: "kubernetes", owner: "me" },
  );

const named = async (items: readonly unknown[]): Promise<readonly string[]> =>
  (await plan(items)).added.map(({ name, label }) => `${name}: ${label}`);

const resource = (apiVersion: string, kind: string, name: string, spec: unknown, more = {}) => ({
  apiVersion,
  kind,
  metadata: { name, namespace: "shop", ...more },
  spec,
});
const pod = (serviceAccountName: string) => ({ metadata: {}, spec: { serviceAccountName } });
const account = { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "web", namespace: "shop" } };

test("the service accounts of every kind that runs pods are identities", async () => {
  expect(
    await named([
      account,
      resource("batch/v1", "CronJob", "nightly", { jobTemplate: { spec: { template: pod("a") } } }),
      resource("batch/v1", "Job", "once", { template: pod("b") }),
      resource("v1", "Pod", "debug", { serviceAccountName: "c" }),
      resource("argoproj.io/v1alpha1", "Rollout", "canary", { template: pod("d") }),
      resource("apps.openshift.io/v1", "DeploymentConfig", "old", { template: pod("e") }),
      resource("apps/v1", "ReplicaSet", "set", { template: pod("f") }),
      resource("v1", "ReplicationController", "rc", { template: pod("g") }),
    ]),
  ).toEqual([
    "web: ServiceAccount shop/web",
    "a: CronJob shop/nightly",
    "b: Job shop/once",
    "c: Pod shop/debug",
    "d: Rollout shop/canary",
    "e: DeploymentConfig shop/old",
    "f: ReplicaSet shop/set",
    "g: ReplicationController shop/rc",
  ]);
});

test("pods that a Deployment made are the Deployment, not others beside it", async () => {
  const ownedBy = (kind: string, name: string) => ({ ownerReferences: [{ kind, name }] });
  const made = [
    resource("apps/v1", "ReplicaSet", "web-6f", { template: pod("web") }, ownedBy("Deployment", "web")),
    resource("v1", "Pod", "web-6f-1", { serviceAccountName: "web" }, ownedBy("ReplicaSet", "web-6f")),
    resource("v1", "Pod", "web-6f-2", { serviceAccountName: "web" }, ownedBy("ReplicaSet", "web-6f")),
  ];
  const whole = await plan([...made, resource("apps/v1", "Deployment", "web", { template: pod("web") })]);
  expect(whole.added.map(({ label }) => label)).toEqual(["Deployment shop/web"]);
  expect(whole.notes).toEqual([]);
  const pods = await plan(made.slice(1));
  expect(pods.added.map(({ label }) => label)).toEqual(["ReplicaSet shop/web-6f"]);
  expect(pods.notes).toEqual([]);
});

test("labels that only pods have, and pods that end, do not bind a service", async () => {
  const labels = { app: "web", "pod-template-hash": "6f" };
  const made = await plan([
    resource("v1", "Service", "web", { selector: { app: "web" }, ports: [{ port: 80 }] }),
    resource("v1", "Pod", "web-1", {}, { labels, ownerReferences: [{ kind: "ReplicaSet", name: "web-6f" }] }),
    resource("batch/v1", "Job", "fill", {
      template: { metadata: { labels: { app: "web", job: "x" } }, spec: {} },
    }),
  ]);
  expect(made.after).toContain("at: { mesh: { namespace: shop, labels: { app: web }, port: 80 } }");
});

test("a Rollout of a Deployment's pods runs as what the Deployment does", async () => {
  const rollout = resource("argoproj.io/v1alpha1", "Rollout", "canary", { workloadRef: { name: "web" } });
  expect(await named([rollout, resource("apps/v1", "Deployment", "web", { template: pod("web") })])).toEqual([
    "web: Deployment shop/web",
  ]);
  expect((await plan([rollout])).notes).toEqual([
    "Rollout shop/canary runs the pods of Deployment shop/web, which is not in the files, so its service account is not known: import that as well.",
  ]);
});

test("accounts of kinds that are not read, and of pods without a name, are named in a note", async () => {
  const unread = [
    resource("serving.knative.dev/v1", "Service", "fn", { template: { spec: { serviceAccountName: "fn" } } }),
    resource("argoproj.io/v1alpha1", "Workflow", "w1", { serviceAccountName: "flow" }),
    resource("argoproj.io/v1alpha1", "Workflow", "w2", { serviceAccountName: "flow-2" }),
    resource("argoproj.io/v1alpha1", "Workflow", "w3", { serviceAccountName: "web" }),
    {
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: { generateName: "load-", namespace: "shop" },
      spec: { template: pod("loader") },
    },
  ];
  const notes = [
    "Service (serving.knative.dev) is a kind that is not read, so the service account that it runs as was left out (shop/fn): import the ServiceAccount as well.",
    "Workflow (argoproj.io) is a kind that is not read, so the service accounts that it runs as were left out (shop/flow, shop/flow-2): import the ServiceAccounts as well.",
    "Job (batch) has no name here (generateName), so the service account that it runs as was left out (shop/loader): import the ServiceAccount as well.",
  ];
  expect((await plan([account, ...unread])).notes).toEqual(notes);
  await expect(plan(unread.slice(0, 1))).rejects.toThrow(`it holds 1 Service.\n${notes[0]}`);
});
