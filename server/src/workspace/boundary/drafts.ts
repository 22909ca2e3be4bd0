/**
 * A witness as scenarios that people would write: the caller by name where a declared identity fits, the request in the
 * form of its traffic kind. Drafts are proposals, the most readable first: whoever takes one checks that it still makes
 * the point, since a form fills in what a witness leaves out. The last one says exactly what the witness says.
 */
import type { Interaction, Json } from "../../access/interaction.ts";
import { durationSeconds, durationText } from "../../access/units.ts";
import type { Environment, PolicySet, Resource } from "../../policy/model.ts";
import { resolveCallers } from "../../simulate/callers.ts";
import { issuerOf } from "../../simulate/credentials.ts";
import { given } from "../../simulate/requests/reading.ts";
import type { ScenarioFields } from "./fields.ts";
import { natural } from "./natural.ts";
import { requestForms } from "./request-forms.ts";

/** A scenario without its name and what it expects. */
export type Draft = Omit<ScenarioFields, "name" | "expect">;

/** `set` is that of the environment. */
export function* draftsOf(
  witness: Interaction,
  resource: Resource,
  set: PolicySet,
  environment: Environment,
): Generator<Draft> {
  yield* readableDrafts(natural(witness, resource), resource, set, environment);
  yield* readableDrafts(witness, resource, set, environment);
  const { environment: _here, time, onBehalfOf: _derived, ...exact } = witness;
  yield given({ now: time, request: { interaction: exact as unknown as Json } }) as Draft;
}

function* readableDrafts(
  witness: Interaction,
  resource: Resource,
  set: PolicySet,
  environment: Environment,
): Generator<Draft> {
  const credential = readableCredential(witness.credential);
  for (const caller of callersOf(witness, resource, set, environment))
    for (const request of requestForms(witness, resource))
      for (const facts of caller.as === undefined ? [credential] : withoutType(credential))
        yield given({ now: witness.time, ...caller, credential: facts, request }) as Draft;
}

type Caller = Pick<Draft, "as" | "onBehalfOf" | "source" | "client" | "jwt">;

/** By names first; as the credentials themselves last. */
function* callersOf(
  witness: Interaction,
  resource: Resource,
  set: PolicySet,
  environment: Environment,
): Generator<Caller> {
  const { source, client, jwt } = witness;
  const { proofs, delegationDepth } = resolveCallers(set, environment, witness, resource);
  const address = source?.ip === undefined ? {} : { source: { ip: source.ip } };
  const named = (role: "self" | "actor") =>
    new Set(proofs.filter((proof) => proof.role === role).map((proof) => proof.identity.name));
  const delegator = delegatorOf(jwt, set);
  if (delegationDepth > 0 && delegationDepth < 5 && delegator !== undefined) {
    const prior = Array.from({ length: delegationDepth - 1 }, () => ({
      id: "another-agent",
      issuer: delegator.issuer,
    }));
    for (const as of named("actor")) yield { as, onBehalfOf: [delegator, ...prior], ...address };
  }
  if (delegationDepth === 0) for (const as of named("self")) yield { as, ...address };
  // A token beside a certificate often says nothing that counts: the certificate alone reads better.
  if (jwt !== undefined && source?.principal !== undefined) yield given({ source, client }) as Caller;
  yield given({ source, client, jwt }) as Caller;
}

/** For whom the token's actor acts, where its issuer has a name (RFC 8693, 4.1). */
function delegatorOf(
  jwt: Interaction["jwt"],
  set: PolicySet,
): NonNullable<Draft["onBehalfOf"]>[number] | undefined {
  if (jwt?.iss === undefined || jwt.sub === undefined) return undefined;
  const issuer = issuerOf(jwt.iss, set);
  if (issuer === undefined) return undefined;
  const groups = jwt.claims?.groups;
  const listed = Array.isArray(groups) && groups.every((one): one is string => typeof one === "string");
  return { id: jwt.sub, issuer: issuer.name, ...(listed ? { groups } : {}) };
}

/** Durations in the largest unit that fits: `900s` is `15m`. */
function readableCredential(credential: Interaction["credential"]): Interaction["credential"] {
  if (credential === undefined) return undefined;
  const readable = (text: string | undefined) => {
    const seconds = text === undefined ? undefined : durationSeconds(text);
    return seconds === undefined ? text : durationText(seconds);
  };
  const { ttl, age, ...rest } = credential;
  return { ...rest, ...given({ ttl: readable(ttl), age: readable(age) }) };
}

/** An identity that is named brings the type of its credential along. */
function withoutType(credential: Interaction["credential"]): readonly Interaction["credential"][] {
  if (credential?.type === undefined) return [credential];
  const { type: _type, ...rest } = credential;
  return [Object.keys(rest).length === 0 ? undefined : rest, credential];
}
