/**
 * What one value of a field matches, as a formula over the attributes. Sources: pilot/pkg/security/authz/model
 * (generator.go) and matcher (string.go, header.go, template.go) of istio/istio.
 */

import type { Attribute } from "../../access/attribute.ts";
import { attribute } from "../../access/catalogue.ts";
import { re2Quote } from "../../access/re2.ts";
import {
  oneOf,
  prefix,
  sequence,
  suffix,
  type TextPart,
  type TextPattern,
} from "../../access/text-pattern.ts";
import { wordPatterns } from "../../access/word-patterns.ts";
import type { Place } from "../../text/place.ts";
import { all, any, type Formula, literal } from "./formula.ts";
import type { Value } from "./model.ts";
import { expandDomains, withAliases } from "./trust-domain.ts";

const chars: TextPart = { any: "chars" };
const text = (value: string): TextPart => ({ literal: value });

/** An exact string, or a set with a wildcard. `present`: any value at all. */
type Shape =
  | { readonly shape: "exact"; readonly value: string }
  | { readonly shape: "pattern"; readonly pattern: TextPattern }
  | { readonly shape: "present" };

/** Istio's strings: `*` is any value (`.+`; no attribute is ever the empty string), else one `*` at either end. */
function shapeOf(value: string): Shape {
  if (value === "*") return { shape: "present" };
  if (value.startsWith("*")) return { shape: "pattern", pattern: suffix(value.slice(1)) };
  if (value.endsWith("*")) return { shape: "pattern", pattern: prefix(value.slice(0, -1)) };
  return { shape: "exact", value };
}

/** One of the shapes; exact ones are one set, so that they are one term. */
function anyShape(
  of: Attribute,
  shapes: readonly (readonly [Shape, Place])[],
  testOf: (pattern: TextPattern) => Formula,
): Formula {
  const exact = shapes.flatMap(([shape]) => (shape.shape === "exact" ? [shape.value] : []));
  const others = shapes.flatMap(([shape, place]) => {
    if (shape.shape === "exact") return [];
    return shape.shape === "present"
      ? [literal(of, { test: "present" }, place)]
      : [withWildcard(testOf(shape.pattern), place)];
  });
  return any(...(exact.length === 0 ? [] : [testOf(oneOf([...new Set(exact)]))]), ...others);
}

function withWildcard(formula: Formula, place: Place): Formula {
  switch (formula.kind) {
    case "literal":
      return { ...formula, wildcard: place };
    case "all":
      return all(...formula.of.map((part) => withWildcard(part, place)));
    case "any":
      return any(...formula.of.map((part) => withWildcard(part, place)));
  }
}

export function textValues(of: Attribute, values: readonly Value[]): Formula {
  return anyShape(
    of,
    values.map((value) => [shapeOf(value.text), value.place]),
    (pattern) => literal(of, { test: "text", pattern }),
  );
}

const principal = attribute("source.principal");

function principalPattern(pattern: TextPattern): Formula {
  return literal(principal, { test: "text", pattern });
}

/** Principals are written without `spiffe://`, which Istio puts in front (StringMatcherWithPrefix). */
export function principalValues(values: readonly Value[], trustDomains: readonly string[]): Formula {
  const shapes = values.flatMap((value) =>
    withAliases(value.text, trustDomains).map((one): readonly [Shape, Place] => {
      if (one === "*") return [{ shape: "present" }, value.place];
      if (one.startsWith("*")) {
        const pattern = sequence(text("spiffe://"), chars, text(one.slice(1)));
        return [{ shape: "pattern", pattern }, value.place];
      }
      if (one.endsWith("*")) {
        return [{ shape: "pattern", pattern: prefix(`spiffe://${one.slice(0, -1)}`) }, value.place];
      }
      return [{ shape: "exact", value: `spiffe://${one}` }, value.place];
    }),
  );
  return anyShape(principal, shapes, principalPattern);
}

