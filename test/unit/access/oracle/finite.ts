/**
 * Attributes with a handful of values each. What lies outside of the handful is ruled out by terms that the
 * comparison gets as `impossible`, so that going through the handful is going through every request: no argument
 * about values that no test tells apart is needed.
 */
import type { Attribute } from "../../../../server/src/access/attribute.ts";
import { attribute } from "../../../../server/src/access/catalogue.ts";
import { fails, holds, type Literal, type Term, type Test } from "../../../../server/src/access/predicate.ts";
import { fullMatch, oneOf } from "../../../../server/src/access/text-pattern.ts";
import type { AttributeValue } from "../../../../server/src/access/value.ts";
import type { Random } from "../support/random-functions.ts";
import { atoms, atomTest, type Subject, subjects } from "./vocabulary.ts";

export interface FiniteSubject extends Subject {
  /** Everything that it can be where none of `impossible` holds. */
  readonly values: readonly AttributeValue[];
  readonly impossible: readonly Term[];
}

const absent: AttributeValue = { kind: "absent" };
const region = (...literals: readonly Literal[]): Term => ({ literals, origins: [] });
const text = (value: string): AttributeValue => ({ kind: "text", value });
const present: Test = { test: "present" };

function testOf(key: string): (source: Random) => Test {
  const found = subjects.find((one) => one.attribute.key === key);
  if (found === undefined) throw new Error(`${key} is no subject`);
  return found.test;
}

/** A text of these, or absent. */
function texts(on: Attribute, values: readonly string[]): FiniteSubject {
  return {
    attribute: on,
    test: testOf(on.key),
    values: [absent, ...values.map(text)],
    impossible: [region(holds(on, present), fails(on, { test: "text", pattern: oneOf(values) }))],
  };
}

/** A number of these, or absent. */
function numbers(on: Attribute, values: readonly number[]): FiniteSubject {
  const others = values.map((value) => fails(on, { test: "range", min: value, max: value }));
  return {
    attribute: on,
    test: testOf(on.key),
    values: [absent, ...values.map((value): AttributeValue => ({ kind: "number", value }))],
    impossible: [region(holds(on, present), ...others)],
  };
}

function subsets(members: readonly string[]): readonly (readonly string[])[] {
  return Array.from({ length: 1 << members.length }, (_, bits) =>
    members.filter((_, index) => (bits >> index) & 1),
  );
}

/** A list of these, or absent. */
function lists(on: Attribute, members: readonly string[]): FiniteSubject {
  return {
    attribute: on,
    test: testOf(on.key),
    values: [
      absent,
      ...subsets(members)
        .filter((one) => one.length > 0)
        .map((one): AttributeValue => ({ kind: "list", members: one })),
    ],
    impossible: [region(holds(on, { test: "member", pattern: othersThan(members) }))],
  };
}

/** Any text but these, which have the letters of `staff` and `ops` only. */
function othersThan(members: readonly string[]): ReturnType<typeof fullMatch> {
  if (members.join() !== "staff,ops") throw new Error("the expression is made for two members");
  return fullMatch(
    "(?s:|s|st|sta|staf|o|op|[^so].*|s[^t].*|st[^a].*|sta[^f].*|staf[^f].*|staff.+|o[^p].*|op[^s].*|ops.+)",
  );
}

/** A claim: every kind of JSON value, texts and members of lists among two, numbers among three. */
function claim(on: Attribute): FiniteSubject {
  const members = ["staff", "ops"];
  const some = [0, 1.5, 2];
  const others = some.map((value) => fails(on, { test: "range", min: value, max: value }));
  return {
    attribute: on,
    test: testOf(on.key),
    values: [
      absent,
      { kind: "null" },
      { kind: "map" },
      ...[true, false].map((value): AttributeValue => ({ kind: "boolean", value })),
      ...some.map((value): AttributeValue => ({ kind: "number", value })),
      ...members.map(text),
      ...subsets(members).map((one): AttributeValue => ({ kind: "list", members: one })),
    ],
    impossible: [
      region(holds(on, { test: "member", pattern: othersThan(members), scalar: true })),
      region(holds(on, { test: "type", type: "number" }), ...others),
    ],
  };
}

export const finiteAtoms: readonly FiniteSubject[] = atoms.map((one) => ({
  attribute: one.attribute,
  test: atomTest,
  values: (["true", "false", "error"] as const).map((value) => ({ kind: "opaque", value })),
  impossible: [],
}));

export const finiteSubjects: readonly FiniteSubject[] = [
  texts(attribute("request.method"), ["GET", "POST", "PUT", "DELETE"]),
  texts(attribute("request.path"), [
    "/",
    "/v1",
    "/v1/users",
    "/v1/admin",
    "/v1/users/a",
    "/v2/users",
    "/ADMIN",
    "/a",
    "/ab",
    "/a/b",
    "/b/a",
  ]),
  texts(attribute("request.host"), ["acme.example", "api.acme.example", "www.acme.example", "other.example"]),
  texts(attribute("source.principal"), [
    "spiffe://prod.acme/ns/pay/sa/web",
    "spiffe://prod.acme/ns/qa/sa/web",
    "spiffe://test.acme/ns/pay/sa/api",
    "spiffe://test.acme/ns/qa/sa/api-2",
    "spiffe://prod.acme/x/ns/pay/y",
  ]),
  texts(attribute("source.ip"), [
    "10.1.2.3",
    "10.1.200.1",
    "10.2.0.1",
    "192.168.7.7",
    "2001:db8:1::1",
    "::1",
  ]),
  texts(attribute("jwt.sub"), ["alice", "ALICE", "al", "bob", "BO", "ab", ""]),
  numbers(attribute("destination.port"), [8000, 8001, 8003, 8005, 8010]),
  numbers(attribute("credential.ttl"), [0, 0.5, 1, 1.25, 2.5, 7]),
  lists(attribute("request.headers", "x-team"), ["staff", "ops"]),
  lists(attribute("jwt.aud"), ["staff", "ops"]),
  claim(attribute("jwt.claims", "groups")),
  claim(attribute("jwt.claims", "level")),
  claim(attribute("jwt.claims", "act")),
  claim(attribute("jwt.claims", "act", "sub")),
];
