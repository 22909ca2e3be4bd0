/** Any edit of any file: it parses, says what was asked, and everything else is as it was. */
import { expect, test } from "vitest";
import type { FixEdit, FixValue } from "../../../server/src/text/fix.ts";
import { applyEdits, type TextEdit } from "../../../server/src/text/text-edit.ts";
import {
  type ListNode,
  type MapNode,
  type ParsedFile,
  type TreeNode,
  toValue,
} from "../../../server/src/text/tree.ts";
import { FileEditor } from "../../../server/src/yaml/edit.ts";
import { Lexemes } from "../../../server/src/yaml/lexemes.ts";
import { parseYaml } from "../../../server/src/yaml/parse.ts";
import { Random } from "../simulate/random.ts";
import { Writer } from "./support/written.ts";

const runs = process.env.PLUMBLINE_DEEP === undefined ? 300 : 100_000;
const values: readonly FixValue[] = [
  "x",
  "a: b",
  "x # y",
  "",
  "true",
  "- q",
  "*",
  "it's",
  "a, b",
  7,
  false,
  [],
  {},
  ["GET /a", "x, y"],
  { maxTtl: "1h", list: ["a"] },
  [{ resource: "ledger", operations: ["GET /entries"] }, "b"],
  { long: "a text that is rather long, ".repeat(5).trim(), other: ["one", { two: "three" }] },
];

const read = (text: string): ParsedFile => parseYaml("file:///a.yaml", text, { dialect: "deployed" });

function nodesOf(node: TreeNode | undefined): readonly TreeNode[] {
  if (node === undefined) return [];
  if (node.kind === "list") return [node, ...node.items.flatMap(nodesOf)];
  if (node.kind === "map")
    return [node, ...node.entries.flatMap(({ key, value }) => [key, ...nodesOf(value)])];
  return [node];
}

/** The value of a tree with the edit made on the way down. `in`: what the edit is about, and keeps no comments of. */
function changed(node: TreeNode, edits: readonly FixEdit[]): unknown {
  const own = edits.filter((edit) => targetOf(edit) === node);
  if (node.kind === "scalar") {
    const set = own.find((edit) => edit.edit === "set-scalar");
    return set?.edit === "set-scalar" ? set.value : node.value;
  }
  if (node.kind === "list") {
    const gone = new Set(own.flatMap((edit) => (edit.edit === "remove-item" ? [edit.index] : [])));
    const kept = node.items.filter((_, index) => !gone.has(index)).map((item) => changed(item, edits));
    return [...kept, ...own.flatMap((edit) => (edit.edit === "add-item" ? [edit.value] : []))];
  }
  const members = new Map<string, unknown>();
  for (const { key, value } of node.entries) {
    let name = key.text;
    let made: unknown = changed(value, edits);
    let isGone = false;
    for (const edit of own) {
      if (!("key" in edit) || edit.key !== key.text) continue;
      if (edit.edit === "remove-property") isGone = true;
      if (edit.edit === "rename-property") name = edit.to;
      if (edit.edit === "set-property") made = edit.value;
    }
    if (!isGone) members.set(name, made);
  }
  for (const edit of own)
    if (edit.edit === "set-property" && !node.byKey.has(edit.key)) members.set(edit.key, edit.value);
  return Object.fromEntries(members);
}

function targetOf(edit: FixEdit): TreeNode | undefined {
  switch (edit.edit) {
    case "replace":
      return undefined;
    case "set-scalar":
      return edit.node;
    case "add-item":
    case "remove-item":
      return edit.list;
    default:
      return edit.map;
  }
}

/** What an edit may take with it: the node that goes. */
function goes(edit: FixEdit): TreeNode | undefined {
  switch (edit.edit) {
    case "remove-item":
      return edit.list.items[edit.index];
    case "remove-property":
    case "set-property":
      return edit.map.byKey.get(edit.key)?.value;
    case "set-scalar":
      return edit.node;
    default:
      return undefined;
  }
}

function randomEdit(random: Random, nodes: readonly TreeNode[]): FixEdit | undefined {
  const value = random.pick(values);
  const node = random.pick(nodes);
  if (node.kind === "scalar")
    return nodes.some((one) => one.kind === "map" && one.entries.some(({ key }) => key === node))
      ? undefined
      : { edit: "set-scalar", node, value: typeof value === "object" ? "set" : value };
  return node.kind === "list" ? listEdit(random, node, value) : mapEdit(random, node, value);
}

function listEdit(random: Random, list: ListNode, value: FixValue): FixEdit {
  if (list.items.length === 0 || random.next() < 0.5) return { edit: "add-item", list, value };
  return { edit: "remove-item", list, index: Math.floor(random.next() * list.items.length) };
}

