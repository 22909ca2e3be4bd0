import type { Attribute } from "../access/attribute.ts";
import { attribute } from "../access/catalogue.ts";
import { fails, holds, type OpaqueAtom, type Test } from "../access/predicate.ts";
import { oneOf, sequence, type TextPart, type TextPattern } from "../access/text-pattern.ts";
import type { VariableType } from "./condition.ts";
import { constraintTests } from "./constraint-tests.ts";
import { always, and, type Dnf, never, not, or } from "./dnf.ts";
import { actClaim, type Reference } from "./reference.ts";
import { constraintsOf } from "./schema-constraints.ts";
import { segment, segmentParts, type TextTest, textsWithWord, unite, whole } from "./text-test.ts";

/** What can be said of a reference by predicates. Undefined where predicates cannot say it. */
export interface Subject {
  /** It is there, and what is declared of it: reading it is no error. */
  readonly readable: Dnf;
  /** What stands in `readable` for keywords of its schema that predicates cannot say. */
  readonly atoms?: readonly OpaqueAtom[];
  /** Whether `has` of it is an error, true or false. */
  readonly presence: { readonly error: Dnf; readonly true: Dnf };
  /** It is a text that passes one of the tests. */
  text(tests: readonly TextTest[]): Dnf | undefined;
  /** It is a value that passes a test of another type. */
  value(test: Test): Dnf | undefined;
  /** Where it is a list by another writing: it has a member that passes one of the tests. */
  members?(tests: readonly TextTest[]): Dnf | undefined;
  /** Passing a test of text says by itself that it is readable. */
  readonly derived?: true;
  /** Where it is one attribute: that. */
  readonly attribute?: Attribute;
}

/** `undefined` for what has no predicates at all: facts, comprehension variables. */
export function subjectOf(reference: Reference): Subject | undefined {
  const { source } = reference;
  switch (source.kind) {
    case "attribute":
      return attributeSubject(reference, source.attribute, source.inside, source.delegated === true);
    case "local":
      return source.delegator && attributeSubject(reference, source.delegator, 0, false);
    case "spiffe":
      return derivedSubject(
        principal,
        spiffeParts,
        ["trustDomain", "namespace", "serviceAccount"].indexOf(source.part),
        always,
      );
    case "grpc":
      return derivedSubject(path, grpcParts, ["service", "method"].indexOf(source.part), isPost);
    case "pathParameter":
      return anySubject(
        source.templates.map(({ literals, index, except }) =>
          derivedSubject(path, literals, index, [
            except.map((pattern) => fails(path, { test: "text", pattern })),
          ]),
        ),
      );
    case "words":
      return wordsSubject(source.attribute);
    case "delegators": {
      const there = [[holds(actClaim, { test: "present" })]];
      return {
        readable: always,
        presence: { error: never, true: there },
        text: () => undefined,
        value: () => undefined,
      };
    }
    case "absent": {
      const presence = { error: source.inside > 0 ? always : never, true: never };
      return { readable: never, presence, text: () => never, value: () => never };
    }
    case "group": {
      const members = source.members.map(subjectOf);
      const known = members.filter((member) => member !== undefined);
      if (known.length < members.length) return undefined;
      const there = or(...known.map((member) => member.presence.true));
      return {
        readable: there,
        presence: { error: never, true: there },
        text: () => undefined,
        value: () => undefined,
      };
    }
    case "firstHeader": {
      const there: Dnf = [[holds(source.attribute, { test: "present" })]];
      return {
        readable: there,
        presence: { error: never, true: there },
        text: () => undefined,
        value: () => undefined,
      };
    }
    case "constant":
    case "fact":
      return undefined;
  }
}

function attributeSubject(reference: Reference, one: Attribute, inside: number, delegated: boolean): Subject {
  const guard: Dnf = delegated ? [[holds(actClaim, { test: "present" })]] : always;
  const has = (test: Test): Dnf => [[holds(one, test)]];
  const typed = typeTests(reference.type, one).map((test): Dnf => has(test));
  const constraints = constraintsOf(reference.type);
  const asked = constraints && constraintTests(one, constraints);
  const readable = and(or(...typed), asked?.dnf ?? always);
  const { keys } = one;
  const parent =
    inside > 1 ? [[holds(attribute(one.id, ...keys.slice(0, -1)), { test: "present" as const })]] : always;
  const isAnything = asked === undefined && readable[0]?.[0]?.test.test === "present";
  const broken: Dnf = isAnything ? never : and(has({ test: "present" }), not(readable));
  return {
    attribute: one,
    readable: and(guard, readable),
    ...(asked !== undefined && { atoms: asked.atoms }),
    presence: { error: or(not(parent), broken), true: and(guard, readable) },
    text(tests) {
      const patterns = tests.flatMap((test) =>
        one.sort === "ip" && test.kind !== "equals" ? [undefined] : whole(test),
      );
      const known = patterns.filter((pattern) => pattern !== undefined);
      if (known.length < patterns.length) return undefined;
      return and(guard, or(...unite(known).map((pattern) => has({ test: "text", pattern }))));
    },
    value: (test) => and(guard, has(test)),
  };
}

