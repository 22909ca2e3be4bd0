/** What schemas ask of scalars beyond their types, as predicates. */
import { type Attribute, opaqueAttribute } from "../access/attribute.ts";
import { testKey } from "../access/literal-key.ts";
import {
  fails,
  holds,
  type JsonType,
  type Literal,
  type OpaqueAtom,
  type Test,
} from "../access/predicate.ts";
import { re2Problem } from "../access/re2.ts";
import { oneOf, sequence, type TextPattern } from "../access/text-pattern.ts";
import type { Bound, ConditionRead, Constraints } from "./condition.ts";
import { cut } from "./constraints.ts";
import { and, type Dnf, or } from "./dnf.ts";
import { searchPatterns } from "./regex-pattern.ts";
import { constraintsOf } from "./schema-constraints.ts";

/** More numbers than this in an `enum` would make too many alternatives. */
const mostNumbers = 64;
/** As many repeats as RE2 takes. */
const longestCounted = 1_000;

/** A keyword about values of one type, as tests of which one must pass. What predicates cannot say has a name instead. */
interface Keyword {
  readonly about: JsonType;
  readonly tests: readonly Test[] | Unsaid;
}

interface Unsaid {
  readonly keyword: string;
  readonly says: string;
}

export interface ConstraintTests {
  readonly dnf: Dnf;
  /** In the place of what predicates cannot say: `true` where the value keeps to it. */
  readonly atoms: readonly OpaqueAtom[];
}

/** That a value of the attribute breaks none of the keywords; of lists and objects nothing is asked. */
export function constraintTests(one: Attribute, constraints: Constraints): ConstraintTests {
  const atoms: OpaqueAtom[] = [];
  const parts = keywordsOf(constraints).map(({ about, tests }): Dnf => {
    const is: Dnf = isUnsaid(tests)
      ? [[holds(atomOf(one, tests, atoms), { test: "opaque", value: "true" })]]
      : or(...tests.map((test): Dnf => [[holds(one, test)]]));
    return or([[fails(one, { test: "type", type: about })]], is);
  });
  return { dnf: and(...parts), atoms };
}

/** The same keyword of the same attribute is the same atom, whatever the rest of its schema is. */
function atomOf(one: Attribute, { keyword, says }: Unsaid, atoms: OpaqueAtom[]): Attribute {
  const attribute = opaqueAttribute(`schema:${keyword}:${one.key}`);
  const reason = `its schema says so (${keyword.slice(0, keyword.indexOf(" "))}), which predicates cannot`;
  atoms.push({ attribute, text: `${one.key} ${says}`, reason });
  return attribute;
}

/** Whether an atom stands for a keyword of a schema, and not for a part of a condition. */
export function isSchemaAtom({ attribute }: OpaqueAtom): boolean {
  return attribute.keys[0]?.startsWith("schema:") === true;
}

/** Tells the literals of a condition that only say again what the schema of what it reads asks anyway. */
export function saysSchema(reads: readonly ConditionRead[]): (literal: Literal) => boolean {
  const said = new Set(
    reads.flatMap(({ type, attributes }) => {
      const constraints = constraintsOf(type);
      if (constraints === undefined) return [];
      return attributes.flatMap((one) => constraintTests(one, constraints).dnf.flat().map(plainKey));
    }),
  );
  return (literal) => said.has(plainKey(literal));
}

/** Of a literal and of its negation. */
function plainKey({ attribute, test }: Literal): string {
  return `${attribute.key} ${testKey(test)}`;
}

const kept = new WeakMap<Constraints, readonly Keyword[]>();

/** Made once, so that the automata of its patterns are, too. */
function keywordsOf(constraints: Constraints): readonly Keyword[] {
  const known = kept.get(constraints);
  if (known !== undefined) return known;
  const made = [...ofValues(constraints), ...ofNumbers(constraints), ...ofTexts(constraints)];
  kept.set(constraints, made);
  return made;
}

function ofValues({ values }: Constraints): readonly Keyword[] {
  if (values === undefined) return [];
  const texts = values.filter((value) => typeof value === "string");
  const numbers = values.filter((value) => typeof value === "number");
  const booleans = values.filter((value) => typeof value === "boolean");
  return [
    { about: "text", tests: texts.length === 0 ? [] : [{ test: "text", pattern: oneOf(texts) }] },
    {
      about: "number",
      tests:
        numbers.length > mostNumbers
          ? {
              keyword: `enum ${JSON.stringify(numbers)}`,
              says: "is one of the numbers that its schema lists",
            }
          : numbers.map((value) => ({ test: "range", min: value, max: value })),
    },
    { about: "boolean", tests: booleans.map((value) => ({ test: "boolean", value })) },
    { about: "null", tests: values.includes(null) ? [{ test: "type", type: "null" }] : [] },
  ];
}

function ofNumbers({ minimum, maximum, multipleOf = [] }: Constraints): readonly Keyword[] {
  const range: Test = { test: "range", ...lower(minimum), ...upper(maximum) };
  return [
    ...(minimum === undefined && maximum === undefined ? [] : [{ about: "number", tests: [range] } as const]),
    ...multipleOf.map(
      (divisor): Keyword => ({
        about: "number",
        tests: { keyword: `multipleOf ${divisor}`, says: `is a multiple of ${divisor}` },
      }),
    ),
  ];
}

function lower(bound: Bound | undefined) {
  return bound && { min: bound.value, ...(bound.isOpen && { minOpen: true as const }) };
}

function upper(bound: Bound | undefined) {
  return bound && { max: bound.value, ...(bound.isOpen && { maxOpen: true as const }) };
}

function ofTexts({ minLength, maxLength, patterns = [] }: Constraints): readonly Keyword[] {
  const text = (...alternatives: readonly TextPattern[]): Keyword => ({
    about: "text",
    tests: alternatives.map((pattern) => ({ test: "text", pattern })),
  });
  const unsaid = (keyword: string, says: string): Keyword => ({ about: "text", tests: { keyword, says } });
  const length = (count: number, repeats: string, keyword: string, says: string): Keyword =>
    count <= longestCounted
      ? text(sequence({ regex: `(?s:.{${repeats}})` }))
      : unsaid(`${keyword} ${count}`, `has ${says} ${count} characters`);
  return [
    ...(minLength === undefined ? [] : [length(minLength, `${minLength},`, "minLength", "at least")]),
    ...(maxLength === undefined ? [] : [length(maxLength, `0,${maxLength}`, "maxLength", "at most")]),
    ...patterns.flatMap((pattern): readonly Keyword[] => {
      // What RE2 refuses is no constraint, as it is none where values are held to it.
      if (re2Problem(pattern) !== undefined) return [];
      const found = searchPatterns(pattern);
      return [found === undefined ? unsaid(`pattern ${pattern}`, `matches ${cut(pattern)}`) : text(...found)];
    }),
  ];
}

function isUnsaid(tests: Keyword["tests"]): tests is Unsaid {
  return "keyword" in tests;
}
