/**
 * One value of one attribute, as a witness states it. Paths and IP addresses are `text`. A `list` says its string
 * members; an empty one is an empty list (of an attribute of sort `any`, a list without strings behaves the same).
 */
export type AttributeValue =
  | { readonly kind: "absent" }
  | { readonly kind: "null" }
  | { readonly kind: "text"; readonly value: string }
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "boolean"; readonly value: boolean }
  | { readonly kind: "list"; readonly members: readonly string[] }
  | { readonly kind: "map" }
  /** The value that a witness gives to an opaque atom: never absent. */
  | { readonly kind: "opaque"; readonly value: "true" | "false" | "error" };