/** `.*` + `/ns/` + the namespace + `/.*`, where `*` inside it is any characters. */
export function namespaceValues(values: readonly Value[]): Formula {
  return any(
    ...values.map(({ text: value, place }) => {
      const pattern = sequence(chars, text("/ns/"), ...globParts(value), text("/"), chars);
      // A namespace is as broad as a wildcard: all of its workloads, so that a surplus is best shown at its name.
      return literal(principal, { test: "text", pattern }, place);
    }),
  );
}

function globParts(value: string): readonly TextPart[] {
  return value
    .split(/(\*)/)
    .filter((part) => part !== "")
    .map((part) => (part === "*" ? chars : text(part)));
}

/**
 * serviceAccountRegex: `spiffe://.+/ns/NS/(.+/|)sa/SA(/.+)?`. Names are quoted, as Istio does since CVE-2026-39350;
 * older versions read a dot in them as any character.
 */
export function serviceAccountValues(values: readonly Value[], policyNamespace: string): Formula {
  return any(
    ...values.map(({ text: value }) => {
      const slash = value.indexOf("/");
      const namespace = slash < 0 ? policyNamespace : value.slice(0, slash);
      const account = value.slice(slash + 1);
      return principalPattern(
        sequence({
          regex: `spiffe://.+/ns/${re2Quote(namespace)}/(?:.+/|)sa/${re2Quote(account)}(?:/.+)?`,
        }),
      );
    }),
  );
}

/** The trust domain of the peer, with `*` inside it; the mesh's own stands for its aliases too. */
export function trustDomainValues(values: readonly Value[], trustDomains: readonly string[]): Formula {
  return any(
    ...values.flatMap(({ text: value, place }) =>
      expandDomains(value, trustDomains).map((one) => {
        const inside = one.split("*").map(re2Quote).join("[^/]*");
        const pattern = one.includes("*")
          ? sequence({ regex: `spiffe://${inside}` }, text("/"), chars)
          : prefix(`spiffe://${one}/`);
        return literal(principal, { test: "text", pattern }, one.includes("*") ? place : undefined);
      }),
    ),
  );
}

/**
 * `iss/sub`, split at the last `/` of the value; the wildcard belongs to the part that it stands in, and a value
 * without `/` constrains only one of them (requestPrincipalGenerator).
 */
export function requestPrincipalValues(values: readonly Value[]): Formula {
  const [issuer, subject] = [attribute("jwt.iss"), attribute("jwt.sub")];
  return any(
    ...values.map(({ text: value, place }) => {
      const pattern = (of: Attribute, some: TextPattern): Formula =>
        literal(of, { test: "text", pattern: some }, place);
      const present = (of: Attribute): Formula => literal(of, { test: "present" }, place);
      const slash = value.lastIndexOf("/");
      const [iss, sub] = [value.slice(0, slash), value.slice(slash + 1)];
      if (value === "*") return all(present(issuer), present(subject));
      if (value.startsWith("*")) {
        if (slash < 0) return all(present(issuer), pattern(subject, suffix(value.slice(1))));
        const anyIssuer = iss === "*" ? present(issuer) : pattern(issuer, suffix(iss.slice(1)));
        return all(anyIssuer, exact(subject, sub));
      }
      if (value.endsWith("*")) {
        if (slash < 0) return all(pattern(issuer, prefix(value.slice(0, -1))), present(subject));
        const anySubject = sub === "*" ? present(subject) : pattern(subject, prefix(sub.slice(0, -1)));
        return all(exact(issuer, iss), anySubject);
      }
      return slash < 0
        ? all(exact(issuer, value), exact(subject, ""))
        : all(exact(issuer, iss), exact(subject, sub));
    }),
  );
}

function exact(of: Attribute, value: string): Formula {
  return literal(of, { test: "text", pattern: oneOf([value]) });
}

