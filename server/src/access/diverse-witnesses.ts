import { type Assignment, assignedValue } from "./assignment.ts";
import type { Attribute } from "./attribute.ts";
import { attribute } from "./catalogue.ts";
import { newlyAllowed, newlyDenied, type Witness } from "./compare.ts";
import type { Sides } from "./difference-regions.ts";
import { literalKey } from "./literal-key.ts";
import type { Literal, Term } from "./predicate.ts";
import type { DifferenceOptions } from "./responsible.ts";
import type { TermCause } from "./term-causes.ts";
import { joinTerms } from "./terms.ts";
import { exactly } from "./text-pattern.ts";

/** What makes two requests different things to a reader, most telling first; of lists, each value is a way of its own. */
const aspects: readonly Attribute[] = [
  attribute("mcp.tool.name"),
  attribute("mcp.prompt.name"),
  attribute("mcp.resource.uri"),
  attribute("llm.requestModel"),
  attribute("event.operation"),
  attribute("event.type"),
  attribute("event.topic"),
  attribute("request.method"),
  attribute("request.path"),
  attribute("source.principal"),
  attribute("client.id"),
  attribute("jwt.iss"),
];
/** From here on they say who calls. */
const firstCaller = aspects.findIndex(({ id }) => id === "source.principal");

const mostWitnesses = 3;
/** So many further questions are asked for the sake of variety. */
const mostAsked = 8;

/**
 * Requests of the difference that are decided in different ways: by different rules first, then of one rule by
 * different terms, then with different values of a list that a term has (methods, tools, paths, callers). What merely
 * has another made-up word in it is the same request to a reader, and is not among them. Each is confirmed.
 */
export function diverseWitnesses(
  causes: readonly TermCause[],
  sides: Sides,
  options: Omit<DifferenceOptions, "most">,
): readonly Witness[] {
  const most = options.maxWitnesses ?? mostWitnesses;
  const own = causes.map(({ witness }) => witness);
  const chosen = mostDifferent(own, [], most);
  let asked = 0;
  for (const cause of causes) {
    for (const part of partsOf(cause, chosen)) {
      if (chosen.length >= most || asked++ >= mostAsked) return chosen;
      const allowing = { ...sides.allowing, allow: [part] };
      const single = { ...options, maxWitnesses: 1 };
      const { answer } =
        options.allowingIs === "left"
          ? newlyDenied(allowing, sides.denying, single)
          : newlyAllowed(sides.denying, allowing, single);
      if (answer.answer !== "yes") continue;
      const found = answer.witnesses.map((one): Witness => ({ ...one, allowTerm: cause.witness.allowTerm }));
      chosen.push(...mostDifferent(found, chosen, 1));
    }
  }
  return chosen;
}

/** Greedily, the next always the one that differs most from all before it; of equals the first. */
function mostDifferent(from: readonly Witness[], before: readonly Witness[], most: number): Witness[] {
  const chosen: Witness[] = [];
  while (chosen.length < most) {
    const against = [...before, ...chosen];
    const rated = from.map((one) => ({
      one,
      rate: Math.min(...against.map((other) => difference(one, other)), Number.MAX_SAFE_INTEGER),
    }));
    const best = rated.reduce((a, b) => (b.rate > a.rate ? b : a), { one: from[0], rate: 0 });
    if (best.one === undefined || best.rate === 0) return chosen;
    chosen.push(best.one);
  }
  return chosen;
}

/** None at all: 0. Another rule counts most, then another operation, then another caller. */
function difference(a: Witness, b: Witness): number {
  const rules = (witness: Witness) =>
    JSON.stringify(
      [witness.allowTerm, witness.deniedBy].map((term) => term?.origins.map(({ label }) => label)),
    );
  const differs = aspects.map((one) => isOtherWay(one, a, b));
  const operation = differs.slice(0, firstCaller).filter(Boolean).length;
  const caller = differs.slice(firstCaller).filter(Boolean).length;
  return (rules(a) === rules(b) ? 0 : 100) + 10 * operation + caller;
}

/** Where both rules ask the same of the value, another value is another way only if they list it by name. */
function isOtherWay(aspect: Attribute, a: Witness, b: Witness): boolean {
  if (textOf(a.assignment, aspect) === textOf(b.assignment, aspect)) return false;
  const asked = ({ allowTerm, deniedBy }: Witness): readonly Literal[] =>
    [...allowTerm.literals, ...(deniedBy?.literals ?? [])].filter((one) => one.attribute.key === aspect.key);
  const key = (some: readonly Literal[]) => some.map(literalKey).sort().join();
  return key(asked(a)) !== key(asked(b)) || asked(a).some((literal) => valuesOf(literal).length > 0);
}

function textOf(values: Assignment, aspect: Attribute): string {
  return JSON.stringify(assignedValue(values, aspect));
}

/** The cause with one value of a list that no chosen request has. */
function* partsOf(cause: TermCause, chosen: readonly Witness[]): Generator<Term> {
  const { allowTerm, deniedBy } = cause.witness;
  const box = cause.kind === "denied" && deniedBy !== undefined ? joinTerms(allowTerm, deniedBy) : allowTerm;
  if (box === undefined) return;
  for (const one of aspects)
    for (const literal of box.literals) {
      if (literal.attribute.key !== one.key) continue;
      for (const value of valuesOf(literal)) {
        const said = JSON.stringify({ kind: "text", value });
        if (chosen.some(({ assignment }) => textOf(assignment, one) === said)) continue;
        const only: Literal = { ...literal, test: { test: "text", pattern: exactly(value) } };
        yield { ...box, literals: box.literals.map((other) => (other === literal ? only : other)) };
      }
    }
}

function valuesOf({ test, negated }: Literal): readonly string[] {
  if (negated || test.test !== "text" || test.pattern.kind !== "oneOf" || test.pattern.ignoreCase) return [];
  return test.pattern.values.length < 2 ? [] : test.pattern.values.slice(0, 6);
}
