/** What a ControlPlane document declares: environments, enforcement points, issuers, trust domains, secret managers. */
import { countLine } from "../../drift/text.ts";
import type { EnforcementPoint, Identity } from "../../policy/model.ts";
import { substitute } from "../../policy/variables.ts";
import { child, text } from "../../text/tree.ts";
import { type ControlPlaneSnapshot, defaultEnvironment } from "../../workspace/snapshot.ts";
import { code, codes, count, dots, few, plain } from "./markdown.ts";

export function environmentLines(plane: ControlPlaneSnapshot, name: string): readonly string[] {
  const { set, drift, runs, acceptedDrift } = plane;
  const environment = set.controlPlane.environments.get(name);
  if (environment === undefined) return [];
  const points = [...environment.enforcementPoints.values()].map((one) => `${code(one.name)} (${one.type})`);
  const here = runs.filter((run) => run.environment === name);
  const failing = here.filter((run) => run.status === "failed").length;
  const report = drift.get(name);
  const equal = report?.comparisons.filter((one) => one.verdict === "equal").length ?? 0;
  const findings = report?.findings.filter((one) => !acceptedDrift.has(one.id)) ?? [];
  const accepted = (report?.findings.length ?? 0) - findings.length;
  return [
    dots(`**${code(name)}**`, "environment", defaultEnvironment(set) === environment ? "the default" : ""),
    [...environment.vars].map(([key, value]) => `${code(`\${${key}}`)} is ${code(value)}`).join(", "),
    points.length === 0
      ? "No enforcement point, so nothing that could drift"
      : `Enforcement points: ${points.join(", ")}`,
    here.length === 0
      ? ""
      : `${count(here.length, "scenario")}${failing === 0 ? "" : `, ${failing} failing`}`,
    report === undefined || report.comparisons.length === 0
      ? ""
      : `As deployed: ${countLine(findings, equal, 0, accepted)}`,
  ];
}

export function enforcementPointLines({ set }: ControlPlaneSnapshot, name: string): readonly string[] {
  const found = [...set.controlPlane.environments.values()].map((environment) => {
    const point = environment.enforcementPoints.get(name);
    const said = point === undefined ? "not defined, so unknown" : pointInWords(point);
    return `${plain(environment.name)}: ${said}`;
  });
  const behind = [...set.resources.values()].filter((one) =>
    one.paths.flat().some((hop) => hop.text === name),
  );
  return [
    `**${code(name)}** · enforcement point`,
    ...found,
    behind.length === 0
      ? "On the way to nothing"
      : `On the way to ${few(behind.map((one) => code(one.name)))}`,
  ];
}

function pointInWords({ type, transparent, identity, forwards, deployed }: EnforcementPoint): string {
  const files = deployed.flatMap((one) => one.files.map((file) => code(file.text)));
  return [
    type,
    transparent ? "transparent" : "",
    identity === undefined ? "" : `the next hop sees ${code(identity.text)}`,
    forwards.jwt ? "forwards the token" : "",
    files.length === 0
      ? "no deployed config named, so drift is unknown"
      : `deployed config ${files.join(", ")}`,
  ]
    .filter((part) => part !== "")
    .join(", ");
}

export function issuerLines({ set }: ControlPlaneSnapshot, name: string): readonly string[] {
  const issuer = set.controlPlane.issuers.get(name);
  if (issuer === undefined) return [];
  return [
    `**${code(name)}** · issuer · ${code(issuer.url)}`,
    issuer.audiences.length === 0 ? "Audiences are not checked" : `Audiences: ${codes(issuer.audiences)}`,
    provenHere(set.identities, (identity) => identity.issuer?.text === name, "Proves"),
  ];
}

export function trustDomainLines({ set }: ControlPlaneSnapshot, name: string): readonly string[] {
  const declared = set.controlPlane.trustDomains.get(name);
  const environments = [...set.controlPlane.environments.values()];
  const inside = ({ spiffeId }: Identity): boolean =>
    spiffeId !== undefined &&
    environments.some((one) => substitute(spiffeId.text, one).startsWith(`spiffe://${name}/`));
  return [
    dots(
      `**${code(name)}**`,
      "trust domain",
      declared?.federation && `federated by ${plain(declared.federation)}`,
    ),
    provenHere(set.identities, inside, "Identities:"),
  ];
}

export function secretManagerLines({ set }: ControlPlaneSnapshot, name: string): readonly string[] {
  const holds = ({ node }: Identity): boolean =>
    text(child(child(node, "credential"), "secretManager")) === name;
  return [
    `**${code(name)}** · secret manager`,
    provenHere(set.identities, holds, "Holds the credentials of"),
  ];
}

export function variableLines({ set }: ControlPlaneSnapshot, name: string): readonly string[] {
  return [
    `**${code(`\${${name}}`)}** · variable`,
    ...[...set.controlPlane.environments.values()].map((environment) => {
      const value = environment.vars.get(name);
      return `${plain(environment.name)}: ${value === undefined ? "not defined" : code(value)}`;
    }),
  ];
}

function provenHere(
  identities: ReadonlyMap<string, Identity>,
  includes: (identity: Identity) => boolean,
  lead: string,
): string {
  const names = [...identities.values()].filter(includes).map((one) => code(one.name));
  return names.length === 0 ? "" : `${lead} ${few(names)}`;
}
