/** From errors of the schema to findings: one for each cause, in the words of the schema's own titles and descriptions. */
import { didYouMean } from "../text/did-you-mean.ts";
import type { FixableProblem } from "../text/fix.ts";
import type { Place } from "../text/place.ts";
import type { Problem } from "../text/problem.ts";
import type { MapNode, TreeNode } from "../text/tree.ts";
import { type SchemaPath, schemaDoc, schemaProperties } from "./schema-docs.ts";
import type { Kind } from "./schema-kinds.ts";
import { byOtherName } from "./schema-other-names.ts";
import { entryAt, isEmpty, nodeAt, pathOfPointer, placeOfOwner, placeOfValue } from "./schema-path.ts";
import type { SchemaError } from "./schema-report.ts";
import { alternatives, ownerPhrase, quoted, typeProblem } from "./schema-words.ts";

interface Located {
  readonly error: SchemaError;
  readonly path: SchemaPath;
  readonly key: string;
}

/** Keywords that only repeat what the errors inside of them, or beside them, already say. */
const echoes = new Set(["if", "oneOf", "anyOf", "allOf", "discriminator"]);
/** On a mapping these are about one of its keys, which `propertyNames` names as well. */
const keywordsOfStrings = new Set(["pattern", "minLength", "maxLength"]);

export function problemsOfErrors(
  kind: Kind,
  root: MapNode,
  errors: readonly SchemaError[],
): readonly FixableProblem[] {
  const located = errors
    .filter((error) => !echoes.has(error.keyword))
    .map(
      (error): Located => ({
        error,
        path: pathOfPointer(root, error.instancePath),
        key: `${error.instancePath} ${String(error.params.propertyName ?? "")}`,
      }),
    );
  const wrongType = new Set(located.filter(({ error }) => error.keyword === "type").map(({ key }) => key));
  const seen = new Set<string>();
  const problems: FixableProblem[] = [];
  const misspelled = new Set<string>();
  for (const one of located) {
    if (one.error.keyword !== "additionalProperties") continue;
    const found = unknownProperty(kind, root, one);
    problems.push(found.problem);
    if (found.meant !== undefined) misspelled.add(`${one.error.instancePath} ${found.meant}`);
  }
  for (const one of located) {
    const { error, key } = one;
    if (error.keyword === "additionalProperties") continue;
    if (keywordsOfStrings.has(error.keyword) && nodeAt(root, one.path)?.kind === "map") continue;
    if (error.keyword === "required") {
      const name = String(error.params.missingProperty);
      const id = `${error.instancePath} ${name}`;
      if (misspelled.has(id) || seen.has(`required ${id}`)) continue;
      seen.add(`required ${id}`);
      problems.push(missingProperty(kind, root, one.path, name));
      continue;
    }
    // A value of the wrong type, or out of a closed list, breaks other keywords too: that is no second cause.
    if (error.keyword !== "type" && wrongType.has(key)) continue;
    if (seen.has(key)) continue;
    seen.add(key);
    problems.push(valueProblem(kind, root, one));
  }
  return problems;
}

function unknownProperty(
  kind: Kind,
  root: MapNode,
  { error, path }: Located,
): { problem: Problem; meant?: string } {
  const name = String(error.params.additionalProperty);
  const owner = nodeAt(root, path);
  const present = new Set(owner?.kind === "map" ? owner.byKey.keys() : []);
  const known = schemaProperties(kind, path, root).map((property) => property.name);
  const free = known.filter((candidate) => !present.has(candidate));
  const meant = didYouMean(name, free) ?? byOtherName(name, free);
  const where = ownerPhrase(root, path);
  const hint =
    meant !== undefined
      ? `Did you mean "${meant}"?`
      : free.length === 0
        ? "Remove it."
        : `What it can still have: ${free.slice(0, 12).join(", ")}${free.length > 12 ? ", ..." : ""}.`;
  return {
    problem: {
      code: "schema/unknown-property",
      severity: "error",
      message: `${quoted(name)} is not a property of ${where}. ${hint}`,
      place: entryAt(root, [...path, name])?.key.place ?? placeOfOwner(root, path),
      ...(meant === undefined ? {} : { data: { replaceWith: meant } }),
    },
    ...(meant === undefined ? {} : { meant }),
  };
}

function missingProperty(kind: Kind, root: MapNode, path: SchemaPath, name: string): Problem {
  const doc = schemaDoc(kind, [...path, name], root);
  const values = doc?.values ?? [];
  const about = doc?.description ?? (values.length > 0 ? `It is ${alternatives(values)}.` : "");
  return {
    code: "schema/required",
    severity: "error",
    message: `${quoted(name)} is missing from ${ownerPhrase(root, path)}. ${about}`.trim(),
    place: placeOfOwner(root, path),
    data: { missing: name },
  };
}

