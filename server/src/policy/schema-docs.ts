/** What the schemas say at a path of a document: for hover, completion and the messages of the schema check. */
import { child, type TreeNode, toValue } from "../text/tree.ts";
import {
  type Kind,
  resolveSchemaReference,
  rootOfReference,
  type SchemaNode,
  schemaOf,
} from "./schema-kinds.ts";

export type SchemaPath = readonly (string | number)[];

export interface SchemaDoc {
  readonly description?: string;
  /** What is expected, as a noun phrase: "a duration such as 90s, 15m, 1h or 7d". */
  readonly expected?: string;
  /** The only values that are allowed, if there are only some. */
  readonly values: readonly string[];
  readonly required: boolean;
}

export interface PropertyDoc extends SchemaDoc {
  readonly name: string;
  /** `map` and `list` open a block below the key. */
  readonly shape: "map" | "list" | "scalar" | "any";
}

/** A schema with the file that its local references mean. */
interface Located {
  readonly schema: SchemaNode;
  readonly root: SchemaNode;
}

/** The doc of the value at `path`; `root` is the document's tree, by which branches are chosen. */
export function schemaDoc(kind: Kind, path: SchemaPath, root: TreeNode | undefined): SchemaDoc | undefined {
  const found = schemasAt(kind, path, root);
  if (found.length === 0) return undefined;
  const last = path.at(-1);
  const owners = typeof last === "string" ? schemasAt(kind, path.slice(0, -1), root) : [];
  return doc(
    found,
    typeof last === "string" && owners.some((one) => one.schema.required?.includes(last) === true),
  );
}

/** The properties that a mapping at `path` may have, in the order of the schema. */
export function schemaProperties(
  kind: Kind,
  path: SchemaPath,
  root: TreeNode | undefined,
): readonly PropertyDoc[] {
  const owners = schemasAt(kind, path, root);
  const named = new Map<string, Located[]>();
  for (const { schema, root: file } of owners) {
    for (const [name, value] of Object.entries(schema.properties ?? {})) {
      named.set(name, [...(named.get(name) ?? []), ...expand({ schema: value, root: file }, undefined)]);
    }
  }
  return [...named].map(([name, found]) => ({
    name,
    shape: shapeOf(found),
    ...doc(
      found,
      owners.some((one) => one.schema.required?.includes(name) === true),
    ),
  }));
}

/** Every schema that applies to the value at `path`, the nearest first. */
function schemasAt(kind: Kind, path: SchemaPath, root: TreeNode | undefined): readonly Located[] {
  const start = schemaOf(kind);
  let node = root;
  let current = expand({ schema: start, root: start }, node);
  for (const step of path) {
    node =
      typeof step === "string" ? child(node, step) : node?.kind === "list" ? node.items[step] : undefined;
    const value = node;
    current = current.flatMap((one) => enter(one, step)).flatMap((one) => expand(one, value));
  }
  return current;
}

function enter({ schema, root }: Located, step: string | number): readonly Located[] {
  if (typeof step === "number") return schema.items === undefined ? [] : [{ schema: schema.items, root }];
  const named =
    schema.properties !== undefined && Object.hasOwn(schema.properties, step)
      ? schema.properties[step]
      : undefined;
  if (named !== undefined) return [{ schema: named, root }];
  const others = schema.additionalProperties;
  return typeof others === "object" ? [{ schema: others, root }] : [];
}

/** A schema with what it refers to and the branches that fit the value; without a value, no branch is chosen. */
function expand(located: Located, node: TreeNode | undefined): readonly Located[] {
  const { schema, root } = located;
  const found: Located[] = [located];
  const add = (next: SchemaNode | undefined, file: SchemaNode = root): void => {
    if (next !== undefined) found.push(...expand({ schema: next, root: file }, node));
  };
  if (schema.$ref !== undefined) {
    add(resolveSchemaReference(schema.$ref, root), rootOfReference(schema.$ref, root));
  }
  for (const part of schema.allOf ?? []) add(part);
  if (schema.discriminator !== undefined) add(discriminated(located, node));
  if (schema.if !== undefined && node !== undefined) {
    add(fits(schema.if, node) ? schema.then : schema.else);
  }
  return found;
}

function discriminated({ schema, root }: Located, node: TreeNode | undefined): SchemaNode | undefined {
  const tag = schema.discriminator?.propertyName;
  if (tag === undefined || node === undefined) return undefined;
  const wanted = toValue(child(node, tag));
  for (const branch of schema.oneOf ?? []) {
    const target = branch.$ref === undefined ? branch : resolveSchemaReference(branch.$ref, root);
    if (target?.properties?.[tag]?.const === wanted) return target;
  }
  return undefined;
}

/** The conditions that `schemas/` uses: a type, and properties that are constant. */
function fits(condition: SchemaNode, node: TreeNode): boolean {
  if (condition.type === "object" && node.kind !== "map") return false;
  if (condition.type === "array" && node.kind !== "list") return false;
  return Object.entries(condition.properties ?? {}).every(
    ([name, property]) => property.const === undefined || property.const === toValue(child(node, name)),
  );
}

function doc(found: readonly Located[], required: boolean): SchemaDoc {
  const description = first(found, (schema) => schema.description);
  const expected = first(found, (schema) => schema.title);
  const allowed = first(
    found,
    (schema) => schema.enum ?? (schema.const === undefined ? undefined : [schema.const]),
  );
  return {
    ...(description === undefined ? {} : { description }),
    ...(expected === undefined ? {} : { expected }),
    values: (allowed ?? []).map(String),
    required,
  };
}

function first<T>(found: readonly Located[], read: (schema: SchemaNode) => T | undefined): T | undefined {
  for (const { schema } of found) {
    const value = read(schema);
    if (value !== undefined) return value;
  }
  return undefined;
}

function shapeOf(found: readonly Located[]): PropertyDoc["shape"] {
  const type = first(found, (schema) => schema.type ?? (schema.enum === undefined ? undefined : "string"));
  switch (type) {
    case undefined:
      return "any";
    case "object":
      return "map";
    case "array":
      return "list";
    default:
      return typeof type === "string" ? "scalar" : "any";
  }
}
