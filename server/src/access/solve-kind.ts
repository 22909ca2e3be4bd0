import type { Sort } from "./attribute.ts";
import type { Budget } from "./budget.ts";
import type { Domain, ValueKind } from "./domain.ts";
import { findAddressText } from "./find-address-text.ts";
import { findText } from "./find-text.ts";
import { networkOf } from "./ip.ts";
import { findNumber, type Range } from "./numbers.ts";
import type { Literal, Test } from "./predicate.ts";
import type { Search } from "./product.ts";
import type { TextPattern } from "./text-pattern.ts";
import type { AttributeValue } from "./value.ts";

export interface Context {
  readonly sort: Sort;
  readonly domain: Domain;
  readonly hints: readonly string[];
  readonly budget: Budget;
}

export type Solution = AttributeValue | undefined | "too-complex";

/** A value of this kind that satisfies all literals; undefined iff there is none. */
export function solveKind(kind: ValueKind, literals: readonly Literal[], context: Context): Solution {
  const open: Literal[] = [];
  for (const literal of literals) {
    const decided = decidedByKind(kind, literal.test);
    if (decided === undefined) open.push(literal);
    else if (decided === literal.negated) return undefined;
  }
  switch (kind) {
    case "absent":
    case "null":
    case "map":
      return { kind };
    case "boolean":
      return solveBoolean(open);
    case "opaque":
      return solveOpaque(open);
    case "number":
      return solveNumber(open, context);
    case "text":
      return solveText(open, context);
    case "list":
      return solveList(open, context);
  }
}

/** What the test says of every value of the kind; undefined where that depends on the value. */
function decidedByKind(kind: ValueKind, test: Test): boolean | undefined {
  switch (test.test) {
    case "present":
      return kind !== "absent";
    case "type":
      return kind === test.type;
    case "text":
    case "cidr":
      return kind === "text" ? undefined : false;
    case "boolean":
      return kind === "boolean" ? undefined : false;
    case "range":
      return kind === "number" ? undefined : false;
    case "member":
      return kind === "list" || (kind === "text" && test.scalar === true) ? undefined : false;
    case "opaque":
      return kind === "opaque" ? undefined : false;
  }
}

function solveBoolean(open: readonly Literal[]): Solution {
  const value = [true, false].find((one) =>
    open.every(({ test, negated }) => (test.test === "boolean" && test.value === one) !== negated),
  );
  return value === undefined ? undefined : { kind: "boolean", value };
}

function solveOpaque(open: readonly Literal[]): Solution {
  const value = (["true", "false", "error"] as const).find((one) =>
    open.every(({ test, negated }) => (test.test === "opaque" && test.value === one) !== negated),
  );
  return value === undefined ? undefined : { kind: "opaque", value };
}

function solveNumber(open: readonly Literal[], { domain, hints }: Context): Solution {
  const { range, wholeFirst, natural } = domain.number;
  const inside: Range[] = [range];
  const outside: Range[] = [];
  for (const { test, negated } of open) if (test.test === "range") (negated ? outside : inside).push(test);
  const wanted = hints
    .filter((one) => one.trim() !== "")
    .map(Number)
    .filter(Number.isFinite);
  const preferred = open.length === 0 ? [...wanted, ...natural] : wanted;
  const whole: Range = { test: "range", integer: true };
  const value =
    (wholeFirst ? findNumber([...inside, whole], outside, preferred) : undefined) ??
    findNumber(inside, outside, preferred);
  return value === undefined ? undefined : { kind: "number", value };
}

/** A character that stands in no address, so that no network has the text. */
const noAddress: TextPattern = {
  kind: "sequence",
  parts: [{ any: "chars" }, { regex: "[^0-9a-fA-F:.]" }, { any: "chars" }],
};

function solveText(open: readonly Literal[], context: Context): Solution {
  const { inside, outside } = patternsOf(open);
  const networks = networksOf(open, false);
  const notNetworks = networksOf(open, true);
  const { domain, hints, budget } = context;
  const question = { inside, outside, domain: domain.text, hints };
  const asAddress = () =>
    findAddressText({ networks, notNetworks, inside, outside, hints: context.hints }, budget);
  if (context.sort === "ip") return asText(asAddress());
  if (networks.length === 0) {
    if (notNetworks.length === 0) return asText(findText(question, budget));
    const found = findText({ ...question, inside: [...inside, noAddress] }, budget);
    if (found !== "none") return asText(found);
    if (findText(question, budget) === "none") return undefined;
  }
  // A text that is no usual form of an address, as `010.0.0.1`, may be one all the same.
  const found = asAddress();
  return found === "none" && inside.length + outside.length > 0 ? "too-complex" : asText(found);
}

function asText(found: Search): Solution {
  if (found === "none") return undefined;
  return found === "too-complex" ? found : { kind: "text", value: found.found };
}

/** Each positive test can have a member of its own; no member may pass a negative one. */
function solveList(open: readonly Literal[], { domain, hints, budget }: Context): Solution {
  const { inside, outside } = patternsOf(open);
  const wanted: (readonly TextPattern[])[] = inside.map((one) => [one]);
  if (wanted.length === 0) wanted.push([]);
  const members: string[] = [];
  let tooComplex = false;
  for (const one of wanted) {
    // Members found so far are the best hints: a list with fewer members is easier to read.
    const found = findText(
      { inside: one, outside, domain: domain.text, hints: [...members, ...hints] },
      budget,
    );
    if (found === "too-complex") tooComplex = true;
    else if (found !== "none") members.push(found.found);
    else if (inside.length > 0 || !domain.emptyList) return undefined;
  }
  return tooComplex ? "too-complex" : { kind: "list", members: [...new Set(members)] };
}

function patternsOf(open: readonly Literal[]): {
  readonly inside: readonly TextPattern[];
  readonly outside: readonly TextPattern[];
} {
  const inside: TextPattern[] = [];
  const outside: TextPattern[] = [];
  for (const { test, negated } of open) {
    if (test.test === "text" || test.test === "member") (negated ? outside : inside).push(test.pattern);
  }
  return { inside, outside };
}

const networksOf = (open: readonly Literal[], negated: boolean) =>
  open.flatMap((one) =>
    one.negated === negated && one.test.test === "cidr" ? [networkOf(one.test.network)] : [],
  );
