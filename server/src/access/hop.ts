import type { Place } from "../text/place.ts";
import type { AccessFunction, Terms } from "./predicate.ts";

/** What becomes of one attribute on the way through a hop. */
export type Rewrite =
  | { readonly rewrite: "pass" }
  | { readonly rewrite: "absent" }
  | { readonly rewrite: "constant"; readonly value: string | number }
  /** Kong `strip_path`: takes `prefix` off, puts `add` (the service's path) before; the result starts with `/`. */
  | { readonly rewrite: "stripPrefix"; readonly prefix: string; readonly add: string }
  | { readonly rewrite: "unknown"; readonly reason: string };

/**
 * What the next hop sees. Keys are attribute ids, or families that end in `.*` (`jwt.*`, `mcp.*`, `credential.*`);
 * the exact id wins over the family, and what is not named passes.
 */
export interface Transfer {
  readonly rewrites: ReadonlyMap<string, Rewrite>;
}

/** One way through a hop, as a Kong route: requests of `guard` are decided by `access` and go on by `transfer`. */
export interface HopBranch {
  readonly label: string;
  readonly place?: Place;
  /** Guards of different branches of one hop are disjoint. */
  readonly guard: Terms;
  readonly access: AccessFunction;
  readonly transfer: Transfer;
  /** Where it goes: the upstream's host and port as configured. Undefined: to the destination itself. */
  readonly upstream?: { readonly host: string; readonly port?: number };
}

/** What deployed config of one hop does at one destination. A request in no branch is denied there. */
export interface LoweredHop {
  readonly branches: readonly HopBranch[];
  /** What could not be expressed, or not be known, with its place. Nothing is dropped silently. */
  readonly lost: readonly Lost[];
}

export interface Lost {
  readonly text: string;
  readonly reason: string;
  /** Its cause has a finding of its own already, so that in an editor it needs no second one. */
  readonly reported?: true;
  readonly place?: Place;
}

export const passAll: Transfer = { rewrites: new Map() };
