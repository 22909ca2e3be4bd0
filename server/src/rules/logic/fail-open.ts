import type { Attribute } from "../../access/attribute.ts";
import { budget as steps } from "../../access/budget.ts";
import { type CelNode, parse } from "../../cel/engine.ts";
import type { Rule, RuleCondition } from "../../policy/model.ts";
import { placeInCondition } from "../../policy/place-in-condition.ts";
import type { Fix } from "../../text/fix.ts";
import { child } from "../../text/tree.ts";
import { readsAttribute } from "../analysis/conditions.ts";
import { holdsWithSome, opensWithout } from "../analysis/fail-open.ts";
import { enforcedAllows } from "../analysis/grants.ts";
import { judgedAlone } from "../analysis/judged.ts";
import { oddRules } from "../analysis/odd-rules.ts";
import { type LintContext, lintRule, type RuleFinding } from "../lint-rule.ts";

export const failOpen = lintRule({
  id: "fail-open",
  category: "logic",
  traffic: ["api", "service", "ai", "event"],
  controls: ["NIST-CSF-2.0:PR.AA-05", "NIST-CSF-2.0:PR.AA-04", "OWASP-NHI-2025:NHI4"],
  fixable: true,
  check,
});

const mostSteps = 300_000;

function check(context: LintContext): readonly RuleFinding[] {
  const odd = oddRules(context);
  const candidates = new Set(
    enforcedAllows(context.set).filter((rule) => !odd.has(rule) && readsAttribute(rule, mayBeLeftOut)),
  );
  const budget = steps(mostSteps);
  return judgedAlone(context, (rule) => candidates.has(rule)).flatMap((judged) => {
    const { condition } = judged.rule;
    if (condition === undefined) return [];
    return (
      condition.compiled.attributes
        .filter(({ attribute }) => mayBeLeftOut(attribute) && opensWithout(judged, attribute, budget))
        // What a client sends of its own it may be asked to leave out; a credential that says less may be an older one.
        .filter(({ attribute }) => isOfCredential(attribute) || holdsWithSome(judged, attribute, budget))
        .map((read) => finding(judged.rule, condition, read))
    );
  });
}

/** What a caller or an issuer may send or not. Without `act` a token is no delegated one: that is no missing fact. */
function mayBeLeftOut(attribute: Attribute): boolean {
  const { id, keys } = attribute;
  if (id === "jwt.claims") return keys[0] !== "act";
  return (
    isOfCredential(attribute) ||
    [
      "request.headers",
      "request.query",
      "request.body",
      "mcp.tool.arguments",
      "llm.params.max_tokens",
    ].includes(id)
  );
}

function isOfCredential({ id }: Attribute): boolean {
  return id.startsWith("jwt.") || id.startsWith("client.") || id.startsWith("credential.");
}

function finding(
  rule: Rule,
  condition: RuleCondition,
  { attribute, start, end }: RuleCondition["compiled"]["attributes"][number],
): RuleFinding {
  const name = written(attribute);
  return {
    place: placeInCondition(condition, start, end),
    message: `${rule.id} allows where ${name} is missing, and not for every value of it: ${whoLeavesItOut(attribute)}. Ask for it with \`${presence(name)} && ...\`, or say what must not pass in a deny rule, which applies also where its condition cannot be decided.`,
    data: { rule: rule.id, attribute: attribute.key },
    fixes: askingFor(rule, condition, start),
  };
}

/** Not safe: who does not say it is let in today. `!has(a) || b` becomes `has(a) && b`; other forms are for people. */
function askingFor({ node }: Rule, { source }: RuleCondition, at: number): readonly Fix[] {
  const written = child(node, "condition");
  const parsed = parse(source);
  if (written?.kind !== "scalar" || written.text !== source || "error" in parsed) return [];
  const [first, ...others] = alternatives(parsed.ast);
  if (first?.op !== "!_" || at < first.start || at >= first.end || source.slice(0, first.start).trim() !== "")
    return [];
  const { start, end } = first.args;
  const asked = source.slice(start, end);
  if (first.args.op !== "in" && !/^has\s*\([^()]*\)$/.test(asked)) return [];
  // Nodes end before the parentheses around them.
  const isEnclosed = source.slice(first.start + 1, start).trim() === "(";
  const behind = isEnclosed ? /^\s*\)\s*\|\|\s*(.+?)\s*$/s : /^\s*\|\|\s*(.+?)\s*$/s;
  const rest = behind.exec(source.slice(end))?.[1];
  if (rest === undefined) return [];
  const value = `${asked} && ${others.length > 1 ? `(${rest})` : rest}`;
  return [
    { title: `Ask for ${asked}`, isSafe: false, edits: [{ edit: "set-scalar", node: written, value }] },
  ];
}

function alternatives(node: CelNode): readonly CelNode[] {
  return node.op === "||" ? node.args.flatMap(alternatives) : [node];
}

/** `has` takes no key in brackets. */
function presence(name: string): string {
  const [, map = "", key = ""] = /^(.+)\[("(?:[^"\\]|\\.)*")\]$/.exec(name) ?? [];
  return map === "" ? `has(${name})` : `${key} in ${map}`;
}

/** As conditions write claims: `jwt.banned`. */
function written({ key }: Attribute): string {
  return key.replace(/^jwt\.claims(?=[.[])/, "jwt");
}

function whoLeavesItOut(attribute: Attribute): string {
  if (isOfCredential(attribute)) return "a credential of a kind or issuer that does not say it passes";
  return "a caller passes by leaving it out";
}
