/** Mutations of what a rule writes: its effect, its lists, its restrictions, its condition. */
import { compileCondition } from "../../cel/compile.ts";
import type { CelEnvironment } from "../../cel/environment.ts";
import { conditionMutations } from "../../cel/mutations.ts";
import { formatDuration } from "../../policy/duration.ts";
import type { Rule, RuleCondition, Target, Written } from "../../policy/model.ts";
import { placeInCondition } from "../../policy/place-in-condition.ts";
import type { Place } from "../../text/place.ts";
import type { MutationDraft, MutationKind } from "./mutation.ts";

/** `environment`: what the rule's condition is compiled in. */
export function* ruleMutations(rule: Rule, environment: CelEnvironment): Generator<MutationDraft> {
  const owner = { about: rule.id, rules: [rule] };
  for (const draft of mutationsOfText(rule, environment)) yield { ...draft, ...owner };
}

type Changed = Omit<MutationDraft, "about" | "rules">;

function* mutationsOfText(rule: Rule, environment: CelEnvironment): Generator<Changed> {
  const here = rule.name.place;
  yield {
    kind: "remove-rule",
    words: "the rule is removed",
    place: here,
    change: { by: "rule", rule: undefined },
  };
  const flipped: Rule =
    rule.effect === "allow"
      ? { ...rule, effect: "deny" }
      : { ...rule, effect: "allow", anonymous: rule.subjects === undefined };
  yield made("flip-effect", `${rule.effect} becomes ${flipped.effect}`, here, flipped);
  yield* without("subject", rule.subjects, (subjects) => ({ ...rule, subjects }));
  if (rule.subjects !== undefined) {
    const place = rule.subjects[0]?.place ?? here;
    const anybody: Rule = { ...rule, subjects: undefined, anonymous: rule.effect === "allow" };
    yield made("drop-restriction", "the subjects are not restricted", place, anybody);
  }
  yield* delegation(rule);
  yield* targets(rule);
  yield* requirements(rule);
  if (rule.condition !== undefined) yield* conditions(rule, rule.condition, environment);
}

function made(kind: MutationKind, words: string, place: Place, rule: Rule): Changed {
  return { kind, words, place, change: { by: "rule", rule } };
}

/** The rule without one entry of a list. The last one does not count: without it there is no target, or no rule. */
function* without(
  what: string,
  list: readonly Written[] | undefined,
  rebuilt: (rest: readonly Written[]) => Rule,
): Generator<Changed> {
  if (list === undefined || list.length < 2) return;
  for (const entry of list) {
    const rest = list.filter((one) => one !== entry);
    yield made("drop-entry", `${what} ${entry.text} is dropped`, entry.place, rebuilt(rest));
  }
}

/** Without `onBehalfOf` a rule is about callers that act for themselves. */
function* delegation(rule: Rule): Generator<Changed> {
  const { onBehalfOf } = rule;
  // A deny does not ask for whom somebody acts.
  if (onBehalfOf === undefined || rule.effect === "deny") return;
  yield* without("delegator", onBehalfOf, (rest) => ({ ...rule, onBehalfOf: rest }));
  const place = onBehalfOf[0]?.place ?? rule.name.place;
  yield made("drop-restriction", "onBehalfOf is dropped", place, { ...rule, onBehalfOf: undefined });
}

function* targets(rule: Rule): Generator<Changed> {
  for (const [index, target] of rule.on.entries()) {
    const instead = (others: readonly Target[]): Rule => ({
      ...rule,
      on: rule.on.toSpliced(index, 1, ...others),
    });
    if (rule.on.length > 1)
      yield made("drop-entry", `the target on ${target.resource.text} is dropped`, target.place, instead([]));
    const listed = parts.filter(([part]) => target[part] !== undefined).map(([part]) => part);
    for (const [part, what] of parts) {
      yield* without(what, target[part], (rest) => instead([{ ...target, [part]: rest }]));
      const [only, ...more] = target[part] ?? [];
      if (only === undefined || more.length > 0 || listed.length < 2) continue;
      const { [part]: _only, ...others } = target;
      yield made("drop-entry", `${what} ${only.text} is dropped`, only.place, instead([others]));
    }
    if (listed.length > 0) {
      const words = `the ${listed.join(" and ")} of ${target.resource.text} are not restricted`;
      const { operations: _o, rpcs: _r, tools: _t, prompts: _p, mcpResources: _m, ...whole } = target;
      yield made("drop-restriction", words, target.place, instead([whole]));
    }
    if (target.events !== undefined) yield* events(target, target.events, instead);
  }
}

