import { describe, expect, it } from "vitest";
import {
  at,
  entries,
  items,
  type ParsedFile,
  type TreeNode,
  text,
  toValue,
} from "../../../server/src/text/tree.ts";
import { parseYaml } from "../../../server/src/yaml/parse.ts";
import { markRanges, readMarkers } from "../../support/markers.ts";

const policy = (source: string): ParsedFile =>
  parseYaml("file:///a.plumb.yaml", source, { dialect: "plumbline" });
const deployed = (source: string): ParsedFile => parseYaml("file:///a.yaml", source, { dialect: "deployed" });
const values = (file: ParsedFile): object =>
  JSON.parse(JSON.stringify(file.documents.map((one) => toValue(one.root) ?? null))) as object;
const codes = (file: ParsedFile): readonly string[] => file.problems.map((one) => one.code);

/** Parses a fixture with ranges and gives it back with the ranges of the problems. */
function marked(
  fixture: string,
  parse: (source: string) => ParsedFile,
): { file: ParsedFile; marked: string } {
  const { text: source } = readMarkers(fixture);
  const file = parse(source);
  return {
    file,
    marked: markRanges(
      source,
      file.problems.map((one) => file.layout.offsets(one.place)),
    ),
  };
}

function source(file: ParsedFile, node: TreeNode | undefined): string {
  if (node === undefined) return "(none)";
  const { start, end } = file.layout.offsets(node.place);
  return file.layout.text.slice(start, end);
}

describe("values and places", () => {
  it("follows the core schema, and keeps numbers as written", () => {
    const file = deployed(
      "a: 0x1F\nb: 1.50\nc: yes\nd: 2026-01-15T09:00:00Z\ne: ~\nf: True\ng: 0o17\nh: 'true'\ni: -.inf\nj: 9007199254740993\nk: 1_000\nl:\n",
    );
    const root = file.documents[0]?.root;
    expect(
      entries(root).map((one) => (one.value.kind === "scalar" ? [one.value.value, one.value.text] : [])),
    ).toEqual([
      [31, "0x1F"],
      [1.5, "1.50"],
      ["yes", "yes"],
      ["2026-01-15T09:00:00Z", "2026-01-15T09:00:00Z"],
      [null, "~"],
      [true, "True"],
      [15, "0o17"],
      ["true", "true"],
      [Number.NEGATIVE_INFINITY, "-.inf"],
      [9007199254740992, "9007199254740993"],
      ["1_000", "1_000"],
      [null, ""],
    ]);
    const last = at(root, "l");
    expect(last?.place.start).toBe(last?.place.end);
    expect(last && file.layout.offsets(last.place).start).toBe(file.layout.text.length - 1);
  });

  it("keeps the core schema whatever a directive says", () => {
    const file = deployed("%YAML 1.1\n---\na: yes\nb: 0o7\n");
    expect(values(file)).toEqual([{ a: "yes", b: 7 }]);
    expect(codes(file)).toEqual([]);
    expect(codes(policy("%YAML 1.1\n---\na: yes\n"))).toEqual(["yaml/directive"]);
  });

  it("reads documents with marks, comments, a byte order mark and CRLF", () => {
    const file = policy("\uFEFF# first\r\n---\r\na: 1\r\n...\r\n# second\r\n---\r\nb: 2\r\n---\r\n");
    expect(values(file)).toEqual([{ a: 1 }, { b: 2 }, null]);
    expect(file.problems).toEqual([]);
    expect(values(policy("# nothing\n\n"))).toEqual([]);
    expect(values(policy(""))).toEqual([]);
    expect(source(file, at(file.documents[1]?.root, "b"))).toBe("2");
  });

  it("ends block texts and collections where their content ends", () => {
    const file = deployed('a: |\n  x\n  y\n\n# c\nb:\n  - 1\n  # d\n\nc: "q"\n');
    expect(source(file, at(file.documents[0]?.root, "a"))).toBe("|\n  x\n  y");
    expect(source(file, at(file.documents[0]?.root, "b"))).toBe("- 1");
    expect(source(file, at(file.documents[0]?.root, "c"))).toBe('"q"');
  });
});

