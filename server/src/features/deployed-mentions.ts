/**
 * The deployed lines that name an identity by what it expands to. What counts is what the adapters read: a term of
 * the lowered config that asks for exactly this SPIFFE ID, client, group or claim, and the line that it came from.
 * Comments, annotations and patterns that merely happen to match say nothing of the identity.
 */

import type { LoweredHop } from "../access/hop.ts";
import type { Literal, Origin, Term } from "../access/predicate.ts";
import { destinationAt, hopContext } from "../deployed/binding.ts";
import type { DeployedConfig } from "../deployed/config.ts";
import { policySetIn } from "../policy/in-environment.ts";
import { actorNames, actorSubject, provesDirectly } from "../policy/lower/callers.ts";
import type { Environment, Identity } from "../policy/model.ts";
import type { ParsedFile } from "../text/tree.ts";
import type { ControlPlaneSnapshot } from "../workspace/snapshot.ts";
import { nameNear } from "./name-near.ts";

export interface Mention {
  /** The rule, route or policy, as its users know it. */
  readonly label: string;
  readonly uri: string;
  /** Where the name stands, else where the rule does; an offset of the file. */
  readonly offset: number;
}

/** In all environments, in the order of the control plane; a line once. */
export function mentionsOf(plane: ControlPlaneSnapshot, identity: Identity): readonly Mention[] {
  const found = new Map<string, Mention>();
  for (const environment of plane.set.controlPlane.environments.values()) {
    const names = namesOf(plane, identity, environment);
    for (const index of indexesOf(plane, environment))
      for (const { key, text } of names)
        for (const origins of index.get(key) ?? []) {
          const mention = locate(origins, text, plane.deployedFiles);
          if (mention !== undefined) found.set(`${mention.uri}\n${mention.offset}`, mention);
        }
  }
  return [...found.values()];
}

interface Name {
  /** Attribute and value, as the index has them. */
  readonly key: string;
  readonly text: string;
}

/** What proves the identity and nobody else; issuers and audiences, which many share, are not among it. */
function namesOf(plane: ControlPlaneSnapshot, identity: Identity, environment: Environment): readonly Name[] {
  const context = { set: plane.set, environment };
  const proofs = provesDirectly(identity, context, []).flatMap((proof) => proof.literals);
  const own = proofs.filter((one) => one.attribute.id !== "jwt.iss" && one.attribute.id !== "jwt.aud");
  const asActor = actorNames(identity, context).map((text) => ({ key: keyOf(actorSubject.key, text), text }));
  return [...own.flatMap(namesIn), ...asActor];
}

/** For each name the origins of each term that asks for it. */
type Index = ReadonlyMap<string, readonly (readonly Origin[])[]>;

/** By config, since that stays the same while only policies are edited. */
const indexes = new WeakMap<DeployedConfig, Map<string, Index>>();

function indexesOf({ set, deployed }: ControlPlaneSnapshot, environment: Environment): readonly Index[] {
  const found = new Map<string, Index>();
  for (const resource of policySetIn(set, environment).resources.values())
    for (const name of new Set(resource.paths.flat().map((hop) => hop.text))) {
      const config = deployed.get(environment.name)?.get(name);
      const point = environment.enforcementPoints.get(name);
      if (config === undefined || point === undefined) continue;
      const destination = destinationAt(resource, name);
      const context = hopContext(set, environment, point);
      const key = JSON.stringify([{ ...destination, labels: [...destination.labels] }, context]);
      const known = indexes.get(config) ?? new Map<string, Index>();
      indexes.set(config, known);
      const index = known.get(key) ?? indexOf(config.lower(destination, context));
      known.set(key, index);
      found.set(key, index);
    }
  return [...found.values()];
}

function indexOf({ branches }: LoweredHop): Index {
  const index = new Map<string, (readonly Origin[])[]>();
  const add = (term: Term): void => {
    for (const literal of term.literals)
      for (const { key } of namesIn(literal)) index.set(key, [...(index.get(key) ?? []), term.origins]);
  };
  for (const { guard, access } of branches)
    for (const one of [...guard, ...access.allow, ...access.deny]) add(one);
  return index;
}

/** The exact values that a literal asks for. */
function namesIn({ attribute, test, negated }: Literal): readonly Name[] {
  if (negated || (test.test !== "text" && test.test !== "member") || test.pattern.kind !== "oneOf") return [];
  return test.pattern.values.map((text) => ({ key: keyOf(attribute.key, text), text }));
}

const keyOf = (attribute: string, value: string): string => `${attribute}\n${value}`;

/**
 * A term comes from several lines: the one that says the name, in the smallest part of the file around one of them; a
 * name that none of them says (a consumer, where the rule says its group) stands at the last, which asks for it.
 */
function locate(origins: readonly Origin[], name: string, files: readonly ParsedFile[]): Mention | undefined {
  let last: Mention | undefined;
  for (const { label, place } of origins) {
    const file = place && files.find((one) => one.uri === place.block.uri);
    if (place === undefined || file === undefined) continue;
    const { start, end } = file.layout.offsets(place);
    const offset = nameNear(file, { start, end }, name);
    if (offset !== undefined) return { label, uri: file.uri, offset };
    last = { label, uri: file.uri, offset: start };
  }
  return last;
}
