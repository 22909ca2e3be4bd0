/** A scenario as its file has it, before it has a place in one; and how it is read, by the reader of all scenarios. */
import type { Interaction, Json } from "../../access/interaction.ts";
import { parseJson } from "../../json/parse.ts";
import type { DocumentSource } from "../../policy/build/files.ts";
import { buildScenarios } from "../../policy/build/scenarios.ts";
import type { Environment, PolicySet, Scenario } from "../../policy/model.ts";
import { scenarioInteraction } from "../../simulate/scenario.ts";

/** The members of an entry of `spec.scenarios`, in the order in which people write them. */
export interface ScenarioFields {
  readonly name: string;
  readonly description?: string;
  readonly now?: string;
  readonly as?: string;
  readonly onBehalfOf?: readonly {
    readonly id: string;
    readonly issuer: string;
    readonly groups?: readonly string[];
  }[];
  readonly credential?: NonNullable<Interaction["credential"]>;
  readonly source?: NonNullable<Interaction["source"]>;
  readonly client?: NonNullable<Interaction["client"]>;
  readonly jwt?: NonNullable<Interaction["jwt"]>;
  readonly request: { readonly [key: string]: Json };
  readonly expect: { readonly decision: "allow" | "deny"; readonly rule?: string };
}

/** Generated scenarios refer to no files. */
const noFiles: DocumentSource = { root: "generated:/", get: () => ({ error: "not-found" }) };

/** What the runner of scenarios would make of it; undefined where its request cannot be read. */
export function interactionOf(
  fields: ScenarioFields,
  now: string,
  set: PolicySet,
  environment: Environment,
): Interaction | undefined {
  const scenario = scenarioOf(fields, now);
  if (scenario === undefined) return undefined;
  const read = scenarioInteraction(scenario, set, environment, noFiles);
  return "interaction" in read ? read.interaction : undefined;
}

function scenarioOf(fields: ScenarioFields, now: string): Scenario | undefined {
  const text = JSON.stringify({ metadata: { name: "generated" }, spec: { now, scenarios: [fields] } });
  const root = parseJson("generated:/scenario.json", text).documents[0]?.root;
  if (root?.kind !== "map") return undefined;
  const [scenario] = buildScenarios("generated:/scenario.json", root, {
    text: "generated",
    place: root.place,
  }).scenarios;
  return scenario;
}
