/** An import as edits of one inventory: what is new is added behind, what changed is changed in place, nothing goes. */
import type { ControlPlane } from "../../policy/model.ts";
import { applyEdits, composeEdits, type TextEdit } from "../../text/text-edit.ts";
import { child, entries as entriesOf, type ParsedFile, text } from "../../text/tree.ts";
import { FileEditor } from "../../yaml/edit.ts";
import { isPolicyFile, pathOf } from "../uris.ts";
import { readMcpFiles, readOpenApiFiles } from "./document-resources.ts";
import { Environments } from "./environments.ts";
import {
  type Change,
  type Entry,
  ImportError,
  type ImportOptions,
  type Reading,
  type Section,
} from "./imported.ts";
import { documentFor, insertions, isInventory, newInventory } from "./inventory-edits.ts";
import { readKubernetes } from "./kubernetes.ts";
import { nameOf, takeName } from "./names.ts";
import { type ImportSource, readSource } from "./source.ts";
import { readSpire } from "./spire.ts";

/** The inventory that is written, and what it belongs to. */
export interface ImportTarget {
  /** URI, and the path as the person knows it. */
  readonly uri: string;
  readonly name: string;
  /** Undefined where it is to be made. */
  readonly file: ParsedFile | undefined;
  /** Undefined where it belongs to none (yet). */
  readonly controlPlane: ControlPlane | undefined;
  /** All policy files of the control plane: what is declared in another one is not declared again. */
  readonly files: readonly ParsedFile[];
  /** The folder that references may not leave: URI with a trailing slash. */
  readonly root: string;
}

export interface ImportPlan {
  readonly target: ImportTarget;
  /** In order and apart, in the text as it is; empty where the inventory says all of it already. */
  readonly edits: readonly TextEdit[];
  readonly before: string;
  readonly after: string;
  readonly added: readonly { readonly section: Section; readonly name: string; readonly label: string }[];
  readonly changed: readonly { readonly entry: Entry; readonly change: Change }[];
  /** What differs in other files than the target, which stay as they are. */
  readonly elsewhere: readonly { readonly entry: Entry; readonly change: Change }[];
  /** How many things of the source the inventory says already. */
  readonly same: number;
  readonly gone: Reading["gone"];
  readonly goneParts: Reading["goneParts"];
  readonly notes: readonly string[];
}

/** Throws `ImportError`. */
export function planImport(
  sources: readonly ImportSource[],
  target: ImportTarget,
  options: ImportOptions,
): ImportPlan {
  checkOptions(sources, options);
  checkTarget(target);
  const files = sources.map((source) => ({ file: readSource(source, options.kind), name: source.name }));
  const policyFiles = target.file === undefined ? target.files : [...new Set([target.file, ...target.files])];
  const entries = policyFiles.flatMap(entriesIn);
  const reading = read(files, entries, target, options);

  const taken: Readonly<Record<Section, Set<string>>> = {
    identities: new Set(namesIn(policyFiles, "identities")),
    resources: new Set(namesIn(policyFiles, "resources")),
  };
  const news = reading.things.filter((one) => one.present.length === 0);
  const named = news.map((one) => ({ ...one, name: takeName(one.names, taken[one.section]) }));
  const changes = reading.things.flatMap((one) =>
    one.present.flatMap(({ entry, changes: own }) => own.map((change) => ({ entry, change }))),
  );
  const changed = changes.filter(({ entry }) => entry.file === target.file);
  const made = edits(target, named, changed);
  const before = target.file?.layout.text ?? "";
  return {
    target,
    edits: made,
    before,
    after: applyEdits(before, made),
    added: named.map(({ section, name, label }) => ({ section, name, label })),
    changed,
    elsewhere: changes.filter(({ entry }) => entry.file !== target.file),
    same: reading.things.filter(
      (one) => one.present.length > 0 && one.present.every(({ changes: own }) => own.length === 0),
    ).length,
    gone: reading.gone,
    goneParts: reading.goneParts,
    notes: [
      ...reading.notes,
      ...(options.owner === undefined && isUnowned(target, named)
        ? [
            "Nobody was named as owner (--owner), so the identities that are new have none: say who answers for them, or missing-owner will ask.",
          ]
        : []),
    ],
  };
}

/** Whoever answers for an inventory (`spec.owner`) answers for what is in it; of resources no owner is asked. */
function isUnowned({ file }: ImportTarget, added: readonly { readonly section: Section }[]): boolean {
  if (!added.some((one) => one.section === "identities")) return false;
  const documents = file?.documents.filter(isInventory) ?? [];
  const document = documents.length === 0 ? undefined : documentFor(documents, "identities");
  return (text(child(child(document?.root, "spec"), "owner")) ?? "").trim() === "";
}