/** Hosts without case and without port: the neutral form of a request has neither. */
export function hostValues(values: readonly Value[]): Formula {
  return textValues(
    attribute("request.host"),
    values.map(({ text: value, place }) => ({ text: hostWithoutPort(value), place })),
  );
}

export function hostWithoutPort(value: string): string {
  const host = value.replace(/:(?:\d+|\*)$/, "").toLowerCase();
  return host === "" ? "*" : host;
}

/** Exact, prefix, suffix; with `{*}` (one segment) or `{**}` (the rest, also nothing) a template. */
export function pathValues(values: readonly Value[]): Formula {
  const path = attribute("request.path");
  const templates = values.filter((value) => isTemplate(value.text));
  return any(
    textValues(
      path,
      values.filter((value) => !isTemplate(value.text)),
    ),
    ...templates.map(({ text: value, place }) =>
      literal(path, { test: "text", pattern: templatePattern(value) }, place),
    ),
  );
}

export function isTemplate(value: string): boolean {
  return value.includes("{*}") || value.includes("{**}");
}

function templatePattern(value: string): TextPattern {
  const parts = value.split(/(\{\*\*?\})/).filter((part) => part !== "");
  return sequence(
    ...parts.map((part): TextPart => {
      if (part === "{*}") return { any: "segment" };
      return part === "{**}" ? chars : text(part);
    }),
  );
}

/** A string, or a list that has it as a member. Numbers and booleans never match (StringMatch on metadata). */
export function memberValues(of: Attribute, values: readonly Value[]): Formula {
  return any(
    ...membersOrScalar(values).map(([pattern, place]) =>
      literal(of, { test: "member", pattern, scalar: true }, place),
    ),
  );
}

/** `*` is any string, not any value: unlike a header, a claim can be something else. */
function membersOrScalar(values: readonly Value[]): readonly (readonly [TextPattern, Place | undefined])[] {
  const shapes = values.map((value) => [shapeOf(value.text), value.place] as const);
  const exactValues = shapes.flatMap(([shape]) => (shape.shape === "exact" ? [shape.value] : []));
  const patterns = shapes.flatMap(([shape, place]) => {
    if (shape.shape === "exact") return [];
    return [[shape.shape === "present" ? sequence(chars) : shape.pattern, place] as const];
  });
  return exactValues.length === 0 ? patterns : [[oneOf([...new Set(exactValues)]), undefined], ...patterns];
}

/**
 * A claim that Envoy splits at spaces before authorization (`scope`): a member of a list, or one of the words of a
 * string.
 */
export function wordValues(of: Attribute, values: readonly Value[]): Formula {
  return any(
    ...values.map(({ text: value, place }) => {
      const shape = shapeOf(value);
      const wildcard = shape.shape === "exact" ? undefined : place;
      const inList =
        shape.shape === "exact"
          ? oneOf([shape.value])
          : shape.shape === "present"
            ? sequence(chars)
            : shape.pattern;
      return any(
        literal(of, { test: "member", pattern: inList }, wildcard),
        ...textsWithWord(shape, value).map((pattern) => literal(of, { test: "text", pattern }, wildcard)),
      );
    }),
  );
}

/** An empty value asks for an empty word here; the words of conditions are never empty. */
function textsWithWord(shape: Shape, value: string): readonly TextPattern[] {
  if (shape.shape === "present") return [sequence({ regex: "(?s:.*)[^ ](?s:.*)" })];
  if (shape.shape === "exact") return wordPatterns("equals", value);
  return value.startsWith("*")
    ? wordPatterns("endsWith", value.slice(1))
    : wordPatterns("startsWith", value.slice(0, -1));
}

/** Addresses and networks of `source.ip`. */
export function addressValues(values: readonly Value[]): Formula {
  return any(
    ...values.map(({ text: value }) =>
      literal(attribute("source.ip"), { test: "cidr", network: networkOf(value) }),
    ),
  );
}

function networkOf(value: string): string {
  if (value.includes("/")) return value;
  return `${value}/${value.includes(":") ? 128 : 32}`;
}
