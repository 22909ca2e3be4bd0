/** Mutations of what a rule's names expand to: the predicates on callers and targets, and those of `requires`. */
import { literalKey } from "../../access/literal-key.ts";
import { fails, holds, type Literal } from "../../access/predicate.ts";
import { describeTerm } from "../../access/region.ts";
import { sequence, type TextPart, type TextPattern } from "../../access/text-pattern.ts";
import type { RuleFactors } from "../../policy/lower/rules.ts";
import type { Resource, Rule } from "../../policy/model.ts";
import type { MutationDraft, PredicateChange } from "./mutation.ts";

type Part = PredicateChange["part"];

/** A rule on one of its resources. */
export interface RuleOn {
  readonly rule: Rule;
  readonly resource: Resource;
  readonly factors: RuleFactors;
}

/** Of all rules together: a predicate changes wherever a name brings it in. */
export function* predicateMutations(on: readonly RuleOn[]): Generator<MutationDraft> {
  for (const { literal, found } of literalsOf(on, "callers", () => "")) {
    const [first] = found;
    const place = first.rule.subjects?.[0]?.place ?? first.rule.name.place;
    yield* dropped("callers", literal, found, { about: "callers", place });
  }
  for (const { literal, found } of literalsOf(on, "targets", (one) => one.resource.name)) {
    const [{ resource }] = found;
    yield* dropped("targets", literal, found, { about: resource.name, place: resource.place });
  }
  for (const { literal, found } of literalsOf(on, "required", (one) => one.rule.id)) {
    const [{ rule }] = found;
    const { attribute, test, negated } = literal;
    const opposite = negated ? holds(attribute, test) : fails(attribute, test);
    yield {
      about: rule.id,
      rules: [rule],
      kind: "negate",
      words: `"${inWords(literal)}" is turned around`,
      place: rule.requires?.place ?? rule.name.place,
      change: { by: "predicate", part: "required", literal: literalKey(literal), alternatives: [opposite] },
    };
  }
}

function* dropped(
  part: Part,
  literal: Literal,
  found: readonly RuleOn[],
  owner: Pick<MutationDraft, "about" | "place">,
): Generator<MutationDraft> {
  if (followsFromOthers.has(literal.attribute.id)) return;
  const rules = [...new Set(found.map((one) => one.rule))];
  const change = { by: "predicate", part, literal: literalKey(literal) } as const;
  const words = `"${inWords(literal)}" is not checked`;
  yield { ...owner, rules, kind: "drop-predicate", words, change: { ...change, alternatives: [undefined] } };
  const wider = found[0] && widened(literal, found[0].resource);
  if (wider === undefined) return;
  const becomes = `"${inWords(literal)}" becomes "${inWords(wider)}"`;
  const alternatives = [literal, wider];
  yield { ...owner, rules, kind: "widen-predicate", words: becomes, change: { ...change, alternatives } };
}

/** The MCP method says nothing that the tool, prompt or resource does not. */
const followsFromOthers: ReadonlySet<string> = new Set(["mcp.methodName", "transport"]);

interface Spoken {
  readonly literal: Literal;
  /** The rules that say it, in their order. */
  readonly found: readonly [RuleOn, ...RuleOn[]];
}

/** Each literal once in each group, in the order of the rules. */
function literalsOf(on: readonly RuleOn[], part: Part, groupOf: (one: RuleOn) => string): readonly Spoken[] {
  const spoken = new Map<string, { literal: Literal; found: [RuleOn, ...RuleOn[]] }>();
  for (const one of on) {
    const { factors } = one;
    const literals = part === "required" ? factors.required : factors[part].flatMap((term) => term.literals);
    for (const literal of new Map(literals.map((each) => [literalKey(each), each])).values()) {
      const key = `${groupOf(one)} ${literalKey(literal)}`;
      const known = spoken.get(key);
      if (known === undefined) spoken.set(key, { literal, found: [one] });
      else known.found.push(one);
    }
  }
  return [...spoken.values()];
}

const inWords = (literal: Literal): string => describeTerm({ literals: [literal], origins: [] });

/**
 * What somebody could take for the same: any workload beside the one, everything below the path, every call of the
 * service.
 */
function widened({ attribute, test, negated }: Literal, resource: Resource): Literal | undefined {
  if (negated || test.test !== "text") return undefined;
  const isCall = attribute.id === "request.path" && resource.protocol === "grpc";
  if (attribute.id === "source.principal" || isCall) {
    const [id, ...more] = test.pattern.kind === "oneOf" ? test.pattern.values : [];
    if (id === undefined || more.length > 0) return undefined;
    const beside = id.slice(0, id.lastIndexOf("/") + 1);
    return holds(attribute, { test: "text", pattern: sequence({ literal: beside }, { any: "segment" }) });
  }
  if (attribute.id !== "request.path") return undefined;
  const parts = partsOf(test.pattern);
  if (parts === undefined) return undefined;
  const below = sequence(...parts, { literal: "/" }, { any: "chars" });
  return holds(attribute, { test: "text", pattern: below });
}

function partsOf(pattern: TextPattern): readonly TextPart[] | undefined {
  if (pattern.ignoreCase) return undefined;
  if (pattern.kind === "sequence") return pattern.parts;
  const [only, ...more] = pattern.values;
  return only === undefined || more.length > 0 || only.endsWith("/") ? undefined : [{ literal: only }];
}

/** The rule on one resource with the literal changed wherever it stands in the part. */
export function withPredicateChanged(factors: RuleFactors, change: PredicateChange): RuleFactors {
  const changed = (literals: readonly Literal[]): readonly (readonly Literal[])[] => {
    const rest = literals.filter((literal) => literalKey(literal) !== change.literal);
    if (rest.length === literals.length) return [literals];
    return change.alternatives.map((one) => (one === undefined ? rest : [...rest, one]));
  };
  if (change.part === "required") {
    // One alternative each: `requires` is one conjunction.
    const [required = factors.required] = changed(factors.required);
    return { ...factors, required };
  }
  const terms = factors[change.part].flatMap((term) =>
    changed(term.literals).map((literals) => ({ ...term, literals })),
  );
  return { ...factors, [change.part]: terms };
}
