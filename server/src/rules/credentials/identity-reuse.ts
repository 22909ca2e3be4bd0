import type { Identity } from "../../policy/model.ts";
import { activeIdentities } from "../analysis/credentials.ts";
import { type Proof, proofs } from "../analysis/proofs.ts";
import { type LintContext, lintRule, type RuleFinding } from "../lint-rule.ts";

export const identityReuse = lintRule({
  id: "identity-reuse",
  category: "credentials",
  traffic: ["api", "service", "ai", "event"],
  controls: ["OWASP-NHI-2025:NHI9", "NIST-CSF-2.0:PR.AA-01", "NIST-CSF-2.0:PR.AA-02"],
  fixable: false,
  check,
});

/** A caller is proven by any one of its proofs, so that one which two share makes them one. */
function check({ environments, today }: LintContext): readonly RuleFinding[] {
  return environments.flatMap(({ environment, set }) => {
    const first = new Map<string, { readonly identity: Identity; readonly proof: Proof }>();
    return activeIdentities(set, today).flatMap((identity) => {
      const shared: RuleFinding[] = [];
      for (const proof of proofs(identity, environment)) {
        const before = first.get(proof.key);
        if (before === undefined) first.set(proof.key, { identity, proof });
        else if (proof.isSecret === true && isSameClient(before.identity, identity)) continue;
        else if (before.identity !== identity && shared.length === 0)
          shared.push({ ...finding(identity, proof, before), environment: environment.name });
      }
      return shared;
    });
  });
}

function isSameClient(left: Identity, right: Identity): boolean {
  return (
    left.clientId !== undefined &&
    left.clientId.text === right.clientId?.text &&
    left.issuer?.text === right.issuer?.text
  );
}

function finding(
  { name }: Identity,
  { words, place }: Proof,
  { identity: other, proof }: { readonly identity: Identity; readonly proof: Proof },
): RuleFinding {
  return {
    place,
    message: `${name} and ${other.name} are both proven by ${words}: whoever is one is the other too, so what rules allow either both can do, and an audit cannot tell them apart. Give each its own, or make them one identity.`,
    related: [{ place: proof.place, message: `${other.name} has the same.` }],
    data: { identities: [other.name, name] },
  };
}
