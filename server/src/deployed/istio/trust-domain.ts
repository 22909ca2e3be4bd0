/**
 * Trust domains in principals, as pilot/pkg/security/trustdomain/bundle.go has them: a principal of five segments
 * whose trust domain is the mesh's own, one of its aliases or the pointer `cluster.local` stands for all of them.
 */
export function withAliases(principal: string, trustDomains: readonly string[]): readonly string[] {
  const parts = principal.split("/");
  const [own = ""] = parts;
  if (parts.length !== 5 || own === "*") return [principal];
  const known = own === "cluster.local" || trustDomains.some((one) => sameDomain(own, one));
  if (!known) return [principal];
  const expanded = trustDomains.map((one) =>
    // `*-td` already covers `old-td`: such a principal stays as it is.
    own.startsWith("*") && one.endsWith(own.slice(1)) ? principal : [one, ...parts.slice(1)].join("/"),
  );
  return [...new Set(expanded)];
}

/** Equal, or one a prefix or suffix pattern for the other (trustdomain/util.go, stringMatch). */
function sameDomain(a: string, b: string): boolean {
  return a === b || b === "*" || covers(a, b) || covers(b, a);
}

function covers(pattern: string, text: string): boolean {
  return (
    (pattern.endsWith("*") && text.startsWith(pattern.slice(0, -1))) ||
    (pattern.startsWith("*") && text.endsWith(pattern.slice(1)))
  );
}

/** Values of `trustDomains`: only the mesh's own and its aliases are expanded (ExpandTrustDomainAliases). */
export function expandDomains(value: string, trustDomains: readonly string[]): readonly string[] {
  return trustDomains.includes(value) ? [...new Set(trustDomains)] : [value];
}
