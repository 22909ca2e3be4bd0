import type { Attribute } from "../../access/attribute.ts";
import { attribute } from "../../access/catalogue.ts";
import { fails, holds, type Literal } from "../../access/predicate.ts";
import { exactly, oneOf } from "../../access/text-pattern.ts";
import { flag, setText } from "./config.ts";
import type { KongConsumer, KongModel, KongPlugin, KongRoute } from "./model.ts";
import { authentications } from "./plugins.ts";

/** Who Kong takes the caller for. `anonymous` is the consumer that an authentication falls back to. */
export type Who =
  | { readonly who: "nobody" }
  | { readonly who: "anonymous"; readonly consumer: KongConsumer | undefined }
  | { readonly who: "key"; readonly consumers: readonly KongConsumer[] }
  | { readonly who: "token"; readonly claim: Attribute; readonly consumers: readonly KongConsumer[] };

/** One way through the authentications of a route: what holds then, and who the caller is. */
export interface IdentityCase {
  readonly literals: readonly Literal[];
  readonly who: Who;
}

interface State extends IdentityCase {
  /** Whether a credential was accepted, so that a later authentication with `anonymous` is skipped. */
  readonly authenticated: boolean;
}

/**
 * The ways through the authentications of a route. Several of them must all succeed, the last says who it is; with
 * `anonymous` one that fails falls back to that consumer, and one that comes later is skipped: they are alternatives.
 * Source: Kong `kong/plugins/key-auth/handler.lua` and `jwt/handler.lua`.
 */
export function identityCases(model: KongModel, route: KongRoute): readonly IdentityCase[] {
  let states: readonly State[] = [{ literals: [], who: { who: "nobody" }, authenticated: false }];
  for (const plugin of authentications(model, route)) {
    states = states.flatMap((state) => authenticate(model, plugin, state));
  }
  return states;
}

function authenticate(model: KongModel, plugin: KongPlugin, before: State): readonly State[] {
  const results: State[] = [];
  let state = before;
  if (!flag(plugin.config, "run_on_preflight", true)) {
    const preflight = holds(attribute("request.method"), { test: "text", pattern: exactly("OPTIONS") });
    results.push({ ...state, literals: [...state.literals, preflight] });
    state = { ...state, literals: [...state.literals, { ...preflight, negated: true }] };
  }
  const anonymous = setText(plugin.config, "anonymous");
  if (anonymous !== undefined && state.authenticated) return [...results, state];
  // Who it was before no longer matters, but that this credential was accepted does.
  const literals = [...state.literals, ...whoLiterals(state.who)];
  const who = acceptedBy(model, plugin);
  if (who.consumers.length > 0) results.push({ literals, who, authenticated: true });
  if (anonymous === undefined) return results;
  for (const refused of refusals(who)) {
    results.push({
      literals: [...literals, ...refused],
      who: { who: "anonymous", consumer: findConsumer(model, anonymous) },
      authenticated: false,
    });
  }
  return results;
}

type Accepted = Extract<Who, { readonly who: "key" | "token" }>;

function acceptedBy(model: KongModel, plugin: KongPlugin): Accepted {
  if (plugin.name === "key-auth") {
    return { who: "key", consumers: model.consumers.filter((consumer) => consumer.apiKeys > 0) };
  }
  return {
    who: "token",
    claim: keyClaim(plugin),
    consumers: model.consumers.filter((consumer) => consumer.jwtKeys.length > 0),
  };
}

/** The claim that a token's key is looked up by: `iss` unless `key_claim_name` says otherwise. */
export function keyClaim(plugin: KongPlugin): Attribute {
  const name = setText(plugin.config, "key_claim_name") ?? "iss";
  switch (name) {
    case "iss":
      return attribute("jwt.iss");
    case "sub":
      return attribute("jwt.sub");
    default:
      return attribute("jwt.claims", name);
  }
}

/** What says that the caller is one of these. */
export function whoLiterals(who: Who): readonly Literal[] {
  switch (who.who) {
    case "nobody":
    case "anonymous":
      return [];
    case "key":
      return [
        keyMethod,
        holds(clientId, { test: "text", pattern: oneOf(who.consumers.map((one) => one.name)) }),
      ];
    case "token":
      return [
        holds(who.claim, { test: "text", pattern: oneOf(who.consumers.flatMap((one) => one.jwtKeys)) }),
      ];
  }
}

/** What says that no credential was accepted, as alternatives. */
function refusals(who: Accepted): readonly (readonly Literal[])[] {
  const known = whoLiterals(who);
  const id = known.at(-1);
  if (who.consumers.length === 0 || id === undefined) return [[]];
  const unknown = { ...id, negated: true };
  return who.who === "token" ? [[unknown]] : [[fails(clientMethod, keyAuth)], [keyMethod, unknown]];
}

const clientId = attribute("client.id");
const clientMethod = attribute("client.method");
const keyAuth = { test: "text", pattern: exactly("key-auth") } as const;
const keyMethod = holds(clientMethod, keyAuth);

function findConsumer(model: KongModel, name: string): KongConsumer | undefined {
  return model.consumers.find((consumer) => consumer.keys.includes(name));
}
