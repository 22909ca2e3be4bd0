/** Boolean operations on terms and on access functions: the one place that other layers import them from. */
export {
  accessFunction,
  allowedWithin,
  allowsNothing,
  anyOf,
  conjoin,
  type Entry,
  firstMatch,
  guarded,
  union,
  withoutDenies,
} from "./function-algebra.ts";
export { literalKey, termKey, testKey } from "./literal-key.ts";
export { simplify } from "./simplify.ts";
export {
  absorb,
  always,
  and,
  andAll,
  complementLiteral,
  defaultTermLimit,
  joinOrigins,
  joinTerms,
  never,
  not,
  or,
  subtract,
  subtractTerm,
  type TooMany,
  termImplies,
  termsDisjoint,
} from "./term-algebra.ts";