describe("blocks", () => {
  const fixture = `apiVersion: plumbline/v1
kind: Policy
spec:
  owner: me
  rules:
    # the first
    - name: a
      text: |
        b

    # the second
    - name: c # why
  others:
    x: { y: 1 }
    z: 2
---
kind: Other
`;

  it("makes each entry of a section a block, and the text between", () => {
    const file = policy(fixture);
    const root = file.documents[0]?.root;
    const rules = items(at(root, "spec", "rules"));
    expect(rules.map((one) => one.place.block.text)).toEqual([
      "    - name: a\n      text: |\n        b\n",
      "    - name: c # why\n",
    ]);
    expect(at(root, "spec", "others", "x", "y")?.place.block.text).toBe("    x: { y: 1 }\n");
    expect(at(root, "spec", "owner")?.place.block.text).toContain("# the first\n");
    const list = at(root, "spec", "rules");
    expect(list?.place.endBlock).toBe(rules[1]?.place.block);
    expect(source(file, list)).toMatch(/^- name: a[\s\S]*c$/);
    expect(file.documents[1]?.place.block.text).toBe("---\nkind: Other\n");
  });

  it("covers the whole file without gaps", () => {
    for (const parse of [policy, deployed]) {
      const file = parse(fixture);
      const seen = new Set([...blocksOf(file)]);
      const sorted = [...seen].sort((a, b) => file.layout.base(a) - file.layout.base(b));
      for (const block of sorted)
        expect(file.layout.text.startsWith(block.text, file.layout.base(block))).toBe(true);
    }
  });

  it("leaves the other blocks as they are when one is edited", () => {
    const before = policy(fixture);
    const after = policy(fixture.replace("name: a", "name: a longer name\n      effect: deny"));
    const place = (file: ParsedFile): unknown => {
      const { block, start, end } = at(file.documents[0]?.root, "spec", "rules", 1, "name")?.place ?? {};
      return [block?.text, start, end];
    };
    expect(place(after)).toEqual(place(before));
  });

  it("cuts the items of a deployed list, and nothing else", () => {
    const file = deployed("kind: List\nitems:\n- a: 1\n- b: 2\nspec:\n  rules:\n  - x: 1\n");
    expect(items(at(file.documents[0]?.root, "items")).map((one) => one.place.block.text)).toEqual([
      "- a: 1\n",
      "- b: 2\n",
    ]);
    expect(at(file.documents[0]?.root, "spec", "rules", 0)?.place.block.text).toContain("spec:");
  });
});

function* blocksOf(file: ParsedFile): Generator<TreeNode["place"]["block"]> {
  for (const document of file.documents) yield* nodeBlocks(document.root);
}

function* nodeBlocks(node: TreeNode | undefined): Generator<TreeNode["place"]["block"]> {
  if (node === undefined) return;
  yield node.place.block;
  for (const item of items(node)) yield* nodeBlocks(item);
  for (const entry of entries(node)) yield* nodeBlocks(entry.value);
}

