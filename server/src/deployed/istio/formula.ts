import type { Attribute } from "../../access/attribute.ts";
import { fails, type Literal, type Origin, type Term, type Test } from "../../access/predicate.ts";
import type { Place } from "../../text/place.ts";

/** A Boolean combination of literals, before it is spread out into terms. `all` of none is true, `any` of none false. */
export type Formula =
  | { readonly kind: "literal"; readonly literal: Literal; readonly wildcard?: Place }
  | { readonly kind: "all"; readonly of: readonly Formula[] }
  | { readonly kind: "any"; readonly of: readonly Formula[] };

export const always: Formula = { kind: "all", of: [] };
export const never: Formula = { kind: "any", of: [] };
export const all = (...of: readonly Formula[]): Formula => ({ kind: "all", of });
export const any = (...of: readonly Formula[]): Formula => ({ kind: "any", of });

/** `wildcard` is the place of the value where that is a pattern: where a surplus is best shown. */
export function literal(attribute: Attribute, test: Test, wildcard?: Place): Formula {
  return {
    kind: "literal",
    literal: { attribute, test, negated: false },
    ...(wildcard === undefined ? {} : { wildcard }),
  };
}

export function not(formula: Formula): Formula {
  switch (formula.kind) {
    case "literal": {
      const { attribute, test, negated } = formula.literal;
      return negated ? literal(attribute, test) : { kind: "literal", literal: fails(attribute, test) };
    }
    case "all":
      return any(...formula.of.map(not));
    case "any":
      return all(...formula.of.map(not));
  }
}

/** A rule that spreads out to more terms than this is not compared, but opaque. */
export const mostTerms = 5_000;

interface Conjunction {
  readonly literals: readonly Literal[];
  readonly wildcard?: Place;
}

/**
 * The formula as terms, each with the origin `label` at the place of the first wildcard that takes part in it, else
 * at `place`. Undefined where there would be more than `mostTerms`.
 */
export function toTerms(formula: Formula, label: string, place?: Place): readonly Term[] | undefined {
  const spread = conjunctions(formula);
  return spread?.map(({ literals, wildcard }) => {
    const at = wildcard ?? place;
    const origin: Origin = at === undefined ? { label } : { label, place: at };
    return { literals, origins: [origin] };
  });
}

function conjunctions(formula: Formula): readonly Conjunction[] | undefined {
  switch (formula.kind) {
    case "literal":
      return [
        {
          literals: [formula.literal],
          ...(formula.wildcard === undefined ? {} : { wildcard: formula.wildcard }),
        },
      ];
    case "any": {
      const found: Conjunction[] = [];
      for (const part of formula.of) {
        const some = conjunctions(part);
        if (some === undefined || found.length + some.length > mostTerms) return undefined;
        found.push(...some);
      }
      return found;
    }
    case "all": {
      let product: readonly Conjunction[] = [{ literals: [] }];
      for (const part of formula.of) {
        const some = conjunctions(part);
        if (some === undefined || product.length * some.length > mostTerms) return undefined;
        product = product.flatMap((left) => some.map((right) => join(left, right)));
      }
      return product;
    }
  }
}

function join(left: Conjunction, right: Conjunction): Conjunction {
  const wildcard = left.wildcard ?? right.wildcard;
  return {
    literals: [...left.literals, ...right.literals],
    ...(wildcard === undefined ? {} : { wildcard }),
  };
}
