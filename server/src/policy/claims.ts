/**
 * The keys that lead to a claim by the name that an inventory gives it: `realm_access.roles` is nested, while a
 * collision-resistant name (RFC 7519, 4.2), `https://acme.example/groups`, is one key, dots and all.
 */
export function claimKeys(name: string): readonly string[] {
  return /[:/]/.test(name) ? [name] : name.split(".");
}
