import { type Config, flag, section, setText, strings } from "./config.ts";
import type { KongModel, KongRoute } from "./model.ts";
import { authentications, effective } from "./plugins.ts";

/** What plugins of a route change in the request before it goes on. Header names in lower case. */
export interface Changes {
  readonly removedHeaders: ReadonlySet<string>;
  /** Set, added, renamed to: their values are not followed. */
  readonly changedHeaders: ReadonlySet<string>;
  readonly method: string | undefined;
  /** Whether `replace.uri` sets the path. */
  readonly path: boolean;
  /** Why it depends on the consumer what is changed, where it does. */
  readonly perConsumer: string | undefined;
}

const transformers = ["request-transformer", "request-transformer-advanced"] as const;

/** Source: Kong `kong/plugins/request-transformer/schema.lua`; `hide_credentials` of key-auth takes its headers off. */
export function changes(model: KongModel, route: KongRoute): Changes {
  const removed = new Set<string>();
  const changed = new Set<string>();
  let method: string | undefined;
  let path = false;
  for (const name of transformers) {
    const plugin = effective(model, route, name);
    if (plugin === undefined) continue;
    const { config } = plugin;
    for (const header of headerNames(config, "remove")) removed.add(header);
    for (const kind of ["replace", "add", "append"]) {
      for (const header of headerNames(config, kind)) changed.add(header);
    }
    for (const pair of strings(section(config, "rename"), "headers")) {
      const [from = "", to = ""] = pair.toLowerCase().split(":");
      removed.add(from.trim());
      changed.add(to.trim());
    }
    method = setText(config, "http_method")?.toUpperCase() ?? method;
    path ||= setText(section(config, "replace"), "uri") !== undefined;
  }
  for (const plugin of authentications(model, route)) {
    if (plugin.name !== "key-auth" || !flag(plugin.config, "hide_credentials", false)) continue;
    const names = strings(plugin.config, "key_names");
    for (const header of names.length === 0 ? ["apikey"] : names) removed.add(header.toLowerCase());
  }
  const perConsumer = model.plugins.find(
    (plugin) =>
      transformers.some((name) => name === plugin.name) &&
      (plugin.scope.consumer !== undefined || plugin.scope.consumerGroup !== undefined),
  );
  return {
    removedHeaders: removed,
    changedHeaders: changed,
    method,
    path,
    perConsumer:
      perConsumer === undefined ? undefined : `the plugin "${perConsumer.name}" differs between consumers`,
  };
}

function headerNames(config: Config, kind: string): readonly string[] {
  return strings(section(config, kind), "headers").map((one) =>
    (one.split(":")[0] ?? "").trim().toLowerCase(),
  );
}
