/** Large policies in the shapes of comparison.md: by path, by principal, by claim, dense overlaps. */
import { attribute } from "../../../../server/src/access/catalogue.ts";
import {
  type AccessFunction,
  fails,
  holds,
  type Literal,
  type Term,
  type Test,
} from "../../../../server/src/access/predicate.ts";
import {
  exactly,
  oneOf,
  pathTemplate,
  prefix,
  type TextPattern,
} from "../../../../server/src/access/text-pattern.ts";
import { random } from "./random-functions.ts";

export type Shape = "by path" | "by principal" | "by claim" | "dense";
export const shapes: readonly Shape[] = ["by path", "by principal", "by claim", "dense"];

const text = (pattern: TextPattern): Test => ({ test: "text", pattern });
const path = attribute("request.path");
const method = attribute("request.method");
const principal = attribute("source.principal");
const groups = attribute("jwt.claims", "groups");

function literals(shape: Shape, index: number): readonly Literal[] {
  const verb = holds(method, text(oneOf(index % 3 === 0 ? ["GET", "HEAD"] : ["POST"])));
  switch (shape) {
    case "by path":
      return [
        verb,
        holds(path, text(index % 2 === 0 ? pathTemplate(`/v1/r${index}/{id}`) : prefix(`/v1/r${index}/`))),
        holds(groups, { test: "member", pattern: exactly(`g${index % 20}`) }),
      ];
    case "by principal":
      return [
        verb,
        holds(
          principal,
          text(
            index % 5 === 0
              ? prefix(`spiffe://td/ns/n${index}/`)
              : exactly(`spiffe://td/ns/n${index % 97}/sa/s${index}`),
          ),
        ),
        holds(path, text(prefix(`/v1/r${index % 50}/`))),
      ];
    case "by claim":
      return [
        verb,
        holds(groups, { test: "member", pattern: exactly(`g${index}`) }),
        holds(path, text(prefix(`/v1/r${index % 10}/`))),
      ];
    case "dense": {
      const source = random(index);
      return [
        verb,
        holds(
          path,
          text(
            source.chance(0.5)
              ? prefix(`/v1/r${source.below(30)}/`)
              : pathTemplate(`/v1/{x}/s${source.below(30)}`),
          ),
        ),
        holds(groups, { test: "member", pattern: exactly(`g${source.below(25)}`) }),
        holds(attribute("jwt.claims", `c${source.below(20)}`), text(exactly(`v${source.below(10)}`))),
      ];
    }
  }
}

export function large(shape: Shape, count: number): AccessFunction {
  const terms = Array.from(
    { length: count },
    (_, index): Term => ({ literals: literals(shape, index), origins: [{ label: `rule-${index}` }] }),
  );
  return {
    allow: terms.filter((_, index) => index % 20 !== 19),
    deny: terms.filter((_, index) => index % 20 === 19),
    opaque: [],
  };
}

/** The same decisions in other words: each test once inside and once outside of a split, new origins, other order. */
export function reexpressed(fn: AccessFunction): AccessFunction {
  const split = (term: Term, index: number): readonly Term[] => {
    const origins = [{ label: `again-${index}` }];
    const divider: Test = index % 2 === 0 ? text(prefix("/v1/r1")) : text(oneOf(["POST", "PUT"]));
    const on = index % 2 === 0 ? path : method;
    return [
      { literals: [...term.literals, holds(on, divider)], origins },
      { literals: [...term.literals, fails(on, divider)], origins },
    ];
  };
  return { allow: fn.allow.flatMap(split).reverse(), deny: fn.deny.flatMap(split), opaque: fn.opaque };
}

/** Every n-th allow-term gets another method. */
export function edited(fn: AccessFunction, every: number): AccessFunction {
  const change = (term: Term, index: number): Term =>
    index % every === 0
      ? { ...term, literals: [...term.literals.slice(1), holds(method, text(exactly("PATCH")))] }
      : term;
  return { ...fn, allow: fn.allow.map(change) };
}
