/** One path of one resource made ready for comparison: both sides as functions, what is impossible, what is known. */
import type { Attribute } from "../access/attribute.ts";
import { attributesOfFunctions } from "../access/attributes-of.ts";
import { attribute } from "../access/catalogue.ts";
import type { Lost } from "../access/hop.ts";
import type { AccessFunction, Term } from "../access/predicate.ts";
import { fails, holds } from "../access/predicate.ts";
import { exactly, oneOf } from "../access/text-pattern.ts";
import { destinationAt, hopContext } from "../deployed/binding.ts";
import type { DeployedConfig } from "../deployed/config.ts";
import { type Assumption, assumptions, lowerResource } from "../policy/lower/resource.ts";
import type { EnforcementPoint, Environment, Issuer, PolicySet, Resource } from "../policy/model.ts";
import type { DeployedEnvironment } from "../simulate/walk.ts";
import type { PlacedHop } from "./deployed-path.ts";
import { meshPrincipals } from "./principals.ts";

export interface PathInput {
  readonly set: PolicySet;
  readonly environment: Environment;
  readonly resource: Resource;
  readonly path: readonly string[];
  readonly deployed: DeployedEnvironment;
}

export interface ReadyHop extends PlacedHop {
  readonly point: EnforcementPoint;
  readonly config: DeployedConfig;
}

/** Every hop with its config; or what keeps the path from being compared. */
export function readyHops(input: PathInput): readonly ReadyHop[] | { readonly missing: readonly Lost[] } {
  const { environment, path, deployed, resource, set } = input;
  const hops: ReadyHop[] = [];
  const missing: Lost[] = [];
  for (const name of path) {
    const point = environment.enforcementPoints.get(name);
    const config = deployed.get(name);
    if (point === undefined) {
      const written = resource.paths.flat().find((hop) => hop.text === name);
      missing.push({
        text: name,
        reason: `environment ${environment.name} defines no enforcement point ${name}`,
        ...(written === undefined ? {} : { place: written.place }),
      });
    } else if (config === undefined) {
      missing.push({
        text: name,
        reason:
          point.deployed.length === 0
            ? `${name} names no deployed config: say where its export is under \`deployed\``
            : `the deployed config of ${name} could not be read in full; see the findings there`,
        place: point.place,
        ...(point.deployed.length === 0 ? {} : { reported: true as const }),
      });
    } else {
      const destination = destinationAt(resource, name);
      const lowered = config.lower(destination, hopContext(set, environment, point));
      hops.push({ enforcementPoint: name, destination, lowered, point, config });
    }
  }
  return missing.length > 0 ? { missing } : hops;
}

export function policyFunction(input: PathInput): AccessFunction {
  return lowerResource(input.set, input.resource, input.environment);
}

/** All regions that no request of this path lies in, with the reasons in words. */
export function impossibleRegions(
  input: PathInput,
  hops: readonly ReadyHop[],
  ...functions: readonly AccessFunction[]
): { readonly terms: readonly Term[]; readonly why: readonly string[] } {
  const declared: readonly Assumption[] = [
    ...assumptions(input.set, input.resource, input.environment),
    ...hops.flatMap((hop) => hop.config.impossible()),
    ...atDestination(hops[0]),
    ...timePresent(functions),
    ...meshPrincipals(input.set, input.environment, hops[0]?.point, ...functions),
  ];
  return {
    terms: declared.map(({ literals }): Term => ({ literals, origins: [] })),
    why: [...new Set(declared.map((one) => one.why))],
  };
}

/** The clock is an input of every decision (design, section 3); said only where something asks for it. */
function timePresent(functions: readonly AccessFunction[]): readonly Assumption[] {
  const time = attribute("context.time");
  if (!attributesOfFunctions(...functions).includes(time)) return [];
  return [{ literals: [fails(time, { test: "present" })], why: "every request has a time" }];
}

/** The entry request arrives where the resource is: by its transport, on its port where the first hop is transparent. */
function atDestination(first: ReadyHop | undefined): readonly Assumption[] {
  if (first === undefined) return [];
  const { transport, port } = first.destination;
  const why = `requests arrive at ${first.destination.resource} as declared`;
  const regions: Assumption[] = [
    { literals: [fails(attribute("transport"), { test: "text", pattern: exactly(transport) })], why },
  ];
  if (port !== undefined && first.point.transparent)
    regions.push({
      literals: [fails(attribute("destination.port"), { test: "range", min: port, max: port })],
      why,
    });
  return regions;
}

/**
 * Extra for `newlyDenies` only: tokens of issuers and audiences that no rule for the resource asks for. To refuse such
 * a request is no drift, whatever else proves its caller; to let one in where the policy does not still is.
 */
export function invalidTokens(
  set: PolicySet,
  resource: Resource,
  mentioned: readonly Attribute[],
): readonly Term[] {
  const issuers = issuersFor(set, resource);
  const iss = attribute("jwt.iss");
  const known = issuers.map((issuer) => issuer.url);
  const terms: Term[] = [
    {
      literals: [
        holds(iss, { test: "present" }),
        ...(known.length === 0 ? [] : [fails(iss, { test: "text", pattern: oneOf(known) })]),
      ],
      origins: [],
    },
  ];
  for (const claim of mentioned) {
    if (claim.id.startsWith("jwt.") && claim.id !== "jwt.iss")
      terms.push({
        literals: [fails(iss, { test: "present" }), holds(claim, { test: "present" })],
        origins: [],
      });
  }
  for (const issuer of issuers) {
    if (issuer.audiences.length === 0) continue;
    terms.push({
      literals: [
        holds(iss, { test: "text", pattern: exactly(issuer.url) }),
        fails(attribute("jwt.aud"), { test: "member", pattern: oneOf(issuer.audiences), scalar: true }),
      ],
      origins: [],
    });
  }
  return terms;
}

/** The issuers whose tokens can matter: those of callers and delegators in the resource's rules; all, where a condition may read them. */
function issuersFor(set: PolicySet, resource: Resource): readonly Issuer[] {
  const all = [...set.controlPlane.issuers.values()];
  const rules = set.policies
    .flatMap((policy) => policy.rules)
    .filter((rule) => rule.on.some((target) => target.resource.text === resource.name));
  const readsToken = rules.some((rule) =>
    rule.condition?.compiled.attributes.some((read) => read.attribute.id.startsWith("jwt.")),
  );
  if (readsToken) return all;
  const named = new Set(
    rules.flatMap((rule) =>
      [...(rule.subjects ?? []), ...(rule.onBehalfOf ?? [])].flatMap(
        (name) => set.identities.get(name.text)?.issuer?.text ?? [],
      ),
    ),
  );
  return all.filter((issuer) => named.has(issuer.name));
}
