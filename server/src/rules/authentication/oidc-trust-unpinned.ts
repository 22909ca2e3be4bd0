import type { Attribute } from "../../access/attribute.ts";
import type { Identity, Issuer, PolicySet, Rule } from "../../policy/model.ts";
import type { Fix } from "../../text/fix.ts";
import { at, child, texts } from "../../text/tree.ts";
import { activeIdentities, credentialNode } from "../analysis/credentials.ts";
import { enforcedAllows } from "../analysis/grants.ts";
import { type SharedIssuer, sharedIssuer } from "../analysis/shared-issuers.ts";
import { type LintContext, lintRule, type RuleFinding } from "../lint-rule.ts";
import { inWords, shortList } from "../words.ts";

export const oidcTrustUnpinned = lintRule({
  id: "oidc-trust-unpinned",
  category: "authentication",
  traffic: ["api", "service", "ai"],
  controls: [
    "OWASP-NHI-2025:NHI4",
    "OWASP-NHI-2025:NHI3",
    "OWASP-NHI-2025:NHI6",
    "NIST-CSF-2.0:PR.AA-03",
    "NIST-CSF-2.0:PR.AA-04",
  ],
  fixable: true,
  letsThrough: "active",
  check,
});

const mostNamed = 4;

/** Of an issuer whose tokens are not said to be made for us, and of one that makes them for others than us. */
function check(context: LintContext): readonly RuleFinding[] {
  return [...withoutAudience(context), ...withoutSubject(context)];
}

/**
 * An issuer that no allow rule depends on lets nobody in, so that nothing is wrong yet. A rule whose condition asks for
 * the audience itself takes only tokens that are made for us.
 */
function withoutAudience({ set, today }: LintContext): readonly RuleFinding[] {
  const active = activeIdentities(set, today);
  const allows = enforcedAllows(set).filter((rule) => !asksFor(rule, ({ id }) => id === "jwt.aud"));
  return [...set.controlPlane.issuers.values()].flatMap((issuer) => {
    if (issuer.audiences.length > 0) return [];
    const known = new Map(
      active.filter((one) => one.issuer?.text === issuer.name).map((one) => [one.name, one]),
    );
    const used = allows.flatMap((rule) => usedBy(rule, known).map((identity) => ({ rule, identity })));
    return used.length === 0 ? [] : [finding(issuer, used, set)];
  });
}

/** Where many tenants share an issuer, its other claims say what a token is for, and not whose it is. */
function withoutSubject({ set, today }: LintContext): readonly RuleFinding[] {
  const allows = enforcedAllows(set);
  return activeIdentities(set, today).flatMap((identity) => {
    const { name, claims, clientId } = identity;
    const issuer = set.controlPlane.issuers.get(identity.issuer?.text ?? "");
    const shared = issuer === undefined ? undefined : sharedIssuer(issuer.url);
    if (issuer === undefined || shared === undefined || clientId !== undefined) return [];
    if (shared.pins.some((claim) => claims.has(claim))) return [];
    const isPin = ({ id, keys }: Attribute): boolean =>
      id === "jwt.sub" || (id === "jwt.claims" && shared.pins.includes(keys.join(".")));
    const known = new Map([[name, identity]]);
    const rules = allows.filter((rule) => usedBy(rule, known).length > 0 && !asksFor(rule, isPin));
    return rules.length === 0 ? [] : [anybodys(identity, issuer, shared, rules)];
  });
}

function anybodys(
  { name, place, claims, node }: Identity,
  issuer: Issuer,
  { product, tenants, pins }: SharedIssuer,
  rules: readonly Rule[],
): RuleFinding {
  const asked = [...claims.keys()].map((claim) => `\`${claim}\``);
  const which = asked.length === 0 ? "any token" : `tokens with ${inWords(asked)}`;
  const advised = pins.slice(0, 3).map((claim) => `\`${claim}\``);
  return {
    place: (at(node, "claims") ?? at(node, "issuer"))?.place ?? place,
    message: `${name} is proven by ${which} of ${issuer.name}, and ${product} makes ${asked.length === 0 ? "them" : "such tokens"} for ${tenants}: none of the claims says whose it is, so that a stranger's passes. Pin it in \`claims\` by ${inWords(advised, "or")}.`,
    related: [
      { place: issuer.place, message: `${issuer.name} is ${issuer.url}, which many share.` },
      ...rules.slice(0, mostNamed).map((rule) => ({
        place: rule.name.place,
        message: `${rule.id} allows requests of ${name}.`,
      })),
    ],
    data: { issuer: issuer.name, identities: [name] },
  };
}

/** Whether whatever makes the condition true has such an attribute with a value that the condition names. */
function asksFor({ condition }: Rule, isMeant: (attribute: Attribute) => boolean): boolean {
  return (
    condition?.compiled.partition.true.every(({ literals }) =>
      literals.some(
        ({ attribute, test, negated }) =>
          isMeant(attribute) && !negated && (test.test === "member" || test.test === "text"),
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
