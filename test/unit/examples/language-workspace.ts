/** examples/language as values, so that a test can change them, and what comes out of it. */
import path from "node:path";
import { pathToFileURL } from "node:url";
import { NodeHost } from "../../../server/src/host/node.ts";
import { checkSchema } from "../../../server/src/policy/schema-check.ts";
import { toValue } from "../../../server/src/text/tree.ts";
import type { Snapshot } from "../../../server/src/workspace/snapshot.ts";
import { Workspace } from "../../../server/src/workspace/workspace.ts";
import { parseYaml } from "../../../server/src/yaml/parse.ts";
import { type Kind, keysIn, type Occurrence, type Step } from "./schema-keys.ts";

const root = path.resolve(import.meta.dirname, "../../..");
export const folder = `${pathToFileURL(path.join(root, "examples/language")).href}/`;

/** A key of one of the documents. */
export interface Written extends Occurrence {
  readonly uri: string;
  readonly document: number;
}

/** Values of documents by the URIs of their files. */
type Documents = ReadonlyMap<string, readonly unknown[]>;

interface Suite {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly scenarios: readonly { readonly name: string }[] };
}

/** What the example says: of every request, and of what is deployed. */
export interface Results {
  /** The decisions of the scenarios, and whether they are what was expected. */
  readonly decided: string;
  /** What the deployed hops decide of the same requests, and how they compare with the policy. */
  readonly deployed: string;
  /** `decided` by the names of the scenarios. */
  readonly byScenario: ReadonlyMap<string, string>;
}

/** A key with another value; `undefined` is a key that is not there. */
export interface Change {
  readonly at: Written;
  readonly value: unknown;
}

/** With the lint rules, as a user sees it. */
export async function analyse(): Promise<Snapshot> {
  return open().analyze();
}

function open(): Workspace {
  const workspace = new Workspace(new NodeHost({ roots: () => [folder] }));
  workspace.setFolders([folder]);
  return workspace;
}

export class LanguageExample {
  private constructor(
    private readonly documents: Documents,
    /** With drift, which is most of the time, and without. */
    private readonly workspaces: { readonly drift: Workspace; readonly scenarios: Workspace },
    readonly written: readonly Written[],
    readonly results: Results,
  ) {}

  static async open(): Promise<LanguageExample> {
    const [drift, scenarios] = [open(), open()];
    drift.configure({ rules: false });
    scenarios.configure({ rules: false, drift: false, deployed: false });
    await scenarios.analyze();
    const snapshot = await drift.analyze();
    const documents = new Map(
      [...snapshot.policyFiles].map(([uri, file]) => [uri, file.documents.map((one) => toValue(one.root))]),
    );
    const written = [...documents].flatMap(([uri, all]) =>
      all.flatMap((value, document) =>
        keysIn((value as { readonly kind: Kind }).kind, value).map((one) => ({ ...one, uri, document })),
      ),
    );
    return new LanguageExample(documents, { drift, scenarios }, written, resultsOf(snapshot));
  }

  /** What comes out of a changed example. */
  async with(changes: readonly Change[]): Promise<Results> {
    return this.#analysed(changes, this.workspaces.drift);
  }

  /** The decisions alone, which takes less time. */
  async decidedWith(changes: readonly Change[]): Promise<string> {
    return (await this.#analysed(changes, this.workspaces.scenarios)).decided;
  }

  /** The scenario that a key stands in, by its name; undefined where it stands in none. */
  scenarioOf({ uri, document, steps }: Written): string | undefined {
    const [spec, scenarios, index, ...rest] = steps;
    if (spec !== "spec" || scenarios !== "scenarios" || typeof index !== "number" || rest.length === 0)
      return undefined;
    const within = this.documents.get(uri)?.[document] as Suite | undefined;
    return within && `${within.metadata.name}/${within.spec.scenarios[index]?.name}`;
  }

  /** As `decidedWith`, by scenario: changes of several scenarios do not meet. */
  async decidedByScenario(changes: readonly Change[]): Promise<ReadonlyMap<string, string>> {
    return (await this.#analysed(changes, this.workspaces.scenarios)).byScenario;
  }

  async #analysed(changes: readonly Change[], workspace: Workspace): Promise<Results> {
    const texts = this.#textsWith(changes);
    for (const [uri, text] of texts) workspace.setOverlay(uri, text);
    const results = resultsOf(await workspace.analyze());
    for (const uri of texts.keys()) workspace.removeOverlay(uri);
    return results;
  }

  /** Whether the document is still of the language: what it decides otherwise says nothing of the key. */
  isWellFormed(change: Change): boolean {
    const { uri, document, steps } = change.at;
    const changed = replaced(this.documents.get(uri)?.[document], steps, change.value);
    const file = parseYaml(uri, JSON.stringify(changed), { dialect: "plumbline" });
    // That an allow names nobody is a mistake, and what it decides is what `anonymous` says.
    return checkSchema(file).every((problem) => problem.code === "schema/subjects-required");
  }

  /** JSON is YAML. */
  #textsWith(changes: readonly Change[]): ReadonlyMap<string, string> {
    const changed = new Map<string, unknown[]>();
    for (const { at, value } of changes) {
      const documents = changed.get(at.uri) ?? [...(this.documents.get(at.uri) ?? [])];
      documents[at.document] = replaced(documents[at.document], at.steps, value);
      changed.set(at.uri, documents);
    }
    return new Map(
      [...changed].map(([uri, documents]) => [
        uri,
        documents.map((one) => JSON.stringify(one)).join("\n---\n"),
      ]),
    );
  }

  valueOf({ uri, document, steps }: Written): unknown {
    let value = this.documents.get(uri)?.[document];
    for (const step of steps) value = (value as Record<Step, unknown>)[step];
    return value;
  }
}

function replaced(within: unknown, [step, ...rest]: readonly Step[], value: unknown): unknown {
  if (step === undefined) return value;
  if (Array.isArray(within))
    return within.map((one, index) => (index === step ? replaced(one, rest, value) : one));
  return Object.fromEntries(
    Object.entries(within as object).flatMap(([key, one]) => {
      if (key !== step) return [[key, one]];
      const other = replaced(one, rest, value);
      return other === undefined ? [] : [[key, other]];
    }),
  );
}

function resultsOf({ controlPlanes }: Snapshot): Results {
  const byScenario = new Map<string, string>();
  for (const { runs } of controlPlanes)
    for (const { scenario, environment, status, part, simulation } of runs) {
      const { decision, rules, obligations, listed } = simulation?.decision ?? {};
      const result = [
        environment,
        status,
        part,
        decision,
        rules?.map((one) => one.rule),
        obligations,
        listed,
      ];
      byScenario.set(scenario.id, (byScenario.get(scenario.id) ?? "") + JSON.stringify(result));
    }
  const walks = controlPlanes.flatMap(({ runs }) =>
    runs.map(({ simulation }) =>
      simulation?.walks.map(({ decision, hops }) => [decision, hops.map((hop) => [hop.type, hop.decision])]),
    ),
  );
  const drift = controlPlanes.flatMap((plane) =>
    [...plane.drift.values()].map(({ comparisons, findings: found, posture }) => [
      comparisons.map(({ resource, verdict, hops }) => [resource, verdict, hops.map((hop) => hop.verdict)]),
      found.map((one) => [one.kind, one.resource, one.region]),
      posture.map((one) => one.code),
    ]),
  );
  // Names of scenarios decide nothing.
  const decided = [...byScenario.values()].join("\n");
  return { decided, deployed: JSON.stringify([walks, drift]), byScenario };
}