describe("what policy files may not have", () => {
  it("marks each at its own token", () => {
    const fixture = "a: ‹&x› { b: 1 }\nc: ‹*x›\nd: ‹!!str› 1\ne:\n  ‹<<›: ‹*x›\n  f: ‹!g› h\n";
    const { file, marked: shown } = marked(fixture, policy);
    expect(shown).toBe(fixture);
    expect(codes(file)).toEqual([
      "yaml/anchor",
      "yaml/alias",
      "yaml/tag",
      "yaml/merge-key",
      "yaml/alias",
      "yaml/tag",
    ]);
    expect(file.problems.every((one) => one.severity === "error")).toBe(true);
  });

  it("takes them in deployed files, with the meaning of YAML 1.1 merge keys", () => {
    const file = deployed(
      "base: &b { x: 1, y: 2 }\nmore: &m { y: 3, z: 4 }\none: { <<: *b, x: 9 }\nboth: { <<: [*m, *b] }\ntag: !vault s\nnum: !!str 5\n",
    );
    expect(values(file)).toEqual([
      {
        base: { x: 1, y: 2 },
        more: { y: 3, z: 4 },
        one: { x: 9, y: 2 },
        both: { y: 3, z: 4, x: 1 },
        tag: "s",
        num: "5",
      },
    ]);
    expect(file.problems).toEqual([]);
  });

  it("names duplicate keys, and the first", () => {
    const fixture = 'a: 1\nb:\n  c: 1\n  ‹c›: 2\n‹"a"›: 3\n';
    for (const [parse, severity] of [
      [policy, "error"],
      [deployed, "warning"],
    ] as const) {
      const { file, marked: shown } = marked(fixture, parse);
      expect(shown).toBe(fixture);
      expect(file.problems.map((one) => [one.code, one.severity])).toEqual([
        ["yaml/duplicate-key", severity],
        ["yaml/duplicate-key", severity],
      ]);
      const related = file.problems[1]?.related?.[0];
      expect(related && file.layout.range(related.place).start).toEqual({ line: 0, character: 0 });
      expect(values(file)).toEqual([{ a: 3, b: { c: 2 } }]);
    }
  });

  it("says which alias has no anchor", () => {
    const { file, marked: shown } = marked("a: ‹*nowhere›\nb: &x [‹*x›]\n", deployed);
    expect(shown).toBe("a: ‹*nowhere›\nb: &x [‹*x›]\n");
    expect(codes(file)).toEqual(["yaml/alias", "yaml/alias"]);
  });
});

describe("syntax errors", () => {
  const broken: readonly (readonly [fixture: string, message: RegExp])[] = [
    ['a: ‹"x›\nb: 1\n', /closing double quote/],
    ["a: ‹'x›\n", /closing single quote/],
    ["a: ‹[›1,\n  2\nb: 1\n", /closing "\]" of this is missing/],
    ["a: ‹{› b: 1\nc: 2\n", /closing "}" of this is missing/],
    ["a: ‹x: y: z›\n", /start of another map/],
    ['a: "‹\\d›"\n', /is no escape/],
    ["a:\n‹\t›b: 1\n", /tabs/],
    ["a: ‹@›x\n", /cannot start with "@"/],
    ["a:\n  b: 1\n ‹c›: 2\n", /same column|fits nothing above/],
    ["a: 1\n‹b›\n", /":" is missing/],
    ['a: "b" ‹c›\n', /has already ended/],
  ];
  for (const [fixture, message] of broken) {
    it(`says where and why: ${JSON.stringify(fixture)}`, () => {
      const { file, marked: shown } = marked(fixture, policy);
      expect(codes(file)).toEqual(["yaml/syntax"]);
      expect(file.problems[0]?.message).toMatch(message);
      expect(shown).toBe(fixture);
    });
  }

  it("keeps the other documents", () => {
    const file = policy("a: [1,\nb: 'x\n---\nc: 1\n---\n\"\n---\nd: 2\n");
    expect(values(file)).toMatchObject({ 1: { c: 1 }, 3: { d: 2 } });
    expect(new Set(codes(file))).toEqual(new Set(["yaml/syntax"]));
  });

  it("leaves out broken entries, finds each, and keeps the sound ones", () => {
    const fixture = `kind: Policy
spec:
  rules:
    - name: a
    - name: b
      on: ‹[›x, y
    - name: c
    - name: d
      by: ‹"e›
    - name: f
`;
    const { file, marked: shown } = marked(fixture, policy);
    expect(shown).toBe(fixture);
    expect(values(file)).toEqual([
      { kind: "Policy", spec: { rules: [{ name: "a" }, { name: "c" }, { name: "f" }] } },
    ]);
    const unread = file.documents[0]?.unread ?? [];
    expect(
      unread.map((one) => text(at(one.root, "spec", "rules", 0, "name") ?? at(one.root, 0, "name"))),
    ).toEqual(["b", "d"]);
  });

  it("does not guess what a broken deployed resource says", () => {
    const file = deployed(
      "kind: AuthorizationPolicy\nspec:\n  selector: [\n  rules: []\n---\nkind: Service\n",
    );
    expect(values(file)).toEqual([null, { kind: "Service" }]);
    expect(codes(file)).toEqual(["yaml/syntax"]);
  });

  it("keeps a key that is being typed", () => {
    const file = policy("spec:\n  rules:\n    - name: a\n      eff\n    - name: b\n");
    expect(values(file)).toEqual([{ spec: { rules: [{ name: "a", eff: null }, { name: "b" }] } }]);
  });
});

