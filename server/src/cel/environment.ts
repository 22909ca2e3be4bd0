import { catalogue } from "../access/catalogue.ts";
import type { Json } from "../access/interaction.ts";
import { agentgatewayBindings, type Binding, type Bindings, plumblineBindings } from "./binding.ts";
import type { ObjectType, Variable, VariableType } from "./condition.ts";
import { jsonSchemasType, jsonSchemaType } from "./json-schema.ts";
import type { OperationParameters } from "./operation-parameters.ts";
import { agentgatewayVariables, object, standardVariables } from "./standard-variables.ts";

export type Dialect = "plumbline" | "agentgateway";

/** Who owns the fields below a path, for messages: "Tool payments-tools/refund has no argument ...". */
export interface Owner {
  readonly path: string;
  readonly label: string;
  readonly isPlural?: true;
  readonly noun: string;
  /** A sentence: "Arguments come from specs/payments.tools.json." */
  readonly origin?: string;
}

/** The variables that a condition may read, with their types, and what each is in the interaction. Immutable. */
export class CelEnvironment {
  constructor(
    readonly dialect: Dialect,
    readonly variables: ObjectType,
    readonly bindings: Bindings,
    readonly owners: readonly Owner[] = [],
    /** Why variables that begin with a name are never there, in whole sentences. */
    readonly elsewhere: ReadonlyMap<string, string> = new Map(),
  ) {}

  /**
   * With the arguments of these tools typed by their input schemas. Of several tools, a field that all have with the
   * same type keeps it, one that only some have is optional, and one with conflicting types is `dyn`.
   */
  withToolArguments(
    tools: readonly { readonly name: string; readonly schema: Json | undefined }[],
    origin?: string,
  ): CelEnvironment {
    if (tools.length === 0) return this;
    const type = jsonSchemasType(tools.map((tool) => tool.schema));
    const names = tools.map((tool) => tool.name);
    return this.#with("mcp.tool.arguments", type, {
      label: names.length === 1 ? `Tool ${names[0]}` : `The tools ${few(names)}`,
      ...(names.length > 1 && { isPlural: true }),
      noun: "argument",
      ...(origin !== undefined && { origin: `Arguments come from ${origin}.` }),
    });
  }

  /** With the JSON body typed by the schema of an operation. */
  withBody(operations: readonly string[], schema: Json | undefined, origin?: string): CelEnvironment {
    return this.#with("request.body", jsonSchemaType(schema), {
      label: `The body of ${few(operations)}`,
      noun: "field",
      ...(origin !== undefined && { origin: `It is described in ${origin}.` }),
    });
  }

  /** With the parameters of these operations: names, and the texts that their schemas list. */
  withParameters(
    operations: readonly string[],
    parameters: OperationParameters,
    origin?: string,
  ): CelEnvironment {
    const described = origin === undefined ? [] : [`Parameters are described in ${origin}.`];
    const owner = (noun: string, sentences: readonly string[]) => ({
      label: few(operations),
      noun,
      ...(operations.length > 1 && { isPlural: true as const }),
      ...(sentences.length > 0 && { origin: sentences.join(" ") }),
    });
    const ofPath = parameters.unread === undefined ? described : [...described, parameters.unread];
    return this.#with("request.query", parameters.query, owner("query parameter", described))
      .#with("request.headers", parameters.headers, owner("header", described))
      .#withPathParameters(parameters, owner("path parameter", ofPath));
  }

  #withPathParameters({ path, templates }: OperationParameters, owner: Omit<Owner, "path">): CelEnvironment {
    const variable = "request.pathParameters";
    let made = this.#with(variable, path, owner);
    for (const [name, ofName] of templates)
      made = made.#bind(`${variable}.${name}`, { kind: "pathParameter", templates: ofName });
    return made;
  }

  /** With a variable that is always this text, as an engine knows it of the place where it evaluates. */
  withConstant(path: string, value: string): CelEnvironment {
    return this.#bind(path, { kind: "constant", value });
  }

  /** With a variable that is never there. `reason` is a clause: "agentgateway authorises before ...". */
  withAbsent(path: string, reason: string): CelEnvironment {
    return this.#bind(path, { kind: "absent", reason });
  }

  /** With variables that only other traffic has: to read one that begins with the name is a finding. */
  withElsewhere(elsewhere: ReadonlyMap<string, string>): CelEnvironment {
    return new CelEnvironment(this.dialect, this.variables, this.bindings, this.owners, elsewhere);
  }

  #bind(path: string, binding: Binding): CelEnvironment {
    return new CelEnvironment(
      this.dialect,
      this.variables,
      new Map(this.bindings).set(path, binding),
      this.owners,
      this.elsewhere,
    );
  }

  #with(path: string, type: VariableType, owner: Omit<Owner, "path">): CelEnvironment {
    return new CelEnvironment(
      this.dialect,
      setType(this.variables, path.split("."), type),
      this.bindings,
      [...this.owners.filter((one) => one.path !== path), { path, ...owner }],
      this.elsewhere,
    );
  }

  /** Every variable with its type and description, for completion, hover and documentation. */
  list(): readonly Variable[] {
    return listVariables(this, this.variables, "");
  }
}

