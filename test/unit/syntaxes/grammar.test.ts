import { beforeAll, describe, expect, it } from "vitest";
import type { IGrammar } from "vscode-textmate";
import { loadGrammar, type Token, tokenize } from "./tokenize.ts";

let grammar: IGrammar;
beforeAll(async () => {
  grammar = await loadGrammar();
});

function isCel(token: Token): boolean {
  return token.scopes.some((scope) => scope.startsWith("meta.embedded."));
}

/** What is coloured as CEL, line breaks and indentation aside. */
function celOf(text: string): string {
  return tokenize(grammar, text)
    .map((token) => (isCel(token) ? token.text : token.endsLine ? " " : ""))
    .join("")
    .replace(/\s+/g, " ")
    .trim();
}

function scopesOf(text: string, word: string): readonly string[] {
  const token = tokenize(grammar, text).find((candidate) => candidate.text === word);
  if (token === undefined)
    throw new Error(
      `no token ${word}: ${tokenize(grammar, text)
        .map((t) => t.text)
        .join("¦")}`,
    );
  return token.scopes;
}

describe("conditions are coloured as CEL in every scalar style", () => {
  it.each([
    ["plain", "  condition: a.b <= 200.0\n  effect: allow", "a.b <= 200.0"],
    ["plain with a string", '  condition: a == "x y" && b\n  effect: allow', 'a == "x y" && b'],
    ["plain with a comment", "  condition: a < 1 # why\n  effect: allow", "a < 1"],
    ["plain over lines", "  condition: a &&\n    b ||\n    c\n  effect: allow", "a && b || c"],
    ["plain on the next line", "  condition:\n    a && b\n  effect: allow", "a && b"],
    ["single quotes", "  condition: 'a == ''x'' && b'\n  effect: allow", "a == ''x'' && b"],
    ["double quotes", '  condition: "a == \\"x\\" && b" # why\n  effect: allow', 'a == \\"x\\" && b'],
    ["double quotes over lines", '  condition: "a &&\n    b"\n  effect: allow', "a && b"],
    ["literal", "  condition: |\n    a &&\n    b\n  effect: allow", "a && b"],
    ["literal, stripped", "  condition: |-\n    a\n\n    && b\n  effect: allow", "a && b"],
    ["literal with indentation", "  condition: |2-\n      a\n    && b\n  effect: allow", "a && b"],
    ["folded", "  condition: >-  # why\n    a\n    && b\n  effect: allow", "a && b"],
    ["first key of a list item", "- condition: a\n  effect: allow", "a"],
    ["block of a list item", "- condition: |-\n    a &&\n    b\n  effect: allow", "a && b"],
    ["in a flow map", '  - { name: x, condition: "a && b", effect: allow }', "a && b"],
    ["plain in a flow map", "  - { name: x, condition: a && b, effect: allow }", "a && b"],
    [
      "named",
      "  conditions:\n    small: a < 1\n    # other\n    big: |-\n      b\n      > 2\n  rules: []",
      "a < 1 b > 2",
    ],
    ["behind a list without its bracket", "  subjects: [a\n  condition: b && c", "b && c"],
    ["at the end of the file", "condition: a", "a"],
  ])("%s", (_style, text, cel) => {
    expect(celOf(text)).toBe(cel);
  });

  it("leaves other keys alone", () => {
    expect(celOf("  preconditions: a && b\n  description: condition\n  name: x")).toBe("");
  });

  it("goes back to YAML behind a condition", () => {
    const text = "  condition: |-\n    a\n  effect: allow";
    expect(scopesOf(text, "effect")).toEqual(["source.plumbline", "entity.name.tag.yaml"]);
    expect(scopesOf(text, "allow")).toEqual(["source.plumbline", "string.unquoted.plain.yaml"]);
  });

  it("keeps a # inside a block condition", () => {
    expect(celOf('condition: |-\n  a == " # b"')).toBe('a == " # b"');
  });
});

describe("CEL", () => {
  it.each([
    ["condition: a == 'x'", "x", "string.quoted.single.cel"],
    ["condition: has(a.b)", "has", "support.function.macro.cel"],
    ["condition: a.startsWith(b)", "startsWith", "support.function.cel"],
    ["condition: a.b", "b", "variable.other.property.cel"],
    ["condition: a <= 200.0", "200.0", "constant.numeric.cel"],
    ["condition: a in [1]", "in", "keyword.operator.logical.in.cel"],
    ["condition: a == true", "true", "constant.language.cel"],
    ["condition: |\n  a // why", "// why", "comment.line.double-slash.cel"],
    ["condition: 'a == ''x'''", "x", "string.quoted.single.cel"],
    ['condition: "a == \\"x\\""', "x", "string.quoted.double.cel"],
  ])("%s: %s is %s", (text, word, scope) => {
    expect(scopesOf(text, word)).toContain(scope);
  });
});

describe("YAML", () => {
  it.each([
    ["name: x # why", "# why", "comment.line.number-sign.yaml"],
    ["---", "---", "entity.other.document.yaml"],
    ["name: true", "true", "constant.language.yaml"],
    ["port: 8080", "8080", "constant.numeric.yaml"],
    ["spiffeId: spiffe://${td}/ns", "td", "variable.other.plumbline"],
    ['id: "spiffe://${td}/ns"', "td", "variable.other.plumbline"],
    ["a: { b: c, d: [e, f] }", "e", "string.unquoted.plain.yaml"],
    ["a: { b: c }", "b", "entity.name.tag.yaml"],
    ['a: "x"', "x", "string.quoted.double.yaml"],
    ["a: *anchor", "*anchor", "invalid.illegal.not-in-policy-files.yaml"],
    ["a: !tag b", "!tag", "invalid.illegal.not-in-policy-files.yaml"],
    ["text: |\n  b: c", "  b: c", "string.unquoted.block.yaml"],
    ["- text: >\n    b: c\n  next: d", "next", "entity.name.tag.yaml"],
    ["text: |\n  b: c\n\n  # d\nnext: d", "next", "entity.name.tag.yaml"],
    ['url: "https://a" # b', "# b", "comment.line.number-sign.yaml"],
    ["url: https://a/b", "https://a/b", "string.unquoted.plain.yaml"],
  ])("%s: %s is %s", (text, word, scope) => {
    expect(scopesOf(text, word)).toContain(scope);
  });
});
