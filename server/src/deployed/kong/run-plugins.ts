import type { Interaction } from "../../access/interaction.ts";
import { inNetwork } from "../../access/network.ts";
import { jsonAt } from "../../access/read-attribute.ts";
import type { Place } from "../../text/place.ts";
import { flag, setText, strings } from "./config.ts";
import type { KongConsumer, KongModel, KongPlugin, KongRoute } from "./model.ts";
import {
  effective,
  groupPlugins,
  kindOf,
  mayAuthenticate,
  mayDeny,
  perConsumerNames,
  pluginLabel,
  routePlugins,
} from "./plugins.ts";

export interface Outcome {
  readonly decision: "allow" | "deny" | "unknown";
  readonly rule: { readonly label: string; readonly place: Place };
  readonly reason: string;
}

/** Runs the plugins of a route on one request in Kong's order, as their handlers do it. */
export function runPlugins(model: KongModel, route: KongRoute, view: Interaction): Outcome {
  return new Run(model, route, view).run();
}

type Authenticated =
  | { readonly ok: true; readonly consumer: KongConsumer }
  | { readonly ok: false; readonly reason: string };

class Run {
  #consumer: KongConsumer | undefined;
  #hasCredential = false;
  readonly #open: KongPlugin[] = [];

  constructor(
    private readonly model: KongModel,
    private readonly route: KongRoute,
    private readonly view: Interaction,
  ) {}

  run(): Outcome {
    const { route } = this;
    const plugins = routePlugins(this.model, route);
    if (route.service === undefined) return this.#end("deny", undefined, "the route has no service to go to");
    const openIdentity = plugins.some(mayAuthenticate);
    for (const name of ["jwt", "key-auth"]) {
      const plugin = plugins.find((one) => one.name === name && kindOf(one) === "authentication");
      const refused = plugin === undefined ? undefined : this.#authenticate(plugin);
      if (plugin !== undefined && refused !== undefined) return this.#end("deny", plugin, refused);
    }
    const names = new Set([...plugins.map((one) => one.name), ...perConsumerNames(this.model, route)]);
    for (const name of names) {
      const plugin = effective(this.model, route, name, this.#consumer?.name);
      const refused = plugin === undefined ? undefined : this.#decide(plugin, openIdentity);
      if (plugin !== undefined && refused !== undefined) return this.#end("deny", plugin, refused);
    }
    this.#open.push(...groupPlugins(this.model, route).filter(mayDeny));
    const open = this.#open[0];
    if (open !== undefined) {
      return this.#end("unknown", open, `what the plugin "${open.name}" decides is not modelled`);
    }
    return this.#end("allow", undefined, this.#allowed());
  }

  /** Why the plugin ends the request, if it does. */
  #authenticate(plugin: KongPlugin): string | undefined {
    const method = this.view.http?.method?.toUpperCase() ?? (this.view.grpc ? "POST" : undefined);
    if (!flag(plugin.config, "run_on_preflight", true) && method === "OPTIONS") return undefined;
    const anonymous = setText(plugin.config, "anonymous");
    if (anonymous !== undefined && this.#hasCredential) return undefined;
    const result = plugin.name === "jwt" ? this.#token(plugin) : this.#apiKey();
    if (result.ok) {
      this.#consumer = result.consumer;
      this.#hasCredential = true;
      return undefined;
    }
    if (anonymous === undefined) return result.reason;
    this.#consumer = this.model.consumers.find((consumer) => consumer.keys.includes(anonymous));
    this.#hasCredential = false;
    return undefined;
  }

  #apiKey(): Authenticated {
    const { client } = this.view;
    if (client?.method !== "key-auth") return { ok: false, reason: "no API key is presented" };
    const consumer = this.model.consumers.find((one) => one.name === client.id && one.apiKeys > 0);
    if (consumer === undefined) {
      return { ok: false, reason: `no consumer "${client.id ?? ""}" has an API key` };
    }
    return { ok: true, consumer };
  }

  #token(plugin: KongPlugin): Authenticated {
    const { jwt } = this.view;
    const name = setText(plugin.config, "key_claim_name") ?? "iss";
    const value = name === "iss" ? jwt?.iss : name === "sub" ? jwt?.sub : jsonAt(jwt?.claims, [name]);
    if (jwt === undefined || typeof value !== "string") {
      return {
        ok: false,
        reason: jwt === undefined ? "no token is presented" : `the token has no "${name}"`,
      };
    }
    const consumer = this.model.consumers.find((one) => one.jwtKeys.includes(value));
    if (consumer === undefined) {
      return { ok: false, reason: `no consumer has a JWT credential for "${name}" ${value}` };
    }
    return { ok: true, consumer };
  }

  #decide(plugin: KongPlugin, openIdentity: boolean): string | undefined {
    switch (kindOf(plugin)) {
      case "authentication":
      case "harmless":
        return undefined;
      case "terminates":
        return "the plugin ends every request";
      case "opaque":
        if (mayDeny(plugin)) this.#open.push(plugin);
        return undefined;
      case "ip-restriction":
        return this.#address(plugin);
      case "acl":
        if (!openIdentity) return this.#acl(plugin);
        this.#open.push(plugin);
        return undefined;
    }
  }

  #address({ config }: KongPlugin): string | undefined {
    const ip = this.view.source?.ip;
    const inside = (list: readonly string[]) => ip !== undefined && list.some((one) => inNetwork(ip, one));
    if (inside(strings(config, "deny"))) return `the address ${ip} is denied`;
    const allowed = strings(config, "allow");
    return allowed.length > 0 && !inside(allowed)
      ? `the address ${ip ?? "(unknown)"} is not one of those allowed`
      : undefined;
  }

  #acl({ config }: KongPlugin): string | undefined {
    const consumer = this.#consumer;
    if (consumer === undefined) return "nobody is authenticated, and the acl plugin needs a consumer";
    const groups = new Set(consumer.groups);
    if (flag(config, "include_consumer_groups", false)) {
      for (const group of consumer.consumerGroups) groups.add(group);
    }
    const denied = [...strings(config, "deny"), ...strings(config, "blacklist")];
    if (denied.length > 0) {
      const group = denied.find((one) => groups.has(one));
      return group === undefined
        ? undefined
        : `the consumer "${consumer.name}" is in the denied group "${group}"`;
    }
    const allowed = [...strings(config, "allow"), ...strings(config, "whitelist")];
    return allowed.some((one) => groups.has(one))
      ? undefined
      : `the consumer "${consumer.name}" is in none of the allowed groups (${allowed.join(", ")})`;
  }

  #allowed(): string {
    return this.#consumer === undefined
      ? "the route asks for no credential"
      : `the caller is the consumer "${this.#consumer.name}"`;
  }

  #end(decision: Outcome["decision"], plugin: KongPlugin | undefined, reason: string): Outcome {
    const rule =
      plugin === undefined
        ? { label: this.route.label, place: this.route.place }
        : { label: pluginLabel(plugin, this.route), place: plugin.place };
    return { decision, rule, reason };
  }
}
