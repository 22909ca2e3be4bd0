/** The policy set as one environment has it: every `${var}` of an issuer, identity or resource substituted (design, section 2). */
import type { Environment, Identity, Issuer, PolicySet, Resource, Written } from "./model.ts";
import { substitute } from "./variables.ts";

/** Kept for as long as the environment lives. What was substituted stands for itself: values are not substituted again. */
const kept = new WeakMap<Environment, WeakMap<object, object>>();

export function identityIn(identity: Identity, environment: Environment): Identity {
  return remembered(identity, environment, ({ text, written, texts }) => ({
    ...identity,
    ...(identity.spiffeId === undefined ? {} : { spiffeId: written(identity.spiffeId) }),
    ...(identity.spiffeIdPattern === undefined ? {} : { spiffeIdPattern: written(identity.spiffeIdPattern) }),
    ...(identity.clientId === undefined ? {} : { clientId: written(identity.clientId) }),
    claims: new Map([...identity.claims].map(([name, values]) => [name, texts(values)])),
    deployedAs: new Map(
      [...identity.deployedAs].map(([gateway, known]) => [
        gateway,
        {
          ...known,
          ...(known.consumer === undefined ? {} : { consumer: text(known.consumer) }),
          ...(known.groups === undefined ? {} : { groups: texts(known.groups) }),
        },
      ]),
    ),
  }));
}

export function resourceIn(resource: Resource, environment: Environment): Resource {
  return remembered(resource, environment, ({ text, written, texts }) => ({
    ...resource,
    hosts: resource.hosts.map(written),
    // Rules name an operation as its document writes it, variables and all.
    operations: resource.operations.map((operation) => ({
      ...operation,
      path: text(operation.path),
      documentPath: operation.documentPath ?? operation.path,
    })),
    ...(resource.target === undefined ? {} : { target: text(resource.target) }),
    ...(resource.mcpPath === undefined ? {} : { mcpPath: text(resource.mcpPath) }),
    ...(resource.model === undefined
      ? {}
      : { model: { provider: text(resource.model.provider), model: text(resource.model.model) } }),
    ...(resource.event === undefined
      ? {}
      : { event: { topic: text(resource.event.topic), types: texts(resource.event.types) } }),
    at: new Map(
      [...resource.at].map(([point, binding]) => [
        point,
        {
          ...binding,
          ...(binding.namespace === undefined ? {} : { namespace: text(binding.namespace) }),
          ...(binding.service === undefined ? {} : { service: text(binding.service) }),
          labels: new Map([...binding.labels].map(([label, value]) => [label, text(value)])),
        },
      ]),
    ),
  }));
}

/** Staging often has its own identity provider, so that the same issuer has another URL there. */
function issuerIn(issuer: Issuer, environment: Environment): Issuer {
  return remembered(issuer, environment, ({ text, texts }) => ({
    ...issuer,
    url: text(issuer.url),
    audiences: texts(issuer.audiences),
  }));
}

export function policySetIn(set: PolicySet, environment: Environment): PolicySet {
  return remembered(set, environment, ({ changed }) => {
    const each = <T>(all: ReadonlyMap<string, T>, here: (one: T, environment: Environment) => T) => {
      const made = new Map([...all].map(([name, one]) => [name, here(one, environment)]));
      if ([...all].some(([name, one]) => made.get(name) !== one)) changed();
      return made;
    };
    return {
      ...set,
      controlPlane: { ...set.controlPlane, issuers: each(set.controlPlane.issuers, issuerIn) },
      identities: each(set.identities, identityIn),
      resources: each(set.resources, resourceIn),
    };
  });
}

interface Substitution {
  readonly text: (text: string) => string;
  readonly written: (written: Written) => Written;
  readonly texts: (texts: readonly string[]) => readonly string[];
  /** Says that something differs that `text` did not see. */
  readonly changed: () => void;
}

/** What `make` makes of it in this environment, once; itself where nothing was substituted. */
function remembered<T extends object>(
  original: T,
  environment: Environment,
  make: (substitution: Substitution) => T,
): T {
  const known = kept.get(environment) ?? new WeakMap<object, object>();
  kept.set(environment, known);
  const before = known.get(original);
  // Only what was made of an object of the same kind is ever kept under it.
  if (before !== undefined) return before as T;
  let isChanged = false;
  const text = (from: string): string => {
    if (!from.includes("${")) return from;
    const to = substitute(from, environment);
    if (to !== from) isChanged = true;
    return to;
  };
  const made = make({
    text,
    written: (from) => ({ ...from, text: text(from.text) }),
    texts: (all) => all.map(text),
    changed: () => {
      isChanged = true;
    },
  });
  const result = isChanged ? made : original;
  known.set(original, result);
  known.set(result, result);
  return result;
}
