/**
 * The keys that lead to a claim by the name that an inventory gives it: `realm_access.roles` is nested, while a
 * collision-resistant name (RFC 7519, 4.2), `https://acme.example/groups`, is one key, dots and all.
 */
export function claimKeys(name: string): readonly string[] {
  return /[:/]/.test(name) ? [name] : name.split(".");
}

/**
 * The boolean or number that an inventory means besides the text: `banned: true` is proven by the JSON value true as
 * well as by "true". Issuers send both, and a deny that missed one of them would fail open.
 */
export function claimScalar(value: string): boolean | number | undefined {
  if (value === "true" || value === "false") return value === "true";
  const number = Number(value);
  return value !== "" && Number.isFinite(number) && String(number) === value ? number : undefined;
}
