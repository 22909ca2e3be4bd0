export type SymbolKind =
  | "identity"
  | "resource"
  | "operation"
  | "tool"
  | "event-type"
  | "condition"
  | "policy"
  | "rule"
  | "scenario"
  | "enforcement-point"
  | "environment"
  | "issuer"
  | "trust-domain"
  | "secret-manager"
  | "variable";

/** Names are unique in their kind; those of operations, tools and event types in their resource, of conditions in their policy. */
export function symbolKey(kind: SymbolKind, name: string, container?: string): string {
  return container === undefined ? `${kind}:${name}` : `${kind}:${container}:${name}`;
}
