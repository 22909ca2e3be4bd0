/** Reading a sample request in one of its users' own forms into an interaction. */
import type { Interaction, Json } from "../../access/interaction.ts";
import type { PolicySet } from "../../policy/model.ts";

/** What the request itself says; who calls, and with what credential, comes from elsewhere. */
export type RequestPart = Omit<Interaction, "environment" | "time">;

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
}

/** A request that is not of its form; the message says what is missing or wrong, by the form's own names. */
export class RequestError extends Error {}

export type Fields = { readonly [key: string]: Json };

export function isFields(value: Json | undefined): value is Fields {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

export function fields(value: Json | undefined, what: string): Fields {
  if (isFields(value)) return value;
  throw new RequestError(`${what} must be an object`);
}

export function textField(from: Fields, name: string): string | undefined {
  const value = Object.hasOwn(from, name) ? from[name] : undefined;
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string") return value;
  throw new RequestError(`${name} must be a string`);
}

export function requiredText(from: Fields, name: string, what: string): string {
  const value = textField(from, name);
  if (value === undefined) throw new RequestError(`${what} needs ${name}`);
  return value;
}

/** Headers with lower-case names and lists of values, from an object of values or lists. */
export function headersOf(
  value: Json | undefined,
): { readonly [name: string]: readonly string[] } | undefined {
  if (value === undefined) return undefined;
  const headers: Record<string, readonly string[]> = {};
  for (const [name, given] of Object.entries(fields(value, "headers"))) {
    const values = Array.isArray(given) ? given : [given];
    headers[name.toLowerCase()] = [
      ...(headers[name.toLowerCase()] ?? []),
      ...values.map((one) => String(one)),
    ];
  }
  return headers;
}

export function destination(resource: string | undefined): Pick<Interaction, "destination"> {
  return resource === undefined ? {} : { destination: { resource } };
}

/** Only the properties that are there: absent means absent. */
export function given<T extends object>(properties: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
