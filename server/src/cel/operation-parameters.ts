import type { Json } from "../access/interaction.ts";
import type { ParameterTemplate } from "./binding.ts";
import type { ObjectType, VariableType } from "./condition.ts";
import { jsonSchemasType } from "./json-schema.ts";

/** A parameter, with its schema in each operation that has it. */
export interface ParameterSchemas {
  readonly name: string;
  readonly required: boolean;
  readonly schemas: readonly Json[];
}

/** What conditions on some operations can read of their parameters. */
export interface OperationParameters {
  readonly path: ObjectType;
  readonly query: ObjectType;
  readonly headers: ObjectType;
  /** Where the parameters of paths stand, by their names. */
  readonly templates: ReadonlyMap<string, readonly ParameterTemplate[]>;
  /** A sentence on parameters of paths that conditions cannot read, where there are some. */
  readonly unread?: string;
}

/**
 * Parameters are texts, whatever their schemas say: what is on the wire is what enforcement points compare. A request
 * may repeat one of its query or headers, and have others than the declared ones; its path cannot.
 */
export function operationParameters(
  path: readonly (ParameterSchemas & { readonly templates: readonly ParameterTemplate[] })[],
  query: readonly ParameterSchemas[],
  headers: readonly ParameterSchemas[],
  unread: string | undefined,
): OperationParameters {
  const texts: VariableType = { type: "list", of: { type: "string" } };
  const listed = (parameters: readonly ParameterSchemas[], nameOf: (name: string) => string) => {
    const fields = parameters.map(
      (one) =>
        [nameOf(one.name), { type: { type: "list", of: textOf(one) }, required: one.required }] as const,
    );
    return { type: "object", fields: new Map(fields), open: true, others: texts } as const;
  };
  return {
    path: {
      type: "object",
      fields: new Map(path.map((one) => [one.name, { type: textOf(one), required: one.required }])),
      open: false,
    },
    query: listed(query, (name) => name),
    headers: { ...listed(headers, (name) => name.toLowerCase()), ignoresCase: true },
    templates: new Map(path.map(({ name, templates }) => [name, templates])),
    ...(unread !== undefined && { unread }),
  };
}

/** With the texts that all schemas list, where they do. How lists are written is up to the parameter's style. */
function textOf({ schemas }: ParameterSchemas): VariableType {
  const type = jsonSchemasType(schemas);
  return type.type === "string" && type.values !== undefined
    ? { type: "string", values: type.values }
    : { type: "string" };
}