function read(
  files: readonly { readonly file: ParsedFile; readonly name: string }[],
  entries: readonly Entry[],
  target: ImportTarget,
  options: ImportOptions,
): Reading {
  const resources = entries.filter((one) => one.section === "resources");
  const standing = { inventory: target.uri, root: target.root };
  const environments = new Environments(target.controlPlane, entries);
  switch (options.kind) {
    case "openapi":
      return readOpenApiFiles(files, resources, standing, options);
    case "mcp":
      return readMcpFiles(files, resources, standing, options);
    case "kubernetes":
      return readKubernetes(files, entries, environments, options);
    case "spire":
      return readSpire(
        files,
        entries.filter((one) => one.section === "identities"),
        environments,
        options,
      );
  }
}

function checkOptions(
  sources: readonly ImportSource[],
  { kind, name, trustDomain, inline }: ImportOptions,
): void {
  const isOfDocuments = kind === "openapi" || kind === "mcp";
  if (name !== undefined && !isOfDocuments)
    throw new ImportError(
      `--name is the name of the one resource that openapi and mcp make; ${kind} has its own names.`,
    );
  if (name !== undefined && sources.length > 1)
    throw new ImportError("--name is the name of one resource, so it goes with one file.");
  if (inline === true && kind !== "openapi")
    throw new ImportError(
      `--inline writes the operations of an OpenAPI document; it says nothing about ${kind}.`,
    );
  if (trustDomain === undefined) return;
  if (kind !== "kubernetes")
    throw new ImportError(
      `--trust-domain is for Kubernetes files, which do not tell it; it says nothing about ${kind}.`,
    );
  if (!/^[a-z0-9._-]{1,255}$/.test(trustDomain))
    throw new ImportError(
      `"${trustDomain}" is not a trust domain: lower-case letters, digits, ".", "_" and "-" only, without spiffe:// and path.`,
    );
}

function checkTarget({ uri, name, file }: ImportTarget): void {
  if (!isPolicyFile(uri))
    throw new ImportError(`${name} would not be read: an inventory is a file that ends in .plumb.yaml.`);
  const broken = file?.problems.find((problem) => problem.severity === "error");
  if (file === undefined || broken === undefined) return;
  const { start } = file.layout.range(broken.place);
  throw new ImportError(
    `Nothing was imported, since ${name}:${start.line + 1}:${start.character + 1} has to be mended first: ${broken.message}`,
  );
}

function edits(
  { uri, name, file }: ImportTarget,
  added: readonly { readonly section: Section; readonly name: string; readonly value: Entries[1] }[],
  changed: ImportPlan["changed"],
): readonly TextEdit[] {
  const of = (section: Section): readonly Entries[] =>
    added.flatMap((one) => (one.section === section ? [[one.name, one.value] as const] : []));
  const entries = { identities: of("identities"), resources: of("resources") };
  if (added.length === 0 && changed.length === 0) return [];
  const documents = file?.documents.filter(isInventory) ?? [];
  if (file === undefined || documents.length === 0) {
    const there = file?.layout.text ?? "";
    const inventory = newInventory(inventoryName(uri), entries);
    const isBlank = there.trim() === "";
    const separator = isBlank ? "" : there.endsWith("\n") ? "---\n" : "\n---\n";
    return [{ start: there.length, end: there.length, text: separator + inventory }];
  }
  const { fixes, texts } = insertions(file, documents, entries);
  // A thing that stands behind several of the source (two names for one port) is changed once.
  const ofChanges = [
    ...new Map(
      changed.map((one) => [`${one.entry.key.text} ${one.change.what} ${one.change.to}`, one]),
    ).values(),
  ];
  const made = new FileEditor(file).edits([...ofChanges.flatMap(({ change }) => change.edits), ...fixes]);
  const all = made && composeEdits([...made, ...texts]);
  if (all === undefined)
    throw new ImportError(
      `${name} is written in a way that is not edited automatically (anchors, aliases, tags, or a key that stands twice). Write to another file: --into FILE.`,
    );
  return all;
}

type Entries = NonNullable<Parameters<typeof newInventory>[1]["identities"][number]>;

/** `inventory.plumb.yaml` is the document `inventory`. */
function inventoryName(uri: string): string {
  const file = pathOf(uri).split("/").at(-1) ?? "";
  return nameOf(file.replace(/\.plumb\.ya?ml$/, "")) ?? "inventory";
}

function entriesIn(file: ParsedFile): readonly Entry[] {
  return file.documents
    .filter(isInventory)
    .flatMap((document) =>
      (["identities", "resources"] as const).flatMap((section) =>
        entriesOf(child(child(document.root, "spec"), section)).flatMap(({ key, value }): readonly Entry[] =>
          value.kind === "map" ? [{ file, section, key, node: value }] : [],
        ),
      ),
    );
}

/** Also those of entries that say nothing that could be read. */
function namesIn(files: readonly ParsedFile[], section: Section): readonly string[] {
  return files.flatMap((file) =>
    file.documents
      .filter(isInventory)
      .flatMap((document) =>
        entriesOf(child(child(document.root, "spec"), section)).map(({ key }) => key.text),
      ),
  );
}
