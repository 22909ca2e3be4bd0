/** Reading a sample request in one of its users' own forms into an interaction. */
import type { Interaction, Json } from "../../access/interaction.ts";
import { trafficOf } from "../../deployed/binding.ts";
import { duplicateKeys } from "../../json/duplicate-keys.ts";
import type { Environment, PolicySet, Resource } from "../../policy/model.ts";

/** What the request itself says; who calls, and with what credential, comes from elsewhere. */
export type RequestPart = Omit<Interaction, "environment">;

/** What stands beside the request in a scenario, where the form itself cannot say it. */
export interface Beside {
  readonly resource?: string;
  readonly server?: string;
  readonly provider?: string;
  readonly operation?: "publish" | "consume";
  readonly topic?: string;
}

export interface FormContext {
  readonly set: PolicySet;
  readonly beside: Beside;
  /** Where the form itself may say who calls (an AuthZEN subject): the environment that gives them credentials. */
  readonly environment?: Environment;
}

/** A request that is not of its form; the message says what is missing or wrong, by the form's own names. */
export class RequestError extends Error {}

export type Fields = { readonly [key: string]: Json };

export function isFields(value: Json | undefined): value is Fields {
  return value !== undefined && value !== null && typeof value === "object" && !Array.isArray(value);
}

export function fields(value: Json | undefined, what: string): Fields {
  if (isFields(value)) return value;
  throw new RequestError(`${what} must be an object`);
}

/** Only what the object itself has: `constructor` is no field of a request. Null is absent. */
export function field(from: Fields, name: string): Json | undefined {
  const value = Object.hasOwn(from, name) ? from[name] : undefined;
  return value === null ? undefined : value;
}

export function fieldsField(from: Fields, name: string, what = name): Fields | undefined {
  const value = field(from, name);
  return value === undefined ? undefined : fields(value, what);
}

export function textField(from: Fields, name: string, what = name): string | undefined {
  const value = field(from, name);
  if (value === undefined || typeof value === "string") return value;
  throw new RequestError(`${what} must be a string`);
}

export function requiredText(from: Fields, name: string, what: string): string {
  const value = textField(from, name);
  if (value === undefined) throw new RequestError(`${what} needs ${name}`);
  return value;
}

export function textsField(from: Fields, name: string, what = name): readonly string[] | undefined {
  const value = field(from, name);
  if (value === undefined) return undefined;
  if (Array.isArray(value) && value.every((one): one is string => typeof one === "string")) return value;
  throw new RequestError(`${what} must be a list of strings`);
}

export type Headers = { readonly [name: string]: readonly string[] };

/** Headers with lower-case names and lists of values, from an object of values or lists. */
export function headersOf(value: Json | undefined, what = "headers"): Headers | undefined {
  if (value === undefined || value === null) return undefined;
  const pairs = Object.entries(fields(value, what)).flatMap(([name, given]) =>
    (Array.isArray(given) ? (given as readonly Json[]) : [given]).map(
      (one) => [name, headerValue(one, `${what}.${name}`)] as const,
    ),
  );
  return headersFrom(pairs);
}

/** In a map, since a header may have any name: `__proto__`, `constructor`. */
export function headersFrom(pairs: Iterable<readonly [name: string, value: string]>): Headers {
  const headers = new Map<string, string[]>();
  for (const [name, value] of pairs) {
    const key = name.toLowerCase();
    const values = headers.get(key);
    if (values === undefined) headers.set(key, [value]);
    else values.push(value);
  }
  return Object.fromEntries(headers);
}

function headerValue(value: Json, what: string): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  throw new RequestError(`${what} must be a string, or a list of strings`);
}

/**
 * Headers as decisions see them, undefined where none is left: without the pseudo-headers of HTTP/2, which say again
 * what other fields say, and without the credential, which is a secret and proves nothing until it is verified.
 */
export function plainHeaders(headers: Headers | undefined): Headers | undefined {
  const plain = Object.entries(headers ?? {}).filter(
    ([name]) => !name.startsWith(":") && name !== "host" && name !== "authorization",
  );
  return plain.length === 0 ? undefined : Object.fromEntries(plain);
}

/** How deep a body may nest: as in files. */
const maxDepth = 200;

/**
 * JSON where it is JSON, else text. Readers differ in which of two equal keys counts, so that a body that has them is
 * invalid (design, section 3).
 */
export function bodyOf(text: string): Json {
  const value = parsed(text);
  if (value === undefined) return text;
  const [twice] = duplicateKeys(text);
  if (twice !== undefined)
    throw new RequestError(
      `the key "${twice.key}" stands twice in the body, so that readers differ in its value`,
    );
  if (isDeeperThan(value, maxDepth))
    throw new RequestError(`the body nests more than ${maxDepth} objects and lists`);
  return value;
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    // Not every body is JSON; as text it is still a body, and conditions on its fields are then errors.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Without recursion, since it is about what is too deep for it. */
function isDeeperThan(value: Json, limit: number): boolean {
  let level: readonly Json[] = [value];
  for (let depth = 0; depth <= limit; depth++) {
    level = level.flatMap((one) => (typeof one === "object" && one !== null ? Object.values(one) : []));
    if (level.length === 0) return false;
  }
  return true;
}

export function destination(resource: string | undefined): Pick<Interaction, "destination"> {
  return resource === undefined ? {} : { destination: { resource } };
}

/** The kind of traffic to a resource; without one that is declared, to an API that is told by its host. */
export function trafficTo(resource: Resource | undefined): Interaction["traffic"] {
  return resource === undefined ? "api" : trafficOf(resource);
}

/** Only the properties that are there: absent means absent. */
export function given<T extends object>(properties: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
