/**
 * The theories of single attributes: which values they can have, and what literals on one attribute say together.
 * Conjunctions over several attributes need nothing more, since attributes are independent.
 */

export { disjoint, implies } from "./relation.ts";
export type { SatisfyOptions } from "./satisfy.ts";
export { satisfy, valueHolds } from "./satisfy.ts";
