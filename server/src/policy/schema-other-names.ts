/**
 * What properties are called in the formats of others, where no likeness of letters tells which is meant. A name counts
 * only where the object can have the property and does not have it yet.
 */
const otherNames: Readonly<Record<string, readonly string[]>> = {
  // Accepted findings, as other linters and scanners write them.
  rule: ["code"],
  finding: ["code"],
  check: ["code"],
  until: ["expires"],
  expiry: ["expires"],
  expiresAt: ["expires"],
  expiration: ["expires"],
  because: ["reason"],
  why: ["reason"],
  justification: ["reason"],
  approver: ["approvedBy"],
  // Rules: Cedar, XACML, Istio, IAM.
  principal: ["subjects"],
  principals: ["subjects"],
  action: ["effect", "operations"],
  actions: ["operations"],
  methods: ["operations"],
  when: ["condition"],
  if: ["condition"],
  expression: ["condition"],
  targets: ["on"],
  // Identities and credentials.
  ttl: ["maxTtl"],
  lifetime: ["maxTtl"],
  spiffe: ["spiffeId"],
  client_id: ["clientId"],
  contact: ["owner"],
  team: ["owner"],
  // Issuers and secret managers.
  issuer: ["url"],
  audience: ["audiences"],
  jwks_uri: ["jwksUri"],
};

/** The one of `free` that is meant by a name of another format. */
export function byOtherName(name: string, free: readonly string[]): string | undefined {
  return Object.hasOwn(otherNames, name) ? otherNames[name]?.find((one) => free.includes(one)) : undefined;
}
