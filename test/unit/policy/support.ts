import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseJson } from "../../../server/src/json/parse.ts";
import type { DocumentSource } from "../../../server/src/policy/build/files.ts";
import { type BuiltPolicySet, buildPolicySet } from "../../../server/src/policy/build/policy-set.ts";
import { checkSchema } from "../../../server/src/policy/schema-check.ts";
import type { Place } from "../../../server/src/text/place.ts";
import type { Problem } from "../../../server/src/text/problem.ts";
import type { ParsedFile } from "../../../server/src/text/tree.ts";
import { parseYaml } from "../../../server/src/yaml/parse.ts";

export const root = "file:///acme/";

export const policyFile = (text: string, name = "acme.plumb.yaml"): ParsedFile =>
  parseYaml(root + name, text, { dialect: "plumbline" });

/** The source of a place in one block. */
export const at = (place: Place): string => place.block.text.slice(place.start, place.end);

/** `code «source» -> fix`, as tests compare findings. */
export function short(problem: Problem): string {
  const fix = problem.data?.replaceWith;
  return `${problem.code} «${at(problem.place)}»${fix === undefined ? "" : ` -> ${String(fix)}`}`;
}

/** The findings of the schema check of a text. */
export const schemaFindings = (text: string): readonly string[] => checkSchema(policyFile(text)).map(short);

/** Builds a control plane from texts; those that end in `.plumb.yaml` are policies, the others what they refer to. */
export function build(texts: Readonly<Record<string, string>>): BuiltPolicySet {
  const names = Object.keys(texts);
  const files = names
    .filter((name) => name.endsWith(".plumb.yaml"))
    .map((name) => policyFile(texts[name] ?? "", name));
  return buildPolicySet(files, sourceOf(texts));
}

export function sourceOf(texts: Readonly<Record<string, string>>): DocumentSource {
  return {
    root,
    get: (uri) => {
      const text = texts[uri.slice(root.length)];
      if (text === undefined) return { error: "not-found" };
      return uri.endsWith(".json") ? parseJson(uri, text) : parseYaml(uri, text, { dialect: "deployed" });
    },
  };
}

/** All text files of a folder of fixtures, by their paths in it. */
export function fixture(name: string): Readonly<Record<string, string>> {
  const folder = path.resolve(import.meta.dirname, "../../fixtures/policy", name);
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).replaceAll("\\", "/"));
  return Object.fromEntries(
    names.sort().map((file) => [file, readFileSync(path.join(folder, file), "utf8")]),
  );
}
