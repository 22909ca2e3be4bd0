import type { Resource } from "../../policy/model.ts";
import { placeInCondition } from "../../policy/place-in-condition.ts";
import { type TextTest, textTests } from "../analysis/condition-tests.ts";
import { type Conditioned, oncePerPlace, soundConditions } from "../analysis/conditions.ts";
import { targetsOf } from "../analysis/grants.ts";
import { oddRules } from "../analysis/odd-rules.ts";
import { type LintContext, lintRule, type RuleFinding } from "../lint-rule.ts";
import { inWords } from "../words.ts";

export const unqualifiedToolName = lintRule({
  id: "unqualified-tool-name",
  category: "privilege",
  traffic: ["ai"],
  controls: ["OWASP-ASI-2025:ASI02", "OWASP-NHI-2025:NHI5", "NIST-CSF-2.0:PR.AA-05"],
  fixable: false,
  check,
});

/**
 * MCP has tool names unique within one server only. A rule for one server says by its target which is meant; one for
 * several takes the tool of that name on each, so that only allows are a risk, and denies stop too much at worst.
 */
function check(context: LintContext): readonly RuleFinding[] {
  const odd = oddRules(context);
  const found = soundConditions(context.set).flatMap((conditioned) => {
    const { rule, condition } = conditioned;
    if (rule.effect !== "allow" || rule.mode !== "enforce" || odd.has(rule)) return [];
    // With the server in the condition the author has thought of it.
    if (condition.compiled.reads.some((read) => read.path === "mcp.tool.target")) return [];
    const servers = serversOpenIn(conditioned, context);
    const [first] = textTests(condition.compiled).filter(
      (test) => test.isPositive === true && test.read.path === "mcp.tool.name",
    );
    return servers.length < 2 || first === undefined ? [] : [finding(conditioned, first, servers)];
  });
  return oncePerPlace(found);
}

/** The MCP servers of the rule whose target leaves it to the condition which tools. */
function serversOpenIn({ rule }: Conditioned, { set }: LintContext): readonly Resource[] {
  const open = targetsOf(rule, set).filter(
    ({ target, resource }) => resource.type === "mcp-server" && target.tools?.length !== 1,
  );
  return [...new Set(open.map((one) => one.resource))];
}

function finding(
  { rule, condition }: Conditioned,
  test: TextTest,
  servers: readonly Resource[],
): RuleFinding {
  const { value, operator, literal } = test;
  const isWhole = operator === "==" || operator === "in";
  const having = isWhole ? servers.filter((one) => one.tools.some((tool) => tool.name === value)) : [];
  const names = inWords(servers.map((one) => one.name));
  const now =
    having.length > 1
      ? `${inWords(having.map((one) => one.name))} each have a tool of that name, and they need not do the same`
      : having.length === 1
        ? `it is a tool of ${having[0]?.name ?? ""}, and any of the others may have one of that name tomorrow`
        : "each of them may have tools that fit, and they need not do the same";
  return {
    place: placeInCondition(condition, literal.start, literal.end),
    message: `${rule.id} chooses tools by name on ${servers.length} MCP servers, ${names}, without saying of which server: ${now}. The name of a tool says something only with its server. Name the tools of each server under \`tools\` of its target, or write a rule for each server.`,
    related: having.flatMap((one) =>
      one.tools
        .filter((tool) => tool.name === value)
        .map((tool) => ({ place: tool.place, message: `${one.name} has ${value}.` })),
    ),
    data: { rule: rule.id, tool: value, servers: servers.map((one) => one.name) },
  };
}
