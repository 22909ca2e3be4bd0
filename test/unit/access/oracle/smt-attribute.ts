/** One attribute of a request as SMT-LIB variables, and what each test says of them. */
import type { Attribute } from "../../../../server/src/access/attribute.ts";
import type { Test } from "../../../../server/src/access/predicate.ts";
import type { TextPattern } from "../../../../server/src/access/text-pattern.ts";
import { smtInNetwork } from "./smt-address.ts";
import { type Kind, type SmtDomain, smtDomain } from "./smt-domain.ts";
import { smtPattern } from "./smt-pattern.ts";
import { smtAnd, smtNot, smtNumber, smtOr } from "./smt-text.ts";

/** A string of a request: the value of an attribute, or one member of a list. */
export interface SmtString {
  readonly name: string;
  /** The Boolean constant that says that there is this string in the request. */
  readonly guard: string;
  /** The expression of all that it can be; empty: any text. */
  readonly domain: string;
  /** What is asked of it: expression to the Boolean constant that says that it holds. */
  readonly asked: Map<string, string>;
}

type RangeTest = Extract<Test, { readonly test: "range" }>;

export class SmtAttribute {
  /** Strings about which something is asked. */
  readonly strings: SmtString[] = [];
  readonly #domain: SmtDomain;
  readonly #tests: readonly Test[];
  readonly #text: SmtString;
  readonly #members: readonly SmtString[];

  /** `tests`: all that will be asked of it. */
  constructor(
    readonly attribute: Attribute,
    readonly name: string,
    tests: readonly Test[],
  ) {
    this.#domain = smtDomain(attribute);
    this.#tests = tests;
    const domain = this.#domain.texts ?? "";
    this.#text = { name: `${name}.s`, guard: `${name}.text`, domain, asked: new Map() };
    this.#members = this.#memberNames().map((member) => ({
      name: member,
      guard: `${member}.used`,
      domain,
      asked: new Map(),
    }));
  }

  is(kind: Kind): string {
    return this.#domain.kinds.includes(kind) ? `${this.name}.${kind}` : "false";
  }

  /**
   * Members that a list can show: a list with other members than these answers no test in another way, since one
   * member for each test that holds is enough, and a list has no test that counts its members.
   */
  #memberNames(): readonly string[] {
    const { kinds, emptyList } = this.#domain;
    if (!kinds.includes("list")) return [];
    const count = this.#tests.filter((one) => one.test === "member").length;
    const needed = emptyList ? count : Math.max(count, 1);
    return Array.from({ length: needed }, (_, index) => `${this.name}.m${index}`);
  }

  /** What holds whatever is asked. */
  declarations(): readonly string[] {
    const { kinds, numbers, emptyList, isAddress } = this.#domain;
    const { name } = this;
    const lines = kinds.map((kind) => `(declare-const ${name}.${kind} Bool)`);
    const alternatives = kinds.map((kind) => `${name}.${kind}`);
    lines.push(`(assert ${smtOr(alternatives)})`);
    for (const [index, one] of alternatives.entries()) {
      for (const other of alternatives.slice(index + 1)) lines.push(`(assert (not (and ${one} ${other})))`);
    }
    if (kinds.includes("boolean")) lines.push(`(declare-const ${name}.truth Bool)`);
    if (kinds.includes("number")) {
      lines.push(`(declare-const ${name}.n ${numbers.whole ? "Int" : "Real"})`);
      lines.push(...numbers.formulas(`${name}.n`).map((formula) => `(assert ${formula})`));
    }
    if (isAddress) {
      lines.push(`(declare-const ${name}.v Int)`, `(declare-const ${name}.n Int)`);
      lines.push(`(assert (or (= ${name}.v 4) (= ${name}.v 6)))`, `(assert (<= 0 ${name}.n))`);
      lines.push(`(assert (=> (= ${name}.v 4) (< ${name}.n ${1n << 32n})))`);
      lines.push(`(assert (< ${name}.n ${1n << 128n}))`);
    }
    for (const { guard } of this.#members) lines.push(`(declare-const ${guard} Bool)`);
    if (this.#members.length > 0 && !emptyList) {
      lines.push(`(assert (=> ${this.is("list")} ${smtOr(this.#members.map((one) => one.guard))}))`);
    }
    return lines;
  }

  holds(test: Test): string {
    const { name } = this;
    switch (test.test) {
      case "present":
        return this.#domain.kinds.includes("absent") ? smtNot(this.is("absent")) : "true";
      case "type":
        return this.is(test.type);
      case "boolean":
        return this.#ifKind("boolean", () => (test.value ? `${name}.truth` : smtNot(`${name}.truth`)));
      case "text":
        return this.#ifKind("text", () => this.#isText(test.pattern));
      case "cidr":
        if (!this.#domain.isAddress) throw new Error("the oracle knows networks of addresses only");
        return this.#ifKind("text", () => smtInNetwork(`${name}.v`, `${name}.n`, test.network));
      case "range":
        return this.#ifKind("number", () => this.#inRange(test));
      case "member": {
        const some = () =>
          smtOr(this.#members.map((one) => smtAnd([one.guard, this.#matches(one, test.pattern)])));
        const scalar =
          test.scalar === true ? this.#ifKind("text", () => this.#isText(test.pattern)) : "false";
        return smtOr([this.#ifKind("list", some), scalar]);
      }
      case "opaque":
        throw new Error("an opaque atom is no attribute of a request");
    }
  }

  #ifKind(kind: Kind, formula: () => string): string {
    const has = this.is(kind);
    return has === "false" ? "false" : smtAnd([has, formula()]);
  }

  /** Of a set each text is asked for by itself, so that sets with common texts have something in common. */
  #matches(string: SmtString, pattern: TextPattern): string {
    if (pattern.kind !== "oneOf") return this.#asked(string, smtPattern(pattern));
    return smtOr(
      pattern.values.map((value) => this.#asked(string, smtPattern({ ...pattern, values: [value] }))),
    );
  }

  #asked(string: SmtString, expression: string): string {
    if (string.asked.size === 0) this.strings.push(string);
    const known = string.asked.get(expression) ?? `${string.name}.e${string.asked.size}`;
    string.asked.set(expression, known);
    return known;
  }

  #isText(pattern: TextPattern): string {
    if (!this.#domain.isAddress) return this.#matches(this.#text, pattern);
    // Only whole addresses are compared with texts, in their usual form.
    if (pattern.kind !== "oneOf" || pattern.ignoreCase)
      throw new Error("the oracle knows sets of addresses only");
    return smtOr(pattern.values.map((value) => smtInNetwork(`${this.name}.v`, `${this.name}.n`, value)));
  }

  #inRange({ min, minOpen, max, maxOpen, integer }: RangeTest): string {
    const { whole } = this.#domain.numbers;
    // A whole number beside a bound with a fraction: compared as reals.
    const n = whole ? `(to_real ${this.name}.n)` : `${this.name}.n`;
    return smtAnd([
      ...(min === undefined ? [] : [`(${minOpen ? "<" : "<="} ${smtNumber(min)} ${n})`]),
      ...(max === undefined ? [] : [`(${maxOpen ? "<" : "<="} ${n} ${smtNumber(max)})`]),
      ...(integer && !whole ? [`(is_int ${n})`] : []),
    ]);
  }
}
