import { identityIn } from "../../policy/in-environment.ts";
import { actorPatterns } from "../../policy/lower/callers.ts";
import type { Identity, PolicySet, Rule } from "../../policy/model.ts";
import { verdictsOf } from "../analysis/facts.ts";
import type { Part } from "../analysis/judged.ts";
import { decidesByPriorActor } from "../analysis/prior-actors.ts";
import { removeRule } from "../analysis/rule-fixes.ts";
import type { VerdictOf } from "../analysis/verdict.ts";
import { type LintContext, lintRule, type RuleFinding } from "../lint-rule.ts";
import { inWords, placeOfPart } from "../words.ts";

export const unreachableRule = lintRule({
  id: "unreachable-rule",
  category: "logic",
  traffic: ["api", "service", "ai", "event"],
  controls: ["NIST-CSF-2.0:PR.AA-05"],
  fixable: true,
  check,
});

function check(context: LintContext): readonly RuleFinding[] {
  // How deep delegation goes is no matter where a prior actor should not decide at all.
  const verdicts = verdictsOf(context.logic, "unreachable").filter(
    ({ judged, parts }) => !(parts.includes("condition") && decidesByPriorActor(judged.rule)),
  );
  return verdicts.map((verdict) => {
    const { rule } = verdict.judged;
    const reason = reasonOf(verdict, context);
    const [only] = reason.parts;
    return {
      place: only !== undefined && reason.parts.length === 1 ? placeOfPart(rule, only) : rule.name.place,
      message: `${rule.id} never applies: ${reason.text} ${reason.advice}`,
      related: [
        ...(reason.parts.length > 1
          ? reason.parts.map((part) => ({
              place: placeOfPart(rule, part),
              message: `No request fulfils this and ${inWords(names(reason.parts.filter((one) => one !== part)))}.`,
            }))
          : []),
        ...reason.identities.map((one) => ({ place: one.place, message: `${one.name} is declared here.` })),
      ],
      data: { rule: rule.id, parts: reason.parts },
      fixes: removeRule(rule, context.files),
    };
  });
}

interface Reason {
  readonly parts: readonly (Part | "onBehalfOf")[];
  readonly text: string;
  readonly advice: string;
  readonly identities: readonly Identity[];
}

function reasonOf({ judged, parts }: VerdictOf<"unreachable">, { set }: LintContext): Reason {
  const { rule } = judged;
  const [only] = parts;
  if (parts.length > 1 || only === undefined) {
    return {
      parts,
      text: `no request fulfils its ${inWords(names(parts))} at once.`,
      advice: "Correct the one that is wrong, or remove the rule.",
      identities: [],
    };
  }
  switch (only) {
    case "subjects":
      return rule.onBehalfOf === undefined || rule.effect === "deny"
        ? noProof(rule, set)
        : noDelegation(rule, judged, set);
    case "on": {
      const resources = [...new Set(rule.on.map((target) => target.resource.text))];
      return {
        parts,
        text: `${inWords(resources)} ${resources.length > 1 ? "have" : "has"} no request that its \`on\` names.`,
        advice: "Name what the resource has, or remove the rule.",
        identities: [],
      };
    }
    case "requires":
    case "condition":
      return {
        parts,
        text: `no request fulfils its \`${only}\`.`,
        advice: "Correct it, or remove the rule.",
        identities: [],
      };
  }
}

function noProof(rule: Rule, set: PolicySet): Reason {
  const subjects = declared(rule.subjects, set);
  const who = inWords(
    subjects.map((one) => one.name),
    "or",
  );
  return {
    parts: ["subjects"],
    text: `no caller can prove to be ${who}.`,
    advice: `Give ${subjects.length > 1 ? "them" : "it"} a \`spiffeId\`, or an \`issuer\` with \`claims\` or \`clientId\`, or say what gateways call ${subjects.length > 1 ? "them" : "it"} under \`deployedAs\`.`,
    identities: subjects,
  };
}

/** An allow for delegated callers needs an actor that a token can name, who may act for a delegator that a token proves. */
function noDelegation(rule: Rule, { uses }: VerdictOf<"unreachable">["judged"], set: PolicySet): Reason {
  const actors = declared(rule.subjects, set);
  const delegators = declared(rule.onBehalfOf, set);
  const of = (all: readonly Identity[]): string =>
    inWords(
      all.map((one) => one.name),
      "or",
    );
  const base = { parts: ["onBehalfOf"] as const, identities: [] };
  if (set.controlPlane.limits.delegationDepth < 1)
    return {
      ...base,
      text: "`limits.delegationDepth` is 0, so that nobody acts for anybody.",
      advice: "Raise the limit, or remove the rule.",
    };
  const mayAct = actors.filter((actor) =>
    actor.actsFor.some((name) => delegators.some((delegator) => delegator.name === name.text)),
  );
  if (mayAct.length === 0)
    return {
      ...base,
      text: `${of(actors)} may not act for ${of(delegators)}: ${inWords(actors.map(actsFor))}.`,
      advice: `Add ${of(delegators)} to \`actsFor\` of ${of(actors)}, or correct \`onBehalfOf\`.`,
      identities: actors,
    };
  const named = mayAct.filter((actor) => uses.some((use) => actorPatterns(actor, use.in.context).length > 0));
  if (named.length === 0)
    return {
      ...base,
      parts: ["subjects"],
      text: `no token can name ${of(mayAct)} as its actor.`,
      advice: `Give ${mayAct.length > 1 ? "them" : "it"} a \`spiffeId\` or a \`clientId\`.`,
      identities: mayAct,
    };
  const unproven = delegators.filter(
    (one) => !uses.some((use) => hasToken(identityIn(one, use.in.context.environment))),
  );
  return {
    ...base,
    text: `no token proves ${of(unproven.length > 0 ? unproven : delegators)}, and only a token can say for whom a caller acts.`,
    advice: "Give the delegator an `issuer` with `claims` or a `clientId`.",
    identities: unproven.length > 0 ? unproven : delegators,
  };
}

function actsFor(identity: Identity): string {
  const names = identity.actsFor.map((one) => one.text);
  return names.length === 0
    ? `${identity.name} declares no \`actsFor\``
    : `${identity.name} acts for ${inWords(names, "or")}`;
}

function hasToken({ issuer, claims, clientId }: Identity): boolean {
  return issuer !== undefined && (claims.size > 0 || clientId !== undefined);
}

function declared(written: Rule["subjects"], set: PolicySet): readonly Identity[] {
  return (written ?? []).flatMap((one) => set.identities.get(one.text) ?? []);
}

const names = (parts: readonly string[]): readonly string[] => parts.map((part) => `\`${part}\``);
