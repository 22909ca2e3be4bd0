/** An identity: what proves it, for whom it acts, what it reaches, and which deployed lines speak of it. */
import { formatDuration } from "../../policy/duration.ts";
import type { Identity } from "../../policy/model.ts";
import { substitute } from "../../policy/variables.ts";
import { child, text } from "../../text/tree.ts";
import { type ControlPlaneSnapshot, defaultEnvironment } from "../../workspace/snapshot.ts";
import { shortName } from "../../workspace/uris.ts";
import { mentionsOf } from "../deployed-mentions.ts";
import { factsOf } from "../facts.ts";
import { reachedBy } from "../reach.ts";
import type { Known } from "./known.ts";
import { code, codes, count, dots, few, plain } from "./markdown.ts";

/** Deployed lines are shown up to here; the rest is counted. */
const MOST_MENTIONS = 4;

export function identityLines(known: Known, name: string): readonly string[] {
  const { plane } = known;
  const identity = plane.set.identities.get(name);
  if (identity === undefined) return [];
  const [id, ...others] = spiffeIds(plane, identity);
  return [
    dots(`**${code(name)}**`, identity.type, id, identity.isRetired && "retired: no rule allows it anything"),
    others.length === 0 ? "" : `Elsewhere: ${others.join(", ")}`,
    identity.members === undefined ? "" : `Stands for ${few(identity.members.map((one) => code(one.text)))}`,
    provenBy(identity),
    dots(actsFor(identity), credential(identity), identity.owner && `owner ${plain(identity.owner)}`),
    delegates(plane, name),
    ...gatewayOf(plane, name),
    `Reaches: ${reaches(plane, name)}. ${usedIn(plane, name)}`,
    deployed(known, identity),
  ];
}

/** The SPIFFE ID of the default environment first, then those that differ; one that is the same everywhere is said once. */
function spiffeIds(plane: ControlPlaneSnapshot, { spiffeId }: Identity): readonly string[] {
  if (spiffeId === undefined) return [];
  const usual = defaultEnvironment(plane.set);
  const environments = [...plane.set.controlPlane.environments.values()];
  const ordered = [...environments].sort((a, b) => Number(b === usual) - Number(a === usual));
  const byId = new Map<string, string[]>();
  for (const environment of ordered) {
    const id = substitute(spiffeId.text, environment);
    byId.set(id, [...(byId.get(id) ?? []), environment.name]);
  }
  if (byId.size === 0) return [code(spiffeId.text)];
  return [...byId].map(([id, names]) => (byId.size === 1 ? code(id) : `${code(id)} (${names.join(", ")})`));
}

function provenBy({ issuer, claims, clientId, spiffeIdPattern, deployedAs }: Identity): string {
  const wanted = [...claims].map(([name, values]) => `${plain(name)} ${values.map(code).join(" or ")}`);
  if (clientId !== undefined) wanted.push(`client id ${code(clientId.text)}`);
  const token =
    issuer === undefined
      ? ""
      : `token of ${code(issuer.text)}${wanted.length > 0 ? ` with ${wanted.join(", ")}` : ""}`;
  const pattern = spiffeIdPattern === undefined ? "" : `SPIFFE ID like ${code(spiffeIdPattern.text)}`;
  const gateways = [...deployedAs].map(([gateway, { consumer, groups }]) =>
    consumer === undefined
      ? `${groups?.length === 1 ? "group" : "groups"} ${codes(groups ?? [])} at ${plain(gateway)}`
      : `consumer ${code(consumer)} at ${plain(gateway)}`,
  );
  const proofs = dots(pattern, token, ...gateways);
  return proofs === "" ? "" : `Proven by ${proofs}`;
}

function actsFor({ actsFor: names }: Identity): string {
  return names.length === 0 ? "" : `acts for ${codes(names.map((one) => one.text))}`;
}

/** `token-exchange, 15m, bound to task, revoked on task-completion`. */
function credential({ credential: spec, node }: Identity): string {
  if (spec === undefined) return "";
  const revokedOn = text(child(child(node, "credential"), "revokedOn"));
  return [
    plain(spec.type ?? ""),
    spec.maxTtl === undefined ? "" : formatDuration(spec.maxTtl),
    spec.boundTo === undefined ? "" : `bound to ${plain(spec.boundTo)}`,
    revokedOn === undefined ? "" : `revoked on ${plain(revokedOn)}`,
  ]
    .filter((part) => part !== "")
    .join(", ");
}

function delegates(plane: ControlPlaneSnapshot, name: string): string {
  const actors = factsOf(plane).actors.get(name) ?? [];
  return actors.length === 0 ? "" : `${few(actors.map((one) => code(one.name)))} may act for it`;
}

/** Behind a gateway the next hop sees the gateway. */
function gatewayOf({ set }: ControlPlaneSnapshot, name: string): readonly string[] {
  const points = [...set.controlPlane.environments.values()].flatMap((environment) =>
    [...environment.enforcementPoints.values()]
      .filter((point) => point.identity?.text === name)
      .map((point) => `${code(point.name)} (${plain(environment.name)})`),
  );
  return points.length === 0 ? [] : [`Whom the next hop sees behind ${few(points)}`];
}

function reaches(plane: ControlPlaneSnapshot, name: string): string {
  const { bySubject, denyEveryone } = factsOf(plane);
  const own = bySubject.get(name) ?? [];
  const reached = reachedBy(own, [...own, ...denyEveryone]);
  const said = reached.map((one) => `${code(one.name)}${one.conditionally ? " (conditionally)" : ""}`);
  return few(said) || "nothing";
}

function usedIn(plane: ControlPlaneSnapshot, name: string): string {
  const { bySubject, byDelegator, scenariosAs } = factsOf(plane);
  const rules = new Set([...(bySubject.get(name) ?? []), ...(byDelegator.get(name) ?? [])]);
  return `Used in ${count(rules.size, "rule")}, ${count((scenariosAs.get(name) ?? []).length, "scenario")}.`;
}

function deployed({ plane, layouts }: Known, identity: Identity): string {
  const said = mentionsOf(plane, identity).flatMap(({ label, uri, offset }) => {
    const layout = layouts.get(uri);
    if (layout === undefined) return [];
    const line = layout.positionAt(offset).line + 1;
    return [`${plain(label)} [${plain(shortName(uri, [plane.root]))}:${line}](${uri}#L${line})`];
  });
  return said.length === 0 ? "" : `Deployed: ${few(said, MOST_MENTIONS)}`;
}
