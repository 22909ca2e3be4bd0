import { at, text } from "../../text/tree.ts";
import { grants, groupBy, isAgent, lettingThrough } from "../analysis/grants.ts";
import { type LintContext, lintRule, type RuleFinding } from "../lint-rule.ts";
import { listed } from "../words.ts";

export const agentWithoutKillSwitch = lintRule({
  id: "agent-without-kill-switch",
  category: "ai",
  traffic: ["ai", "api", "service", "event"],
  controls: ["NIST-AI-RMF-1.0:MANAGE-2.4", "OWASP-ASI-2025:ASI10", "MAESTRO:L7"],
  fixable: false,
  letsThrough: "active",
  check,
});

/** An agent that no rule allows anything does no harm while nobody can stop it. */
function check({ set, allowed }: LintContext): readonly RuleFinding[] {
  const ofAgents = grants(set, isAgent);
  return [...groupBy(ofAgents, (grant) => grant.subject)].flatMap(([agent, granted]) => {
    if ((text(at(agent.node, "killSwitch")) ?? "").trim() !== "") return [];
    const rules = [...new Set(lettingThrough(granted, allowed).map((one) => one.rule))];
    if (rules.length === 0) return [];
    return [
      {
        place: agent.place,
        message: `Nothing says how ${agent.name} is switched off at once, and ${listed(rules)} ${rules.length > 1 ? "let" : "lets"} it act. An agent that goes wrong keeps its access until its credential expires. Name the procedure, command or contact under \`killSwitch\`.`,
        related: rules.slice(0, 4).map((rule) => ({
          place: rule.name.place,
          message: `${rule.id} allows ${agent.name}.`,
        })),
        data: { identity: agent.name, rules: rules.map((rule) => rule.id) },
      },
    ];
  });
}
