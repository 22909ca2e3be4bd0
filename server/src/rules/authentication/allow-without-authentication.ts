import type { Identity, PolicySet, Rule } from "../../policy/model.ts";
import type { Fix } from "../../text/fix.ts";
import { isSaidByEvent, provesCaller } from "../analysis/attribute-meanings.ts";
import { readsAttribute } from "../analysis/conditions.ts";
import { verdictsOf } from "../analysis/facts.ts";
import { enforcedAllows, groupBy, targetsOf } from "../analysis/grants.ts";
import { oddRules } from "../analysis/odd-rules.ts";
import { harmOf } from "../analysis/open-to-all.ts";
import { type LintContext, lintRule, type RuleFinding } from "../lint-rule.ts";
import { inWords, listed } from "../words.ts";

export const allowWithoutAuthentication = lintRule({
  id: "allow-without-authentication",
  category: "authentication",
  traffic: ["api", "service", "ai", "event"],
  controls: [
    "OWASP-NHI-2025:NHI4",
    "NIST-CSF-2.0:PR.AA-03",
    "NIST-CSF-2.0:PR.AA-05",
    "NIST-CSF-2.0:PR.IR-01",
  ],
  fixable: true,
  check,
});

function check(context: LintContext): readonly RuleFinding[] {
  const odd = oddRules(context);
  const rules = enforcedAllows(context.set).filter((rule) => !odd.has(rule));
  return [...rules.flatMap((rule) => openToAll(rule, context.set)), ...withoutProof(rules, context)];
}

/** Reading what nobody called sensitive may well be for everybody: that is what `anonymous: true` is there for. */
function openToAll(rule: Rule, set: PolicySet): readonly RuleFinding[] {
  const anonymous = rule.node.byKey.get("anonymous");
  if (!rule.anonymous || anonymous === undefined || rule.onBehalfOf !== undefined) return [];
  // A condition on a certificate, a token or a gateway's client is authentication, too, and so is a kind of credential.
  if (readsAttribute(rule, provesCaller) || rule.requires?.credentialTypes !== undefined) return [];
  const harms = targetsOf(rule, set)
    // Of events that are decided by what they say of themselves `event-without-identity-binding` speaks.
    .filter(({ resource }) => resource.type !== "event-channel" || !readsAttribute(rule, isSaidByEvent))
    .flatMap(({ target, resource }) => {
      const harm = harmOf(rule, target, resource);
      return harm === undefined ? [] : [{ harm, resource }];
    });
  if (harms.length === 0) return [];
  return [
    {
      place: anonymous.key.place,
      message: `${rule.id} asks nobody who they are: anybody who gets here may ${inWords([...new Set(harms.map((one) => one.harm))])}. Name in \`subjects\` who needs it; where it is meant for all, say why in a \`plumbline-ignore\` comment.`,
      data: { rule: rule.id, resources: [...new Set(harms.map(({ resource }) => resource.name))] },
    },
  ];
}

/** Identities that stand in rules and that no caller can prove to be. Alone in a rule they make it unreachable. */
function withoutProof(rules: readonly Rule[], { set, logic }: LintContext): readonly RuleFinding[] {
  const unreachable = new Set(
    verdictsOf(logic, "unreachable").flatMap(({ judged: { rule } }) => namesIn(rule)),
  );
  const named = rules.flatMap((rule) => namesIn(rule).map((name) => ({ rule, name })));
  return [...groupBy(named, (one) => one.name)].flatMap(([name, uses]) => {
    const identity = set.identities.get(name);
    if (identity === undefined || hasProof(identity) || unreachable.has(name)) return [];
    const using = [...new Set(uses.map((one) => one.rule))];
    return [finding(identity, using, set)];
  });
}

const namesIn = ({ subjects, onBehalfOf }: Rule): readonly string[] =>
  [...(subjects ?? []), ...(onBehalfOf ?? [])].map((one) => one.text);

/** As written, so that a proof with a mistake counts: that has its finding. */
function hasProof({ type, node }: Identity): boolean {
  return (
    type === "set" ||
    ["spiffeId", "spiffeIdPattern", "issuer", "deployedAs"].some((key) => node.byKey.has(key))
  );
}

function finding(identity: Identity, rules: readonly Rule[], set: PolicySet): RuleFinding {
  const { name, node } = identity;
  const half = ["clientId", "claims"].filter((key) => node.byKey.has(key));
  const what =
    half.length > 0
      ? `${name} has ${inWords(half.map((key) => `\`${key}\``))}, but no \`issuer\` whose tokens say so`
      : `Nothing says how ${name} proves who it is`;
  const advice =
    half.length > 0
      ? "Name the issuer."
      : identity.type === "group" || identity.type === "client"
        ? "Give it an `issuer` with `claims` or a client id, or what a gateway calls it in `deployedAs`."
        : "Give it a `spiffeId`, an `issuer` with `claims`, or what a gateway calls it in `deployedAs`.";
  return {
    place: identity.place,
    message: `${what}, so that no caller is ever taken for it: what ${listed(rules)} ${rules.length > 1 ? "allow" : "allows"} it is enforced for nobody, or by a gateway that asks for no proof. ${advice}`,
    related: rules
      .slice(0, 4)
      .map((rule) => ({ place: rule.name.place, message: `${rule.id} names ${name}.` })),
    data: { identity: name, rules: rules.map((rule) => rule.id) },
    fixes: half.length === 0 ? [] : byOnlyIssuer(identity, set),
  };
}

/** Not safe: whose tokens are meant only its owner knows, even where there is one issuer so far. */
function byOnlyIssuer({ name, node }: Identity, set: PolicySet): readonly Fix[] {
  const [issuer, ...others] = set.controlPlane.issuers.keys();
  if (issuer === undefined || others.length > 0) return [];
  return [
    {
      title: `Prove ${name} by tokens of ${issuer}`,
      isSafe: false,
      edits: [{ edit: "set-property", map: node, key: "issuer", value: issuer }],
    },
  ];
}
