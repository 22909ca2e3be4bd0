/**
 * Validates documents against `schemas/`. One cause gives one finding, at the smallest
 * place that shows it. A document of another version or kind gets one finding only: nothing else of it can be judged.
 */

import { didYouMean } from "../text/did-you-mean.ts";
import type { FixableProblem } from "../text/fix.ts";
import type { Problem } from "../text/problem.ts";
import { child, type MapNode, type ParsedFile, type TreeDocument, toValue } from "../text/tree.ts";
import { knownVersions, migrationOf } from "./migrations/version.ts";
import { apiVersion, isKind, type Kind, kinds, schemaOf } from "./schema-kinds.ts";
import { checkMeaning } from "./schema-meaning.ts";
import { placeOfFirstKey } from "./schema-path.ts";
import { problemsOfErrors } from "./schema-problems.ts";
import { validate } from "./schema-validator.ts";
import { alternatives } from "./schema-words.ts";

const checked = new WeakMap<ParsedFile, readonly FixableProblem[]>();

/** The findings of every document of a file, in their order. Made once for each version of the file. */
export function checkSchema(file: ParsedFile): readonly FixableProblem[] {
  const known = checked.get(file);
  if (known !== undefined) return known;
  const found = file.documents.flatMap(checkDocument);
  checked.set(file, found);
  return found;
}

/** The findings of one document. An empty one has none. */
export function checkDocument(document: TreeDocument): readonly FixableProblem[] {
  const { root } = document;
  if (root === undefined || (root.kind === "scalar" && root.value === null)) return [];
  if (root.kind !== "map") {
    return [
      {
        code: "schema/type",
        severity: "error",
        message: `A document is a mapping with apiVersion, kind, metadata and spec, but this is ${root.kind === "list" ? "a list" : "a single value"}.`,
        place: root.place,
      },
    ];
  }
  const version = checkVersion(root);
  if (version !== undefined) return [version];
  const kind = readKind(root);
  if (typeof kind !== "string") return [kind];
  const errors = validate(schemaOf(kind), toValue(root));
  return [...problemsOfErrors(kind, root, errors), ...checkMeaning(kind, root)];
}

function checkVersion(root: MapNode): FixableProblem | undefined {
  const entry = root.byKey.get("apiVersion");
  if (entry === undefined) {
    const misspelled = misspelledKey(root, "apiVersion");
    return {
      code: "schema/api-version",
      severity: "error",
      message: `This document does not say its version, so it is left out. Write apiVersion: ${apiVersion}.`,
      place: misspelled?.place ?? placeOfFirstKey(root),
      ...(misspelled === undefined
        ? { data: { insert: `apiVersion: ${apiVersion}` } }
        : { data: { replaceWith: "apiVersion" } }),
    };
  }
  const version = toValue(entry.value);
  if (version === apiVersion) return undefined;
  return {
    code: "schema/api-version",
    severity: "error",
    place: entry.value.place.start === entry.value.place.end ? entry.key.place : entry.value.place,
    ...aboutVersion(root, version),
  };
}

function aboutVersion(root: MapNode, version: unknown): Pick<FixableProblem, "message" | "fixes" | "data"> {
  const migration = migrationOf(root);
  if (migration !== undefined)
    return {
      message: `This document is of the earlier version ${version}, so it is left out until it is migrated: \`plumbline check --fix\` does so, and keeps comments and order.`,
      fixes: [migration],
    };
  const known = knownVersions();
  const others =
    known.length > 1 ? `the known ones are ${alternatives(known)}` : `the only one is ${apiVersion}`;
  const message =
    typeof version === "string" && version !== ""
      ? `There is no version "${version}", so this document is left out: ${others}.`
      : `The version of this document is not known, so it is left out: ${others}.`;
  // A number is no slip: what another version means must not be read as if it were ours.
  const number = typeof version === "string" ? /^plumbline\/v([0-9]+)$/.exec(version)?.[1] : undefined;
  if (number === undefined) return { message, data: { replaceWith: apiVersion } };
  return Number(number) > currentNumber
    ? {
        message: `${message} If it was written for a later Plumbline, update this one; if not, write ${apiVersion}.`,
      }
    : { message: `${message} Write ${apiVersion}, and mend what is then found in it.` };
}

const currentNumber = Number(/[0-9]+$/.exec(apiVersion)?.[0]);

function readKind(root: MapNode): Kind | Problem {
  const entry = root.byKey.get("kind");
  const list = `${kinds.slice(0, -1).join(", ")} or ${kinds.at(-1)}`;
  if (entry === undefined) {
    const misspelled = misspelledKey(root, "kind");
    return {
      code: "schema/kind",
      severity: "error",
      message: `This document does not say what it is, so it is left out. Add kind: ${list}.`,
      place: misspelled?.place ?? placeOfFirstKey(root),
      ...(misspelled === undefined ? {} : { data: { replaceWith: "kind" } }),
    };
  }
  const name = toValue(child(root, "kind"));
  if (typeof name === "string" && isKind(name)) return name;
  const close = typeof name === "string" ? didYouMean(name, kinds) : undefined;
  const found = typeof name === "string" ? `"${name}"` : "this";
  return {
    code: "schema/kind",
    severity: "error",
    message: `There is no kind ${found}, so this document is left out.${close === undefined ? ` The kinds are ${list}.` : ` Did you mean "${close}"?`}`,
    place: entry.value.place.start === entry.value.place.end ? entry.key.place : entry.value.place,
    ...(close === undefined ? {} : { data: { replaceWith: close } }),
  };
}

function misspelledKey(root: MapNode, wanted: string) {
  return root.entries.find(
    ({ key }) => !["metadata", "spec"].includes(key.text) && didYouMean(key.text, [wanted]) === wanted,
  )?.key;
}
