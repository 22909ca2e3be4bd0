import type { Json } from "../../access/interaction.ts";
import type { Literal } from "../../access/predicate.ts";
import { isSchemaAtom } from "../../cel/constraint-tests.ts";
import type { Rule, Tool } from "../../policy/model.ts";
import type { Fix } from "../../text/fix.ts";
import {
  type AgentCalls,
  agentCalls,
  approvals,
  type LetCall,
  letCall,
  lets,
} from "../analysis/agent-calls.ts";
import { denialsFor, denialsOf, isDestructive, mayWrite } from "../analysis/callables.ts";
import { type LintContext, lintRule, type RuleFinding } from "../lint-rule.ts";
import { inWords } from "../words.ts";

export const toolWithoutInputConstraint = lintRule({
  id: "tool-without-input-constraint",
  category: "privilege",
  traffic: ["ai"],
  controls: ["OWASP-ASI-2025:ASI02", "OWASP-LLM-2025:LLM06", "NIST-CSF-2.0:PR.AA-05"],
  fixable: true,
  letsThrough: "active",
  check,
});

/** Of destructive tools `destructive-tool-without-approval` speaks. */
function check({ set, allowed }: LintContext): readonly RuleFinding[] {
  const isApproved = approvals(set);
  const denials = denialsOf(set);
  return agentCalls(set, denials, allowed).flatMap((all) => {
    const { rule } = all;
    const found = all.calls.flatMap((call) => {
      const { callable, resource } = call;
      if (callable.kind !== "tool" || isDestructive(callable) || !mayWrite(callable)) return [];
      const limiting = [rule, ...denialsFor(rule, resource, callable, denials)];
      const numbers = openNumbers(callable.tool).filter((name) => !limiting.some((one) => limits(one, name)));
      if (numbers.length === 0 || isApproved(rule, call)) return [];
      const letThrough = letCall(all, call, allowed);
      return letThrough === undefined ? [] : [{ ...letThrough, tool: callable.tool, numbers }];
    });
    return found.map((one) => finding(all, one, found.length === 1));
  });
}

/**
 * Whether the condition of the rule may keep the number small. One that looks at the arguments in another way may do so
 * too; one that tests the number only for a least value, or for another one than a value, does not.
 */
function limits({ condition, effect }: Rule, name: string): boolean {
  const compiled = condition?.compiled;
  if (compiled?.reads.some((one) => one.path.startsWith("mcp.tool.arguments")) !== true) return false;
  const { partition } = compiled;
  const passing = effect === "allow" ? partition.true : partition.false;
  const tests = passing
    .flatMap((term) => term.literals)
    .filter(({ attribute }) => attribute.id === "mcp.tool.arguments" && attribute.keys.join(".") === name);
  const isLeast = tests.some(({ test }) => test.test === "range");
  return partition.opaque.some((atom) => !isSchemaAtom(atom)) || !isLeast || tests.some(boundsAbove);
}

/** `negated`: it holds of what is not in the range, so that only one without an end leaves something bounded. */
function boundsAbove({ test, negated }: Literal): boolean {
  if (test.test !== "range") return false;
  return negated ? test.max === undefined && test.min !== undefined : test.max !== undefined;
}

/** The numbers that every call has to give and that the schema lets be as large as it likes. */
function openNumbers({ inputSchema }: Tool): readonly string[] {
  const properties = member(inputSchema, "properties");
  const required = member(inputSchema, "required");
  if (!Array.isArray(required)) return [];
  return required.flatMap((name) => {
    const schema = typeof name === "string" ? member(properties, name) : undefined;
    const type = member(schema, "type");
    const isNumber = type === "number" || type === "integer";
    const isBounded = ["maximum", "exclusiveMaximum", "enum", "const"].some(
      (key) => member(schema, key) !== undefined,
    );
    return typeof name === "string" && isNumber && !isBounded && !saysWhich(name) ? [name] : [];
  });
}

/** Last words of names whose number says which one, where or when, and not how much: a larger one is no larger harm. */
const positions: ReadonlySet<string> = new Set(
  `id ids key code number no nr num index idx position page cursor offset line row column col version revision
  issue pull pr ticket build port pid seed lat latitude lng lon longitude x y z zoom
  priority severity level rank type kind status mode
  year month day hour minute date time timestamp epoch since until start end`.split(/\s+/),
);

/** `issue_number`, `pullNumber`, `order-id`. */
function saysWhich(name: string): boolean {
  const words = name
    .replace(/([a-z\d])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .split(/[^a-z]+/);
  return positions.has(words.findLast((word) => word !== "") ?? "");
}

function member(value: Json | undefined, key: string): Json | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return Object.hasOwn(value, key) ? (value as Readonly<Record<string, Json>>)[key] : undefined;
}

interface Unbounded extends LetCall {
  readonly tool: Tool;
  readonly numbers: readonly string[];
}

function finding({ rule, calls }: AgentCalls, unbounded: Unbounded, isOnly: boolean): RuleFinding {
  const { agents, tool, numbers } = unbounded;
  const { place, resource } = unbounded.call;
  const [first = ""] = numbers;
  return {
    place,
    message: `${rule.id} ${lets([unbounded])} ${inWords(agents)} call ${tool.name} of ${resource.name} with any ${inWords(numbers)}: the model chooses ${numbers.length > 1 ? "the numbers" : "the number"}, and neither a condition nor the schema of the tool sets a limit. Say how much is meant in a condition, for example \`${bound(tool, first)}\`, or ask somebody under \`obligations.approval\`.`,
    related: [{ place: tool.place, message: `${tool.name} is declared here, and is not said to read only.` }],
    data: { rule: rule.id, tool: tool.name },
    fixes: isOnly ? withBounds(rule, tool, numbers, calls.length) : [],
  };
}

/** A number to start from: how much is meant is for people to say. CEL compares numbers of one type only. */
function bound({ inputSchema }: Tool, name: string): string {
  const type = member(member(member(inputSchema, "properties"), name), "type");
  const argument = /^[A-Za-z_]\w*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
  return `mcp.tool.arguments${argument} <= ${type === "integer" ? "100" : "100.0"}`;
}

/** Not safe: calls that are allowed today are denied then. A rule with a condition has an author who knows its form. */
function withBounds(rule: Rule, tool: Tool, numbers: readonly string[], calls: number): readonly Fix[] {
  if (rule.condition !== undefined || rule.on.length > 1) return [];
  const bounds = numbers.map((name) => bound(tool, name)).join(" && ");
  const whole = numbers.length > 1 ? `(${bounds})` : bounds;
  const value = calls === 1 ? bounds : `mcp.tool.name != ${JSON.stringify(tool.name)} || ${whole}`;
  return [
    {
      title: `Allow ${tool.name} with ${inWords(numbers)} up to 100 only`,
      isSafe: false,
      edits: [{ edit: "set-property", map: rule.node, key: "condition", value }],
    },
  ];
}
