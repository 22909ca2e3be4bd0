import { attribute } from "../../access/catalogue.ts";
import type { HopBranch, LoweredHop, Rewrite, Transfer } from "../../access/hop.ts";
import { fails, holds, type Literal, type Origin, type Term } from "../../access/predicate.ts";
import { oneOf } from "../../access/text-pattern.ts";
import type { Destination, HopContext } from "../adapter.ts";
import { all, type Formula, literal, mostTerms, not, toTerms } from "./formula.ts";
import { lowerRule, Opaque, readsIdentity } from "./lower-rule.ts";
import type { AuthorizationPolicy, IstioModel, JwtRule, Rule } from "./model.ts";
import { howToExport, type JwtSettings, type Mode, type Workload, workloadOf } from "./workload.ts";

/**
 * The sidecar of one workload as one branch. CUSTOM, then DENY, then ALLOW needs no order here: each of the first two
 * only denies. A request that the proxy refuses before authorization (plaintext under STRICT, a token that is not
 * accepted) is denied as well.
 */
export function lowerIstio(model: IstioModel, destination: Destination, context: HopContext): LoweredHop {
  const workload = workloadOf(model, destination, context);
  const opaque = new Opaque(context.enforcementPoint);
  const unknown = workload.notExported.map((namespace) => hidden(namespace, opaque));
  // What is not exported may lift a refusal: another mTLS mode, another issuer, another view of who the caller is.
  const unlessLifted = unknown.map((one) => fails(one.admits, { test: "opaque", value: "true" }));
  const guarded = (terms: readonly Term[]): readonly Term[] =>
    terms.map((term) => ({ ...term, literals: [...term.literals, ...unlessLifted] }));

  const deny: readonly Term[] = [
    ...guarded(plaintextTerms(workload)),
    ...guarded(tokenTerms(workload.jwt, opaque)),
    ...workload.custom.flatMap((policy) => customTerms(policy, workload, opaque)),
    ...workload.deny.flatMap((policy) =>
      policy.rules.flatMap((rule) => {
        const terms = ruleTerms(rule, false, workload, opaque);
        return readsIdentity(rule) ? guarded(terms) : terms;
      }),
    ),
    ...unknown.map((one) => one.denied),
  ];
  const allow: readonly Term[] = [
    ...(workload.allow.length === 0
      ? [{ literals: [], origins: [{ label: "no ALLOW policy selects the workload" }] }]
      : workload.allow.flatMap((policy) =>
          policy.rules.flatMap((rule) => ruleTerms(rule, true, workload, opaque)),
        )),
    ...unknown.map((one) => one.admitted),
  ];
  const branch: HopBranch = {
    label: context.enforcementPoint,
    guard: [{ literals: [], origins: [] }],
    access: { allow, deny, opaque: opaque.atoms },
    transfer: transferOf(workload),
  };
  return { branches: [branch], lost: opaque.lost };
}

function hidden(namespace: string, opaque: Opaque) {
  const what = `AuthorizationPolicies of namespace ${namespace} were not exported`;
  const origins: readonly Origin[] = [{ label: what }];
  const reason = howToExport(namespace);
  const admits = opaque.atom(`hidden resources of ${namespace} admit`, `${what}: they may allow it`, reason);
  const denies = opaque.atom(`hidden resources of ${namespace} deny`, `${what}: they may deny it`, reason);
  const truth = { test: "opaque", value: "true" } as const;
  return {
    admits,
    admitted: { literals: [holds(admits, truth)], origins },
    denied: { literals: [holds(denies, truth)], origins },
  };
}

function ruleTerms(rule: Rule, allows: boolean, workload: Workload, opaque: Opaque): readonly Term[] {
  const terms = toTerms(lowerRule(rule, allows, { workload, opaque }), rule.label, rule.place);
  if (terms !== undefined) return terms;
  const reason = `the rule spreads out to more than ${mostTerms} cases; split it into several rules`;
  const atom = opaque.atom(`${rule.label} matches`, `${rule.label} matches`, reason, rule.place);
  return [
    {
      literals: [holds(atom, { test: "opaque", value: "true" })],
      origins: [{ label: rule.label, place: rule.place }],
    },
  ];
}

/** CUSTOM: what its rules match goes to the provider, whose answer is not known. */
function customTerms(policy: AuthorizationPolicy, workload: Workload, opaque: Opaque): readonly Term[] {
  const terms = policy.rules.flatMap((rule) => ruleTerms(rule, false, workload, opaque));
  if (workload.customConflict) return terms;
  const provider = policy.provider ?? "";
  const text = `extension provider ${provider} denies`;
  const reason = `an external authorizer decides; ${policy.label} sends it what its rules match`;
  const denies = opaque.atom(`provider ${provider} denies`, text, reason, policy.place);
  return terms.map((term) => ({
    ...term,
    literals: [...term.literals, holds(denies, { test: "opaque", value: "true" })],
  }));
}

