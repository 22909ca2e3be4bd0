import type { Identity } from "../../policy/model.ts";
import { at, child } from "../../text/tree.ts";
import { type LintContext, lintRule, type RuleFinding } from "../lint-rule.ts";

export const unsignedAgentCard = lintRule({
  id: "unsigned-agent-card",
  category: "ai",
  traffic: ["ai"],
  controls: ["OWASP-ASI-2025:ASI07", "MAESTRO:L7", "NIST-CSF-2.0:PR.AA-04"],
  fixable: false,
  check,
});

function check({ set }: LintContext): readonly RuleFinding[] {
  return [...set.identities.values()].flatMap((identity) => unsigned(identity));
}

/** A2A 1.0, agent card signatures: without one a card is as trustworthy as the host that serves it. */
function unsigned(agent: Identity): readonly RuleFinding[] {
  const entry = agent.type === "agent" ? agent.node.byKey.get("agentCard") : undefined;
  if (entry?.value.kind !== "map") return [];
  const signed = child(entry.value, "signed");
  if (signed?.kind === "scalar" && signed.value === true) return [];
  const url = at(entry.value, "url");
  const whose = url?.kind === "scalar" ? `at ${url.text} ` : "";
  return [
    {
      place: signed?.place ?? entry.key.place,
      message: `The agent card of ${agent.name} ${whose}${signed === undefined ? "is not said to be signed" : "is not signed"}, so that whoever can change it where it is served sends callers to another endpoint, with other skills. Sign it, let callers verify the signature, and say \`signed: true\`.`,
      data: { identity: agent.name },
    },
  ];
}