/** The environment of conditions in policies. */
export function plumblineEnvironment(): CelEnvironment {
  return new CelEnvironment("plumbline", standardVariables(), plumblineBindings);
}

/** The environment of agentgateway's authorisation rules; `target` is the MCP target it evaluates for, where known. */
export function agentgatewayEnvironment(target?: string): CelEnvironment {
  const environment = new CelEnvironment("agentgateway", agentgatewayVariables(), agentgatewayBindings);
  if (target === undefined) return environment;
  return environment
    .withConstant("mcp.tool.target", target)
    .withConstant("mcp.prompt.target", target)
    .withConstant("mcp.resource.target", target);
}

function few(names: readonly string[]): string {
  const most = 5;
  return names.slice(0, most).join(", ") + (names.length > most ? ` and ${names.length - most} more` : "");
}

function setType(at: ObjectType, path: readonly string[], type: VariableType): ObjectType {
  const [name, ...rest] = path;
  if (name === undefined) return at;
  const field = at.fields.get(name);
  const below = field?.type.type === "object" ? field.type : object({});
  const changed = rest.length === 0 ? type : setType(below, rest, type);
  return {
    ...at,
    fields: new Map(at.fields).set(name, { type: changed, required: field?.required ?? false }),
  };
}

function listVariables(environment: CelEnvironment, at: ObjectType, prefix: string): readonly Variable[] {
  return [...at.fields].flatMap(([name, field]): readonly Variable[] => {
    const path = prefix === "" ? name : `${prefix}.${name}`;
    const binding = environment.bindings.get(path);
    const id = binding?.kind === "attribute" ? binding.id : path;
    const origin = environment.owners.find((owner) => path.startsWith(owner.path))?.origin;
    const isKeyOf = ["request.query", "request.headers"].find((one) => path.startsWith(`${one}.`));
    const variable: Variable = {
      path,
      type: field.type,
      description:
        catalogue.get(isKeyOf ?? id)?.description ?? (binding === undefined ? "" : describe(binding)),
      ...(origin !== undefined && { origin }),
    };
    return field.type.type === "object"
      ? [variable, ...listVariables(environment, field.type, path)]
      : [variable];
  });
}

function describe(binding: Binding): string {
  switch (binding.kind) {
    case "spiffe":
      return `The ${{ trustDomain: "trust domain", namespace: "namespace", serviceAccount: "service account" }[binding.part]} of the SPIFFE ID.`;
    case "grpc":
      return `The gRPC ${binding.part}.`;
    case "pathParameter":
      return "A parameter of the operation's path, as it stands in the path: it is not decoded.";
    case "words":
      return `The ${binding.keys.at(-1)} of the token, one by one: a text is split at its spaces.`;
    case "delegators":
      return "Whom the caller acts for: the subject of its token, where that has an act claim.";
    case "firstHeader":
      return "The first value of a request header.";
    case "constant":
      return `Always "${binding.value}" here.`;
    case "absent":
      return `Never there: ${binding.reason}.`;
    case "fact":
      return `Known in a simulation only: ${binding.reason}.`;
    case "attribute":
      return "";
  }
}
