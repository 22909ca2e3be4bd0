import type { Attribute } from "./attribute.ts";
import type { Range } from "./numbers.ts";
import { canonicalPaths } from "./path-domain.ts";
import { fullMatch, oneOf, type TextPattern } from "./text-pattern.ts";
import type { AttributeValue } from "./value.ts";

export type ValueKind = AttributeValue["kind"];

/** Which strings an attribute (or a member of its list) can be, and how witnesses write the parts left open. */
export interface TextDomain {
  /** Missing: any string. */
  readonly pattern?: TextPattern;
  /** Whole values, for where nothing is asked. */
  readonly natural: readonly string[];
  /** What may stand before a suffix, and after a prefix, best first. */
  readonly starts: readonly string[];
  readonly ends: readonly string[];
  /** One path segment or the like. */
  readonly words: readonly string[];
  /** Texts that nobody would write; they come last. */
  readonly awkward?: RegExp;
}

export interface NumberDomain {
  readonly range: Range;
  /** Whether witnesses take whole numbers where both kinds would do. */
  readonly wholeFirst: boolean;
  readonly natural: readonly number[];
}

/** The values that an attribute can have in a request at all. */
export interface Domain {
  /** The kinds of value, those that make the most natural witness first. */
  readonly kinds: readonly ValueKind[];
  readonly text: TextDomain;
  readonly number: NumberDomain;
  /** Whether a list can be without string members. */
  readonly emptyList: boolean;
}

const words = ["other", "another", "x1", "x2", "42"];
const ends = ["other", "x1", "-other", "/other", ".other", "/other/x1", "another", "42"];

const anyText: TextDomain = {
  natural: ["other", "another", "x1"],
  starts: ["other", "x1", "other-", "other/", "other."],
  ends,
  words,
};

/** RFC 3986 reg-name as clients send it, in lower case and without port, or an address literal. */
const hostPattern = fullMatch(
  "(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*\\.?|\\[[0-9a-f:.]+\\])",
);
const host: TextDomain = {
  pattern: hostPattern,
  natural: ["other.example", "another.example"],
  starts: ["other", "other.example", "x1", "other."],
  ends: ["other.example", ".example", "other", "example", ".other.example", "-other.example"],
  words,
};

/** RFC 9110 token; methods are case-sensitive and ours in upper case. */
const method: TextDomain = {
  pattern: fullMatch("[A-Z0-9!#$%&'*+.^_`|~-]+"),
  natural: ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "REPORT"],
  starts: ["OTHER", "X"],
  ends: ["OTHER", "X", "-OTHER"],
  words: ["OTHER", "X"],
};

const path: TextDomain = {
  pattern: canonicalPaths,
  natural: ["/other", "/other/x1", "/another", "/other/x1/x2", "/"],
  starts: ["/other", "/other/x1", "/", "/other/", "/other/x1/x2", "/other/x1/x2/x3"],
  ends: ["other", "/other", "other/x1", "/other/x1", "x1", "another", "/x1", "/other/x1/x2", "/", "-other"],
  words,
};

/** SPIFFE ID (SPIFFE-ID 2.1 to 2.3): an SVID of a workload has a path; its segments are not empty, `.` or `..`. */
const spiffeSegment =
  "(?:[A-Za-z0-9_-][A-Za-z0-9._-]*|\\.[A-Za-z0-9_-][A-Za-z0-9._-]*|\\.\\.[A-Za-z0-9._-]+)";
const principal: TextDomain = {
  pattern: fullMatch(`spiffe://[a-z0-9._-]+(?:/${spiffeSegment})+`),
  natural: [
    "spiffe://other.example/ns/other/sa/other",
    "spiffe://another.example/ns/another/sa/another",
    "spiffe://other.example/other",
  ],
  starts: [
    "spiffe://other.example/ns/other",
    "spiffe://other.example",
    "spiffe://other.example/ns/other/sa/other",
    "spiffe://other.example/",
    "spiffe://other.",
    "spiffe://",
  ],
  ends: [
    "ns/other/sa/other",
    "sa/other",
    "other",
    "/ns/other/sa/other",
    "/sa/other",
    "/other",
    "-other",
    "example/ns/other/sa/other",
    "other.example/ns/other/sa/other",
    ".other.example/ns/other/sa/other",
  ],
  awkward: /\/(ns|sa)\/(?:.*\/)?\1\//,
  words,
};

