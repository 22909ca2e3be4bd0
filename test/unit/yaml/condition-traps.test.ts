import { describe, expect, it } from "vitest";
import { at, type ParsedFile, text } from "../../../server/src/text/tree.ts";
import { parseYaml } from "../../../server/src/yaml/parse.ts";
import { markRanges, readMarkers } from "../../support/markers.ts";

const policy = (rule: string): string => `apiVersion: plumbline/v1
kind: Policy
metadata: { name: p }
spec:
  rules:
    - name: before
      effect: allow
      condition: request.method == "GET"
${rule}
    - name: after
      effect: deny
      condition: 'true'
`;

function parse(fixture: string): { file: ParsedFile; marked: string } {
  const { text: source } = readMarkers(fixture);
  const file = parseYaml("file:///p.plumb.yaml", source, { dialect: "plumbline" });
  return {
    file,
    marked: markRanges(
      source,
      file.problems.map((one) => file.layout.offsets(one.place)),
    ),
  };
}

/** Replaces the range of the one problem by its fix. */
function fix(file: ParsedFile): string {
  const [problem] = file.problems;
  if (problem === undefined) throw new Error("no problem to fix");
  const { start, end } = file.layout.offsets(problem.place);
  return file.layout.text.slice(0, start) + String(problem.data?.replaceWith) + file.layout.text.slice(end);
}

interface Trap {
  readonly title: string;
  readonly rule: string;
  /** The condition that the engine goes on with, and that the mended file says. */
  readonly meant: string;
  readonly mended?: string;
  readonly says: string;
}

const traps: readonly Trap[] = [
  {
    title: "a tag",
    rule: `    - name: here
      condition: ‹!f("/a")›
      effect: allow`,
    meant: '!f("/a")',
    says: 'YAML reads !f("/a") as a tag, and the condition is empty',
  },
  {
    title: "a tag before more",
    rule: `    - name: here
      condition: ‹!a && b›
      effect: allow`,
    meant: "!a && b",
    says: "YAML reads !a as a tag, and only the rest as the condition",
  },
  {
    title: "a map",
    rule: `    - name: here
      condition: ‹a ? b : c›
      effect: allow`,
    meant: "a ? b : c",
    says: 'YAML reads what stands before ": " as the key of a map',
  },
  {
    title: "a ternary over lines",
    rule: `    - name: here
      condition: ‹a
        ? b
        : c›
      effect: allow`,
    meant: "a ? b : c",
    mended: "a\n? b\n: c",
    says: 'YAML reads what stands before ": " as the key of a map',
  },
  {
    title: "a string cut by a comment",
    rule: `    - name: here
      condition: ‹request.path == "/a # b"›
      effect: allow`,
    meant: 'request.path == "/a # b"',
    says: 'YAML reads what follows " #" as a comment, and the condition is cut there',
  },
  {
    title: "a comment between lines",
    rule: `    - name: here
      condition: ‹a &&
        # why
        b›
      effect: allow`,
    meant: "a && b",
    mended: "a &&\n// why\nb",
    says: 'YAML reads what follows " #" as a comment, and the condition is cut there',
  },
  {
    title: "a map in braces",
    rule: `    - name: here
      condition: ‹{"a": 1}.a == 1›
      effect: allow`,
    meant: '{"a": 1}.a == 1',
    says: 'YAML reads "{" at the start of a value as the start of a map',
  },
  {
    title: "a list",
    rule: `    - name: here
      condition: ‹["a", "b"].exists(x, x == jwt.sub)›
      effect: allow`,
    meant: '["a", "b"].exists(x, x == jwt.sub)',
    says: 'YAML reads "[" at the start of a value as the start of a list',
  },
  {
    title: "a list that is not closed",
    rule: `    - name: here
      condition: ‹["a", "b".exists(x, x == jwt.sub)›
      effect: allow`,
    meant: '["a", "b".exists(x, x == jwt.sub)',
    says: 'YAML reads "[" at the start of a value as the start of a list',
  },
  {
    title: "an alias",
    rule: "    - name: here\n      condition: ‹*x == 1›",
    meant: "*x == 1",
    says: "YAML reads *x as an alias, a value from elsewhere",
  },
  {
    title: "an anchor",
    rule: "    - name: here\n      condition: ‹&x == 1›",
    meant: "&x == 1",
    says: "YAML reads &x as an anchor, and only the rest as the condition",
  },
  ...["@a == 1", "`a == 1", "%a == 1", ", a", "] == a", "} == a"].map((meant) => ({
    title: `the start of ${meant}`,
    rule: `    - name: here\n      condition: ‹${meant}›\n      effect: allow`,
    meant,
    says: `a YAML text cannot start with "${meant.charAt(0)}" unless it is quoted`,
  })),
  ...["| a", "|| b", "> 3", ">= 3"].map((meant) => ({
    title: `the start of ${meant}`,
    rule: `    - name: here\n      condition: ‹${meant}›\n      effect: allow`,
    meant,
    says: `YAML reads "${meant.charAt(0)}" at the start of a value as the start of a block text`,
  })),
  {
    title: "a minus",
    rule: "    - name: here\n      condition: ‹- x < 3›\n      effect: allow",
    meant: "- x < 3",
    says: 'YAML reads "- " at the start of a value as an item of a list',
  },
  {
    title: "a double-quoted start",
    rule: `    - name: here
      condition: ‹"admin" in jwt.claims.groups›
      effect: allow`,
    meant: '"admin" in jwt.claims.groups',
    says: 'YAML takes the quoted part at its start, "admin", for the whole value',
  },
  {
    title: "a single-quoted start",
    rule: `    - name: here
      condition: ‹'admin' in jwt.claims.groups || jwt.sub == 'x'›
      effect: allow`,
    meant: "'admin' in jwt.claims.groups || jwt.sub == 'x'",
    says: "YAML takes the quoted part at its start, 'admin', for the whole value",
  },
  {
    title: "brackets inside braces",
    rule: "    - { name: here, condition: ‹a in [1, 2]›, effect: allow }",
    meant: "a in [1, 2]",
    says: 'inside {...}, YAML ends a value at "["',
  },
  {
    title: "a comma inside braces",
    rule: "    - { name: here, effect: allow, condition: ‹f(a, b) && c› }",
    meant: "f(a, b) && c",
    says: 'inside {...}, YAML ends a value at ","',
  },
  {
    title: "a ternary inside braces",
    rule: "    - { name: here, condition: ‹a ? b : c›, effect: allow }",
    meant: "a ? b : c",
    says: 'YAML reads what stands before ": " as the key of a map',
  },
  {
    title: "a condition on its own line",
    rule: `    - name: here
      condition:
        ‹!f("it's")›
      effect: allow`,
    meant: '!f("it\'s")',
    says: 'YAML reads !f("it\'s") as a tag, and the condition is empty',
  },
];