/** STRICT: a connection without a peer certificate is refused. */
function plaintextTerms(workload: Workload): readonly Term[] {
  const peer = attribute("source.principal");
  const port = attribute("destination.port");
  const at = (number: number): Formula => literal(port, { test: "range", min: number, max: number });
  const refused = (mode: Mode, where: Formula): readonly Term[] => {
    if (mode.mode !== "STRICT") return [];
    const label = mode.setBy === undefined ? "STRICT mTLS" : `${mode.setBy.label} STRICT`;
    return toTerms(all(not(literal(peer, { test: "present" })), where), label, mode.setBy?.place) ?? [];
  };
  const elsewhere = all(...[...workload.portModes.keys()].map((number) => not(at(number))));
  return [
    ...refused(workload.mode, elsewhere),
    ...[...workload.portModes].flatMap(([number, mode]) => refused(mode, at(number))),
  ];
}

/**
 * A presented token must be of an accepted issuer, with one of its audiences (if the rule has some); a missing one
 * passes (convertToEnvoyJwtConfig in policy_applier.go). Whether its signature holds is not a question here.
 */
function tokenTerms(jwt: JwtSettings | undefined, opaque: Opaque): readonly Term[] {
  if (jwt === undefined) return [];
  const issuer = attribute("jwt.iss");
  const named = new Map<string, { readonly rule: JwtRule; audiences: readonly string[] | undefined }>();
  let ofAnyIssuer: readonly string[] | undefined = [];
  for (const rule of jwt.rules) {
    for (const location of rule.locations) {
      opaque.lose(
        `the token in ${location}`,
        "requests say what their token says, not where it stands; it counts as found here",
        rule.place,
      );
    }
    if (rule.issuer === undefined) ofAnyIssuer = union(ofAnyIssuer, rule.audiences);
    else {
      const known = named.get(rule.issuer.text);
      if (known === undefined) named.set(rule.issuer.text, { rule, audiences: union([], rule.audiences) });
      else known.audiences = union(known.audiences, rule.audiences);
    }
  }
  // A rule that accepts every issuer and audience accepts every token.
  if (ofAnyIssuer === undefined) return [];
  const elsewhere = ofAnyIssuer;
  const [first] = jwt.rules;
  return [
    refusal(first, [
      holds(issuer, { test: "present" }),
      ...(named.size === 0 ? [] : [fails(issuer, { test: "text", pattern: oneOf([...named.keys()]) })]),
      ...lacks(elsewhere),
    ]),
    ...[...named].flatMap(([name, { rule, audiences }]) =>
      audiences === undefined
        ? []
        : [
            refusal(rule, [
              holds(issuer, { test: "text", pattern: oneOf([name]) }),
              ...lacks([...new Set([...audiences, ...elsewhere])]),
            ]),
          ],
    ),
  ];
}

/** Audiences of two rules for the same tokens; undefined: unchecked, which a rule without audiences makes it. */
function union(known: readonly string[] | undefined, more: readonly string[]): readonly string[] | undefined {
  return known === undefined || more.length === 0 ? undefined : [...known, ...more];
}

function lacks(audiences: readonly string[]): readonly Literal[] {
  if (audiences.length === 0) return [];
  return [fails(attribute("jwt.aud"), { test: "member", pattern: oneOf(audiences), scalar: true })];
}

function refusal(rule: JwtRule | undefined, literals: readonly Literal[]): Term {
  const label = "RequestAuthentication: a token that is not accepted";
  return { literals, origins: [rule === undefined ? { label } : { label, place: rule.place }] };
}

/**
 * The peer stays as it is: the next hop of a sidecar is its own workload. The JWT filter takes a verified token out
 * of the request unless `forwardOriginalToken`; without a RequestAuthentication the token stays where it is.
 */
function transferOf(workload: Workload): Transfer {
  const { jwt } = workload;
  if (jwt === undefined || jwt.forwards === "all") {
    return workload.notExported.length === 0 || workload.transport === "tcp"
      ? { rewrites: new Map() }
      : tokenTransfer({
          rewrite: "unknown",
          reason: `RequestAuthentications of ${workload.notExported.join(", ")} were not exported`,
        });
  }
  if (jwt.forwards === "none") return tokenTransfer({ rewrite: "absent" });
  return tokenTransfer({
    rewrite: "unknown",
    reason: "only some JWT rules of the workload have forwardOriginalToken",
  });
}

function tokenTransfer(rewrite: Rewrite): Transfer {
  return { rewrites: new Map([["jwt.*", rewrite]]) };
}
