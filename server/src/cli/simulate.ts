/** `plumbline simulate`: one request, what the policy says of it, and what each hop would say. */
import type { DeployedConfig } from "../deployed/config.ts";
import { simulationJson, simulationLines } from "../simulate/report.ts";
import type { Simulation } from "../simulate/simulation.ts";
import type { ParsedFile } from "../text/tree.ts";
import { runSimulation } from "../workspace/simulate.ts";
import { SimulationError } from "../workspace/simulation-error.ts";
import type { ControlPlaneSnapshot } from "../workspace/snapshot.ts";
import { type Command, environment, folder, format } from "./command.ts";
import { byAdapter, readFiles } from "./deployed.ts";
import { incompleteNote } from "./incomplete.ts";
import { openControlPlanes } from "./open.ts";
import { json, text } from "./output.ts";
import { CommandError } from "./services.ts";
import { type Asked, askedFor } from "./simulate-request.ts";
import { paint } from "./style.ts";

export const simulate: Command = {
  command: "simulate",
  summary: "decide one request and explain the decision",
  usage:
    "simulate (--request FILE | --scenario NAME | --rule NAME) [FOLDER] [--as IDENTITY] [--deployed FILES] [--environment NAME] [--format text|json]",
  notes: [
    "FILE is a request in any form: .http, HAR, gRPC, Envoy CheckRequest, MCP JSON-RPC, a chat body,",
    "a CloudEvent, an AuthZEN evaluation, or an interaction such as a witness.",
    "Exits 0 whether the request is allowed or denied.",
  ],
  positionals: folder,
  options: {
    request: { type: "string", value: "FILE", describe: "the request, in any form" },
    scenario: { type: "string", value: "NAME", describe: "a scenario, by its name or by suite/name" },
    rule: { type: "string", value: "NAME", describe: "a request that this rule applies to, by policy/rule" },
    as: {
      type: "string",
      value: "IDENTITY",
      describe: "with --request: the credentials of a declared identity",
    },
    deployed: {
      type: "string",
      value: "FILES",
      describe: "use these files as what is deployed at the enforcement points of their type",
    },
    environment,
    format,
  },
  async run(args, services) {
    const { snapshot, name } = await openControlPlanes(args.positionals[0], services, {
      drift: false,
      scenarios: false,
    });
    const asked = await askedFor(args, services, snapshot.controlPlanes);
    const written = args.text("deployed");
    const files =
      written === undefined
        ? []
        : await readFiles(written, { host: services.anywhere, toUri: (path) => services.toUri(path) });
    const plane = files.length === 0 ? asked.plane : withDeployed(asked.plane, files, name);
    const simulation = attempt({ ...asked, plane }, args.text("environment"));
    const layouts = new Map([...snapshot.layouts, ...files.map((file) => [file.uri, file.layout] as const)]);
    const note = incompleteNote(snapshot);
    return {
      stdout: args.json
        ? json(simulationJson(simulation, layouts))
        : text(paint(simulationLines(simulation, layouts, name), services.colour)),
      ...(note.length === 0 ? {} : { stderr: text(note) }),
      exitCode: simulation.decision.decision === "unknown" ? 1 : 0,
    };
  },
};

function attempt({ plane, request }: Asked, environmentName: string | undefined): Simulation {
  try {
    return runSimulation(plane, request, environmentName);
  } catch (error) {
    if (error instanceof SimulationError) throw new CommandError(error.message);
    throw error;
  }
}

/** The files take the place of the config of every enforcement point of their type, in every environment. */
function withDeployed(
  plane: ControlPlaneSnapshot,
  files: readonly ParsedFile[],
  name: (uri: string) => string,
): ControlPlaneSnapshot {
  const configs = [...byAdapter(files, undefined, name)].map(([adapter, own]) => adapter.read(own));
  const points = [...plane.set.controlPlane.environments.values()].map(
    ({ name: where, enforcementPoints }) => {
      const replaced = [...enforcementPoints.values()].flatMap((point): [string, DeployedConfig][] => {
        const config = configs.find((one) => one.type === point.type);
        return config === undefined ? [] : [[point.name, config]];
      });
      return [where, new Map([...(plane.deployed.get(where) ?? []), ...replaced])] as const;
    },
  );
  const types = new Set(
    [...plane.set.controlPlane.environments.values()].flatMap((one) =>
      [...one.enforcementPoints.values()].map((point) => point.type),
    ),
  );
  const unused = configs.find((config) => !types.has(config.type));
  if (unused !== undefined)
    throw new CommandError(
      `${unused.files.map((file) => name(file.uri)).join(", ")} is config of ${unused.type}, and the control plane has no enforcement point of that type.`,
    );
  const broken = files.flatMap((file) => file.problems.filter((one) => one.severity === "error"))[0];
  if (broken !== undefined)
    throw new CommandError(`A deployed file has an error, so what it says is not known. ${broken.message}`);
  return { ...plane, deployed: new Map(points) };
}
