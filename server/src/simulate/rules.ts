/** One rule against one interaction, part by part, as design section 3 says it. */
import { durationSeconds } from "../access/units.ts";
import { formatDuration } from "../policy/duration.ts";
import type { Rule } from "../policy/model.ts";
import type { Callers, Proof } from "./callers.ts";
import type { Part, RuleTrace } from "./decision.ts";
import { listOf, mayActFor, type Request, tooDeep } from "./request.ts";
import { targetMismatch } from "./targets.ts";

export type { Request } from "./request.ts";

type Outcome = string | undefined;

export function traceRule(rule: Rule, request: Request): RuleTrace {
  const isHere = rule.on.some((one) => one.resource.text === request.resource.name);
  const base = {
    rule: rule.id,
    effect: rule.effect,
    place: rule.name.place,
    ...(isHere ? conditionOf(rule, request) : {}),
  };
  // A rule on the same resource is closer than one on another, whatever fails in it first.
  let held = isHere ? 1 : 0;
  for (const [part, check] of partsOf(rule)) {
    const detail = check(rule, request);
    if (detail !== undefined)
      return { ...base, outcome: "does-not-apply", closeness: held, failed: { part, detail } };
    // Being sound brings a rule no closer: a deny is not asked for it.
    if (part !== "rule") held++;
  }
  const applies =
    rule.mode === "enforce" ? "applies" : rule.effect === "allow" ? "would-allow" : "would-deny";
  return { ...base, outcome: applies, closeness: held };
}

function conditionOf(rule: Rule, { interaction }: Request): Pick<RuleTrace, "condition"> {
  const condition = rule.condition?.compiled.evaluate(interaction);
  if (condition === undefined) return {};
  return condition.value === "error"
    ? { condition: { value: condition.value, detail: condition.reason } }
    : { condition: { value: condition.value } };
}

function partsOf(rule: Rule): readonly (readonly [Part, (rule: Rule, request: Request) => Outcome])[] {
  return rule.effect === "deny"
    ? [
        ["target", target],
        ["subject", deniedSubject],
        ["condition", deniedCondition],
      ]
    : [
        ["target", target],
        ["rule", sound],
        ["subject", allowedSubject],
        ["onBehalfOf", delegator],
        ["requires", requires],
        ["condition", allowedCondition],
      ];
}

const target = (rule: Rule, { resource, interaction }: Request): Outcome =>
  targetMismatch(rule, resource, interaction);

/** An allow that may say less than its author means allows nothing. */
const sound = (rule: Rule): Outcome =>
  rule.unsound ? "it has an error, and an allow with an error allows nothing" : undefined;

/** `subjects` match the current actor only: who acts for someone, or who calls and acts for nobody. */
function allowedSubject(rule: Rule, { callers }: Request): Outcome {
  if (rule.anonymous) return undefined;
  const proven = callers.proofs.filter((proof) => isNamed(proof, rule.subjects));
  const named = inUse(proven);
  if (named.length === 0 && proven.length > 0) return retired(proven);
  // Whether it acts for somebody, and for whom, is the next part.
  if (rule.onBehalfOf !== undefined)
    return named.some((proof) => proof.role !== "delegator") ? undefined : mismatch("subject", rule, callers);
  const itself = named.some(
    (proof) => proof.role === "self" && !callers.namedAsActor.has(proof.identity.name),
  );
  if (itself) return undefined;
  return named.length > 0
    ? "the request is delegated, and the rule names no onBehalfOf"
    : mismatch("subject", rule, callers);
}