/** Of which a value of the declared type passes one, and no other value passes any. */
function typeTests(type: VariableType, one: Attribute): readonly Test[] {
  if (type.type !== "dyn" || type.unlessNull === undefined) return [typeTest(type, one)];
  return [{ test: "type", type: "null" }, ...typeTests(type.unlessNull, one)];
}

function typeTest(type: VariableType, one: Attribute): Test {
  const isJson = one.sort === "any" && one.id !== "jwt.aud" && one.id !== "client.groups";
  const isValues = one.id === "request.headers" || one.id === "request.query";
  if (!isJson || isValues)
    return type.type === "int" ? { test: "range", integer: true } : { test: "present" };
  switch (type.type) {
    case "string":
      return { test: "type", type: "text" };
    case "int":
      return { test: "range", integer: true };
    case "double":
    case "timestamp":
    case "duration":
      return { test: "type", type: "number" };
    case "bool":
      return { test: "type", type: "boolean" };
    case "null":
      return { test: "type", type: "null" };
    case "list":
      return { test: "type", type: "list" };
    case "map":
    case "object":
      return { test: "type", type: "map" };
    case "dyn":
      return { test: "present" };
  }
}

const principal = attribute("source.principal");
const path = attribute("request.path");
const isPost: Dnf = [[holds(attribute("request.method"), { test: "text", pattern: oneOf(["POST"]) })]];

const spiffeParts = ["spiffe://", "/ns/", "/sa/", ""];
const grpcParts = ["/", "/", ""];

/** A part of a text that is literals and segments in turn, a literal first and last; `index` says which segment. */
function derivedSubject(whole: Attribute, literals: readonly string[], index: number, guard: Dnf): Subject {
  const pattern = (inner: readonly TextPart[]): TextPattern =>
    sequence(
      ...joinLiterals(
        literals.flatMap((literal, position) => [
          ...(literal === "" ? [] : [{ literal }]),
          ...(position === literals.length - 1 ? [] : position === index ? inner : [segment]),
        ]),
      ),
    );
  const readable = and(guard, [[holds(whole, { test: "text", pattern: pattern([segment]) })]]);
  return {
    derived: true,
    readable,
    presence: { error: never, true: readable },
    text(tests) {
      const inner = tests.map(segmentParts);
      const known = inner.filter((parts) => parts !== undefined);
      if (known.length < inner.length) return undefined;
      const patterns = known.flat().map(pattern);
      return and(guard, or(...patterns.map((one): Dnf => [[holds(whole, { test: "text", pattern: one })]])));
    },
    value: () => never,
  };
}

/** What one of several derived ones is; at most one of them is there. */
function anySubject(subjects: readonly Subject[]): Subject {
  const readable = or(...subjects.map((subject) => subject.readable));
  return {
    derived: true,
    readable,
    presence: { error: never, true: readable },
    text(tests) {
      const parts = subjects.map((subject) => subject.text(tests));
      return parts.every((part) => part !== undefined) ? or(...parts) : undefined;
    },
    value: () => never,
  };
}

/** The words of a claim, or the members of a list. */
function wordsSubject(claim: Attribute): Subject {
  const has = (test: Test): Dnf => [[holds(claim, test)]];
  const readable = or(has({ test: "type", type: "text" }), has({ test: "type", type: "list" }));
  return {
    attribute: claim,
    readable,
    presence: { error: and(has({ test: "present" }), not(readable)), true: readable },
    text: () => never,
    value: () => undefined,
    members(tests) {
      const inText = tests.map(textsWithWord);
      const inList = tests.flatMap(whole);
      const known = inList.filter((pattern) => pattern !== undefined);
      if (known.length < inList.length || !inText.every((patterns) => patterns !== undefined))
        return undefined;
      return or(
        ...unite(inText.flat()).map((pattern) => has({ test: "text", pattern })),
        ...unite(known).map((pattern) => has({ test: "member", pattern })),
      );
    },
  };
}

function joinLiterals(parts: readonly TextPart[]): readonly TextPart[] {
  const joined: TextPart[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (last !== undefined && "literal" in last && "literal" in part) {
      joined[joined.length - 1] = { literal: last.literal + part.literal };
    } else joined.push(part);
  }
  return joined;
}
