import type { Place } from "../text/place.ts";
import type { Attribute } from "./attribute.ts";
import type { TextPattern } from "./text-pattern.ts";

export type JsonType = "text" | "number" | "boolean" | "list" | "map" | "null";

/**
 * A test of one attribute. An absent attribute passes none of them, so that the negation of a test holds for
 * absent values: `absent` is a value like any other. A test implies the type that it speaks of.
 */
export type Test =
  | { readonly test: "present" }
  | { readonly test: "type"; readonly type: JsonType }
  | { readonly test: "text"; readonly pattern: TextPattern }
  | { readonly test: "boolean"; readonly value: boolean }
  /** Bounds are inclusive unless marked open; a missing one is infinite. `integer` asks for a whole number. */
  | {
      readonly test: "range";
      readonly min?: number;
      readonly minOpen?: true;
      readonly max?: number;
      readonly maxOpen?: true;
      readonly integer?: true;
    }
  /** IPv4 or IPv6 network, `address/bits`. */
  | { readonly test: "cidr"; readonly network: string }
  /** The value is a list and a member (a string) matches; with `scalar` also a scalar string that matches. */
  | { readonly test: "member"; readonly pattern: TextPattern; readonly scalar?: true }
  /** Only on attributes of sort `opaque`. */
  | { readonly test: "opaque"; readonly value: "true" | "false" | "error" };

export interface Literal {
  readonly attribute: Attribute;
  readonly test: Test;
  readonly negated: boolean;
}

/** Where a term comes from: a rule, a deployed line. */
export interface Origin {
  /** As the user knows it: `payments/staff-read-payments`, `ai/payments-mcp-allow rule 1`. */
  readonly label: string;
  readonly place?: Place;
}

/** A conjunction. No literals: always true. `origins` are all that take part in it (after hops were joined: several). */
export interface Term {
  readonly literals: readonly Literal[];
  readonly origins: readonly Origin[];
}

/** A disjunction of conjunctions. Empty: never true. */
export type Terms = readonly Term[];

/**
 * What cannot be expressed as a predicate: a free three-valued attribute of its own. Its id is engine dialect + hop
 * view + normalised text + external target, so that the same thing on both sides is the same atom.
 */
export interface OpaqueAtom {
  readonly attribute: Attribute;
  /** What it is and why it is not decided, for people. */
  readonly text: string;
  readonly reason: string;
  readonly place?: Place;
}

/** Allowed iff some allow-term holds and no deny-term does. Order disciplines are resolved by whoever lowers. */
export interface AccessFunction {
  readonly allow: Terms;
  readonly deny: Terms;
  /** Every opaque atom that stands in a term. */
  readonly opaque: readonly OpaqueAtom[];
}

/** A condition as a partition: exactly one of the three holds on every interaction. */
export interface Partition {
  readonly true: Terms;
  readonly false: Terms;
  readonly error: Terms;
  readonly opaque: readonly OpaqueAtom[];
}

export const holds = (attribute: Attribute, test: Test): Literal => ({ attribute, test, negated: false });
export const fails = (attribute: Attribute, test: Test): Literal => ({ attribute, test, negated: true });
export const term = (origins: readonly Origin[], ...literals: readonly Literal[]): Term => ({
  literals,
  origins,
});
