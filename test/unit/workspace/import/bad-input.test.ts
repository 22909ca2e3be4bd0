/** What is not the kind of file that the person said, or cannot be read: one sentence each, and nothing is written. */
import { expect, test } from "vitest";
import type { ImportKind, ImportOptions } from "../../../../server/src/workspace/import/imported.ts";
import { controlPlane, fixture, imported, inventory } from "./support.ts";

async function message(
  kind: ImportKind,
  name: string,
  text: string,
  more: Partial<ImportOptions> & { readonly inventory?: string } = {},
): Promise<string> {
  const { inventory: there = inventory, ...options } = more;
  const files = { "acme.plumb.yaml": controlPlane, "inventory.plumb.yaml": there, [name]: text };
  return imported({ files, from: [name] }, { kind, ...options }).then(
    () => "it was imported",
    (error: unknown) => (error instanceof Error ? `${error.constructor.name}: ${error.message}` : "no error"),
  );
}

const saved = "Save what `spire-server entry show -output json` prints.";

test.each<readonly [ImportKind, string, string, string]>([
  ["openapi", "a.yaml", "", "a.yaml is empty. Name an OpenAPI 3.0, 3.1 or 3.2 document."],
  [
    "openapi",
    "a.yaml",
    "hello: world",
    "a.yaml is not an OpenAPI document. Name an OpenAPI 3.0, 3.1 or 3.2 document.",
  ],
  [
    "openapi",
    "a.yaml",
    "swagger: '2.0'\npaths: {}\n",
    "a.yaml was not imported. Swagger 2.0 is not read. Convert the document to OpenAPI 3.",
  ],
  [
    "openapi",
    "a.yaml",
    "openapi: 3.1.0\n---\nopenapi: 3.1.0\n",
    "a.yaml holds 2 YAML documents, and an OpenAPI document is one. Split it at its `---` lines.",
  ],
  [
    "mcp",
    "a.json",
    '{"error": {"code": -32601, "message": "Method not found"}}',
    'a.json was not imported. This is an error answer of the server, not a list of tools. Save the answer to tools/list here: a JSON object with "result": { "tools": [...] }.',
  ],
  [
    "mcp",
    "a.yaml",
    fixture("shop.k8s.yaml"),
    "a.yaml is not an answer to tools/list. It looks like a manifest: `plumbline import kubernetes a.yaml`.",
  ],
  [
    "kubernetes",
    "a.json",
    fixture("search.tools.json"),
    "a.json is not a manifest. It looks like an answer to tools/list: `plumbline import mcp a.json`.",
  ],
  [
    "kubernetes",
    "a.yaml",
    "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n---\napiVersion: v1\nkind: Secret\nmetadata: { name: b }\n",
    "a.yaml holds no ServiceAccount, Service, Gateway or workload that is read (Deployment, StatefulSet, DaemonSet, ReplicaSet, CronJob, Job, Pod, Rollout, DeploymentConfig); it holds 1 ConfigMap, 1 Secret.",
  ],
  [
    "kubernetes",
    "a.yaml",
    "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: {{ .Release.Name }}\n",
    "a.yaml:4 is a template ({{ .Release.Name }}): what it stands for is known only when it is rendered. Import the rendered files, for example what `helm template` prints.",
  ],
  [
    "kubernetes",
    "a.yaml",
    "{{- if .Values.enabled }}\napiVersion: v1\nkind: ServiceAccount\n{{- end }}\n",
    "a.yaml:1 is a template ({{- if .Values.enabled }}): what it stands for is known only when it is rendered. Import the rendered files, for example what `helm template` prints.",
  ],
  [
    "kubernetes",
    "a.yaml",
    'apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: "{{ .Release.Name }}-api"\n',
    "a.yaml:4 is a template (default/{{ .Release.Name }}-api): what it stands for is known only when it is rendered. Import the rendered files, for example what `helm template` prints.",
  ],
  [
    "kubernetes",
    "a.yaml",
    "apiVersion: v1\nkind: ServiceAccount\nmetadata: { namespace: shop }\n",
    "a.yaml:1: This ServiceAccount has no metadata.name, so no cluster would accept it; it is left out of every comparison. Give it its name.",
  ],
  ["spire", "a.json", "[]", `a.json is not a list of SPIRE entries. ${saved}`],
  ["spire", "a.json", '{"entries": {}}', `a.json is not a list of SPIRE entries. ${saved}`],
  [
    "spire",
    "a.json",
    '{"entries": [{}]}',
    `In entry 1 of a.json there is no spiffe_id with trust_domain and path. ${saved}`,
  ],
  ["spire", "a.json", '{"entries": [', "Nothing was imported, since a.json:1:13 cannot be read: "],
  [
    "spire",
    "a.plumb.yaml",
    "kind: Policy\n",
    "a.plumb.yaml is a policy file itself. Name the file that it should be fed from.",
  ],
])("%s of %s: %#", async (kind, name, text, expected) => {
  const found = await message(kind, name, text);
  expect(found.slice(0, "ImportError: ".length + expected.length)).toBe(`ImportError: ${expected}`);
});

