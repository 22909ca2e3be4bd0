/** Which conditions and requirements of the policy no hop of a path can enforce, each with a request that walks through. */
import type { Attribute } from "../access/attribute.ts";
import type { Witness as Difference } from "../access/compare.ts";
import {
  type AccessFunction,
  fails,
  type Literal,
  type OpaqueAtom,
  type Origin,
  type Term,
  type Test,
} from "../access/predicate.ts";
import { complementLiteral, conjoin } from "../access/terms.ts";
import { saysSchema } from "../cel/constraint-tests.ts";
import { lowerRules } from "../policy/lower/resource.ts";
import type { Rule } from "../policy/model.ts";
import type { EndToEnd } from "./end-to-end.ts";
import type { PathInput } from "./side.ts";

export interface Unenforced {
  readonly rule: Rule;
  /** The attributes that no hop sees. */
  readonly unseen: readonly string[];
  readonly about: readonly Origin[];
  readonly witnesses: readonly Difference[];
  readonly unknown: readonly [];
}

/**
 * Rule by rule: without what no hop can see, does the deployed path let more through? An allow is asked where one of
 * its unseen literals fails, a deny where they hold, so that each finding stands on the one rule that it is about.
 * Only where the policy as the hops see it allows: what they could keep out is `wider`.
 */
export function unenforcedByRule(result: EndToEnd, input: PathInput): readonly Unenforced[] {
  if (result.wider.answer === "no" && result.unenforced.answer === "no") return [];
  const found: Unenforced[] = [];
  for (const { rule, terms, opaque } of lowerRules(input.set, input.resource, input.environment)) {
    const unseen = unseenOf(rule, terms, result);
    if (unseen.length === 0) continue;
    const region: AccessFunction = {
      allow:
        rule.effect === "allow"
          ? terms.flatMap((one) => withoutUnseen(one, unseen, result))
          : terms.filter((one) => one.literals.some((literal) => unseen.includes(literal))),
      deny: [],
      opaque,
    };
    const deployed = conjoin(result.access, region);
    const through = deployed === "too-many-terms" ? deployed : conjoin(deployed, result.projected);
    if (through === "too-many-terms") continue;
    // A request that states what the condition asks for shows more than one that leaves it out.
    const silent = unseen
      .filter(({ attribute }) => attribute.sort !== "opaque")
      .map(({ attribute, test }): Term => ({ literals: [fails(attribute, impliedType(test))], origins: [] }));
    const stated = result.surplusOf(through, silent);
    const surplus = stated.answer === "yes" ? stated : result.surplusOf(through, []);
    if (surplus.answer !== "yes") continue;
    found.push({
      rule,
      unseen: [...new Set(unseen.map(({ attribute }) => nameOf(attribute, opaque)))],
      about: [{ label: rule.id, place: placeOf(rule, unseen) }],
      witnesses: surplus.witnesses,
      unknown: [],
    });
  }
  return found;
}

/**
 * What no hop sees of the condition and `requires`, without what the schema asks anyway, which is not what the author
 * wants to see broken; where they ask for nothing unseen, of subject and target.
 */
function unseenOf(rule: Rule, terms: readonly Term[], result: EndToEnd): readonly Literal[] {
  const unseen = terms.flatMap((one) => one.literals.filter((literal) => !isSeen(literal, result)));
  const asked = unseen.filter(askedBy(rule));
  const isOfSchema = saysSchema(rule.condition?.compiled.reads ?? []);
  const own = asked.filter((literal) => !isOfSchema(literal));
  return [own, asked, unseen].find((some) => some.length > 0) ?? [];
}

/** What the condition or `requires` speaks of: the rest of a term is its target and its subject. */
function askedBy(rule: Rule): (literal: Literal) => boolean {
  const read = new Set(rule.condition?.compiled.attributes.map((one) => one.attribute.key) ?? []);
  return ({ attribute }) =>
    attribute.sort === "opaque" ||
    read.has(attribute.key) ||
    (rule.requires !== undefined && attribute.id.startsWith("credential."));
}

/** The weakest test that says the value is of the type that `test` speaks of. */
function impliedType(test: Test): Test {
  switch (test.test) {
    case "range":
      return { test: "type", type: "number" };
    case "text":
    case "cidr":
      return { test: "type", type: "text" };
    case "boolean":
      return { test: "type", type: "boolean" };
    case "member":
      return { test: "type", type: "list" };
    default:
      return { test: "present" };
  }
}

/** An atom is named by its expression. */
function nameOf({ key, sort }: Attribute, atoms: readonly OpaqueAtom[]): string {
  return sort === "opaque" ? (atoms.find((atom) => atom.attribute.key === key)?.text ?? key) : key;
}

function isSeen(literal: Literal, result: EndToEnd): boolean {
  return result.visible(literal.attribute);
}

/** Where an allow-term would hold, were it not for one of its unseen literals. */
function withoutUnseen(one: Term, unseen: readonly Literal[], result: EndToEnd): readonly Term[] {
  const seen = one.literals.filter((literal) => isSeen(literal, result));
  return one.literals
    .filter((literal) => unseen.includes(literal))
    .map((literal) => ({ ...one, literals: [...seen, complementLiteral(literal)] }));
}

/** The condition where it reads something unseen, else the requirement. */
function placeOf(rule: Rule, unseen: readonly Literal[]) {
  const keys = new Set(unseen.map((literal) => literal.attribute.key));
  const reads =
    unseen.some(({ attribute }) => attribute.sort === "opaque") ||
    rule.condition?.compiled.attributes.some((read) => keys.has(read.attribute.key)) === true;
  return (reads ? rule.condition?.place : rule.requires?.place) ?? rule.name.place;
}
