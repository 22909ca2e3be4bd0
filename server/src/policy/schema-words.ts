/** The words of the schema check. */
import type { Fix, FixableProblem } from "../text/fix.ts";
import type { Place } from "../text/place.ts";
import { child, type MapNode, type ScalarNode, type TreeNode, text } from "../text/tree.ts";
import type { SchemaPath } from "./schema-docs.ts";
import { isEmpty, nodeAt, sourceText } from "./schema-path.ts";

export const quoted = (name: string): string => `"${name}"`;

/** `a, b or c`. */
export function alternatives(values: readonly string[]): string {
  return values.length < 2 ? (values[0] ?? "") : `${values.slice(0, -1).join(", ")} or ${values.at(-1)}`;
}

/** What a mapping is called in a message: `"support-copilot" (agent)`, `rule "read"`, `the document`. */
export function ownerPhrase(root: MapNode, path: SchemaPath): string {
  const last = path.at(-1);
  if (last === undefined) return "the document";
  const node = nodeAt(root, path);
  const type = text(child(node, "type"));
  const section = path.at(-2);
  if (typeof last === "string") {
    const named = section === "identities" || section === "resources" || section === "enforcementPoints";
    return named && type !== undefined ? `${quoted(last)} (${type})` : quoted(last);
  }
  const singular = singularOf(typeof section === "string" ? section : undefined);
  const name = text(child(node, "name"));
  return name === undefined ? `this ${singular}` : `${singular} ${quoted(name)}`;
}

function singularOf(section: string | undefined): string {
  switch (section) {
    case "rules":
      return "rule";
    case "scenarios":
      return "scenario";
    case "on":
      return "target";
    case "waivers":
      return "waiver";
    case "budgets":
      return "budget";
    case "operations":
      return "operation";
    case "deployed":
      return "source of deployed configuration";
    case "onBehalfOf":
      return "delegator";
    default:
      return "entry";
  }
}

const typeNames: Readonly<Record<string, string>> = {
  string: "a string",
  object: "a mapping",
  array: "a list",
  integer: "a whole number",
  number: "a number",
  boolean: "true or false",
  null: "empty",
};

/** A value of the wrong type, with a fix where the right one can be read from what stands there. */
export function typeProblem(
  what: string,
  node: TreeNode | undefined,
  place: Place,
  types: readonly string[],
  expected: string | undefined,
): FixableProblem {
  const wanted = expected ?? alternatives(types.map((type) => typeNames[type] ?? type));
  const fix = node?.kind === "scalar" ? fixType(node, types) : undefined;
  return {
    code: "schema/type",
    severity: "error",
    message: `${what} must be ${wanted}, but is ${describe(node)}.${fix === undefined ? "" : ` ${fix.hint}`}`,
    place,
    ...(fix === undefined
      ? {}
      : { data: { replaceWith: fix.replaceWith }, fixes: [writtenRight(place, fix)] }),
  };
}

/** What was meant stands there; only its type was written wrongly. */
function writtenRight(place: Place, { title, replaceWith: text, isSafe = true }: TypeFix): Fix {
  return { title, isSafe, edits: [{ edit: "replace", place, text }] };
}

interface TypeFix {
  readonly hint: string;
  readonly title: string;
  readonly replaceWith: string;
  /** Undefined: yes. */
  readonly isSafe?: boolean;
}

function fixType(node: ScalarNode, types: readonly string[]): TypeFix | undefined {
  if (isEmpty(node) || node.value === null) return undefined;
  if (types.includes("string") && typeof node.value !== "string") {
    const replaceWith = JSON.stringify(node.text);
    return { hint: "Quote it to make it a string.", title: `Write ${replaceWith}`, replaceWith };
  }
  if (types.includes("array") && node.style !== "literal" && node.style !== "folded") {
    const replaceWith = `[${sourceText(node.place)}]`;
    // A comma makes several entries of it, which may or may not be meant.
    const isSafe = node.style !== "plain" || !/[,[\]{}]/.test(replaceWith.slice(1, -1));
    return {
      hint: "Put it in brackets to make it a list.",
      title: "Put it in brackets",
      replaceWith,
      isSafe,
    };
  }
  if (typeof node.value !== "string") return undefined;
  if (types.includes("boolean")) {
    const truth = truthOf(node.text);
    if (truth !== undefined)
      return {
        hint: `YAML 1.2 knows only true and false.`,
        title: `Write ${truth}`,
        replaceWith: String(truth),
      };
  }
  if (types.includes("integer") && /^-?[0-9]{1,15}$/.test(node.text)) {
    return {
      hint: "Take off the quotes to make it a number.",
      title: "Take off the quotes",
      replaceWith: node.text,
    };
  }
  return undefined;
}

function truthOf(written: string): boolean | undefined {
  if (/^(yes|on|true|y)$/i.test(written)) return true;
  return /^(no|off|false|n)$/i.test(written) ? false : undefined;
}

function describe(node: TreeNode | undefined): string {
  if (node === undefined) return "not there";
  if (node.kind === "list") return "a list";
  if (node.kind === "map") return "a mapping";
  if (isEmpty(node)) return "empty";
  switch (typeof node.value) {
    case "number":
      return `the number ${node.text}`;
    case "boolean":
      return `the boolean ${node.text}`;
    case "string":
      return `the string ${quoted(node.text.length > 60 ? `${node.text.slice(0, 57)}...` : node.text)}`;
    default:
      return "null";
  }
}
