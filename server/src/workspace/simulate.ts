/** What a face asks to simulate (a scenario, a rule, a request file, an interaction), resolved and run. */

import { type Hints, newlyAllowed } from "../access/compare.ts";
import type { Interaction, Json } from "../access/interaction.ts";
import { allowsNothing } from "../access/terms.ts";
import { toInteraction } from "../access/witness.ts";
import { hintsFor } from "../drift/hints.ts";
import { policySetIn } from "../policy/in-environment.ts";
import { assumptions } from "../policy/lower/resource.ts";
import { lowerRule } from "../policy/lower/rules.ts";
import type { Environment, PolicySet, Resource, Rule } from "../policy/model.ts";
import { requestTo } from "../simulate/request-to.ts";
import { readInteraction } from "../simulate/requests/interaction.ts";
import { fields, RequestError } from "../simulate/requests/reading.ts";
import { fileInteraction, scenarioInteraction } from "../simulate/scenario.ts";
import { type Simulation, simulate } from "../simulate/simulation.ts";
import { didYouMean } from "../text/did-you-mean.ts";
import type { ParsedFile } from "../text/tree.ts";
import { SimulationError } from "./simulation-error.ts";
import { type ControlPlaneSnapshot, defaultEnvironment } from "./snapshot.ts";

export type SimulationRequest =
  | { readonly scenario: string; readonly uri?: string }
  | { readonly rule: string; readonly uri?: string }
  | { readonly file: ParsedFile }
  | { readonly interaction: Interaction }
  /** An interaction as somebody else's JSON has it, still to be read. */
  | { readonly stated: Json };

export function runSimulation(
  plane: ControlPlaneSnapshot,
  request: SimulationRequest,
  wanted: string | undefined,
): Simulation {
  const environment = environmentFor(plane, request, wanted);
  const interaction = interactionOf(plane, request, environment);
  return simulate(plane.set, environment, interaction, plane.deployed.get(environment.name) ?? new Map());
}

function environmentFor(
  plane: ControlPlaneSnapshot,
  request: SimulationRequest,
  wanted: string | undefined,
): Environment {
  const own = "scenario" in request ? scenarioOf(plane, request).environment?.text : undefined;
  const environment = defaultEnvironment(plane.set, wanted ?? own);
  if (environment !== undefined) return environment;
  const known = [...plane.set.controlPlane.environments.keys()].join(", ") || "none";
  throw new SimulationError(`The control plane has no environment ${wanted ?? own ?? ""}; it has ${known}.`);
}

function interactionOf(
  plane: ControlPlaneSnapshot,
  request: SimulationRequest,
  environment: Environment,
): Interaction {
  if ("interaction" in request) return request.interaction;
  if ("file" in request) return readable(() => fileInteraction(request.file, plane.set, environment));
  if ("stated" in request)
    return readable(() => {
      const context = { set: policySetIn(plane.set, environment), beside: {}, environment };
      return {
        ...readInteraction(fields(request.stated, "the interaction"), context),
        environment: environment.name,
      };
    });
  if ("scenario" in request) {
    const read = scenarioInteraction(scenarioOf(plane, request), plane.set, environment, {
      root: plane.root,
      get: (uri) => plane.documents.get(uri) ?? { error: "not-found" },
    });
    if ("problem" in read) throw new SimulationError(read.problem.message);
    return read.interaction;
  }
  return ruleInteraction(plane, ruleOf(plane, request), environment);
}

function readable(read: () => Interaction): Interaction {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    throw new SimulationError(`The request cannot be read: ${error.message.replace(/\.$/, "")}.`);
  }
}

/** By `suite/name`, or by the name alone where that is unique, in the file where one is given. */
function scenarioOf(
  plane: ControlPlaneSnapshot,
  { scenario, uri }: { readonly scenario: string; readonly uri?: string },
) {
  const named = plane.set.scenarios.filter(
    (one) => (one.id === scenario || one.name.text === scenario) && (uri === undefined || one.uri === uri),
  );
  const [first, second] = named;
  if (first === undefined) {
    const here = plane.set.scenarios.filter((one) => uri === undefined || one.uri === uri);
    throw unknownName("scenario", scenario, here, uri);
  }
  if (second !== undefined)
    throw new SimulationError(
      `Several scenarios are named "${scenario}": ${named.map((one) => one.id).join(", ")}.`,
    );
  return first;
}

function ruleOf(
  plane: ControlPlaneSnapshot,
  { rule, uri }: { readonly rule: string; readonly uri?: string },
): Rule {
  const policies = plane.set.policies.filter((policy) => uri === undefined || policy.uri === uri);
  const here = policies.flatMap((policy) => policy.rules);
  const first = here.find((one) => one.id === rule || one.name.text === rule);
  if (first === undefined) throw unknownName("rule", rule, here, uri);
  return first;
}

function unknownName(
  what: string,
  name: string,
  known: readonly { readonly id: string; readonly name: { readonly text: string } }[],
  uri: string | undefined,
): SimulationError {
  const meant = didYouMean(
    name,
    known.flatMap((one) => [one.name.text, one.id]),
  );
  const hint = meant === undefined ? "" : ` Did you mean "${meant}"?`;
  const where = uri === undefined ? "There is no" : "This file has no";
  return new SimulationError(`${where} ${what} "${name}".${hint}`);
}

/** A request that the rule applies to, made of the rule's own terms. */
function ruleInteraction(plane: ControlPlaneSnapshot, rule: Rule, environment: Environment): Interaction {
  const set = policySetIn(plane.set, environment);
  for (const resource of resourcesOf(rule, set)) {
    const { terms, opaque } = lowerRule(rule, resource, { set, environment });
    const impossible = assumptions(set, resource, environment).map(({ literals }) => ({
      literals,
      origins: [],
    }));
    const hints: Hints = hintsFor(set, resource, environment);
    const { answer } = newlyAllowed(
      allowsNothing,
      { allow: terms, deny: [], opaque },
      { impossible, hints, maxWitnesses: 1 },
    );
    if (answer.answer !== "yes") continue;
    const [first] = answer.witnesses;
    if (first !== undefined) return toInteraction(first.assignment, requestTo(resource, environment));
  }
  throw new SimulationError(
    `No request is known that ${rule.id} applies to in ${environment.name}: its parts exclude each other, or its condition cannot be solved. Simulate a scenario or a request file.`,
  );
}

function resourcesOf(rule: Rule, set: PolicySet): readonly Resource[] {
  return rule.on.flatMap((target) => set.resources.get(target.resource.text) ?? []);
}
