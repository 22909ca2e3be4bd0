/** Fixes of whole rules. None of them is safe: which of two rules was meant is for people to say. */
import type { Rule } from "../../policy/model.ts";
import type { Fix } from "../../text/fix.ts";
import type { Place } from "../../text/place.ts";
import { at, items, type ListNode, type ParsedFile, type TreeNode } from "../../text/tree.ts";

interface Entry {
  readonly list: ListNode;
  readonly index: number;
}

const known = new WeakMap<ParsedFile, ReadonlyMap<TreeNode, Entry>>();

/** Takes the rule out of its policy; empty where its list is not in the files. */
export function removeRule(rule: Rule, files: readonly ParsedFile[]): readonly Fix[] {
  const file = files.find((one) => one.layout.has(rule.node.place.block));
  const entry = file && entriesOf(file).get(rule.node);
  // A policy has at least one rule.
  if (entry === undefined || entry.list.items.length < 2) return [];
  return [{ title: `Remove ${rule.id}`, isSafe: false, edits: [{ edit: "remove-item", ...entry }] }];
}

/** Takes the condition of a rule away. */
export function removeCondition(rule: Rule): readonly Fix[] {
  return [
    {
      title: "Remove the condition",
      isSafe: false,
      edits: [{ edit: "remove-property", map: rule.node, key: "condition" }],
    },
  ];
}

/** Takes a name out of the list of the rule that it stands in, at `place`; a target with the resource that is named. */
export function removeName(rule: Rule, name: string, place: Place): readonly Fix[] {
  const isNamed = (node: TreeNode | undefined): boolean =>
    node?.place.block === place.block && node.place.start === place.start;
  for (const list of listsIn(rule.node)) {
    const index = list.items.findIndex((item) => isNamed(item) || isNamed(at(item, "resource")));
    // An empty list would say something else.
    if (index < 0 || list.items.length < 2) continue;
    return [
      {
        title: `Remove ${name} from ${rule.id}`,
        isSafe: false,
        edits: [{ edit: "remove-item", list, index }],
      },
    ];
  }
  return [];
}

function listsIn(node: TreeNode): readonly ListNode[] {
  switch (node.kind) {
    case "scalar":
      return [];
    case "list":
      return [node, ...node.items.flatMap(listsIn)];
    case "map":
      return node.entries.flatMap((entry) => listsIn(entry.value));
  }
}

/** The rules of a file by their nodes; found once for each version of it. */
function entriesOf(file: ParsedFile): ReadonlyMap<TreeNode, Entry> {
  const earlier = known.get(file);
  if (earlier !== undefined) return earlier;
  const entries = new Map<TreeNode, Entry>();
  for (const { root } of file.documents) {
    const list = at(root, "spec", "rules");
    if (list?.kind !== "list") continue;
    for (const [index, node] of items(list).entries()) entries.set(node, { list, index });
  }
  known.set(file, entries);
  return entries;
}
