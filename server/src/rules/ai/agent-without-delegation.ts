import type { Identity, Resource } from "../../policy/model.ts";
import { at } from "../../text/tree.ts";
import {
  dataClassOf,
  type Grant,
  grants,
  groupBy,
  isAgent,
  isSensitive,
  lettingThrough,
} from "../analysis/grants.ts";
import { type LintContext, lintRule, type RuleFinding } from "../lint-rule.ts";
import { inWords, listed } from "../words.ts";

export const agentWithoutDelegation = lintRule({
  id: "agent-without-delegation",
  category: "ai",
  traffic: ["ai", "api", "service"],
  controls: ["OWASP-ASI-2025:ASI03", "OWASP-LLM-2025:LLM06", "OWASP-NHI-2025:NHI5", "NIST-CSF-2.0:PR.AA-05"],
  fixable: true,
  letsThrough: "active",
  check,
});

function check({ set, allowed }: LintContext): readonly RuleFinding[] {
  const ofAgents = grants(set, isAgent);
  return [...groupBy(ofAgents, (grant) => grant.subject)].flatMap(([agent, granted]) => {
    const asItself = granted.filter(({ rule }) => rule.onBehalfOf === undefined);
    const direct = lettingThrough(asItself, allowed);
    if (direct.length === 0) return [];
    if (agent.credential?.type === "token-exchange" && agent.actsFor.length === 0)
      return [actsForNobody(agent, direct)];
    return [
      ...groupBy(
        direct.filter(({ resource }) => holdsData(resource)),
        (grant) => grant.rule,
      ).values(),
    ].map((ofRule) => reachesByItself(agent, ofRule));
  });
}

/** What a model is sent the agent had before; of that `model-egress-unclassified-data` speaks. */
function holdsData(resource: Resource): boolean {
  return resource.type !== "model" && isSensitive(resource);
}

/** RFC 8693: an exchanged token is for somebody, whom the actor acts for. */
function actsForNobody(agent: Identity, direct: readonly Grant[]): RuleFinding {
  const rules = [...new Set(direct.map((one) => one.rule))];
  return {
    place: at(agent.node, "credential", "type")?.place ?? agent.place,
    message: `${agent.name} gets its tokens by token exchange, which is for acting on someone's behalf, but it declares no \`actsFor\`, and ${listed(rules)} ${rules.length > 1 ? "allow" : "allows"} it as itself: whoever asks it, it may do the same. Declare whom it acts for under \`actsFor\` and name them in \`onBehalfOf\` of the rule, or give it a credential of its own.`,
    related: rules.slice(0, 4).map((rule) => ({
      place: rule.name.place,
      message: `${rule.id} allows ${agent.name} as itself.`,
    })),
    data: { identity: agent.name, rules: rules.map((rule) => rule.id) },
  };
}

function reachesByItself(agent: Identity, [first, ...rest]: readonly Grant[]): RuleFinding {
  if (first === undefined) throw new Error("a rule without a grant");
  const { rule, as } = first;
  const resources = [...new Set([first, ...rest].map((one) => one.resource))];
  const what = inWords(resources.map((one) => `${one.name} (${dataClassOf(one)})`));
  const delegators = agent.actsFor.map((one) => one.text);
  return {
    place: as.place,
    message: `${rule.id} lets the agent ${agent.name} reach ${what} as itself, not on behalf of a person: whoever can prompt it reads what it may read, and the audit event names nobody else. ${
      delegators.length === 0
        ? `Declare under \`actsFor\` of ${agent.name} whom it acts for, and name them in \`onBehalfOf\` of this rule.`
        : `Name in \`onBehalfOf\` whom it acts for: ${inWords(delegators, "or")}.`
    }`,
    related: resources.map((one) => ({ place: one.place, message: `${one.name} is ${dataClassOf(one)}.` })),
    data: { rule: rule.id, identity: agent.name, resources: resources.map((one) => one.name) },
    // Not safe: from then on it can do nothing of this for itself. Of several subjects the others may act for nobody.
    fixes:
      delegators.length === 0 || rule.subjects?.length !== 1
        ? []
        : [
            {
              title: `Let ${agent.name} do this on behalf of ${inWords(delegators, "or")} only`,
              isSafe: false,
              edits: [{ edit: "set-property", map: rule.node, key: "onBehalfOf", value: delegators }],
            },
          ],
  };
}
