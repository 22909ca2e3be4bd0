/** The neutral form of a request (design, section 7), read field by field. */
import type { Interaction, Json, Principal } from "../../access/interaction.ts";
import { durationSeconds, epochSeconds } from "../../access/units.ts";
import { didYouMean } from "../../text/did-you-mean.ts";
import { exchangedToken } from "../credentials.ts";
import {
  type Fields,
  type FormContext,
  field,
  fields,
  given,
  headersOf,
  RequestError,
  type RequestPart,
  textField,
  textsField,
} from "./reading.ts";

const traffics = ["api", "service", "ai", "event"] as const;

const known = [
  "traffic",
  "transport",
  "environment",
  "source",
  "client",
  "jwt",
  "onBehalfOf",
  "credential",
  "destination",
  "http",
  "grpc",
  "mcp",
  "llm",
  "event",
  "time",
];

/**
 * An interaction as witnesses and logs have it. `onBehalfOf` without a token gets the token that an issuer would have
 * exchanged for it (ARCHITECTURE, "Delegation").
 */
export function readInteraction(form: Fields, context: FormContext): RequestPart {
  for (const name of Object.keys(form)) {
    const meant = known.includes(name) ? undefined : didYouMean(name, known);
    if (meant !== undefined)
      throw new RequestError(`"${name}" is no field of an interaction; did you mean "${meant}"?`);
  }
  const top = new Reader(form, "");
  const read: RequestPart = {
    traffic: top.required("traffic", top.oneOf("traffic", traffics)),
    ...given({
      transport: top.oneOf("transport", ["http", "tcp"]),
      source: top.inside("source", (at) => ({ principal: at.text("principal"), ip: at.text("ip") })),
      client: top.inside("client", (at) => ({
        method: at.text("method"),
        id: at.text("id"),
        groups: at.texts("groups"),
      })),
      jwt: top.inside("jwt", token),
      onBehalfOf: top.list("onBehalfOf", principal),
      credential: top.inside("credential", credential),
      destination: top.inside("destination", (at) => ({
        resource: at.text("resource"),
        port: at.integer("port", 1, 65_535),
        sni: at.text("sni"),
      })),
      http: top.inside("http", (at) => ({
        method: at.text("method"),
        host: at.text("host"),
        path: at.text("path"),
        headers: headersOf(at.any("headers"), "http.headers"),
        body: at.any("body"),
      })),
      grpc: top.inside("grpc", (at) => ({
        service: at.required("service", at.text("service")),
        method: at.required("method", at.text("method")),
      })),
      mcp: top.inside("mcp", mcp),
      llm: top.inside("llm", (at) => ({
        provider: at.text("provider"),
        model: at.text("model"),
        maxTokens: at.integer("maxTokens", 0, Number.MAX_SAFE_INTEGER),
      })),
      event: top.inside("event", (at) => ({
        type: at.text("type"),
        source: at.text("source"),
        topic: at.text("topic"),
        operation: at.oneOf("operation", ["publish", "consume"]),
      })),
      time: top.measured("time", epochSeconds, "an RFC 3339 time such as 2026-01-15T09:00:00Z"),
    }),
  };
  top.text("environment");
  const actor = read.source?.principal ?? read.client?.id;
  if (read.jwt !== undefined || read.onBehalfOf === undefined || actor === undefined) return read;
  const { onBehalfOf, ...direct } = read;
  return { ...direct, ...given({ jwt: exchangedToken(onBehalfOf, actor, context.set) }) };
}

type Part<K extends keyof Interaction> = NonNullable<Interaction[K]>;

/** Of an object of optional parts, those that are there. */
type Loose<T> = { readonly [K in keyof T]: T[K] | undefined };

function token(at: Reader): Loose<Part<"jwt">> {
  const audience = at.any("aud");
  return {
    iss: at.text("iss"),
    sub: at.text("sub"),
    // One audience may stand alone (RFC 7519, 4.1.3).
    aud: typeof audience === "string" ? [audience] : at.texts("aud"),
    claims: at.object("claims"),
  };
}