describe("conditions that YAML would change or cut", () => {
  for (const { title, rule, meant, mended, says } of traps) {
    it(`finds ${title}, once and as a whole`, () => {
      for (const fixture of [policy(rule), policy(rule).replaceAll("\n", "\r\n")]) {
        const { file, marked } = parse(fixture);
        expect(file.problems.map((one) => one.message)).toEqual([
          `Quote this condition or use \`|-\`: ${says}.`,
        ]);
        expect(file.problems[0]?.code).toBe("yaml/condition-needs-quotes");
        expect(file.problems[0]?.severity).toBe("error");
        expect(marked).toBe(fixture);

        const root = file.documents[0]?.root;
        const node = at(root, "spec", "rules", 1, "condition");
        expect(text(node)).toBe(meant);
        if (node?.kind === "scalar") {
          const whole = node.segments.toSource(0, node.text.length);
          const base = file.layout.base(node.place.block);
          const { start } = file.layout.offsets(node.place);
          expect(base + whole.start).toBe(start);
        }
        expect(text(at(root, "spec", "rules", 0, "condition"))).toBe('request.method == "GET"');
        expect(text(at(root, "spec", "rules", 1, "name"))).toBe("here");
        expect(text(at(root, "spec", "rules", 2, "name"))).toBe("after");

        const after = parseYaml("file:///p.plumb.yaml", fix(file), { dialect: "plumbline" });
        expect(after.problems).toEqual([]);
        expect(text(at(after.documents[0]?.root, "spec", "rules", 1, "condition"))).toBe(mended ?? meant);
        expect(text(at(after.documents[0]?.root, "spec", "rules", 2, "name"))).toBe("after");
      }
    });
  }

  it("warns of a comment behind a condition, which may be one or not", () => {
    const { file, marked } = parse(policy("    - name: here\n      condition: ‹a < 3 # small›"));
    expect(marked).toContain("‹a < 3 # small›");
    expect(file.problems.map((one) => [one.code, one.severity, one.data?.replaceWith])).toEqual([
      ["yaml/condition-needs-quotes", "warning", "'a < 3' # small"],
    ]);
    expect(text(at(file.documents[0]?.root, "spec", "rules", 1, "condition"))).toBe("a < 3");
    expect(parseYaml("u", fix(file), { dialect: "plumbline" }).problems).toEqual([]);
  });

  it("leaves conditions alone that YAML keeps", () => {
    for (const condition of [
      "a == b",
      "a <= 200.0 && -1 < x",
      "a &&\n        b ||\n        c",
      "\n        a && b",
      "x?y:z",
      'a == "b:c#d"',
      "'!f(\"/a\")'",
      "'a' # why",
      '"a ? b : c"',
      "|-\n        !f(a) # no comment\n        ? b : c",
      ">\n        [1, 2]\n        == x",
      "|2 # why\n        a",
      "# why\n        a == b",
      "has(jwt.sub)",
      "-1 < x",
    ]) {
      const { file } = parse(policy(`    - name: here\n      condition: ${condition}\n      effect: allow`));
      expect(file.problems, condition).toEqual([]);
    }
    for (const rule of [
      "{ name: here, condition: a == b, effect: allow }",
      "{ condition: 'f(a, b)' }",
      "{ condition: -1 < x }",
    ]) {
      expect(parse(policy(`    - ${rule}`)).file.problems, rule).toEqual([]);
    }
  });

  it("finds several in one document, each once", () => {
    const fixture = policy(`    - name: one
      condition: ‹!a›
    - name: two
      conditions:
        x: ‹[a›
        y: ‹{"k": v›
        z: fine
    - { name: three, condition: ‹a in ["x"]› }`);
    const { file, marked } = parse(fixture);
    expect(marked).toBe(fixture);
    expect(new Set(file.problems.map((one) => one.code))).toEqual(new Set(["yaml/condition-needs-quotes"]));
  });

  it("does not take the next, badly indented entry for a part of the condition", () => {
    const { file } = parse(policy("    - name: here\n      condition: a == b\n        effect: allow"));
    expect(file.problems.map((one) => one.code)).toEqual(["yaml/syntax"]);
  });

  it("does not look at other people's data", () => {
    const scenario =
      "apiVersion: plumbline/v1\nkind: Scenarios\nspec:\n  scenarios:\n    - request: { condition: { a: 1 } }\n      condition: [a]\n";
    expect(parse(scenario).file.problems).toEqual([]);
    const deployed = "kind: Policy\nspec:\n  rules:\n    - condition: !x a\n";
    expect(parseYaml("u", deployed, { dialect: "deployed" }).problems).toEqual([]);
  });
});
