import { attribute } from "../../access/catalogue.ts";
import type { Lost } from "../../access/hop.ts";
import {
  type AccessFunction,
  fails,
  holds,
  type Literal,
  type OpaqueAtom,
  type Origin,
  type Term,
} from "../../access/predicate.ts";
import { type AclLists, aclLists, passesAcl } from "./acl.ts";
import { strings } from "./config.ts";
import { type IdentityCase, identityCases, type Who, whoLiterals } from "./identity.ts";
import type { KongConsumer, KongModel, KongPlugin, KongRoute } from "./model.ts";
import { asNetwork } from "./nodes.ts";
import {
  authentications,
  effective,
  groupPlugins,
  kindOf,
  mayAuthenticate,
  mayDeny,
  perConsumerNames,
  pluginAtom,
  pluginLabel,
  routePlugins,
} from "./plugins.ts";

/** What the plugins of a route let through, whatever the path. */
export function routeAccess(
  model: KongModel,
  route: KongRoute,
): { readonly access: AccessFunction; readonly lost: readonly Lost[] } {
  const plugins = routePlugins(model, route);
  if (route.service === undefined || plugins.some((plugin) => kindOf(plugin) === "terminates")) {
    return { access: { allow: [], deny: [], opaque: [] }, lost: [] };
  }
  return new RouteLowering(model, route, plugins).lower();
}

class RouteLowering {
  readonly #allow: Term[] = [];
  readonly #deny: Term[] = [];
  readonly #opaque = new Map<string, OpaqueAtom>();
  readonly #lost: Lost[] = [];
  readonly #perConsumer: readonly string[];
  readonly #acl: { readonly plugin: KongPlugin; readonly lists: AclLists } | undefined;

  constructor(
    private readonly model: KongModel,
    private readonly route: KongRoute,
    private readonly plugins: readonly KongPlugin[],
  ) {
    this.#perConsumer = perConsumerNames(model, route);
    const acl = plugins.find((plugin) => kindOf(plugin) === "acl");
    this.#acl = acl === undefined ? undefined : { plugin: acl, lists: aclLists(acl) };
  }

  lower(): { readonly access: AccessFunction; readonly lost: readonly Lost[] } {
    const openIdentity = this.plugins.some(mayAuthenticate);
    for (const plugin of [...this.plugins, ...groupPlugins(this.model, this.route)]) {
      const isGroups = plugin.scope.consumerGroup !== undefined;
      const perConsumer = this.#perConsumer.includes(plugin.name);
      if ((isGroups || (kindOf(plugin) === "opaque" && !perConsumer)) && mayDeny(plugin)) {
        this.#deny.push(this.#open(plugin, []));
      }
    }
    if (openIdentity && this.#acl !== undefined) this.#deny.push(this.#open(this.#acl.plugin, []));
    for (const one of identityCases(this.model, this.route)) this.#case(one, openIdentity);
    this.#loseTokenLifetime();
    return {
      access: { allow: this.#allow, deny: this.#deny, opaque: [...this.#opaque.values()] },
      lost: this.#lost,
    };
  }

  #case(one: IdentityCase, openIdentity: boolean): void {
    const acl = openIdentity ? undefined : this.#acl;
    const { who } = one;
    switch (who.who) {
      case "nobody":
        if (acl === undefined) this.#admit(one, who, undefined);
        return;
      case "anonymous":
        if (acl === undefined || (who.consumer !== undefined && passesAcl(acl.lists, who.consumer))) {
          this.#admit(one, who, who.consumer);
        }
        return;
      case "key":
      case "token": {
        const passing = who.consumers.filter((each) => acl === undefined || passesAcl(acl.lists, each));
        for (const alike of this.#alike(passing)) {
          this.#admit(one, { ...who, consumers: alike }, alike[0]);
        }
        return;
      }
    }
  }

  /** Consumers for whom the same instances run, together: one term instead of one for each. */
  #alike(consumers: readonly KongConsumer[]): readonly (readonly KongConsumer[])[] {
    if (consumers.length === 0) return [];
    if (this.#perConsumer.length === 0) return [consumers];
    const groups = new Map<string, KongConsumer[]>();
    for (const consumer of consumers) {
      const instances = this.#perConsumer.map((name) =>
        effective(this.model, this.route, name, consumer.name),
      );
      const key = instances
        .map((one) => (one === undefined ? "-" : this.model.plugins.indexOf(one)))
        .join(" ");
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [consumer]);
      else group.push(consumer);
    }
    return [...groups.values()];
  }

  #admit(one: IdentityCase, who: Who, consumer: KongConsumer | undefined): void {
    const literals = [...one.literals, ...whoLiterals(who)];
    for (const name of this.#perConsumer) {
      const plugin = effective(this.model, this.route, name, consumer?.name);
      if (plugin === undefined) continue;
      const kind = kindOf(plugin);
      if (kind === "terminates") return;
      if (kind === "opaque" && mayDeny(plugin)) this.#deny.push(this.#open(plugin, literals));
    }
    const restriction = effective(this.model, this.route, "ip-restriction", consumer?.name);
    const origins = this.#origins(restriction);
    for (const addresses of addressLiterals(restriction)) {
      this.#allow.push({ literals: [...literals, ...addresses], origins });
    }
  }

  #origins(restriction: KongPlugin | undefined): readonly Origin[] {
    const deciding = [...authentications(this.model, this.route), this.#acl?.plugin, restriction];
    return [
      { label: this.route.label, place: this.route.place },
      ...deciding.flatMap((plugin) =>
        plugin === undefined ? [] : [{ label: pluginLabel(plugin, this.route), place: plugin.place }],
      ),
    ];
  }

  /** A term that denies where the plugin ends the request, which is left open. */
  #open(plugin: KongPlugin, literals: readonly Literal[]): Term {
    const atom = pluginAtom(plugin, this.route);
    if (!this.#opaque.has(atom.attribute.key)) {
      this.#opaque.set(atom.attribute.key, atom);
      this.#lost.push({
        text: pluginLabel(plugin, this.route),
        reason: atom.reason,
        place: plugin.place,
      });
    }
    return {
      literals: [...literals, holds(atom.attribute, { test: "opaque", value: "true" })],
      origins: [{ label: pluginLabel(plugin, this.route), place: plugin.place }],
    };
  }

  /** The jwt plugin compares `exp` with the clock, not with `iat`: neither `ttl` nor `age` alone says what it does. */
  #loseTokenLifetime(): void {
    for (const plugin of authentications(this.model, this.route)) {
      const longest = plugin.config.maximum_expiration;
      if (plugin.name !== "jwt" || typeof longest !== "number" || longest <= 0) continue;
      this.#lost.push({
        text: `maximum_expiration ${longest} of ${pluginLabel(plugin, this.route)}`,
        reason: "tokens that expire later than that are denied; how long a token still lives is not modelled",
        place: plugin.place,
      });
    }
  }
}

/** Addresses that pass, as alternatives: none of the denied networks, and one of the allowed ones if there are any. */
function addressLiterals(restriction: KongPlugin | undefined): readonly (readonly Literal[])[] {
  if (restriction === undefined) return [[]];
  const ip = attribute("source.ip");
  const denied = strings(restriction.config, "deny").map((one) =>
    fails(ip, { test: "cidr", network: asNetwork(one) }),
  );
  const allowed = strings(restriction.config, "allow");
  if (allowed.length === 0) return [denied];
  return allowed.map((one) => [...denied, holds(ip, { test: "cidr", network: asNetwork(one) })]);
}