function valueProblem(kind: Kind, root: MapNode, { error, path }: Located): FixableProblem {
  if (error.keyword === "propertyNames") {
    return nameProblem(kind, root, path, String(error.params.propertyName));
  }
  const node = nodeAt(root, path);
  const doc = schemaDoc(kind, path, root);
  const what = valuePhrase(path);
  const place = placeOfValue(root, path);
  switch (error.keyword) {
    case "type":
      return typeProblem(what, node, place, [error.params.type].flat().map(String), doc?.expected);
    case "enum":
    case "const": {
      const allowed: unknown[] =
        error.keyword === "enum" ? [error.params.allowedValues].flat() : [error.params.allowedValue];
      return closedProblem(what, node, place, allowed.map(String), error.keyword, doc?.expected);
    }
    case "pattern":
      return {
        code: "schema/pattern",
        severity: "error",
        message: `${what} must be ${doc?.expected ?? `text that matches ${String(error.params.pattern)}`}, but is ${shown(node)}.`,
        place,
      };
    case "uniqueItems":
      return duplicateItem(root, path, Number(error.params.i), Number(error.params.j));
    default:
      return boundProblem(root, path, error, what, place, doc?.expected);
  }
}

function nameProblem(kind: Kind, root: MapNode, path: SchemaPath, name: string): Problem {
  const expected =
    path.at(-1) === "vars"
      ? "a variable name of letters, digits and '_' that starts with a letter"
      : path.at(-1) === "trustDomains"
        ? "a SPIFFE trust domain: lower-case letters, digits, '.', '_' and '-', at most 255 of them"
        : "a name of letters, digits, '.', '_' and '-' that starts with a letter or digit";
  return {
    code: "schema/name",
    severity: "error",
    message: `${quoted(name)} cannot be a key of ${ownerPhrase(root, path)} in a ${kind}: it must be ${expected}.`,
    place: entryAt(root, [...path, name])?.key.place ?? placeOfOwner(root, path),
  };
}

function closedProblem(
  what: string,
  node: TreeNode | undefined,
  place: Place,
  allowed: readonly string[],
  keyword: string,
  expected: string | undefined,
): Problem {
  const written = node?.kind === "scalar" ? node.text : "";
  const meant = didYouMean(written, allowed) ?? (allowed.length === 1 ? allowed[0] : undefined);
  const wanted = allowed.length === 1 && expected !== undefined ? expected : alternatives(allowed);
  const hint = meant !== undefined && allowed.length > 1 ? ` Did you mean "${meant}"?` : "";
  return {
    code: keyword === "enum" ? "schema/enum" : "schema/const",
    severity: "error",
    message: `${what} must be ${wanted}, but is ${shown(node)}.${hint}`,
    place,
    ...(meant === undefined || node?.kind !== "scalar" ? {} : { data: { replaceWith: meant } }),
  };
}

function duplicateItem(root: MapNode, path: SchemaPath, left: number, right: number): FixableProblem {
  const first = Math.min(left, right);
  const second = Math.max(left, right);
  const node = nodeAt(root, [...path, second]);
  const list = nodeAt(root, path);
  return {
    code: "schema/duplicate-item",
    severity: "error",
    message: `${shown(node)} stands twice in ${quoted(String(path.at(-1)))}. Remove one.`,
    place: placeOfValue(root, [...path, second]),
    related: [{ place: placeOfValue(root, [...path, first]), message: "The first one stands here." }],
    // What stands once more in a list says nothing more.
    ...(list?.kind === "list" && {
      fixes: [
        {
          title: `Remove the second ${shown(node)}`,
          isSafe: true,
          edits: [{ edit: "remove-item", list, index: second }],
        },
      ],
    }),
  };
}

function boundProblem(
  root: MapNode,
  path: SchemaPath,
  error: SchemaError,
  what: string,
  place: Place,
  expected: string | undefined,
): Problem {
  const limit = Number(error.params.limit);
  const finding = (code: string, message: string, at: Place = place): Problem => ({
    code,
    severity: "error",
    message,
    place: at,
  });
  switch (error.keyword) {
    case "minLength":
      return finding("schema/empty", `${what} is empty. Write ${expected ?? "a text"}, or take the key out.`);
    case "minItems":
      return finding(
        "schema/empty",
        `${what} is empty. List at least ${limit === 1 ? "one" : limit}, or take the key out.`,
      );
    case "minProperties":
      return finding(
        "schema/empty",
        `${what} is empty. Say at least ${limit === 1 ? "one thing" : limit}, or take the key out.`,
      );
    case "maxItems":
      return finding("schema/too-many", `${what} may have ${expected ?? `at most ${limit} entries`}.`);
    case "maxLength":
      return finding("schema/too-long", `${what} has more than ${limit} characters.`);
    case "minimum":
    case "maximum":
    case "exclusiveMinimum":
    case "exclusiveMaximum": {
      const bound = `${String(error.params.comparison)} ${limit}`;
      const wanted = expected ?? `a number ${bound}`;
      return finding("schema/range", `${what} must be ${wanted}, but is ${shown(nodeAt(root, path))}.`);
    }
    default:
      return finding(
        `schema/${error.keyword}`,
        `${what} does not hold ${quoted(error.keyword)} of the schema.`,
      );
  }
}

/** `"maxTtl"`, or `An entry of "rules"`. */
function valuePhrase(path: SchemaPath): string {
  const last = path.at(-1);
  if (typeof last === "string") return quoted(last);
  const list = path.findLast((step) => typeof step === "string");
  return list === undefined ? "This" : `An entry of ${quoted(String(list))}`;
}

function shown(node: TreeNode | undefined): string {
  if (node === undefined) return "not there";
  if (node.kind === "list") return "a list";
  if (node.kind === "map") return "a mapping";
  if (isEmpty(node) || node.value === null) return "empty";
  const text = node.text.length > 60 ? `${node.text.slice(0, 57)}...` : node.text;
  return typeof node.value === "string" ? quoted(text) : text;
}