/** An explicit onBehalfOf, within actsFor of the actor and the depth that the control plane allows. */
function delegator(rule: Rule, request: Request): Outcome {
  if (rule.onBehalfOf === undefined || rule.anonymous) return undefined;
  const { proofs } = request.callers;
  const needed = rule.onBehalfOf.map((one) => one.text).join(" or ");
  const proven = proofs.filter((proof) => proof.role === "actor" && isNamed(proof, rule.subjects));
  const actors = inUse(proven);
  if (actors.length === 0 && proven.length > 0) return retired(proven);
  if (actors.length === 0) return `acted for itself, needed ${needed}`;
  const deep = tooDeep(request);
  if (deep !== undefined) return deep;
  const delegators = proofs.filter((proof) => proof.role === "delegator");
  const named = delegators.filter((proof) => isNamed(proof, rule.onBehalfOf));
  const wanted = inUse(named);
  if (wanted.length === 0 && named.length > 0) return retired(named);
  if (wanted.length === 0) return `acted for ${listOf(delegators)}, needed ${needed}`;
  const declared = actors.some((actor) => wanted.some((proof) => mayActFor(actor, proof)));
  return declared ? undefined : `${listOf(actors)} does not declare actsFor ${listOf(wanted)}`;
}

/** A deny applies if actor or delegator matches; without subjects, to every caller. */
function deniedSubject(rule: Rule, { callers }: Request): Outcome {
  if (rule.subjects === undefined) return undefined;
  return callers.proofs.some((proof) => isNamed(proof, rule.subjects))
    ? undefined
    : mismatch("subject", rule, callers);
}

function allowedCondition(rule: Rule, { interaction }: Request): Outcome {
  const compiled = rule.condition?.compiled;
  if (compiled === undefined || compiled.evaluate(interaction).value === "true") return undefined;
  return compiled.explain(interaction);
}

/** A deny applies also where its condition cannot be decided. */
function deniedCondition(rule: Rule, { interaction }: Request): Outcome {
  const compiled = rule.condition?.compiled;
  if (compiled === undefined || compiled.evaluate(interaction).value !== "false") return undefined;
  return compiled.explain(interaction);
}

/** Preconditions on the credential; unknown means unmet. */
function requires(rule: Rule, { interaction }: Request): Outcome {
  const required = rule.requires;
  const credential = interaction.credential;
  if (required === undefined) return undefined;
  const { credentialTypes, maxTtl, maxAge, boundTo } = required;
  if (
    credentialTypes !== undefined &&
    !(credential?.type !== undefined && credentialTypes.includes(credential.type))
  )
    return `credential type was ${credential?.type ?? "unknown"}, needed ${credentialTypes.join(" or ")}`;
  const lifetime = atMost("lifetime", credential?.ttl, maxTtl) ?? atMost("age", credential?.age, maxAge);
  if (lifetime !== undefined) return lifetime;
  if (boundTo !== undefined && credential?.boundTo?.kind !== boundTo)
    return `credential was bound to ${credential?.boundTo?.kind ?? "nothing known"}, needed ${boundTo}`;
  return undefined;
}

function atMost(what: string, stated: string | undefined, limit: number | undefined): Outcome {
  if (limit === undefined) return undefined;
  const value = stated === undefined ? undefined : durationSeconds(stated);
  if (value !== undefined && value <= limit) return undefined;
  return `credential ${what} was ${stated ?? "unknown"}, needed at most ${formatDuration(limit)}`;
}

function isNamed(proof: Proof, names: Rule["subjects"]): boolean {
  return names?.some((name) => name.text === proof.identity.name) === true;
}

/** Those that a rule may allow something: a retired identity proves nothing to it, whoever still has its credential. */
function inUse(proofs: readonly Proof[]): readonly Proof[] {
  return proofs.filter(({ identity }) => identity.isRetired !== true);
}

function retired(proofs: readonly Proof[]): string {
  const names = new Set(proofs.map(({ identity }) => identity.name));
  return names.size === 1
    ? `${[...names].join()} is retired, so that no rule allows it`
    : `${[...names].join(" and ")} are retired, so that no rule allows them`;
}

function mismatch(what: string, rule: Rule, callers: Callers): string {
  return `${what} was ${listOf(callers.proofs)}, needed ${rule.subjects?.map((one) => one.text).join(" or ") ?? "none"}`;
}
