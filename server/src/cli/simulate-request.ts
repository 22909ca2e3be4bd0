/** Which control plane a simulation is about, and what request it decides. */
import type { Interaction } from "../access/interaction.ts";
import { policySetIn } from "../policy/in-environment.ts";
import type { Environment, PolicySet } from "../policy/model.ts";
import { askedResource } from "../simulate/asked-resource.ts";
import { credentialsOf } from "../simulate/credentials.ts";
import { RequestError } from "../simulate/requests/reading.ts";
import { fileInteraction } from "../simulate/scenario.ts";
import type { ParsedFile } from "../text/tree.ts";
import { FileStore, isFailure } from "../workspace/file-store.ts";
import type { SimulationRequest } from "../workspace/simulate.ts";
import { type ControlPlaneSnapshot, defaultEnvironment } from "../workspace/snapshot.ts";
import { type Arguments, suggestion } from "./arguments.ts";
import { environmentsOf } from "./open.ts";
import { CommandError, type Services } from "./services.ts";

export interface Asked {
  readonly plane: ControlPlaneSnapshot;
  readonly request: SimulationRequest;
}

export async function askedFor(
  args: Arguments,
  services: Services,
  planes: readonly ControlPlaneSnapshot[],
): Promise<Asked> {
  const [file, scenario, rule] = [args.text("request"), args.text("scenario"), args.text("rule")];
  if ([file, scenario, rule].filter((one) => one !== undefined).length !== 1)
    throw new CommandError(
      "Say what to simulate, by one of --request FILE, --scenario NAME and --rule NAME.",
    );
  if (file === undefined && args.text("as") !== undefined)
    throw new CommandError("--as gives the credentials of a request: it goes with --request only.");
  if (scenario !== undefined)
    return { plane: holding(planes, "scenario", scenario, scenarioNames), request: { scenario } };
  if (rule !== undefined) return { plane: holding(planes, "rule", rule, ruleNames), request: { rule } };
  return requestOf(await readRequest(file ?? "", services), args, planes);
}

type Names = (plane: ControlPlaneSnapshot) => readonly { readonly id: string; readonly name: string }[];

const scenarioNames: Names = ({ set }) => set.scenarios.map(({ id, name }) => ({ id, name: name.text }));
const ruleNames: Names = ({ set }) =>
  set.policies.flatMap((policy) => policy.rules.map(({ id, name }) => ({ id, name: name.text })));

/** The control plane that has the name. */
function holding(
  planes: readonly ControlPlaneSnapshot[],
  what: string,
  wanted: string,
  names: Names,
): ControlPlaneSnapshot {
  const found = planes.filter((plane) =>
    names(plane).some(({ id, name }) => id === wanted || name === wanted),
  );
  const [only, another] = found;
  if (only === undefined) {
    const known = planes.flatMap(names).flatMap(({ id, name }) => [id, name]);
    throw new CommandError(`There is no ${what} "${wanted}".${suggestion(wanted, known)}`);
  }
  if (another !== undefined) throw several(`have a ${what} "${wanted}"`, found);
  return only;
}

function several(what: string, planes: readonly ControlPlaneSnapshot[]): CommandError {
  const names = planes.map((plane) => plane.set.controlPlane.name.text).join(", ");
  return new CommandError(`Several control planes ${what}: ${names}. Name the folder of one.`);
}

async function readRequest(path: string, services: Services): Promise<ParsedFile> {
  const file = await new FileStore(services.anywhere).load(services.toUri(path));
  if (isFailure(file))
    throw new CommandError(`The request file ${path} cannot be read. ${file.message.replace(/\.$/, "")}.`);
  return file;
}

/** With several control planes, the one that has the resource that the request is for. */
function requestOf(file: ParsedFile, args: Arguments, planes: readonly ControlPlaneSnapshot[]): Asked {
  const asked = environmentsOf(planes, args.text("environment")).map(({ plane, environment }) => {
    const here = defaultEnvironment(plane.set, environment);
    if (here === undefined) throw new Error(`environment ${environment} has gone`);
    return { plane, interaction: interactionOf(file, plane, here, args.text("as")) };
  });
  const fitting = asked.filter(
    ({ plane, interaction }) => askedResource(plane.set, interaction) !== undefined,
  );
  if (fitting.length > 1)
    throw several(
      "have the resource of this request",
      fitting.map(({ plane }) => plane),
    );
  const one = fitting[0] ?? asked[0];
  if (one === undefined) throw new Error("a simulation without a control plane");
  return { plane: one.plane, request: { interaction: one.interaction } };
}

function interactionOf(
  file: ParsedFile,
  { set }: ControlPlaneSnapshot,
  environment: Environment,
  as: string | undefined,
): Interaction {
  const stated = read(file, set, environment);
  if (as === undefined) return stated;
  const identity = set.identities.get(as);
  if (identity === undefined)
    throw new CommandError(`There is no identity "${as}".${suggestion(as, set.identities.keys())}`);
  const resource = askedResource(policySetIn(set, environment), stated);
  return withCredentials(stated, credentialsOf(identity, [], set, environment, resource), as);
}

function read(file: ParsedFile, set: PolicySet, environment: Environment): Interaction {
  try {
    return fileInteraction(file, set, environment);
  } catch (error) {
    if (error instanceof RequestError)
      throw new CommandError(`The request cannot be read: ${error.message.replace(/\.$/, "")}.`);
    throw error;
  }
}

/** A request that shows credentials of its own is somebody's already: neither the one nor the other is dropped silently. */
function withCredentials(
  stated: Interaction,
  proven: ReturnType<typeof credentialsOf>,
  as: string,
): Interaction {
  const shown = [
    ["source.principal", stated.source?.principal, proven.source?.principal],
    ["client", stated.client, proven.client],
    ["a token", stated.jwt, proven.jwt],
  ] as const;
  for (const [what, own, other] of shown)
    if (own !== undefined && JSON.stringify(own) !== JSON.stringify(other))
      throw new CommandError(
        `The request shows credentials of its own (${what}), so --as ${as} cannot say who calls. Take them out of the file, or leave --as out.`,
      );
  const { source = {}, credential = {} } = proven;
  return {
    ...proven,
    ...stated,
    ...(proven.source === undefined && stated.source === undefined
      ? {}
      : { source: { ...source, ...stated.source } }),
    ...(proven.credential === undefined && stated.credential === undefined
      ? {}
      : { credential: { ...credential, ...stated.credential } }),
  };
}
