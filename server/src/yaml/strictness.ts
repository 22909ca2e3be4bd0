import type { CST } from "yaml";
import type { RawProblem } from "./raw-problem.ts";
import { walkTokens } from "./tokens.ts";

/** Whoever has many of them, as a file of another tool has, mends them at once or not at all. */
const maxOfOneKind = 20;

/**
 * What YAML can do, and a policy file may not: whoever reviews a policy must see all of it where it stands, and
 * tags, anchors and merge keys put part of it elsewhere (design, section 2). One problem each, at its own token.
 */
export function strictnessProblems(tokens: readonly CST.Token[], base: number): readonly RawProblem[] {
  const problems: RawProblem[] = [];
  const counts = new Map<string, number>();
  const add = (token: { offset: number; source: string }, code: string, message: string): void => {
    const count = (counts.get(code) ?? 0) + 1;
    counts.set(code, count);
    if (count > maxOfOneKind) return;
    const start = base + token.offset;
    problems.push({ code, severity: "error", message, start, end: start + token.source.length });
  };
  walkTokens(tokens, {
    property(token) {
      if (token.type === "anchor")
        add(
          token,
          "yaml/anchor",
          `Policy files have no anchors. Remove ${token.source}, and write the value out wherever it is meant.`,
        );
      if (token.type === "tag")
        add(
          token,
          "yaml/tag",
          `Policy files have no tags. Remove ${token.source}, or quote the value if it starts with "!".`,
        );
    },
    node(token, _item, role) {
      if (token.type === "alias")
        add(
          token,
          "yaml/alias",
          `Policy files have no aliases. Write out the value that ${token.source} stands for, or quote it if it is text.`,
        );
      if (role === "key" && token.type === "scalar" && token.source === "<<")
        add(
          token,
          "yaml/merge-key",
          "Policy files have no merge keys. Write out the entries that << takes from elsewhere.",
        );
    },
  });
  for (const token of tokens) {
    if (token.type === "directive")
      add(
        token,
        "yaml/directive",
        `Policy files are YAML 1.2 without directives. Remove this line: ${token.source.trim()}.`,
      );
  }
  return problems.map((problem) => {
    const more = (counts.get(problem.code) ?? 0) - maxOfOneKind;
    const isLast = problems.findLast((one) => one.code === problem.code) === problem;
    return more > 0 && isLast
      ? { ...problem, message: `${problem.message} ${more} more follow in this document.` }
      : problem;
  });
}
