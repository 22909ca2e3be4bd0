import type { Attribute } from "../access/attribute.ts";
import { attribute } from "../access/catalogue.ts";
import type { Interaction, Json } from "../access/interaction.ts";
import { headerValues, queryParameters } from "../access/read-attribute.ts";
import type { ParameterTemplate } from "./binding.ts";
import type { VariableType } from "./condition.ts";
import type { CelEnvironment } from "./environment.ts";
import { delegator } from "./standard-variables.ts";

/** What a chain of names in a condition reads: `mcp.tool.arguments.amount`, `onBehalfOf[0].id`. */
export interface Reference {
  /** As a person would write it. */
  readonly path: string;
  /** The last name of it, for facts: "amount was 250". */
  readonly name: string;
  readonly type: VariableType;
  readonly source: Source;
}

export type Source =
  /** `inside` is how many keys lead into a JSON value: with two or more, a missing parent is an error of `has`. */
  | {
      readonly kind: "attribute";
      readonly attribute: Attribute;
      readonly inside: number;
      readonly delegated?: true;
    }
  | { readonly kind: "spiffe"; readonly part: "trustDomain" | "namespace" | "serviceAccount" }
  | { readonly kind: "grpc"; readonly part: "service" | "method" }
  | { readonly kind: "pathParameter"; readonly templates: readonly ParameterTemplate[] }
  | { readonly kind: "words"; readonly attribute: Attribute }
  | { readonly kind: "delegators" }
  | { readonly kind: "firstHeader"; readonly attribute: Attribute }
  | { readonly kind: "constant"; readonly value: string }
  | { readonly kind: "absent"; readonly reason: string; readonly inside: number }
  | {
      readonly kind: "fact";
      readonly read: (interaction: Interaction) => Json | undefined;
      readonly reason: string;
    }
  /** A group of variables, such as `mcp.tool`: there when any of them is. */
  | { readonly kind: "group"; readonly members: readonly Reference[] }
  /** A comprehension variable, or a field of it. */
  | {
      readonly kind: "local";
      readonly name: string;
      readonly keys: readonly string[];
      readonly delegator?: Attribute;
    };

/** The token has an `act` claim: the request is a delegated one (RFC 8693). */
export const actClaim = attribute("jwt.claims", "act");

const delegatorAttributes: Readonly<Record<string, Attribute>> = {
  id: attribute("jwt.sub"),
  issuer: attribute("jwt.iss"),
  groups: attribute("jwt.claims", "groups"),
};

/** What the variable at `path` is. `type` is what the walk over the types found for it. */
export function makeReference(
  environment: CelEnvironment,
  path: readonly string[],
  type: VariableType,
): Reference {
  const name = path.at(-1) ?? "";
  const text = displayPath(path);
  return { path: text, name, type, source: sourceOf(environment, path, type) };
}

function sourceOf(environment: CelEnvironment, path: readonly string[], type: VariableType): Source {
  for (let length = path.length; length > 0; length--) {
    const binding = environment.bindings.get(path.slice(0, length).join("."));
    if (binding === undefined) continue;
    const keys = path.slice(length);
    switch (binding.kind) {
      case "attribute": {
        if (binding.keys === undefined) {
          return { kind: "attribute", attribute: attribute(binding.id), inside: 0 };
        }
        const [first] = keys;
        if (binding.keys === "one") {
          if (first === undefined) return wholeMap(path, false);
          // RFC 9110, 5.1: names of fields have no case. RFC 3986, 3.4: a query has one.
          const key = binding.id === "request.headers" ? first.toLowerCase() : first;
          return { kind: "attribute", attribute: attribute(binding.id, key), inside: 1 };
        }
        return { kind: "attribute", attribute: attribute(binding.id, ...keys), inside: keys.length };
      }
      case "firstHeader": {
        const [first] = keys;
        if (first === undefined) return wholeMap(path, true);
        return { kind: "firstHeader", attribute: attribute("request.headers", first.toLowerCase()) };
      }
      case "absent":
        return { kind: "absent", reason: binding.reason, inside: keys.length };
      case "words":
        return { kind: "words", attribute: attribute(binding.id, ...binding.keys) };
      case "spiffe":
      case "grpc":
      case "pathParameter":
      case "delegators":
      case "constant":
      case "fact":
        return binding;
    }
  }
  if (type.type === "object" && type.fields.size > 0) {
    const members = [...type.fields].map(([field, { type: below }]) =>
      makeReference(environment, [...path, field], below),
    );
    return { kind: "group", members };
  }
  return { kind: "fact", read: () => undefined, reason: `${displayPath(path)} is not part of a request` };
}

/** All headers, or all query parameters, as one value. */
function wholeMap(path: readonly string[], firstOnly: boolean): Source {
  return {
    kind: "fact",
    reason: `${displayPath(path)} as a whole is not one attribute`,
    read({ http }) {
      if (path.at(-1) === "query") return Object.fromEntries(queryParameters(http?.path));
      const names = [...new Set(Object.keys(http?.headers ?? {}).map((name) => name.toLowerCase()))];
      const values = names.map((name) => [name, headerValues(http?.headers, name) ?? []] as const);
      return Object.fromEntries(values.map(([name, all]) => [name, firstOnly ? (all[0] ?? "") : all]));
    },
  };
}

/** `onBehalfOf[0].id`: of the first delegator, which is the only one that a token names. */
export function delegatorReference(field: string): Reference {
  const path = `onBehalfOf[0].${field}`;
  const found = delegatorAttributes[field];
  const type = delegator.fields.get(field)?.type ?? { type: "dyn" };
  if (found === undefined) throw new Error(`${path} is no field of a delegator`);
  return {
    path,
    name: field,
    type,
    source: { kind: "attribute", attribute: found, inside: 0, delegated: true },
  };
}

/** `p`, `p.id` inside of a comprehension over `onBehalfOf` or over a list of objects. */
export function localReference(
  variable: string,
  keys: readonly string[],
  type: VariableType,
  overDelegators: boolean,
): Reference {
  const path = displayPath([variable, ...keys]);
  const found = overDelegators && keys.length === 1 ? delegatorAttributes[keys[0] ?? ""] : undefined;
  const source: Source = {
    kind: "local",
    name: variable,
    keys,
    ...(found !== undefined && { delegator: found }),
  };
  return { path, name: keys.at(-1) ?? variable, type, source };
}

export function displayPath(path: readonly string[]): string {
  return path
    .map((step, index) => {
      if (index === 0) return step;
      return /^[A-Za-z_][A-Za-z0-9_]*(?:\[0\])*$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
    })
    .join("");
}