function principal(at: Reader): Principal {
  return {
    id: at.required("id", at.text("id")),
    issuer: at.required("issuer", at.text("issuer")),
    ...given({ groups: at.texts("groups") }),
  };
}

function credential(at: Reader): Loose<Part<"credential">> {
  const duration = "a duration such as 90s, 15m or 1h";
  return {
    type: at.text("type"),
    ttl: at.measured("ttl", durationSeconds, duration),
    age: at.measured("age", durationSeconds, duration),
    boundTo: at.inside("boundTo", (bound) => ({
      kind: bound.required("kind", bound.text("kind")),
      id: bound.text("id"),
    })),
  };
}

function mcp(at: Reader): Loose<Part<"mcp">> & { readonly method: string } {
  return {
    server: at.text("server"),
    method: at.required("method", at.text("method")),
    tool: at.inside("tool", (tool) => ({
      name: tool.required("name", tool.text("name")),
      arguments: tool.object("arguments"),
    })),
    resource: at.inside("resource", (one) => ({ uri: one.required("uri", one.text("uri")) })),
    prompt: at.inside("prompt", (one) => ({ name: one.required("name", one.text("name")) })),
  };
}

/** What `given` leaves of an object: required parts stay required, optional ones are there or absent. */
type Present<T> = {
  [K in keyof T as undefined extends T[K] ? never : K]: T[K];
} & { [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined> };

/** Reads the fields of one object, each of which is of its type, absent, or an error that names it. */
class Reader {
  constructor(
    private readonly from: Fields,
    private readonly prefix: string,
  ) {}

  any(name: string): Json | undefined {
    return field(this.from, name);
  }

  text(name: string): string | undefined {
    return textField(this.from, name, this.#path(name));
  }

  texts(name: string): readonly string[] | undefined {
    return textsField(this.from, name, this.#path(name));
  }

  object(name: string): Fields | undefined {
    const value = this.any(name);
    return value === undefined ? undefined : fields(value, this.#path(name));
  }

  inside<T extends object>(name: string, read: (at: Reader) => T): Present<T> | undefined {
    const value = this.object(name);
    return value && (given(read(new Reader(value, this.#path(name)))) as Present<T>);
  }

  list<T>(name: string, read: (at: Reader) => T): readonly T[] | undefined {
    const value = this.any(name);
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) throw new RequestError(`${this.#path(name)} must be a list`);
    return (value as readonly Json[]).map((one, index) => {
      const path = `${this.#path(name)}[${index}]`;
      return read(new Reader(fields(one, path), path));
    });
  }

  integer(name: string, least: number, most: number): number | undefined {
    const value = this.any(name);
    if (value === undefined) return undefined;
    if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
    const range = most === Number.MAX_SAFE_INTEGER ? `from ${least}` : `from ${least} to ${most}`;
    throw new RequestError(`${this.#path(name)} must be a whole number ${range}`);
  }

  oneOf<T extends string>(name: string, values: readonly T[]): T | undefined {
    const value = this.any(name);
    const found = values.find((one) => one === value);
    if (value === undefined || found !== undefined) return found;
    throw new RequestError(`${this.#path(name)} must be one of ${values.join(", ")}`);
  }

  /** A text that stands for a quantity. */
  measured(name: string, measure: (text: string) => number | undefined, what: string): string | undefined {
    const value = this.text(name);
    if (value === undefined || measure(value) !== undefined) return value;
    throw new RequestError(`${this.#path(name)} is "${value}", not ${what}`);
  }

  required<T>(name: string, value: T | undefined): T {
    if (value !== undefined) return value;
    throw new RequestError(`${this.prefix === "" ? "an interaction" : this.prefix} needs ${name}`);
  }

  #path(name: string): string {
    return this.prefix === "" ? name : `${this.prefix}.${name}`;
  }
}
