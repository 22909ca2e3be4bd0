import { always, and, type Dnf, never, not, or } from "./dnf.ts";
import type { Subject } from "./subject.ts";

/** A condition, or a part of it, as what makes it true, false and an error: exactly one holds on every interaction. */
export interface Three {
  readonly true: Dnf;
  readonly false: Dnf;
  readonly error: Dnf;
}

/** Where `readable` holds, the value decides; else it is an error. */
export function decide(readable: Dnf, value: Dnf, subject?: Subject): Three {
  return {
    true: subject?.derived ? value : and(readable, value),
    false: and(readable, not(value)),
    error: not(readable),
  };
}

export function negation(parts: Three): Three {
  return { true: parts.false, false: parts.true, error: parts.error };
}

/** CEL's `&&`: false on either side wins over an error on the other. */
export function conjunction(a: Three, b: Three): Three {
  return {
    true: and(a.true, b.true),
    false: or(a.false, b.false),
    error: or(and(a.error, b.error), and(a.error, b.true), and(a.true, b.error)),
  };
}

export function constantParts(constant: { readonly value: unknown } | { readonly error: true }): Three {
  const value = "value" in constant ? constant.value : undefined;
  return {
    true: value === true ? always : never,
    false: value === false ? always : never,
    error: typeof value === "boolean" ? never : always,
  };
}
