/**
 * Whether a rule lets somebody through to a single tool, operation or resource: what a finding that says so has to ask
 * first, since the names of a rule are not all of it. A condition, what it requires, and deny rules leave some out.
 */
import { type Budget, budget as steps } from "../../access/budget.ts";
import type { Environment, PolicySet, Rule, Target, Written } from "../../policy/model.ts";
import type { Callable } from "./callables.ts";
import { hasErrors } from "./conditions.ts";
import type { Plane } from "./plane.ts";
import { RuleSpace } from "./rule-space.ts";

/** `some`: a request in some environment. `unknown`: that was too complex to find out. */
export type Answer = "some" | "none" | "unknown";

/** A part of a rule: one of its targets, of that one callable, for some of its subjects. Left out: all of them. */
export interface Asked {
  readonly target: Target;
  readonly callable?: Callable;
  readonly subjects?: readonly Written[];
}

export interface Allowed {
  /** Of a part of an allow rule: whether the rule, less what is denied, allows any request of it. */
  answer(rule: Rule, asked: Asked): Answer;
}

/** Bounded as the other questions to the access functions: it is asked again at each keystroke. */
const mostSteps = 400_000;

/** Spaces are made for the resources that are asked for, and kept with what was learnt in them. */
export function allowed(plane: Plane, budget: Budget = steps(mostSteps)): Allowed {
  const denies = deniesOf(plane.set);
  const spaces = new Map<Environment, Map<string, RuleSpace>>();
  const spaceOf = (name: string, environment: Environment, here: PolicySet): RuleSpace | undefined => {
    const resource = plane.set.resources.get(name);
    if (resource === undefined) return undefined;
    const ofEnvironment = spaces.get(environment) ?? new Map<string, RuleSpace>();
    spaces.set(environment, ofEnvironment);
    const known = ofEnvironment.get(name);
    if (known !== undefined) return known;
    const space = new RuleSpace(resource, { set: here, environment });
    // Of a resource that an error speaks of it is not certain what is denied, but what its rules ask for is.
    if (!plane.isBroken(name)) for (const rule of denies.get(name) ?? []) space.use(rule, true);
    ofEnvironment.set(name, space);
    return space;
  };
  return {
    answer: (rule, asked) => {
      const narrowed = narrow(rule, asked);
      let isUnknown = plane.environments.length === 0;
      for (const { environment, set } of plane.environments) {
        const space = spaceOf(asked.target.resource.text, environment, set);
        if (space === undefined) continue;
        if (budget.remaining <= 0) return "unknown";
        for (const id of space.narrowed(narrowed).ids) {
          const covered = space.space.cover(id, { lists: [space.denies] }, budget);
          if (covered === "uncovered") return "some";
          if (covered === "too-complex") isUnknown = true;
        }
      }
      return isUnknown ? "unknown" : "none";
    },
  };
}

/** By the name of the resource. */
function deniesOf(set: PolicySet): ReadonlyMap<string, readonly Rule[]> {
  const denies = new Map<string, Rule[]>();
  for (const rule of set.policies.flatMap((policy) => policy.rules)) {
    if (rule.effect !== "deny" || rule.mode !== "enforce" || hasErrors(rule)) continue;
    for (const name of new Set(rule.on.map((target) => target.resource.text))) {
      const known = denies.get(name);
      if (known === undefined) denies.set(name, [rule]);
      else known.push(rule);
    }
  }
  return denies;
}

function narrow(rule: Rule, { target, callable, subjects }: Asked): Rule {
  const { place, resource } = target;
  const on: Target =
    callable === undefined
      ? target
      : { place, resource, [callable.kind === "tool" ? "tools" : "operations"]: [nameOf(callable, target)] };
  return { ...rule, on: [on], ...(subjects === undefined ? {} : { subjects }) };
}

const nameOf = ({ name }: Callable, { resource }: Target): Written => ({ ...resource, text: name });

/**
 * Whether a finding may say that the rule lets somebody through there. What is unknown of a rule without a condition it
 * says by its names; with one, the finding would be a guess.
 */
export function isLetThrough(allowed: Allowed, rule: Rule, asked: Asked): boolean {
  const answer = allowed.answer(rule, asked);
  return answer === "some" || (answer === "unknown" && rule.condition === undefined);
}
