/** Brings the two sides of a comparison together: what is compared with what. */
import type { DeployedConfig } from "../deployed/config.ts";
import type { Environment } from "../policy/model.ts";
import { isBroken } from "../workspace/broken-parts.ts";
import { compareDeployed, type Workload } from "../workspace/compare-deployed.ts";
import { comparePolicies, type PolicySide } from "../workspace/compare-policies.ts";
import { comparePolicyWithDeployed } from "../workspace/compare-policy-deployed.ts";
import { type ComparedPart, undecidedPart } from "../workspace/compare-report.ts";
import { type ControlPlaneSnapshot, defaultEnvironment } from "../workspace/snapshot.ts";
import { type Arguments, suggestion } from "./arguments.ts";
import type { FilesSide, PoliciesSide, Side } from "./compare-sides.ts";
import { environmentsOf, noEnvironment, withoutEnvironment } from "./open.ts";
import { CommandError } from "./services.ts";

export function partsOf(left: Side, right: Side, args: Arguments): readonly ComparedPart[] {
  if (left.kind === "files" && right.kind === "files") return ofFiles(left, right, args);
  refuse(
    args,
    ["workload", "transport"],
    "goes with deployed files on both sides; with a control plane say --resource",
  );
  if (left.kind === "policies" && right.kind === "policies") {
    refuse(
      args,
      ["enforcement-point", "type"],
      "goes with deployed files, and both sides are control planes",
    );
    return ofPolicies(left, right, args);
  }
  return left.kind === "policies"
    ? ofPolicyAndFiles(left, right as FilesSide, args, false)
    : ofPolicyAndFiles(right as PoliciesSide, left, args, true);
}

function refuse(args: Arguments, options: readonly string[], why: string): void {
  const given = options.find((option) => args.text(option) !== undefined);
  if (given !== undefined) throw new CommandError(`--${given} ${why}.`);
}

function ofPolicies(left: PoliciesSide, right: PoliciesSide, args: Arguments): readonly ComparedPart[] {
  const wanted = args.text("environment");
  const only = args.text("resource");
  const planes = [...left.snapshot.controlPlanes, ...right.snapshot.controlPlanes];
  if (wanted !== undefined) environmentsOf(planes, wanted);
  checkResource(only, planes);
  const parts = pairsByFolder(left, right).flatMap(([one, other]) => {
    const environment = wanted ?? environmentName(other ?? one);
    if (environment === undefined)
      throw withoutEnvironment([one, other].flatMap((plane) => plane?.set ?? []));
    const sides = [policySide(left, one, environment), policySide(right, other, environment)] as const;
    // An environment that neither defines is that of another control plane of the same folder.
    if (sides[0] === undefined && sides[1] === undefined) return [];
    for (const [index, plane] of [one, other].entries())
      if (plane !== undefined && sides[index] === undefined)
        throw noEnvironment(environment, [plane.set], (index === 0 ? left : right).written);
    return comparePolicies(...sides, only);
  });
  if (parts.length === 0)
    throw new CommandError("There is nothing to compare: neither side declares a resource.");
  return parts;
}

export type Plane = ControlPlaneSnapshot | undefined;

/** By the folder from the root of each side; where both sides have one only, these. */
export function pairsByFolder(
  left: Pick<PoliciesSide, "folder" | "snapshot">,
  right: Pick<PoliciesSide, "folder" | "snapshot">,
): readonly (readonly [Plane, Plane])[] {
  const [one, other] = [left.snapshot.controlPlanes, right.snapshot.controlPlanes];
  if (one.length === 1 && other.length === 1) return [[one[0], other[0]]];
  const byFolder = (side: Pick<PoliciesSide, "folder" | "snapshot">) =>
    new Map(
      side.snapshot.controlPlanes.map((plane) => [
        plane.set.controlPlane.folder.slice(side.folder.length),
        plane,
      ]),
    );
  const [lefts, rights] = [byFolder(left), byFolder(right)];
  return [...new Set([...lefts.keys(), ...rights.keys()])].map((folder) => [
    lefts.get(folder),
    rights.get(folder),
  ]);
}

function environmentName(plane: Plane): string | undefined {
  return plane && defaultEnvironment(plane.set)?.name;
}

function policySide(side: PoliciesSide, plane: Plane, name: string): PolicySide | undefined {
  const environment = plane?.set.controlPlane.environments.get(name);
  return plane === undefined || environment === undefined ? undefined : withDoubts(side, plane, environment);
}

function withDoubts(side: PoliciesSide, plane: ControlPlaneSnapshot, environment: Environment): PolicySide {
  const unread = [...side.snapshot.findings.values()]
    .flat()
    .some((one) => one.code === "workspace/not-readable");
  return {
    set: plane.set,
    environment,
    doubt: (resource) =>
      unread || isBroken(plane.broken, resource)
        ? `${side.written} has errors in what it says of ${resource}: \`plumbline check\` lists them`
        : undefined,
  };
}

function checkResource(only: string | undefined, planes: readonly ControlPlaneSnapshot[]): void {
  const known = new Set(planes.flatMap((plane) => [...plane.set.resources.keys()]));
  if (only !== undefined && !known.has(only))
    throw new CommandError(`There is no resource "${only}".${suggestion(only, known)}`);
}

