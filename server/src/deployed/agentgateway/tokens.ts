import { attribute } from "../../access/catalogue.ts";
import { fails, holds, type Literal, type Origin, type Term, type Terms } from "../../access/predicate.ts";
import { and } from "../../access/term-algebra.ts";
import { exactly, oneOf } from "../../access/text-pattern.ts";
import type { JwtPolicy, JwtProvider } from "./model.ts";

/**
 * What became of the token when the rules are evaluated: `verified` (its claims are known, and it was taken off the
 * request), `ignored` (there, but no policy verified it), `none`. Of an interaction, every token is well signed by
 * its issuer, and one without `iss` is taken for none: no key would be found for it.
 */
export type TokenState = "verified" | "ignored" | "none";

export interface TokenCase {
  readonly state: TokenState;
  readonly terms: Terms;
}

const issuer = attribute("jwt.iss");
const audience = attribute("jwt.aud");

/**
 * The requests that the JWT policies let pass, by what becomes of their token; the cases are disjoint.
 * Source: `Jwt::apply` in `http/jwt.rs`.
 */
export function tokenCases(policies: readonly JwtPolicy[]): readonly TokenCase[] {
  const present = holds(issuer, { test: "present" });
  let cases: readonly TokenCase[] = [
    { state: "ignored", terms: [{ literals: [present], origins: [] }] },
    { state: "none", terms: [{ literals: [{ ...present, negated: true }], origins: [] }] },
  ];
  for (const policy of policies) {
    const origins = [{ label: policy.name, place: policy.place }];
    cases = mergeStates(cases.flatMap((one) => passPolicy(one, policy, origins)));
  }
  return cases;
}

function passPolicy(one: TokenCase, policy: JwtPolicy, origins: readonly Origin[]): readonly TokenCase[] {
  // A verified token was taken off the request, so that the next policy finds none.
  if (one.state !== "ignored") return policy.mode === "strict" ? [] : [one];
  const valid = { state: "verified" as const, terms: joinTerms(one.terms, accepted(policy, origins)) };
  if (policy.mode !== "permissive") return [valid];
  return [valid, { state: "ignored", terms: joinTerms(one.terms, refused(policy, origins)) }];
}

function mergeStates(cases: readonly TokenCase[]): readonly TokenCase[] {
  return (["verified", "ignored", "none"] as const).flatMap((state) => {
    const terms = cases.filter((one) => one.state === state).flatMap((one) => one.terms);
    return terms.length === 0 ? [] : [{ state, terms }];
  });
}

/** Tokens that one of the providers accepts. */
function accepted({ providers }: JwtPolicy, origins: readonly Origin[]): Terms {
  return providers.flatMap((provider): Terms => {
    const from = holds(issuer, { test: "text", pattern: exactly(provider.issuer) });
    return audienceAlternatives(provider).map((literals) => ({ literals: [from, ...literals], origins }));
  });
}

/** Only `requiredClaims` refuses a token without audiences. */
function audienceAlternatives(provider: JwtProvider): readonly (readonly Literal[])[] {
  const absent = fails(audience, { test: "present" });
  if (provider.audiences === undefined) {
    return [provider.requiresAudience ? [{ ...absent, negated: false }] : []];
  }
  const fits = holds(audience, { test: "member", pattern: oneOf(provider.audiences) });
  return provider.requiresAudience ? [[fits]] : [[fits], [absent]];
}

/** Tokens that no provider accepts. */
function refused({ providers }: JwtPolicy, origins: readonly Origin[]): Terms {
  const issuers = [...new Set(providers.map((provider) => provider.issuer))];
  const terms: Term[] = [{ literals: [fails(issuer, { test: "text", pattern: oneOf(issuers) })], origins }];
  for (const name of issuers) {
    const from = holds(issuer, { test: "text", pattern: exactly(name) });
    let left: readonly (readonly Literal[])[] = [[]];
    for (const provider of providers.filter((one) => one.issuer === name)) {
      left = left.flatMap((literals) => refusedAudiences(provider).map((more) => [...literals, ...more]));
    }
    for (const literals of left) terms.push({ literals: [from, ...literals], origins });
  }
  return terms;
}

function refusedAudiences(provider: JwtProvider): readonly (readonly Literal[])[] {
  const present = holds(audience, { test: "present" });
  const absent = { ...present, negated: true };
  if (provider.audiences === undefined) return provider.requiresAudience ? [[absent]] : [];
  const others = fails(audience, { test: "member", pattern: oneOf(provider.audiences) });
  return provider.requiresAudience ? [[others]] : [[present, others]];
}

/** Both at once. Beyond the limit of simplification the plain product is still exact, only longer. */
export function joinTerms(a: Terms, b: Terms): Terms {
  const both = and(a, b);
  if (both !== "too-many-terms") return both;
  return a.flatMap((left) =>
    b.map((right) => ({
      literals: [...left.literals, ...right.literals],
      origins: [...left.origins, ...right.origins],
    })),
  );
}
