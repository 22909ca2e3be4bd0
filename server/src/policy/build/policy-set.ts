/**
 * Builds the typed model of one control plane from its documents. Every part that can be read is built, however broken
 * the others are. What the schema says is checked before (`schema-check.ts`); here are the findings of building: files
 * that cannot be had, mistakes inside of them, names that stand twice, conditions.
 */
import type { Place } from "../../text/place.ts";
import type { Problem } from "../../text/problem.ts";
import { child, items, type MapNode, type ParsedFile } from "../../text/tree.ts";
import { mainControlPlane } from "../main-control-plane.ts";
import type { ControlPlane, Identity, Policy, PolicySet, Resource, Scenario, Written } from "../model.ts";
import { checkReferences } from "../references.ts";
import { checkSchema } from "../schema-check.ts";
import { type Kind, kindOf } from "../schema-kinds.ts";
import { symbolKey } from "../symbol-key.ts";
import { ConditionCompiler } from "./conditions.ts";
import { buildControlPlane, emptyControlPlane } from "./control-plane.ts";
import { type DocumentSource, openReference } from "./files.ts";
import { buildIdentity } from "./identities.ts";
import { buildPolicy } from "./policies.ts";
import { metadataName, namedMaps, written } from "./read.ts";
import { buildResource, InventoryFiles } from "./resources.ts";
import { buildScenarios } from "./scenarios.ts";
import { identitiesWithoutSets, ruleWithoutSets } from "./subject-sets.ts";
import { unreadKinds } from "./unread.ts";

export interface BuiltPolicySet {
  readonly set: PolicySet;
  readonly problems: readonly Problem[];
}

/**
 * `files`: all files below one ControlPlane document, that document's own among them; at least one. The findings of
 * building are followed by those of `checkReferences`.
 */
export function buildPolicySet(files: readonly ParsedFile[], source: DocumentSource): BuiltPolicySet {
  const builder = new Builder(files, source);
  const set = builder.set();
  return { set, problems: [...builder.problems, ...checkReferences(set)] };
}

interface Document {
  readonly file: ParsedFile;
  readonly uri: string;
  readonly kind: Kind;
  readonly root: MapNode;
  readonly name: Written;
}

class Builder {
  readonly problems: Problem[] = [];
  readonly #documents: readonly Document[];
  readonly #unreadable = new Set<string>();

