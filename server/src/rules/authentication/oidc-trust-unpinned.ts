import type { Identity, Issuer, PolicySet, Rule } from "../../policy/model.ts";
import type { Fix } from "../../text/fix.ts";
import { child, texts } from "../../text/tree.ts";
import { activeIdentities, credentialNode } from "../analysis/credentials.ts";
import { enforcedAllows } from "../analysis/grants.ts";
import { type LintContext, lintRule, type RuleFinding } from "../lint-rule.ts";
import { shortList } from "../words.ts";

export const oidcTrustUnpinned = lintRule({
  id: "oidc-trust-unpinned",
  category: "authentication",
  traffic: ["api", "service", "ai"],
  controls: ["OWASP-NHI-2025:NHI4", "OWASP-NHI-2025:NHI3", "NIST-CSF-2.0:PR.AA-03", "NIST-CSF-2.0:PR.AA-04"],
  fixable: true,
  check,
});

const mostNamed = 4;

/**
 * An issuer that no allow rule depends on lets nobody in, so that nothing is wrong yet. A rule whose condition asks for
 * the audience itself takes only tokens that are made for us.
 */
function check({ set, today }: LintContext): readonly RuleFinding[] {
  const active = activeIdentities(set, today);
  const allows = enforcedAllows(set).filter((rule) => !asksForAudience(rule));
  return [...set.controlPlane.issuers.values()].flatMap((issuer) => {
    if (issuer.audiences.length > 0) return [];
    const known = new Map(
      active.filter((one) => one.issuer?.text === issuer.name).map((one) => [one.name, one]),
    );
    const used = allows.flatMap((rule) => usedBy(rule, known).map((identity) => ({ rule, identity })));
    return used.length === 0 ? [] : [finding(issuer, used, set)];
  });
}

/** Whatever makes the condition true has an audience that it names. */
function asksForAudience({ condition }: Rule): boolean {
  return (
    condition?.compiled.partition.true.every(({ literals }) =>
      literals.some(
        ({ attribute, test, negated }) =>
          attribute.id === "jwt.aud" && !negated && (test.test === "member" || test.test === "text"),
      ),
    ) === true
  );
}

function usedBy(rule: Rule, known: ReadonlyMap<string, Identity>): readonly Identity[] {
  return [...(rule.subjects ?? []), ...(rule.onBehalfOf ?? [])].flatMap(({ text }) => known.get(text) ?? []);
}

function finding(
  issuer: Issuer,
  used: readonly { readonly rule: Rule; readonly identity: Identity }[],
  set: PolicySet,
): RuleFinding {
  const names = [...new Set(used.map(({ identity }) => identity.name))];
  const rules = [...new Set(used.map(({ rule }) => rule))];
  return {
    place: issuer.place,
    message: `${issuer.name} has no \`audiences\`, so that a token which it made for any other service proves ${shortList(names, mostNamed, "or")} here: whoever receives such a token can use it against us. Say in \`audiences\` which tokens are made for us.`,
    related: rules.slice(0, mostNamed).map((rule) => ({
      place: rule.name.place,
      message: `${rule.id} allows requests with tokens of ${issuer.name}.`,
    })),
    data: { issuer: issuer.name, identities: names },
    fixes: fixesOf(issuer, set),
  };
}

/** What credentials of this issuer are made for is the only audience that the files know of. */
function fixesOf({ name, node }: Issuer, set: PolicySet): readonly Fix[] {
  const audiences = [...set.identities.values()]
    .filter((one) => (one.credential?.issuer ?? one.issuer?.text) === name)
    .flatMap((one) => texts(child(credentialNode(one), "audiences")));
  const [only, ...others] = new Set(audiences);
  if (node === undefined || only === undefined || others.length > 0) return [];
  return [
    {
      title: `Accept tokens of ${name} for ${only} only`,
      isSafe: false,
      edits: [{ edit: "set-property", map: node, key: "audiences", value: [only] }],
    },
  ];
}
