/**
 * Two access functions as SMT-LIB, and the two questions of a comparison as formulas. Nothing of the engine takes
 * part but the types: what a test means is in `smt-attribute.ts`, what can be in `smt-domain.ts`.
 */
import type { Attribute } from "../../../../server/src/access/attribute.ts";
import type { AccessFunction, Literal, Terms, Test } from "../../../../server/src/access/predicate.ts";
import { SmtAttribute, type SmtString } from "./smt-attribute.ts";
import { smtAnd, smtNot, smtOr } from "./smt-text.ts";

export interface SmtQuestion {
  /** Some request under some values of the atoms. */
  readonly possibly: string;
  /** Some request under all values of the atoms. Undefined without atoms: the same. */
  readonly certainly: string | undefined;
}

export interface SmtPair {
  /** Everything but the strings: what is asked of these are Boolean constants here. */
  readonly declarations: string;
  readonly strings: readonly SmtString[];
  readonly newlyAllows: SmtQuestion;
  readonly newlyDenies: SmtQuestion;
}

type AtomValue = "true" | "false" | "error";
type AtomValues = ReadonlyMap<string, AtomValue>;

const values: readonly AtomValue[] = ["true", "false", "error"];

export function smtPair(left: AccessFunction, right: AccessFunction, impossible: Terms = []): SmtPair {
  const literals = [left.allow, left.deny, right.allow, right.deny, impossible]
    .flat()
    .flatMap((one) => one.literals);
  const atoms = new Set(literals.filter(isOpaque).map((one) => one.attribute.key));
  if (atoms.size > 3) throw new Error("more than three atoms: too many values to write out");
  const plain = literals.filter((one) => !isOpaque(one));
  const attributes = attributesOf(plain);
  const tests = new Map<string, string>();
  const definitions: string[] = [];
  for (const one of plain) {
    if (tests.has(keyOf(one))) continue;
    const name = `t${tests.size}`;
    tests.set(keyOf(one), name);
    const formula = (attributes.get(one.attribute.key) as SmtAttribute).holds(one.test);
    definitions.push(`(declare-const ${name} Bool)`, `(assert (= ${name} ${formula}))`);
  }

  const literal = (one: Literal, atomValues: AtomValues): string => {
    if (one.test.test !== "opaque") {
      const name = tests.get(keyOf(one)) as string;
      return one.negated ? smtNot(name) : name;
    }
    return (atomValues.get(one.attribute.key) === one.test.value) !== one.negated ? "true" : "false";
  };
  const termsHold = (terms: Terms, atomValues: AtomValues): string =>
    smtOr(terms.map((term) => smtAnd(term.literals.map((one) => literal(one, atomValues)))));
  const allows = (fn: AccessFunction, atomValues: AtomValues): string =>
    smtAnd([termsHold(fn.allow, atomValues), smtNot(termsHold(fn.deny, atomValues))]);
  const combinations = combinationsOf([...atoms]);
  const differs = (allowing: AccessFunction, denying: AccessFunction): SmtQuestion => {
    const each = combinations.map((one) => smtAnd([allows(allowing, one), smtNot(allows(denying, one))]));
    return { possibly: smtOr(each), certainly: each.length === 1 ? undefined : smtAnd(each) };
  };

  const all = [...attributes.values()];
  const strings = all.flatMap((one) => one.strings);
  const declarations = [
    ...all.flatMap((one) => one.declarations()),
    ...ties(all),
    ...strings.flatMap(({ asked }) => [...asked.values()].map((name) => `(declare-const ${name} Bool)`)),
    ...definitions,
    ...(impossible.length === 0 ? [] : [`(assert ${smtNot(termsHold(impossible, new Map()))})`]),
  ];
  return {
    declarations: declarations.join("\n"),
    strings,
    newlyAllows: differs(right, left),
    newlyDenies: differs(left, right),
  };
}

const isOpaque = (one: Literal): boolean => one.attribute.sort === "opaque";
const keyOf = ({ attribute, test }: Literal): string => `${attribute.key} ${JSON.stringify(test)}`;

function attributesOf(literals: readonly Literal[]): ReadonlyMap<string, SmtAttribute> {
  const byKey = new Map<string, { readonly attribute: Attribute; readonly tests: Map<string, Test> }>();
  for (const one of literals) {
    const known = byKey.get(one.attribute.key) ?? { attribute: one.attribute, tests: new Map() };
    known.tests.set(keyOf(one), one.test);
    byKey.set(one.attribute.key, known);
  }
  return new Map(
    [...byKey].map(([key, { attribute, tests }], index) => [
      key,
      new SmtAttribute(attribute, `a${index}`, [...tests.values()]),
    ]),
  );
}

function combinationsOf(keys: readonly string[]): readonly AtomValues[] {
  let all: readonly AtomValues[] = [new Map()];
  for (const key of keys) all = all.flatMap((one) => values.map((value) => new Map([...one, [key, value]])));
  return all;
}

/** A field is only in a map; a part of a call only in a call; see ARCHITECTURE, "Comparison domain". */
function ties(attributes: readonly SmtAttribute[]): readonly string[] {
  const lines: string[] = [];
  for (const part of attributes) {
    for (const whole of attributes) {
      if (isInside(part.attribute, whole.attribute)) {
        lines.push(`(assert (=> ${smtNot(part.is("absent"))} ${whole.is("map")}))`);
      } else if (needed(part.attribute).includes(whole.attribute.key)) {
        lines.push(`(assert (=> ${smtNot(part.is("absent"))} ${smtNot(whole.is("absent"))}))`);
      }
    }
  }
  return lines;
}

const isInside = (part: Attribute, whole: Attribute): boolean =>
  part.id === whole.id && part.sort === "any" && part.key.startsWith(`${whole.key}.`);

function needed({ id }: Attribute): readonly string[] {
  switch (id) {
    case "request.query":
      return ["request.path"];
    case "mcp.tool.name":
      return ["mcp.methodName"];
    case "mcp.tool.arguments":
      return ["mcp.methodName", "mcp.tool.name"];
    default:
      return [];
  }
}
