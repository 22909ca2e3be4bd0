/** examples/language shows every construct of the language, each in a scenario that passes. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { NodeHost } from "../../../server/src/host/node.ts";
import { entries, type TreeNode } from "../../../server/src/text/tree.ts";
import type { ControlPlaneSnapshot, Snapshot } from "../../../server/src/workspace/snapshot.ts";
import { Workspace } from "../../../server/src/workspace/workspace.ts";

const root = path.resolve(import.meta.dirname, "../../..");
const folder = `${pathToFileURL(path.join(root, "examples/language")).href}/`;

async function analyse(): Promise<{ snapshot: Snapshot; plane: ControlPlaneSnapshot }> {
  const workspace = new Workspace(new NodeHost({ roots: () => [folder] }));
  workspace.setFolders([folder]);
  const snapshot = await workspace.analyze();
  const [plane] = snapshot.controlPlanes;
  if (plane === undefined) throw new Error("examples/language has no control plane");
  return { snapshot, plane };
}

test("has no finding, and every scenario passes", async () => {
  const { snapshot, plane } = await analyse();
  expect([...snapshot.findings.values()].flat().map(({ code, message }) => `${code}: ${message}`)).toEqual(
    [],
  );
  expect(plane.runs.filter((run) => run.status === "failed").map((run) => run.reason)).toEqual([]);
});

test("every rule decides some scenario, and every kind of caller and resource stands in such a rule", async () => {
  const { plane } = await analyse();
  const decided = new Set(
    plane.runs.flatMap((run) => run.simulation?.decision.rules.map((one) => one.rule) ?? []),
  );
  const rules = plane.set.policies.flatMap((policy) => policy.rules);
  expect(rules.map((rule) => rule.id).filter((id) => !decided.has(id))).toEqual([]);
  const callers = new Set(
    rules.flatMap((rule) => [...(rule.subjects ?? []), ...(rule.onBehalfOf ?? [])].map((one) => one.text)),
  );
  const unused = [...plane.set.identities.values()]
    .filter((one) => one.members === undefined && !callers.has(one.name))
    .map((one) => one.name);
  expect(unused).toEqual([]);
  const asked = new Set(rules.flatMap((rule) => rule.on.map((target) => target.resource.text)));
  expect([...plane.set.resources.keys()].filter((name) => !asked.has(name))).toEqual([]);
});

type Schema = { readonly [key: string]: unknown };

/** The values that `type` can have, and the keys of a definition. */
function schemaOf(name: string): { readonly $defs: { readonly [name: string]: Schema } } {
  return JSON.parse(readFileSync(path.join(root, `schemas/${name}.schema.json`), "utf8"));
}
const keysOf = (schema: Schema | undefined): readonly string[] =>
  Object.keys((schema?.properties ?? {}) as object);

function keysIn(node: TreeNode | undefined, into = new Set<string>()): ReadonlySet<string> {
  if (node?.kind === "list") for (const item of node.items) keysIn(item, into);
  for (const { key, value } of entries(node)) {
    into.add(key.text);
    keysIn(value, into);
  }
  return into;
}

test("every type and every key of a policy is shown, but for those that are said here", async () => {
  const { plane } = await analyse();
  const inventory = schemaOf("inventory").$defs;
  const policy = schemaOf("policy").$defs;
  const types = (prefix: string) =>
    Object.keys(inventory).flatMap((name) => (name.startsWith(prefix) ? [name.slice(prefix.length)] : []));
  const identities = [...plane.set.identities.values()];
  const resources = [...plane.set.resources.values()];
  expect(types("identity-").filter((type) => !identities.some((one) => one.type === type))).toEqual([
    // What is to be replaced is nothing to show; examples/acme has one.
    "legacy-service-account",
  ]);
  expect(types("resource-").filter((type) => !resources.some((one) => one.type === type))).toEqual([]);
  const shown = new Set(
    plane.files.flatMap((file) => file.documents.flatMap(({ root }) => [...keysIn(root)])),
  );
  const wanted = [
    ...["rule", "target", "requires", "obligations"].flatMap((name) => keysOf(policy[name])),
    ...["credential", "identityFields"].flatMap((name) => keysOf(inventory[name])),
  ];
  expect([...new Set(wanted)].filter((key) => !shown.has(key)).sort()).toEqual(
    // Of a static secret only, or with no effect on a decision; `anonymous` lets everybody in.
    ["anonymous", "notify", "rotation", "secretManager", "secretRef", "status"],
  );
});