const parts = [
  ["operations", "operation"],
  ["rpcs", "rpc"],
  ["tools", "tool"],
  ["prompts", "prompt"],
  ["mcpResources", "MCP resource"],
] as const;

function* events(
  target: Target,
  asked: NonNullable<Target["events"]>,
  instead: (others: readonly Target[]) => Rule,
): Generator<Changed> {
  const withEvents = (changed: Target["events"]): Rule =>
    instead([{ ...target, ...(changed && { events: changed }) }]);
  const { types, operation, ...rest } = asked;
  yield* without("event type", types, (left) => withEvents({ ...asked, types: left }));
  const name = target.resource.text;
  if (types !== undefined) {
    const any = { ...rest, ...(operation === undefined ? {} : { operation }) };
    yield made(
      "drop-restriction",
      `the event types of ${name} are not restricted`,
      target.place,
      withEvents(any),
    );
  }
  if (operation !== undefined) {
    const both = { ...rest, ...(types === undefined ? {} : { types }) };
    yield made(
      "drop-restriction",
      `${operation} on ${name} is not asked for`,
      target.place,
      withEvents(both),
    );
  }
}

/** How `requires` changes; that a predicate of it is turned around is a matter of the lowered rule. */
function* requirements(rule: Rule): Generator<Changed> {
  const { requires } = rule;
  // A deny asks for no credential.
  if (requires === undefined || rule.effect === "deny") return;
  const { credentialTypes, maxTtl, maxAge, boundTo, place } = requires;
  const instead = (changed: Partial<NonNullable<Rule["requires"]>>): Rule => ({
    ...rule,
    requires: { ...requires, ...changed },
  });
  const lacking = (part: keyof typeof requires): Rule => {
    const { [part]: _dropped, ...others } = requires;
    return { ...rule, requires: { ...others, place } };
  };
  if (credentialTypes !== undefined) {
    for (const type of credentialTypes.length > 1 ? credentialTypes : []) {
      const rest = credentialTypes.filter((one) => one !== type);
      yield made(
        "drop-entry",
        `credential type ${type} is dropped`,
        place,
        instead({ credentialTypes: rest }),
      );
    }
    yield made("drop-restriction", "the credential type is not asked for", place, lacking("credentialTypes"));
  }
  for (const [part, limit] of [["maxTtl", maxTtl] as const, ["maxAge", maxAge] as const]) {
    if (limit === undefined) continue;
    yield made("drop-restriction", `${part} is not asked for`, place, lacking(part));
    for (const moved of [limit - 1, limit + 1]) {
      if (moved < 0) continue;
      const words = `${part} ${formatDuration(limit)} becomes ${formatDuration(moved)}`;
      yield made("move-bound", words, place, instead({ [part]: moved }));
    }
  }
  if (boundTo !== undefined)
    yield made("drop-restriction", `boundTo ${boundTo} is not asked for`, place, lacking("boundTo"));
}

function* conditions(rule: Rule, condition: RuleCondition, environment: CelEnvironment): Generator<Changed> {
  const { source, compiled } = condition;
  // A condition with an error is an error on every request, whatever its tests say.
  if (compiled.problems.some((problem) => problem.severity === "error")) return;
  for (const mutation of conditionMutations(source, compiled.reads)) {
    const place = placeInCondition(condition, mutation.start, mutation.end);
    const words = `condition ${mutation.words}`;
    const mutated = compileCondition(mutation.source, environment);
    const broken = mutated.problems.find((problem) => problem.severity === "error");
    if (broken !== undefined) {
      const reason = `The mutated condition cannot be compiled: ${broken.message}`;
      yield { kind: "condition", words, place, change: { by: "nothing", reason } };
      continue;
    }
    const changed = { ...condition, source: mutation.source, compiled: mutated };
    yield made("condition", words, place, { ...rule, condition: changed });
  }
}
