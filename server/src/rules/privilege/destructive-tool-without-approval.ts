import type { Rule } from "../../policy/model.ts";
import type { Fix } from "../../text/fix.ts";
import { child } from "../../text/tree.ts";
import {
  type AgentCall,
  type AgentCalls,
  agentCalls,
  approvals,
  type LetCall,
  letCall,
  lets,
} from "../analysis/agent-calls.ts";
import { denialsOf, isDestructive } from "../analysis/callables.ts";
import { type LintContext, lintRule, type RuleFinding } from "../lint-rule.ts";
import { inWords } from "../words.ts";

export const destructiveToolWithoutApproval = lintRule({
  id: "destructive-tool-without-approval",
  category: "privilege",
  traffic: ["ai", "api", "service"],
  controls: ["OWASP-ASI-2025:ASI02", "OWASP-LLM-2025:LLM06", "NIST-AI-RMF-1.0:MAP-3.5"],
  fixable: true,
  letsThrough: "active",
  check,
});

/** One finding a rule: what is missing is one approval, whatever the number of tools. */
function check({ set, allowed }: LintContext): readonly RuleFinding[] {
  const isApproved = approvals(set);
  return agentCalls(set, denialsOf(set), allowed).flatMap((all) => {
    const found = all.calls
      .filter((call) => isDestructive(call.callable) && !isApproved(all.rule, call))
      .flatMap((call) => letCall(all, call, allowed) ?? []);
    const [first] = found;
    return first === undefined ? [] : [finding(all, found, first.call)];
  });
}

const mostNamed = 4;

function finding({ rule, granted }: AgentCalls, found: readonly LetCall[], first: AgentCall): RuleFinding {
  const calls = found.map((one) => one.call);
  const agents = [...new Set(found.flatMap((one) => one.agents))];
  const approvers = approversOf(rule, granted);
  const named = calls
    .slice(0, mostNamed)
    .map(({ callable, resource }) => `${callable.name} of ${resource.name}`);
  const others = calls.length - named.length;
  const what = inWords(others > 0 ? [...named, `${others} more`] : named);
  const advice =
    approvers.length > 0
      ? `Ask ${inWords(approvers, "or")} under \`obligations.approval\`.`
      : "Name under `obligations.approval` who has to agree.";
  return {
    place: first.place,
    message: `${rule.id} ${lets(found)} ${inWords(agents)} call ${what}, which may destroy something, and nobody is asked: a mistake of the model, or an instruction hidden in what it reads, is enough. ${advice}`,
    related: calls.slice(0, mostNamed).map(({ callable }) =>
      callable.kind === "tool"
        ? {
            place: callable.tool.place,
            message: `The server says of ${callable.name} that it is destructive (destructiveHint).`,
          }
        : { place: callable.operation.place, message: `${callable.name} deletes.` },
    ),
    data: { rule: rule.id, identities: agents, tools: calls.map((one) => one.callable.name) },
    fixes: approvers.length === 0 ? [] : [approvalBy(rule, approvers)],
  };
}

/** Those whom every agent of the rule acts for; with `onBehalfOf`, those of them whom the rule is about. */
function approversOf({ onBehalfOf }: Rule, granted: AgentCalls["granted"]): readonly string[] {
  const lists = [...new Set(granted.map((one) => one.subject))].map((agent) =>
    agent.actsFor.map((one) => one.text),
  );
  const meant = onBehalfOf?.map((one) => one.text);
  const [first = []] = lists;
  return [...new Set(first)].filter(
    (name) => lists.every((list) => list.includes(name)) && (meant?.includes(name) ?? true),
  );
}

/** Not safe: from then on the agent waits for people, and who they are is for people to say. */
function approvalBy({ node }: Rule, approvers: readonly string[]): Fix {
  const approval = { from: approvers };
  const obligations = child(node, "obligations");
  return {
    title: `Ask ${inWords(approvers, "or")} for approval`,
    isSafe: false,
    edits: [
      obligations?.kind === "map"
        ? { edit: "set-property", map: obligations, key: "approval", value: approval }
        : { edit: "set-property", map: node, key: "obligations", value: { approval } },
    ],
  };
}
