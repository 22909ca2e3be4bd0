/** Every key that the JSON Schemas of the language know, and where a document writes it. */
import { readFileSync } from "node:fs";
import path from "node:path";

type Schema = { readonly [keyword: string]: unknown };

/**
 * A key by the way to it in its kind: `Inventory.spec.identities.*(agent).credential.maxTtl`. `*` is any name, `[]` any
 * member of a list, and in brackets stands the type where the type decides which keys there are.
 */
export type Label = string;

export type Step = string | number;

export interface Occurrence {
  readonly label: Label;
  /** The way to its value in the document. */
  readonly steps: readonly Step[];
  readonly isRequired: boolean;
  /** The values that the schema lists for it, if it does. */
  readonly values: readonly unknown[];
}

/** The schemas by the kind of document that they are for. */
const files = {
  ControlPlane: "control-plane",
  Inventory: "inventory",
  Policy: "policy",
  Scenarios: "scenarios",
} as const;
export type Kind = keyof typeof files;
export const kinds = Object.keys(files) as readonly Kind[];

/** What is the same wherever it stands has one label. */
const shared: { readonly [reference: string]: Label } = {
  "common.schema.json#/$defs/metadata": "metadata",
  "common.schema.json#/$defs/waivers": "waivers",
  "inventory.schema.json#/$defs/credential": "Inventory.credential",
  "inventory.schema.json#/$defs/binding": "Inventory.binding",
  "inventory.schema.json#/$defs/identityFields/properties/deployedAs": "Inventory.deployedAs",
};

const folder = path.resolve(import.meta.dirname, "../../../schemas");
const loaded = new Map<string, Schema>();

function load(file: string): Schema {
  const known = loaded.get(file);
  if (known !== undefined) return known;
  const read = JSON.parse(readFileSync(path.join(folder, file), "utf8")) as Schema;
  loaded.set(file, read);
  return read;
}

/** The keys that documents of a kind can have. */
export function keysOf(kind: Kind): readonly Occurrence[] {
  return new Walk(undefined).of(kind);
}

/** The keys that a document writes. */
export function keysIn(kind: Kind, document: unknown): readonly Occurrence[] {
  return new Walk({ value: document }).of(kind);
}

/** Undefined stands for every value that there could be. */
type At = { readonly value: unknown } | undefined;

interface Here {
  readonly file: string;
  readonly at: At;
  readonly label: Label;
  readonly steps: readonly Step[];
}

class Walk {
  readonly #found = new Map<string, Occurrence>();

  constructor(private readonly document: At) {}

  of(kind: Kind): readonly Occurrence[] {
    const file = `${files[kind]}.schema.json`;
    this.#visit(load(file), { file, at: this.document, label: kind, steps: [] });
    return [...this.#found.values()];
  }

  #visit(schema: Schema, here: Here): void {
    if (typeof schema.$ref === "string") {
      const [to, pointer] = schema.$ref.split("#");
      const file = to === "" || to === undefined ? here.file : to;
      const label = shared[`${file}#${pointer}`] ?? here.label;
      this.#visit(resolve(file, pointer ?? ""), { ...here, file, label });
    }
    if (Array.isArray(schema.oneOf)) {
      for (const branch of schema.oneOf as readonly Schema[]) this.#branch(branch, here);
      return;
    }
    if (schema.if !== undefined) this.#choice(schema, here);
    for (const part of (schema.allOf ?? []) as readonly Schema[]) this.#visit(part, here);
    this.#members(schema, here);
  }

  /** One of the types that a discriminator tells apart. */
  #branch(branch: Schema, here: Here): void {
    const [, name = ""] = String(branch.$ref).split("#");
    const type = typeOf(resolve(here.file, name));
    if (type === undefined) throw new Error(`${here.label}: a branch without a type`);
    if (here.at !== undefined && own(here.at.value, "type")?.value !== type) return;
    this.#visit(branch, { ...here, label: `${here.label}(${type})` });
  }

  #choice(schema: Schema, here: Here): void {
    const condition = schema.if as Schema;
    const type = typeOf(condition);
    const label = type === undefined ? here.label : `${here.label}(${type})`;
    const holds = here.at === undefined ? undefined : isMet(condition, here.at.value);
    if (schema.then !== undefined && holds !== false) this.#visit(schema.then as Schema, { ...here, label });
    if (schema.else !== undefined && holds !== true) this.#visit(schema.else as Schema, here);
  }

  #members(schema: Schema, here: Here): void {
    const properties = (schema.properties ?? {}) as { readonly [key: string]: Schema };
    const required = (schema.required ?? []) as readonly string[];
    for (const [key, one] of Object.entries(properties)) {
      const at = here.at === undefined ? undefined : own(here.at.value, key);
      if (here.at !== undefined && at === undefined) continue;
      const there = { ...here, at, label: `${here.label}.${key}`, steps: [...here.steps, key] };
      const values = listed(one, here.file);
      this.#found.set(JSON.stringify([there.label, there.steps]), {
        label: there.label,
        steps: there.steps,
        isRequired: required.includes(key),
        values,
      });
      this.#visit(one, there);
    }
    const { additionalProperties: others, items } = schema;
    if (isObject(others))
      for (const [key, at] of this.#entries(here, properties))
        this.#visit(others, { ...here, at, label: `${here.label}.*`, steps: [...here.steps, key] });
    if (isObject(items)) {
      const values = here.at?.value;
      const all = here.at === undefined ? [undefined] : Array.isArray(values) ? values : [];
      for (const [index, value] of all.entries())
        this.#visit(items, {
          ...here,
          at: here.at === undefined ? undefined : { value },
          label: `${here.label}[]`,
          steps: [...here.steps, index],
        });
    }
  }

  #entries(here: Here, known: object): readonly (readonly [string, At])[] {
    if (here.at === undefined) return [["*", undefined]];
    const { value } = here.at;
    if (!isObject(value)) return [];
    return Object.entries(value).flatMap(([key, one]) =>
      Object.hasOwn(known, key) ? [] : [[key, { value: one }] as const],
    );
  }
}

function resolve(file: string, pointer: string): Schema {
  let found: unknown = load(file);
  for (const step of pointer.split("/").slice(1)) found = (found as Schema)[step];
  if (!isObject(found)) throw new Error(`${file} has no ${pointer}`);
  return found;
}

function listed(schema: Schema, file: string): readonly unknown[] {
  if (Array.isArray(schema.enum)) return schema.enum;
  if (typeof schema.$ref !== "string") return [];
  const [to, pointer] = schema.$ref.split("#");
  const there = to === "" || to === undefined ? file : to;
  return listed(resolve(there, pointer ?? ""), there);
}

const typeOf = (schema: Schema): unknown =>
  ((schema.properties as Schema | undefined)?.type as Schema | undefined)?.const;

/** Of conditions in schemas, those that tell which keys there are: by the JSON type, and by the key `type`. */
function isMet(condition: Schema, value: unknown): boolean {
  const type = typeOf(condition);
  if (type !== undefined) return own(value, "type")?.value === type;
  if (condition.type === "object") return isObject(value);
  if (condition.type === "array") return Array.isArray(value);
  if (condition.contains !== undefined) return false;
  throw new Error(`a condition that this walk does not know: ${JSON.stringify(condition)}`);
}

function own(value: unknown, key: string): { readonly value: unknown } | undefined {
  return isObject(value) && Object.hasOwn(value, key) ? { value: value[key] } : undefined;
}

function isObject(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