test("20 MB are refused before they are parsed", async () => {
  const start = performance.now();
  const text = `apiVersion: v1\nkind: List\nitems:\n${"- { apiVersion: v1, kind: ServiceAccount }\n".repeat(480_000)}`;
  expect(await message("kubernetes", "a.yaml", text)).toBe(
    "ImportError: a.yaml has 21 MB; an import reads 16 MB at most. Export less (`kubectl get serviceaccounts,deployments,services -A -o json`), or split it.",
  );
  expect(performance.now() - start).toBeLessThan(2000);
});

test("thousands of workloads are a matter of seconds", async () => {
  const items = Array.from(
    { length: 1000 },
    (_, index) =>
      `apiVersion: v1\nkind: ServiceAccount\nmetadata: { name: sa-${index % 500}, namespace: ns-${index} }\n`,
  );
  const start = performance.now();
  const files = {
    "acme.plumb.yaml": controlPlane,
    "inventory.plumb.yaml": inventory,
    "a.yaml": items.join("---\n"),
  };
  const plan = await imported({ files, from: ["a.yaml"] }, { kind: "kubernetes" });
  expect(plan.added).toHaveLength(1000);
  expect(new Set(plan.added.map(({ name }) => name)).size).toBe(1000);
  expect(performance.now() - start).toBeLessThan(10_000);
});

test("braces in the text of a ConfigMap are no template", async () => {
  const text =
    "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata:\n  rules: |\n    summary: {{ $labels.pod }}\n---\napiVersion: v1\nkind: ServiceAccount\nmetadata: { name: a }\n";
  expect(await message("kubernetes", "a.yaml", text)).toBe("it was imported");
});

test("an inventory that cannot be edited is not", async () => {
  const source = fixture("entries.spire.json");
  expect(await message("spire", "a.json", source, { inventory: `${inventory}  broken: [\n` })).toMatch(
    /^ImportError: Nothing was imported, since inventory\.plumb\.yaml:\d+:\d+ has to be mended first: /,
  );
  const odd = inventory.replace(/ {2}identities:[\s\S]*/, "  identities: [a, b]\n");
  expect(await message("spire", "a.json", source, { inventory: odd })).toBe(
    "ImportError: Line 6 of the inventory: identities is not a map, so nothing can be added to it.",
  );
});

test("options that say nothing for a kind are refused", async () => {
  const source = fixture("entries.spire.json");
  expect(await message("spire", "a.json", source, { name: "x" })).toBe(
    "ImportError: --name is the name of the one resource that openapi and mcp make; spire has its own names.",
  );
  expect(await message("spire", "a.json", source, { inline: true })).toContain(
    "--inline writes the operations",
  );
  expect(await message("spire", "a.json", source, { trustDomain: "a.b" })).toContain(
    "--trust-domain is for Kubernetes",
  );
  expect(
    await message("kubernetes", "a.yaml", fixture("shop.k8s.yaml"), { trustDomain: "spiffe://A" }),
  ).toContain('"spiffe://A" is not a trust domain');
  expect(await message("mcp", "a.json", fixture("search.tools.json"), { name: "two words" })).toContain(
    '"two words" cannot be a name',
  );
});