function ofPolicyAndFiles(
  policies: PoliciesSide,
  files: FilesSide,
  args: Arguments,
  swapped: boolean,
): readonly ComparedPart[] {
  const only = args.text("resource");
  checkResource(only, policies.snapshot.controlPlanes);
  const broken = brokenFiles(files);
  const chosen = environmentsOf(policies.snapshot.controlPlanes, args.text("environment"));
  const parts = chosen.flatMap(({ plane, environment: name }) => {
    const environment = plane.set.controlPlane.environments.get(name);
    if (environment === undefined) throw new Error(`environment ${name} has gone`);
    const given = new Map(
      files.configs.map((config) => [pointFor(config, environment, files, args), config] as const),
    );
    if (broken.length > 0) return [undecidedPart({ environment: name }, broken)];
    const others = plane.deployed.get(name) ?? new Map();
    return comparePolicyWithDeployed(
      withDoubts(policies, plane, environment),
      { given, others },
      only,
      swapped,
    );
  });
  if (parts.length > 0) return parts;
  const what = only === undefined ? "no resource has" : `${only} has no`;
  throw new CommandError(
    `There is nothing to compare: ${what}${only === undefined ? " a" : ""} path through an enforcement point that ${files.written} is deployed at.`,
  );
}

/** The enforcement point that the config is of: the named one, else the only one of its type. */
function pointFor(
  { type }: DeployedConfig,
  environment: Environment,
  files: FilesSide,
  args: Arguments,
): string {
  const wanted = args.text("enforcement-point");
  const points = [...environment.enforcementPoints.values()];
  const known = points.map((point) => point.name);
  if (wanted !== undefined) {
    const point = points.find((one) => one.name === wanted);
    if (point === undefined)
      throw new CommandError(
        `Environment ${environment.name} has no enforcement point "${wanted}"; it has ${known.join(", ") || "none"}.${suggestion(wanted, known)}`,
      );
    if (point.type !== type)
      throw new CommandError(
        `${files.written} is config of ${type}, and ${wanted} is of type ${point.type}.`,
      );
    return wanted;
  }
  const fitting = points.filter((point) => point.type === type).map((point) => point.name);
  const [only, another] = fitting;
  if (only === undefined)
    throw new CommandError(
      `${files.written} is config of ${type}, and environment ${environment.name} has no enforcement point of that type.`,
    );
  if (another !== undefined)
    throw new CommandError(
      `${files.written} is config of ${type}, and environment ${environment.name} has several enforcement points of that type (${fitting.join(", ")}). Say --enforcement-point.`,
    );
  return only;
}

function ofFiles(left: FilesSide, right: FilesSide, args: Arguments): readonly ComparedPart[] {
  refuse(
    args,
    ["resource", "enforcement-point", "environment"],
    "needs a control plane on one side, and both are deployed files; say --workload to narrow them",
  );
  const workload = workloadOf(args.text("workload"), args.text("transport") === "tcp" ? "tcp" : "http");
  const configs = [onlyConfig(left), onlyConfig(right)] as const;
  const broken = [...brokenFiles(left), ...brokenFiles(right)];
  return [broken.length > 0 ? undecidedPart({}, broken) : compareDeployed(...configs, workload)];
}

function onlyConfig(side: FilesSide): DeployedConfig {
  const [config, another] = side.configs;
  if (config === undefined) throw new CommandError(`${side.written} names no file.`);
  if (another !== undefined)
    throw new CommandError(
      `${side.written} is config of several types (${side.configs.map((one) => one.type).join(", ")}). Compare one type at a time, or give the control plane as the other side.`,
    );
  return config;
}

/** A file with a syntax error may hold the rule that decides. */
function brokenFiles(side: FilesSide) {
  return side.files.flatMap((file) =>
    file.problems
      .filter((problem) => problem.severity === "error")
      .map(({ message, place }) => ({ text: side.name(file.uri), reason: message, place })),
  );
}

/** `namespace`, `namespace/app=label` or `app=label`; labels are separated by commas. */
function workloadOf(written: string | undefined, transport: Workload["transport"]): Workload {
  if (written === undefined) return { transport, labels: new Map() };
  const slash = written.indexOf("/");
  const isLabels = slash < 0 && written.includes("=");
  const namespace = isLabels ? "" : slash < 0 ? written : written.slice(0, slash);
  const rest = isLabels ? written : slash < 0 ? "" : written.slice(slash + 1);
  const labels = rest === "" ? [] : rest.split(",").map((label) => label.split("="));
  const wrong = labels.some((parts) => parts.length !== 2 || parts.some((part) => part === ""));
  if (wrong || (namespace === "" && labels.length === 0))
    throw new CommandError(`--workload is NAMESPACE/LABEL=VALUE, as in shop/app=payments, not "${written}".`);
  return {
    transport,
    ...(namespace === "" ? {} : { namespace }),
    labels: new Map(labels.map(([key = "", value = ""]) => [key, value])),
  };
}
