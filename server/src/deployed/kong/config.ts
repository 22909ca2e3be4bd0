import type { Json } from "../../access/interaction.ts";

/** Reading of plugin configs, which are JSON with Kong's defaults left out or written as null. */
export type Config = { readonly [key: string]: Json };

export function strings(config: Config, key: string): readonly string[] {
  const value = config[key];
  if (typeof value === "string") return [value];
  return isList(value) ? value.filter((one): one is string => typeof one === "string") : [];
}

export function flag(config: Config, key: string, otherwise: boolean): boolean {
  const value = config[key];
  return typeof value === "boolean" ? value : otherwise;
}

/** A string that is set: Kong treats null and the empty string as unset. */
export function setText(config: Config, key: string): string | undefined {
  const value = config[key];
  return typeof value === "string" && value !== "" ? value : undefined;
}

export function section(config: Config, key: string): Config {
  const value = config[key];
  return value !== null && typeof value === "object" && !isList(value) ? value : {};
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}
