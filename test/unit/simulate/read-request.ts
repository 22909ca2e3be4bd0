/** Reads request files as the CLI and the editor do. */
import { expect } from "vitest";
import type { Interaction } from "../../../server/src/access/interaction.ts";
import { parseJson } from "../../../server/src/json/parse.ts";
import { RequestError } from "../../../server/src/simulate/requests/reading.ts";
import { fileInteraction } from "../../../server/src/simulate/scenario.ts";
import { parseYaml } from "../../../server/src/yaml/parse.ts";
import { shop } from "./shop.ts";

export const plane = shop();

/** Reads a request file by its extension; `environment` is left out of what is shown. */
export function read(name: string, text: string): Omit<Interaction, "environment"> {
  const uri = `file:///shop/requests/${name}`;
  const parse = /\.(json|har)$/.test(name)
    ? parseJson(uri, text)
    : parseYaml(uri, text, { dialect: "deployed" });
  const { environment, ...rest } = fileInteraction(parse, plane.set, plane.production);
  expect(environment).toBe("production");
  return rest;
}

export function failure(name: string, text: string): string {
  try {
    return `read: ${JSON.stringify(read(name, text))}`;
  } catch (error) {
    if (error instanceof RequestError) return error.message;
    throw error;
  }
}

export const json = (value: unknown) => read("request.json", JSON.stringify(value));
export const broken = (value: unknown) => failure("request.json", JSON.stringify(value));