/** RFC 9110 field-value without its surrounding blanks. */
const headerValue: TextDomain = {
  ...anyText,
  pattern: fullMatch("(?:[^\\x00-\\x20\\x7f](?:[^\\x00-\\x08\\x0a-\\x1f\\x7f]*[^\\x00-\\x20\\x7f])?)?"),
};

const closed = (...values: readonly string[]): TextDomain => ({
  pattern: oneOf(values),
  natural: values,
  starts: [""],
  ends: [""],
  words: values,
});

/** How an API client can have proved itself: the authentication plugins and policies of the gateways we read. */
export const clientMethods: readonly string[] = [
  "key-auth",
  "jwt",
  "mtls",
  "mtls-auth",
  "basic-auth",
  "hmac-auth",
  "oauth2",
  "oauth2-introspection",
  "openid-connect",
  "ldap-auth",
  "ldap-auth-advanced",
  "session",
  "key-auth-enc",
  "header-cert-auth",
  "vault-auth",
  "saml",
  "api-key",
  "anonymous",
];

const anyNumber: NumberDomain = { range: { test: "range" }, wholeFirst: false, natural: [] };

function texts(text: TextDomain, ...kinds: readonly ValueKind[]): Domain {
  return { kinds, text, number: anyNumber, emptyList: false };
}

/** Always a list with members, where it is there at all. */
const lists = (text: TextDomain): Domain => texts(text, "absent", "list");

function numbers(range: Omit<Range, "test">, wholeFirst: boolean, ...natural: readonly number[]): Domain {
  return {
    kinds: ["absent", "number"],
    text: anyText,
    number: { range: { test: "range", ...range }, wholeFirst, natural },
    emptyList: false,
  };
}

/** Whole days of CEL's timestamps: 0001-01-01 to 9999-12-31, in seconds since the epoch. */
const times = { min: -62_135_596_800, max: 253_402_300_799.999 };

/** Facts about single attributes; the others have the domain of their sort. */
const byId: Readonly<Record<string, Domain>> = {
  transport: texts(closed("http", "tcp"), "text"),
  "request.method": texts(method, "text", "absent"),
  "request.path": texts(path, "text", "absent"),
  "request.host": texts(host, "text", "absent"),
  "request.headers": lists(headerValue),
  "request.query": lists(anyText),
  "source.principal": texts(principal, "text", "absent"),
  "source.ip": texts(anyText, "text", "absent"),
  "jwt.aud": lists(anyText),
  "client.method": texts(closed(...clientMethods), "absent", "text"),
  "client.groups": lists(anyText),
  "destination.port": {
    ...numbers({ min: 1, max: 65_535, integer: true }, true, 8080, 8443, 80),
    kinds: ["number", "absent"],
  },
  "destination.sni": texts(host, "absent", "text"),
  "llm.params.max_tokens": numbers({ integer: true }, true, 1000),
  "event.operation": texts(closed("publish", "consume"), "absent", "text"),
  "credential.ttl": numbers({ min: 0 }, true, 900, 3600),
  "credential.age": numbers({ min: 0 }, true, 60),
  // 2026-01-15T09:00:00Z: a Thursday in working hours.
  "context.time": { ...numbers(times, true, 1_768_467_600), kinds: ["number", "absent"] },
};

const anyJson: Domain = {
  kinds: ["absent", "text", "list", "number", "boolean", "null", "map"],
  text: anyText,
  number: anyNumber,
  emptyList: true,
};

export function domainOf({ id, sort }: Attribute): Domain {
  const known = Object.hasOwn(byId, id) ? byId[id] : undefined;
  if (known !== undefined) return known;
  switch (sort) {
    case "text":
      return plainTexts;
    case "path":
      return byId["request.path"] as Domain;
    case "ip":
      return byId["source.ip"] as Domain;
    case "number":
      return plainNumbers;
    case "boolean":
      return plainBooleans;
    case "any":
      return anyJson;
    case "opaque":
      return opaque;
  }
}

const plainTexts = texts(anyText, "absent", "text");
const plainNumbers = numbers({}, false);
const plainBooleans = texts(anyText, "absent", "boolean");
const opaque = texts(anyText, "opaque");
