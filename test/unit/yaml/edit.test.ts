import { expect, test } from "vitest";
import { parseJson } from "../../../server/src/json/parse.ts";
import type { FixEdit } from "../../../server/src/text/fix.ts";
import { applyEdits } from "../../../server/src/text/text-edit.ts";
import {
  at,
  type ListNode,
  type MapNode,
  type ParsedFile,
  type ScalarNode,
} from "../../../server/src/text/tree.ts";
import { FileEditor } from "../../../server/src/yaml/edit.ts";
import { parseYaml } from "../../../server/src/yaml/parse.ts";

type Path = readonly (string | number)[];

interface Nodes {
  readonly map: (...path: Path) => MapNode;
  readonly list: (...path: Path) => ListNode;
  readonly scalar: (...path: Path) => ScalarNode;
}

function edited(file: ParsedFile, edits: (nodes: Nodes) => readonly FixEdit[]): string | undefined {
  const node = (path: Path) => at(file.documents[0]?.root, ...path);
  const nodes: Nodes = {
    map: (...path) => node(path) as MapNode,
    list: (...path) => node(path) as ListNode,
    scalar: (...path) => node(path) as ScalarNode,
  };
  const made = new FileEditor(file).edits(edits(nodes));
  return made && applyEdits(file.layout.text, made);
}

const inYaml = (text: string, edits: (nodes: Nodes) => readonly FixEdit[]): string | undefined =>
  edited(parseYaml("file:///a.plumb.yaml", text, { dialect: "plumbline" }), edits);

const inJson = (text: string, edits: (nodes: Nodes) => readonly FixEdit[]): string | undefined =>
  edited(parseJson("file:///a.json", text), edits);

const rules = `spec:
  rules:
    # Whoever is paged reads it.
    - name: first # of all
      effect: allow

    # The second one.
    - name: second
      on: [{ resource: ledger }]

    - { name: third, effect: deny }
`;

test("a rule goes with the comment above it and one of the blank lines", () => {
  expect(inYaml(rules, ({ list }) => [{ edit: "remove-item", list: list("spec", "rules"), index: 1 }])).toBe(
    `spec:
  rules:
    # Whoever is paged reads it.
    - name: first # of all
      effect: allow

    - { name: third, effect: deny }
`,
  );
  const all = ({ list }: Nodes) =>
    [0, 1, 2].map((index) => ({ edit: "remove-item", list: list("spec", "rules"), index }) as const);
  expect(inYaml(rules, all)).toBe("spec:\n  rules: []\n");
});

test("a property is added in the style of its map", () => {
  const at = (index: number) => (nodes: Nodes) =>
    [{ edit: "set-property", map: nodes.map("spec", "rules", index), key: "owner", value: "a@b" }] as const;
  expect(inYaml(rules, at(0))).toContain("      effect: allow\n      owner: a@b\n\n    # The second");
  expect(inYaml(rules, at(2))).toContain("    - { name: third, effect: deny, owner: a@b }\n");
});

test("an item is added in the style of its list", () => {
  const value = { name: "fourth", effect: "deny" };
  expect(inYaml(rules, ({ list }) => [{ edit: "add-item", list: list("spec", "rules"), value }])).toBe(
    `${rules}    - name: fourth\n      effect: deny\n`,
  );
  expect(
    inYaml("a: [\n  b, # the first\n  c # the second\n]\n", ({ list }) => [
      { edit: "add-item", list: list("a"), value: "d, e" },
    ]),
  ).toBe('a: [\n  b, # the first\n  c, # the second\n  "d, e"\n]\n');
});

test("the first key of an item goes, and the next comes up to the dash", () => {
  expect(
    inYaml(rules, ({ map }) => [{ edit: "remove-property", map: map("spec", "rules", 0), key: "name" }]),
  ).toContain("    - effect: allow\n");
  expect(
    inYaml("- name: x # of it\n", ({ map }) => [{ edit: "remove-property", map: map(0), key: "name" }]),
  ).toBe("- {}\n");
});

test("quotes stay what they are", () => {
  const text = `a: 'one'\nb: "two"\nc: |- # so\n  three\n  four\nd: five # six\n`;
  const set = ({ scalar }: Nodes) =>
    ["a", "b", "c", "d"].map((key) => ({ edit: "set-scalar", node: scalar(key), value: "it's: x" }) as const);
  expect(inYaml(text, set)).toBe(`a: 'it''s: x'\nb: "it's: x"\nc: "it's: x" # so\nd: "it's: x" # six\n`);
});