describe("bounds", () => {
  const deep: readonly (readonly [string, string])[] = [
    ["flow lists", `a: ${"[".repeat(10_000)}`],
    ["flow maps", `a: ${"{a: ".repeat(10_000)}`],
    ["compact lists", "- ".repeat(10_000)],
    ["block maps", Array.from({ length: 3_000 }, (_, index) => `${" ".repeat(index)}a:\n`).join("")],
    ["explicit keys", "? ".repeat(10_000)],
    ["closed flow lists", `${"[".repeat(10_000)}${"]".repeat(10_000)}`],
  ];
  for (const [title, hostile] of deep) {
    it(`stops at ${title} nested too deep, once, and keeps the other documents`, () => {
      for (const parse of [policy, deployed]) {
        const file = parse(`${hostile}\n---\nb: 1\n`);
        expect(codes(file)).toEqual(["yaml/too-deep"]);
        expect(values(file)).toEqual([null, { b: 1 }]);
        const place = file.problems[0]?.place;
        expect(place && file.layout.offsets(place).start).toBeGreaterThan(150);
      }
    });
  }

  it("takes what is deep, but not too deep", () => {
    const file = policy(`${"[".repeat(190)}${"]".repeat(190)}\n`);
    expect(file.problems).toEqual([]);
  });

  it("drops a document whose aliases explode, and keeps the others", () => {
    const lines = Array.from(
      { length: 20 },
      (_, index) => `a${index + 1}: &a${index + 1} [${`*a${index},`.repeat(10)}]`,
    );
    for (const parse of [policy, deployed]) {
      const file = parse(`a0: &a0 x\n${lines.join("\n")}\n---\nb: 1\n`);
      expect(codes(file).filter((one) => one === "yaml/alias-bomb")).toHaveLength(1);
      expect(values(file)).toEqual([null, { b: 1 }]);
    }
    const chain = Array.from({ length: 5_000 }, (_, index) => `a${index + 1}: &a${index + 1} [[*a${index}]]`);
    expect(codes(deployed(`a0: &a0 x\n${chain.join("\n")}\n`))).toEqual(["yaml/alias-bomb"]);
  });

  it("does not read files that are too large", () => {
    const file = parseYaml("u", "é".repeat(60), { dialect: "plumbline", maxBytes: 100 });
    expect(codes(file)).toEqual(["yaml/too-large"]);
    expect(file.documents).toEqual([]);
    expect(codes(parseYaml("u", "e".repeat(60), { dialect: "plumbline", maxBytes: 100 }))).toEqual([]);
  });

  it("stays quick on many errors and duplicates", () => {
    const duplicates = deployed("a: 1\n".repeat(20_000));
    expect(duplicates.problems).toHaveLength(1000);
    const stacks = Error.stackTraceLimit;
    expect(policy(`a: "${"\\d".repeat(1_000_000)}"`).problems).toHaveLength(100);
    expect(Error.stackTraceLimit).toBe(stacks);
    expect(codes(policy(`spec:\n${"  - condition: !a\n".repeat(2000)}`))).toHaveLength(1000);
    const aliases = policy(
      `spec:\n  a: &a x\n${Array.from({ length: 100 }, (_, at) => `  b${at}: *a\n`).join("")}`,
    );
    expect(codes(aliases)).toEqual(["yaml/anchor", ...Array.from({ length: 20 }, () => "yaml/alias")]);
    expect(aliases.problems.at(-1)?.message).toMatch(/80 more follow in this document\.$/);
  });
});
