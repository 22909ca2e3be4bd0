/** Drift is about meaning: how deployed files are written, and what things are called, makes no difference. */
import { expect, test, vi } from "vitest";
import { stringify } from "yaml";
import type { DriftReport } from "../../../server/src/drift/report.ts";
import { type Fields, Random } from "../simulate/random.ts";
import { analyse, asJson, filesOf, type Plane, planeOf, type Writing } from "./support/analyse.ts";
import type { Naming } from "./support/world.ts";

const isDeep = process.env.PLUMBLINE_DEEP !== undefined;
vi.setConfig({ testTimeout: isDeep ? 3_600_000 : 120_000 });
const seeds = Array.from({ length: isDeep ? 1_000 : 4 }, (_, index) => 5_000 + index);

/** What is found, without names and places. */
function outline(report: DriftReport): readonly string[] {
  return [
    ...report.comparisons.map((one) => {
      const alone = one.hops.map((hop) => `${hop.enforcementPoint} ${hop.verdict}`).join(", ");
      return `${one.resource} ${one.path.join(">")}: ${one.verdict} (${alone})`;
    }),
    ...report.findings.map((one) => `${one.resource} ${one.path.join(">")} ${one.kind}`).sort(),
  ];
}

async function outlineOf(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const { report } = await analyse(files);
  expect(report.refuted).toBe(0);
  return outline(report);
}

/** Maps with their keys in another order, and more of what a server writes of its own. */
function reordered(random: Random, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => reordered(random, one));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([name, one]) => [name, reordered(random, one)] as const);
  return Object.fromEntries(random.chance(0.5) ? entries.reverse() : entries);
}

function withNoise(random: Random, resource: Fields): Fields {
  const metadata = resource.metadata as Fields;
  return {
    ...resource,
    metadata: {
      ...metadata,
      uid: `3d0f1c9e-${Math.floor(random.next() * 9_000)}`,
      resourceVersion: "88",
      generation: 4,
      managedFields: [{ manager: "argocd-controller", operation: "Apply", fieldsV1: { "f:spec": {} } }],
    },
    status: { conditions: [{ type: "Ready", status: "True" }] },
  };
}

/** YAML as another tool would write it: other quotes, comments, one document an object. */
function noisy(random: Random): Writing {
  const style = random.pick(["QUOTE_DOUBLE", "QUOTE_SINGLE", "PLAIN"] as const);
  const write = (value: unknown) =>
    `# exported at ${random.next()}\n${stringify(reordered(random, value), { defaultStringType: style, defaultKeyType: "PLAIN" })}`;
  return {
    istio: (items) => items.map((one) => write(withNoise(random, one))).join("---\n"),
    kong: (config) => write({ ...config, _info: { defaults: {}, select_tags: ["x"] } }),
    agentgateway: (config) => write({ config: { adminAddr: "localhost:15000" }, ...config }),
  };
}

/** Every AuthorizationPolicy with several rules as several policies with one. */
function split({ world, deployed }: Plane): Plane {
  const istio = deployed.istio.flatMap((one): Fields[] => {
    const spec = one.spec as Fields;
    const metadata = one.metadata as Fields;
    const rules = (spec.rules ?? []) as readonly Fields[];
    // A CUSTOM policy asks its provider by name, and a policy without rules means something of its own.
    if (one.kind !== "AuthorizationPolicy" || rules.length < 2 || spec.action === "CUSTOM") return [one];
    return rules.map((rule, index) => ({
      ...one,
      metadata: { ...metadata, name: `${metadata.name}-${index}` },
      spec: { ...spec, rules: [rule] },
    }));
  });
  return { world, deployed: { ...deployed, istio } };
}

const renamed: Naming = { identity: (name) => `zz-${name}`, rule: (name) => `other-${name}` };

test.each([
  ["written as YAML with noise", (plane: Plane, random: Random) => filesOf(plane, noisy(random))],
  ["with policies split by rule", (plane: Plane) => filesOf(split(plane))],
  ["with other names of identities and rules", (plane: Plane) => filesOf(plane, asJson, renamed)],
] as const)("the same is found %s", async (_, change) => {
  for (const seed of seeds) {
    const plane = planeOf(seed);
    const before = await outlineOf(filesOf(plane));
    const changed = change(plane, new Random(seed));
    expect(await outlineOf(changed), `seed ${seed}`).toEqual(before);
  }
});

test("the same is found in the same files, in the same words", async () => {
  for (const seed of seeds.slice(0, 3)) {
    const files = filesOf(planeOf(seed));
    const [one, other] = [await analyse(files), await analyse(files)];
    expect(other.report.findings.map((finding) => finding.message)).toEqual(
      one.report.findings.map((finding) => finding.message),
    );
  }
});