test("JSON stays JSON", () => {
  const text = '{\n  "a": {"b": 1, "c": [true]},\n  "d": []\n}\n';
  const edits = ({ map, list }: Nodes): readonly FixEdit[] => [
    { edit: "remove-property", map: map("a"), key: "c" },
    { edit: "add-item", list: list("d"), value: { e: "it's" } },
    { edit: "set-property", map: map(), key: "f", value: ["g"] },
    { edit: "rename-property", map: map("a"), key: "b", to: "h" },
  ];
  expect(inJson(text, edits)).toBe('{\n  "a": {"h": 1},\n  "d": [{"e": "it\'s"}],\n  "f": ["g"]\n}\n');
});

test("what cannot be done is not done in part", () => {
  const add = (nodes: Nodes, value: string) =>
    ({ edit: "set-property", map: nodes.map(), key: "b", value }) as const;
  expect(inYaml("a: 1\n", (nodes) => [add(nodes, "x"), add(nodes, "y")])).toBeUndefined();
  expect(inYaml("a: 1\n", ({ map }) => [{ edit: "remove-property", map: map(), key: "no" }])).toBeUndefined();
  expect(
    inYaml("a: 1\nb: 2\n", ({ map }) => [{ edit: "rename-property", map: map(), key: "a", to: "b" }]),
  ).toBeUndefined();
  const other = parseYaml("file:///b.yaml", "a: [1]\n", { dialect: "deployed" });
  const list = at(other.documents[0]?.root, "a") as ListNode;
  expect(inYaml("a: [1]\n", () => [{ edit: "add-item", list, value: 2 }])).toBeUndefined();
});

test("aliases and anchors are left alone: what is changed there changes elsewhere", () => {
  const text = "a: &x { b: 1 }\nc: *x\nd: { <<: *x, e: 2 }\nf: { g: 1 }\n";
  const file = parseYaml("file:///a.yaml", text, { dialect: "deployed" });
  const set = (key: string) =>
    edited(file, ({ map }) => [{ edit: "set-property", map: map(key), key: "b", value: 2 }]);
  expect(["a", "c", "d"].map(set)).toEqual([undefined, undefined, undefined]);
  expect(set("f")).toBe(text.replace("{ g: 1 }", "{ g: 1, b: 2 }"));
});

test("an added property can be asked to stand on lines of its own, to a depth", () => {
  const set = (blockDepth: number) =>
    inYaml("spec:\n  owner: me # still\n", ({ map }) => [
      {
        edit: "set-property",
        map: map("spec"),
        key: "identities",
        value: { a: { type: "group", claims: { groups: "x" } } },
        blockDepth,
      },
    ]);
  const head = "spec:\n  owner: me # still\n";
  expect(set(0)).toBe(`${head}  identities: { a: { type: group, claims: { groups: x } } }\n`);
  expect(set(1)).toBe(`${head}  identities:\n    a: { type: group, claims: { groups: x } }\n`);
  expect(set(2)).toBe(`${head}  identities:\n    a:\n      type: group\n      claims: { groups: x }\n`);
});

test("a comment that is indented as what stands above it stays with that", () => {
  const add = (text: string) =>
    inYaml(text, ({ map }) => [{ edit: "set-property", map: map("of"), key: "b", value: "new" }]);
  expect(add("of:\n  a:\n    c: 1\n    # about a\n\n    # more of a\n\nz: 1\n")).toBe(
    "of:\n  a:\n    c: 1\n    # about a\n\n    # more of a\n  b: new\n\nz: 1\n",
  );
  expect(add("of:\n  a:\n    c: 1\n  # not of a\n")).toBe("of:\n  a:\n    c: 1\n  b: new\n  # not of a\n");
  expect(add("of:\n  a: # x\n    # about a")).toBe("of:\n  a: # x\n    # about a\n  b: new");
  expect(add("of:\r\n  a: |\r\n    c\r\n   # about a\r\n")).toBe(
    "of:\r\n  a: |\r\n    c\r\n   # about a\r\n  b: new\r\n",
  );
  expect(
    inYaml("- a: 1\n  # about a\n# the end\n", ({ list }) => [
      { edit: "add-item", list: list(), value: "b" },
    ]),
  ).toBe("- a: 1\n  # about a\n- b\n# the end\n");
});
