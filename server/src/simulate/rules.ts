/** One rule against one interaction, part by part, as design section 3 says it. */
import type { Interaction } from "../access/interaction.ts";
import { durationSeconds } from "../access/units.ts";
import type { Resource, Rule } from "../policy/model.ts";
import type { Callers, Proof } from "./callers.ts";
import type { Part, RuleTrace } from "./decision.ts";
import { targetMismatch } from "./targets.ts";

export interface Request {
  readonly interaction: Interaction;
  readonly resource: Resource;
  readonly callers: Callers;
  readonly delegationLimit: number;
}

type Outcome = string | undefined;

export function traceRule(rule: Rule, request: Request): RuleTrace {
  const base = { rule: rule.id, effect: rule.effect, place: rule.name.place };
  const condition = rule.condition?.compiled.evaluate(request.interaction);
  const said =
    condition === undefined
      ? {}
      : {
          condition:
            condition.value === "error"
              ? { value: condition.value, detail: condition.reason }
              : { value: condition.value },
        };
  // A rule on the same resource is closer than one on another, whatever fails in it first.
  let held = rule.on.some((one) => one.resource.text === request.resource.name) ? 1 : 0;
  for (const [part, check] of partsOf(rule)) {
    const detail = check(rule, request);
    if (detail !== undefined)
      return { ...base, ...said, outcome: "does-not-apply", closeness: held, failed: { part, detail } };
    held++;
  }
  const applies =
    rule.mode === "enforce" ? "applies" : rule.effect === "allow" ? "would-allow" : "would-deny";
  return { ...base, ...said, outcome: applies, closeness: held };
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
        ["subject", allowedSubject],
        ["onBehalfOf", delegator],
        ["requires", requires],
        ["condition", allowedCondition],
      ];
}

const target = (rule: Rule, { resource, interaction }: Request): Outcome =>
  targetMismatch(rule, resource, interaction);

function allowedSubject(rule: Rule, { callers }: Request): Outcome {
  if (rule.anonymous) return undefined;
  const named = callers.proofs.filter((proof) => isNamed(proof, rule.subjects));
  if (rule.onBehalfOf !== undefined)
    return named.some((proof) => proof.role === "actor")
      ? undefined
      : mismatch("acting subject", rule, callers);
  const itself = named.some(
    (proof) =>
      proof.role === "self" &&
      !named.some((other) => other.role === "actor" && other.identity === proof.identity),
  );
  if (itself) return undefined;
  return named.some((proof) => proof.role !== "self")
    ? "the request is delegated, and the rule names no onBehalfOf"
    : mismatch("subject", rule, callers);
}

function delegator(rule: Rule, { callers, delegationLimit }: Request): Outcome {
  if (rule.onBehalfOf === undefined || rule.anonymous) return undefined;
  if (callers.delegationDepth > delegationLimit)
    return `delegation was ${callers.delegationDepth} deep, at most ${delegationLimit} is allowed`;
  const delegators = callers.proofs.filter((proof) => proof.role === "delegator");
  const actors = callers.proofs.filter((proof) => proof.role === "actor" && isNamed(proof, rule.subjects));
  const wanted = delegators.filter((proof) => isNamed(proof, rule.onBehalfOf));
  if (wanted.length === 0)
    return `acted for ${list(delegators)}, needed ${rule.onBehalfOf.map((one) => one.text).join(" or ")}`;
  const declared = actors.some((actor) =>
    wanted.some((proof) => actor.identity.actsFor.some((name) => name.text === proof.identity.name)),
  );
  return declared ? undefined : `${list(actors)} does not declare actsFor ${list(wanted)}`;
}

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
    return `credential was bound to ${credential?.boundTo?.kind ?? "nothing"}, needed ${boundTo}`;
  return undefined;
}

function atMost(what: string, stated: string | undefined, limit: number | undefined): Outcome {
  if (limit === undefined) return undefined;
  const value = stated === undefined ? undefined : durationSeconds(stated);
  if (value !== undefined && value <= limit) return undefined;
  return `credential ${what} was ${stated ?? "unknown"}, needed at most ${limit}s`;
}

function isNamed(proof: Proof, names: Rule["subjects"]): boolean {
  return names?.some((name) => name.text === proof.identity.name) === true;
}

function mismatch(what: string, rule: Rule, callers: Callers): string {
  return `${what} was ${list(callers.proofs)}, needed ${rule.subjects?.map((one) => one.text).join(" or ") ?? "none"}`;
}

function list(proofs: readonly Proof[]): string {
  return [...new Set(proofs.map((proof) => proof.identity.name))].join(", ") || "nobody known";
}