  constructor(
    private readonly files: readonly ParsedFile[],
    private readonly source: DocumentSource,
  ) {
    this.#documents = files.flatMap((file) =>
      file.documents.flatMap((document): readonly Document[] => {
        const kind = kindOf(document);
        const { root } = document;
        if (kind === undefined || root?.kind !== "map") return [];
        // Without a name there is a finding of the schema; its entries still count, by the name of the document.
        const name = metadataName(root) ?? { text: "unnamed", place: (root.entries[0]?.key ?? root).place };
        return [{ file, uri: file.uri, kind, root, name }];
      }),
    );
  }

  set(): PolicySet {
    const controlPlane = this.#controlPlane();
    const { identities, resources } = this.#inventory();
    const policies = this.#policies(resources).map((policy) => ({
      ...policy,
      rules: policy.rules.map((rule) => ruleWithoutSets(rule, identities)),
    }));
    const scenarios = this.#scenarios();
    const kinds = new Set(unreadKinds(this.files));
    // Without its own document nothing is known of environments and issuers, so no use of them is a mistake.
    if (controlPlane === undefined) kinds.add("ControlPlane");
    const unreadable = { names: this.#unreadable, kinds };
    return {
      controlPlane: controlPlane ?? this.#unnamed(),
      identities: identitiesWithoutSets(identities),
      resources,
      policies,
      scenarios,
      unreadable,
    };
  }

  #of(kind: Kind): readonly Document[] {
    return this.#documents.filter((document) => document.kind === kind);
  }

  /** A second one in a folder is a finding of the workspace. */
  #controlPlane(): ControlPlane | undefined {
    const document = mainControlPlane(this.#of("ControlPlane"));
    if (document === undefined) return undefined;
    const built = buildControlPlane(document.uri, document.root, document.name);
    const spec = child(document.root, "spec");
    for (const { key } of namedMaps(child(spec, "issuers"))) {
      if (!built.issuers.has(key.text)) this.#unreadable.add(symbolKey("issuer", key.text));
    }
    for (const { value } of namedMaps(child(spec, "environments"))) {
      for (const { key } of namedMaps(child(value, "enforcementPoints"))) {
        this.#unreadable.add(symbolKey("enforcement-point", key.text));
      }
    }
    return built;
  }

  #unnamed(): ControlPlane {
    const [file] = this.files;
    if (file === undefined) throw new Error("a control plane has at least one file");
    const place = file.documents[0]?.place ?? {
      block: { uri: file.uri, text: file.layout.text },
      start: 0,
      end: 0,
    };
    return emptyControlPlane(file.uri, { text: "", place });
  }

  #inventory(): { identities: ReadonlyMap<string, Identity>; resources: ReadonlyMap<string, Resource> } {
    const identities = new Map<string, Identity>();
    const resources = new Map<string, Resource>();
    const files = new InventoryFiles(this.source);
    for (const { uri, root } of this.#of("Inventory")) {
      const spec = child(root, "spec");
      const declaredIdentities = child(spec, "identities");
      const declaredResources = child(spec, "resources");
      for (const { key, value } of declaredIdentities?.kind === "map" ? declaredIdentities.entries : []) {
        const identity = value.kind === "map" ? buildIdentity(key, value) : undefined;
        this.#add(identities, "identity", key.text, key.place, identity);
        this.#checkFile(uri, written(child(child(value, "agentCard"), "file")));
      }
      for (const { key, value } of declaredResources?.kind === "map" ? declaredResources.entries : []) {
        const resource = value.kind === "map" ? buildResource(uri, key, value, files) : undefined;
        this.#add(resources, "resource", key.text, key.place, resource);
      }
    }
    this.problems.push(...files.problems);
    return { identities, resources };
  }

  #add<T extends { readonly place: Place }>(
    all: Map<string, T>,
    kind: "identity" | "resource",
    name: string,
    place: Place,
    one: T | undefined,
  ): void {
    const first = all.get(name);
    if (first !== undefined) this.#duplicate(kind, name, place, first.place);
    else if (one !== undefined) all.set(name, one);
    else this.#unreadable.add(symbolKey(kind, name));
  }

  #policies(resources: ReadonlyMap<string, Resource>): readonly Policy[] {
    const conditions = new ConditionCompiler(resources);
    const policies = new Map<string, Policy>();
    for (const { file, uri, root, name } of this.#of("Policy")) {
      const first = policies.get(name.text);
      if (first !== undefined) {
        this.#duplicate("policy", name.text, name.place, first.place);
        continue;
      }
      const built = buildPolicy(uri, root, name, conditions, (node) => hasSchemaError(file, node));
      policies.set(name.text, { ...built.policy, rules: this.#unique("rule", built.policy.rules) });
      this.problems.push(...built.problems);
      for (const rule of built.unreadable) this.#unreadable.add(symbolKey("rule", rule));
      for (const condition of built.unreadableConditions)
        this.#unreadable.add(symbolKey("condition", condition, name.text));
    }
    return [...policies.values()];
  }

  #scenarios(): readonly Scenario[] {
    const suites = new Map<string, Place>();
    const all: Scenario[] = [];
    for (const { uri, root, name } of this.#of("Scenarios")) {
      const first = suites.get(name.text);
      if (first !== undefined) {
        this.#duplicate("suite of scenarios", name.text, name.place, first);
        continue;
      }
      suites.set(name.text, name.place);
      all.push(...this.#unique("scenario", buildScenarios(uri, root, name).scenarios));
      for (const scenario of items(child(child(root, "spec"), "scenarios"))) {
        this.#checkFile(uri, written(child(child(scenario, "request"), "file")));
      }
    }
    return all;
  }

  #unique<T extends { readonly id: string; readonly name: Written }>(
    kind: string,
    all: readonly T[],
  ): readonly T[] {
    const found = new Map<string, T>();
    for (const one of all) {
      const first = found.get(one.id);
      if (first === undefined) found.set(one.id, one);
      else this.#duplicate(kind, one.name.text, one.name.place, first.name.place);
    }
    return [...found.values()];
  }

  #duplicate(kind: string, name: string, place: Place, first: Place): void {
    this.problems.push({
      code: "reference/duplicate-name",
      severity: "error",
      message: `There is another ${kind} "${name}" in this control plane, so it would be unclear which one is meant. The first one counts; give this one a name of its own.`,
      place,
      related: [{ place: first, message: `The first "${name}" stands here.` }],
    });
  }

  #checkFile(uri: string, reference: Written | undefined): void {
    if (reference === undefined) return;
    const opened = openReference(uri, reference, this.source);
    if ("problem" in opened) this.problems.push(opened.problem);
  }
}

function hasSchemaError(file: ParsedFile, node: MapNode): boolean {
  return checkSchema(file).some(
    (problem) => problem.severity === "error" && file.layout.encloses(node.place, problem.place),
  );
}
