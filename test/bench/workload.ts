/**
 * Access functions of N terms in the four shapes of the goals (by path, by principal, by claim, dense overlaps), over
 * principal, method, path, twenty claims, port and source address; 5% of the terms deny. Every call makes new objects,
 * as lowering does, so that nothing is remembered from one run to the next.
 */
import { attribute } from "../../server/src/access/catalogue.ts";
import {
  type AccessFunction,
  fails,
  holds,
  type Literal,
  type Term,
  type Test,
} from "../../server/src/access/predicate.ts";
import {
  exactly,
  oneOf,
  pathTemplate,
  prefix,
  type TextPattern,
} from "../../server/src/access/text-pattern.ts";
import { random } from "../unit/access/support/random-functions.ts";

export type Shape = "by path" | "by principal" | "by claim" | "dense";
export const shapes: readonly Shape[] = ["by path", "by principal", "by claim", "dense"];

/** What the right side is beside the left one. */
export type Change = "equal" | "one edit" | "10% mutated" | "re-expressed";
export const changes: readonly Change[] = ["equal", "one edit", "10% mutated", "re-expressed"];

const text = (pattern: TextPattern): Test => ({ test: "text", pattern });
const member = (value: string): Test => ({ test: "member", pattern: exactly(value) });
const path = attribute("request.path");
const method = attribute("request.method");
const principal = attribute("source.principal");
const groups = attribute("jwt.claims", "groups");
const port = attribute("destination.port");
const address = attribute("source.ip");

function literals(shape: Shape, index: number): Literal[] {
  const source = random(index * 7919 + 17);
  const verb = holds(
    method,
    text(oneOf(source.pick([["GET", "HEAD"], ["POST"], ["GET"], ["PUT", "PATCH"]]))),
  );
  switch (shape) {
    case "by path":
      return [
        verb,
        holds(path, text(index % 2 === 0 ? pathTemplate(`/v1/r${index}/{id}`) : prefix(`/v1/r${index}/`))),
        holds(groups, member(`g${index % 20}`)),
        ...(index % 7 === 0 ? [holds(port, { test: "range", min: 8000, max: 8443 })] : []),
      ];
    case "by principal":
      return [
        verb,
        holds(
          principal,
          text(
            index % 5 === 0
              ? prefix(`spiffe://prod.example/ns/n${index}/`)
              : exactly(`spiffe://prod.example/ns/n${index % 97}/sa/s${index}`),
          ),
        ),
        holds(path, text(prefix(`/v1/r${index % 50}/`))),
        ...(index % 7 === 0 ? [holds(address, { test: "cidr", network: `10.${index % 200}.0.0/16` })] : []),
      ];
    case "by claim":
      return [
        verb,
        holds(groups, member(`g${index}`)),
        holds(path, text(prefix(`/v1/r${index % 10}/`))),
        ...(index % 3 === 0
          ? [holds(attribute("jwt.claims", `c${index % 20}`), text(exactly(`v${index % 11}`)))]
          : []),
      ];
    case "dense":
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
        holds(groups, member(`g${source.below(25)}`)),
        holds(attribute("jwt.claims", `c${source.below(20)}`), text(exactly(`v${source.below(10)}`))),
      ];
  }
}

const denies = (index: number): boolean => index % 20 === 19;
const termOf = (list: readonly Literal[], label: string): Term => ({ literals: list, origins: [{ label }] });

function functionOf(terms: readonly (readonly [number, Term])[]): AccessFunction {
  return {
    allow: terms.filter(([index]) => !denies(index)).map(([, term]) => term),
    deny: terms.filter(([index]) => denies(index)).map(([, term]) => term),
    opaque: [],
  };
}

function plain(shape: Shape, count: number, changed: (index: number) => boolean): AccessFunction {
  return functionOf(
    Array.from({ length: count }, (_, index) => {
      const list = literals(shape, index);
      if (changed(index)) list[0] = holds(method, text(exactly("DELETE")));
      return [index, termOf(list, `rule-${index}`)] as const;
    }),
  );
}

/** Half as many rules as terms: each one once inside and once outside of a divider, which the two sides choose apart. */
function divided(shape: Shape, count: number, side: "left" | "right"): AccessFunction {
  const dividers: readonly (readonly [Literal["attribute"], Test])[] =
    side === "left"
      ? [
          [path, text(prefix("/v1/r1"))],
          [method, text(oneOf(["POST", "PUT"]))],
        ]
      : [
          [port, { test: "range", max: 8099 }],
          [address, { test: "cidr", network: "10.0.0.0/8" }],
        ];
  const terms: (readonly [number, Term])[] = [];
  for (let index = 0; index < count / 2; index++) {
    const [on, test] = dividers[index % 2] ?? [path, text(prefix("/"))];
    const label = `rule-${index}`;
    terms.push([index, termOf([...literals(shape, index), holds(on, test)], label)]);
    terms.push([index, termOf([...literals(shape, index), fails(on, test)], label)]);
  }
  return functionOf(side === "left" ? terms : terms.reverse());
}

/** Two sides of `count` terms each. */
export function pairOf(
  shape: Shape,
  count: number,
  change: Change,
): { readonly left: AccessFunction; readonly right: AccessFunction } {
  const never = () => false;
  const middle = Math.floor(count / 2) - (denies(Math.floor(count / 2)) ? 1 : 0);
  switch (change) {
    case "equal":
      return { left: plain(shape, count, never), right: plain(shape, count, never) };
    case "one edit":
      return { left: plain(shape, count, never), right: plain(shape, count, (index) => index === middle) };
    case "10% mutated":
      return { left: plain(shape, count, never), right: plain(shape, count, (index) => index % 10 === 3) };
    case "re-expressed":
      return { left: divided(shape, count, "left"), right: divided(shape, count, "right") };
  }
}