function mapEdit(random: Random, map: MapNode, value: FixValue): FixEdit {
  const key = random.pick(map.entries.map((entry) => entry.key.text).concat("new"));
  if (key === "new") return { edit: "set-property", map, key: random.pick(["new", "also: new"]), value };
  return random.pick<FixEdit>([
    { edit: "set-property", map, key, value },
    { edit: "rename-property", map, key, to: random.pick(["renamed", "# re", "ok"]) },
    { edit: "remove-property", map, key },
    { edit: "remove-property", map, key },
  ]);
}

/** Not what looks like one in a block scalar. */
const comments = (text: string): readonly { readonly name: string; readonly at: number }[] =>
  new Lexemes(text)
    .within(0, text.length)
    .flatMap(({ type, start, end }) =>
      type === "comment" ? [{ name: text.slice(start, end), at: start }] : [],
    );

/** Throws what a person needs to see the mistake. */
function check(file: ParsedFile, root: TreeNode, edits: readonly FixEdit[], made: readonly TextEdit[]): void {
  const { text } = file.layout;
  const after = applyEdits(text, made);
  const context = `${text}\n=====\n${after}\n=====\n${JSON.stringify(edits.map((edit) => ({ ...edit, map: 0, list: 0, node: 0, at: targetOf(edit) && toValue(targetOf(edit)) })))}`;
  const again = read(after);
  expect(
    again.problems.map((one) => one.message),
    context,
  ).toEqual([]);
  expect(JSON.stringify(toValue(again.documents[0]?.root) ?? null), context).toEqual(
    JSON.stringify(changed(root, edits)),
  );
  expect(again.documents.length, context).toBe(file.documents.length);
  const gone = edits.flatMap((edit) => nodesOf(goes(edit)));
  const keys = edits.flatMap((edit) =>
    edit.edit === "rename-property" || edit.edit === "remove-property"
      ? [edit.map.byKey.get(edit.key)?.key]
      : [],
  );
  const touched = new Set<TreeNode | undefined>([...gone, ...keys]);
  for (const node of nodesOf(root).filter((one) => one.kind === "scalar" && !touched.has(one))) {
    const { start, end } = file.layout.offsets(node.place);
    const hit = made.some((one) => one.start < end && one.end > start);
    expect(hit, `${context}\n${text.slice(start, end)}`).toBe(false);
  }
  // A comment goes only with what it is in, behind or directly above of.
  const kept = new Set(comments(after).map((one) => one.name));
  for (const { name, at } of comments(text)) {
    if (kept.has(name)) continue;
    const ends = edits.flatMap((edit) => {
      const node = goes(edit);
      return node === undefined || edit.edit === "set-scalar" ? [] : [file.layout.offsets(node.place)];
    });
    const near = ends.some(({ start, end }) => {
      const behind = text.slice(end, at);
      const above = text.slice(at, start);
      const isIn = start <= at && at < end;
      return isIn || /^[ \t,\r\n]*$/.test(behind) || (at < start && /^(\s*#.*\n)*[\s-]*$/.test(above));
    });
    expect(near, `${context}\nlost ${name}`).toBe(true);
  }
}

function run(seed: number, count: number): boolean {
  const random = new Random(seed);
  const text = new Writer(random, random.pick(["\n", "\n", "\r\n"])).document();
  const file = read(text);
  const root = file.documents[0]?.root;
  if (root === undefined || root.kind === "scalar" || file.problems.length > 0) return false;
  const edits: FixEdit[] = [];
  const used = new Set<TreeNode>();
  for (let index = 0; index < count; index++) {
    const edit = randomEdit(random, nodesOf(root));
    if (edit === undefined) continue;
    // They may not overlap: what goes is no place for another change, and a property has one.
    const inside = nodesOf(goes(edit));
    const target = targetOf(edit);
    if (inside.some((one) => used.has(one)) || (target !== undefined && used.has(target))) continue;
    const again = edits.some((one) => targetOf(one) === target && "key" in one && "key" in edit);
    const touches = edits.some((one) => inside.includes(targetOf(one) as TreeNode));
    if (again || touches) continue;
    for (const one of inside) used.add(one);
    edits.push(edit);
  }
  if (edits.length === 0) return false;
  const made = new FileEditor(file).edits(edits);
  if (made === undefined) throw new Error(`not done: ${JSON.stringify(edits)} in\n${text}`);
  check(file, root, edits, made);
  return true;
}

test("one edit", () => {
  let done = 0;
  for (let seed = 1; seed <= runs; seed++) done += run(seed, 1) ? 1 : 0;
  expect(done).toBeGreaterThan(runs * 0.6);
});

test("several edits at once", () => {
  let done = 0;
  for (let seed = 1; seed <= runs; seed++) done += run(seed + 1_000_000, 4) ? 1 : 0;
  expect(done).toBeGreaterThan(runs * 0.6);
});
