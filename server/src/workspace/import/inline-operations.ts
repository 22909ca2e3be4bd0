/** Operations as they are written in the inventory itself, and how those that are there come up to date. */
import type { Operation } from "../../policy/model.ts";
import { operationName } from "../../policy/operation-names.ts";
import type { FixEdit, FixValue } from "../../text/fix.ts";
import { child, type ListNode, type TreeNode, text } from "../../text/tree.ts";
import type { Change, Entry, Reading } from "./imported.ts";

export interface InlineOperation {
  /** `METHOD /path`. */
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly id?: string;
  readonly value: FixValue;
}

/** An operation that the inventory has: a map, or a text that is its name. */
interface Written {
  readonly item: TreeNode;
  readonly name: string;
  readonly id: string | undefined;
}

/** What `method` of an inline operation may say in the schema. */
const writable = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY"]);

/** Each method and path once; of the same operation on several servers only the first keeps its id. `source`: a file's name. */
export function inlineOperations(
  operations: readonly Operation[],
  source: string,
): { readonly operations: readonly InlineOperation[]; readonly notes: readonly string[] } {
  const found = new Map<string, InlineOperation>();
  const ids = new Map<string, string>();
  const notes: string[] = [];
  let isSaid = false;
  for (const operation of operations) {
    const { id, method, path } = operation;
    const name = operationName(operation);
    if (found.has(name)) continue;
    if (path.includes("${")) {
      notes.push(
        `${source}: ${name} was left out, since \${...} in a policy is a variable of the control plane.`,
      );
      continue;
    }
    if (!writable.has(method)) {
      notes.push(
        `${source}: ${name} was left out, since inline operations have the methods of HTTP itself. Import with a reference to the document to have it.`,
      );
      continue;
    }
    const first = id === undefined || id === "" ? undefined : ids.get(id);
    const isFirst = id !== undefined && id !== "" && first === undefined;
    if (isFirst) ids.set(id, name);
    if (first !== undefined && !isSaid) {
      isSaid = true;
      notes.push(
        `${source}: its servers have several base paths, and of each operation only the first has the id here (${first} is ${id}, ${name} has none). A rule that names ${id} covers less than it would with a reference to the document: name the others by method and path.`,
      );
    }
    const isText = /^\S*$/.test(path);
    found.set(name, {
      name,
      method,
      path,
      ...(isFirst ? { id } : {}),
      value: isFirst || !isText ? { ...(isFirst ? { id } : {}), method, path } : name,
    });
  }
  return { operations: [...found.values()], notes };
}

export function isInline({ node, key }: Entry, names: readonly string[]): boolean {
  return key.text === names[0] && child(node, "operations")?.kind === "list";
}

/**
 * What brings the operations of an entry up to date. An operation whose path is gone and whose id another one has is
 * that other one: it moved. No id ever comes to stand twice, since a rule that names it would cover both.
 */
export function operationUpdate(
  entry: Entry,
  operations: readonly InlineOperation[],
): { readonly changes: readonly Change[] } & Pick<Reading, "goneParts" | "notes"> {
  const list = child(entry.node, "operations");
  if (list?.kind !== "list") return { changes: [], goneParts: [], notes: [] };
  const written = list.items.map(readWritten);
  const byName = new Map(written.map((one) => [one.name, one]));
  const names = new Set(operations.map((one) => one.name));
  const ids = allowedIds(written, byName, operations);
  const holders = new Map<string, Written>();
  for (const one of written) {
    const id = ids.get(one) ?? one.id;
    if (id !== undefined && !holders.has(id)) holders.set(id, one);
  }
  const moved = new Set<Written>();
  const notes: string[] = [];
  const changes = operations.flatMap((operation): readonly Change[] => {
    const { name, id } = operation;
    const own = byName.get(name);
    const holder = id === undefined ? undefined : holders.get(id);
    const before = own === undefined ? undefined : (ids.get(own) ?? own.id);
    const isHeld = holder !== undefined && holder !== own && before !== id;
    if (isHeld && own === undefined && !names.has(holder.name)) {
      const edits = moveEdits(holder, operation);
      if (edits !== undefined) {
        moved.add(holder);
        return [{ what: `operation ${id}`, from: holder.name, to: name, edits }];
      }
    }
    if (isHeld)
      notes.push(
        `${entry.key.text} has the id ${id} at ${holder.name}, so ${name} did not get it: a rule that names ${id} means ${holder.name} alone. Move the id if the rule should mean ${name}.`,
      );
    if (own === undefined) return [addition(list, operation, isHeld)];
    const given = ids.get(own);
    if (given === undefined || own.item.kind !== "map") return [];
    return [
      {
        what: `id of ${name}`,
        ...(own.id === undefined ? {} : { from: own.id }),
        to: given,
        edits: [{ edit: "set-property", map: own.item, key: "id", value: given }],
      },
    ];
  });
  const gone = written.filter((one) => one.name !== "" && !names.has(one.name) && !moved.has(one));
  return { changes, goneParts: gone.map(({ name }) => ({ entry, part: name })), notes };
}

/** The ids that operations get in place of their own, without those that another one keeps. */
function allowedIds(
  written: readonly Written[],
  byName: ReadonlyMap<string, Written>,
  operations: readonly InlineOperation[],
): ReadonlyMap<Written, string> {
  const given = new Map<Written, string>();
  for (const { name, id } of operations) {
    const own = byName.get(name);
    // An operation that stands there as a text is named by its method and path, which is as good.
    if (own !== undefined && own.item.kind === "map" && id !== undefined && own.id !== id) given.set(own, id);
  }
  // Who does not get the new one keeps the old one, which then is not free for another.
  for (let isStable = false; !isStable; ) {
    const kept = new Set(written.flatMap((one) => (given.has(one) ? [] : (one.id ?? []))));
    const refused = [...given].filter(([, id]) => kept.has(id));
    for (const [one] of refused) given.delete(one);
    isStable = refused.length === 0;
  }
  return given;
}

function addition(
  list: ListNode,
  { name, method, path, id, value }: InlineOperation,
  isHeld: boolean,
): Change {
  const bare = /^\S*$/.test(path) ? name : { method, path };
  return {
    what: "operations",
    to: id === undefined || isHeld ? name : `${name} (${id})`,
    edits: [{ edit: "add-item", list, value: isHeld ? bare : value }],
  };
}

function moveEdits({ item }: Written, { method, path }: InlineOperation): readonly FixEdit[] | undefined {
  if (item.kind !== "map") return undefined;
  return [
    ...(text(child(item, "method")) === method
      ? []
      : [{ edit: "set-property", map: item, key: "method", value: method } as const]),
    ...(text(child(item, "path")) === path
      ? []
      : [{ edit: "set-property", map: item, key: "path", value: path } as const]),
  ];
}

function readWritten(item: TreeNode): Written {
  const [method, path] = [text(child(item, "method")), text(child(item, "path"))];
  const name = text(item) ?? (method === undefined || path === undefined ? "" : `${method} ${path}`);
  return { item, name, id: text(child(item, "id")) };
}
