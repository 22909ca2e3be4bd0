/** The kinds of documents, each with its JSON Schema as data: for validation, hover and messages. */
import common from "../../../schemas/common.schema.json" with { type: "json" };
import controlPlaneSchema from "../../../schemas/control-plane.schema.json" with { type: "json" };
import inventorySchema from "../../../schemas/inventory.schema.json" with { type: "json" };
import policySchema from "../../../schemas/policy.schema.json" with { type: "json" };
import scenariosSchema from "../../../schemas/scenarios.schema.json" with { type: "json" };
import { child, type TreeDocument, text } from "../text/tree.ts";

export const apiVersion = "plumbline/v1";
export const kinds = ["ControlPlane", "Inventory", "Policy", "Scenarios"] as const;
export type Kind = (typeof kinds)[number];

/** The keywords of JSON Schema 2020-12 that `schemas/` uses. */
export interface SchemaNode {
  readonly $ref?: string;
  readonly $defs?: { readonly [name: string]: SchemaNode };
  readonly title?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: { readonly [name: string]: SchemaNode };
  readonly required?: readonly string[];
  readonly additionalProperties?: SchemaNode | boolean;
  readonly propertyNames?: SchemaNode;
  readonly items?: SchemaNode;
  readonly contains?: SchemaNode;
  readonly uniqueItems?: boolean;
  readonly oneOf?: readonly SchemaNode[];
  readonly allOf?: readonly SchemaNode[];
  readonly discriminator?: { readonly propertyName: string };
  readonly if?: SchemaNode;
  readonly then?: SchemaNode;
  readonly else?: SchemaNode;
  readonly pattern?: string;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minProperties?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
}

// The schemas are JSON that the build reads; what they look like is what `SchemaNode` says, and tests keep it so.
const table: Readonly<Record<Kind, SchemaNode>> = {
  ControlPlane: controlPlaneSchema as unknown as SchemaNode,
  Inventory: inventorySchema as unknown as SchemaNode,
  Policy: policySchema as unknown as SchemaNode,
  Scenarios: scenariosSchema as unknown as SchemaNode,
};
const commonSchema = common as unknown as SchemaNode;

export const schemaOf = (kind: Kind): SchemaNode => table[kind];

export function isKind(name: string | undefined): name is Kind {
  return kinds.some((kind) => kind === name);
}

/** The kind of a document, or undefined for one that is not ours, whose version is not ours, or that is broken. */
export function kindOf(document: TreeDocument): Kind | undefined {
  const kind = text(child(document.root, "kind"));
  return isKind(kind) && text(child(document.root, "apiVersion")) === apiVersion ? kind : undefined;
}

/** The schema that a `$ref` of a kind's schema points at: a local pointer, or one into the common definitions. */
export function resolveSchemaReference(reference: string, root: SchemaNode): SchemaNode | undefined {
  const [file = "", pointer = ""] = reference.split("#");
  let current: unknown = file === "" ? root : commonSchema;
  for (const step of pointer.split("/").slice(1)) {
    if (typeof current !== "object" || current === null) return undefined;
    current = (current as Readonly<Record<string, unknown>>)[step.replace(/~1/g, "/").replace(/~0/g, "~")];
  }
  return typeof current === "object" && current !== null ? (current as SchemaNode) : undefined;
}

/** The common definitions refer to each other by local pointers, so their own root goes with them. */
export function rootOfReference(reference: string, root: SchemaNode): SchemaNode {
  return reference.startsWith("#") ? root : commonSchema;
}
