import { type Attribute, opaqueAttribute } from "./attribute.ts";
import { attribute, catalogue } from "./catalogue.ts";
import { domainOf } from "./domain.ts";
import { accessFunction } from "./function-algebra.ts";
import type { Rewrite, Transfer } from "./hop.ts";
import type { Interaction } from "./interaction.ts";
import { testKey } from "./literal-key.ts";
import { type Conjunction, pathPreimage, strippedPath } from "./path-preimage.ts";
import type { AccessFunction, Literal, OpaqueAtom, Term, Terms } from "./predicate.ts";
import { readAttribute } from "./read-attribute.ts";
import { simplify } from "./simplify.ts";
import { or } from "./term-algebra.ts";
import { valueHolds } from "./theory.ts";
import type { AttributeValue } from "./value.ts";
import { withDelegation } from "./witness.ts";
import { removeAll, writeAttribute } from "./write-attribute.ts";

const pass: Rewrite = { rewrite: "pass" };

/**
 * What becomes of an attribute: by its key (`request.headers["x-team"]`), else by its id, else by the longest family
 * (`mcp.tool.*` before `mcp.*`). What is not named passes.
 */
export function rewriteOf(one: Attribute, transfer: Transfer): Rewrite {
  if (one.sort === "opaque") return pass;
  const own = transfer.rewrites.get(one.key) ?? transfer.rewrites.get(one.id);
  if (own !== undefined) return own;
  for (let dot = one.id.lastIndexOf("."); dot > 0; dot = one.id.lastIndexOf(".", dot - 1)) {
    const family = transfer.rewrites.get(`${one.id.slice(0, dot)}.*`);
    if (family !== undefined) return family;
  }
  return pass;
}

/**
 * A function behind a hop, as one of the attributes in front of it: it holds for a request iff `fn` holds for what
 * the transfer makes of it. `stripPrefix` is exact on paths that start with its prefix, which the guard of the
 * branch asks for; it says nothing about others. What is rewritten in an unknown way becomes an opaque atom, named
 * after `hop`, the attribute and the test.
 */
export function pullBack(fn: AccessFunction, transfer: Transfer, hop = "the hop before"): AccessFunction {
  const allow = pullBackTerms(fn.allow, transfer, hop, fn.opaque);
  const deny = pullBackTerms(fn.deny, transfer, hop, fn.opaque);
  return accessFunction(allow.terms, deny.terms, allow.opaque, deny.opaque);
}

/** The same for terms; `atoms` are the opaque atoms that stand in them. */
export function pullBackTerms(
  terms: Terms,
  transfer: Transfer,
  hop: string,
  atoms: readonly OpaqueAtom[] = [],
): { readonly terms: Terms; readonly opaque: readonly OpaqueAtom[] } {
  const back = new PullBack(transfer, hop, atoms);
  const result = or(terms.flatMap((term) => back.term(term)));
  return { terms: result, opaque: [...back.atoms.values()] };
}

/** More alternatives of one term than this, and a test of the path becomes an opaque atom. */
const maxAlternatives = 64;

class PullBack {
  readonly atoms = new Map<string, OpaqueAtom>();
  readonly #known: ReadonlyMap<string, OpaqueAtom>;
  readonly #isIdentity: boolean;
  readonly #fingerprint: string;

  constructor(
    private readonly transfer: Transfer,
    private readonly hop: string,
    known: readonly OpaqueAtom[],
  ) {
    this.#known = new Map(known.map((atom) => [atom.attribute.key, atom]));
    const rewrites = [...transfer.rewrites].filter(([, rewrite]) => rewrite.rewrite !== "pass");
    this.#isIdentity = rewrites.length === 0;
    this.#fingerprint = JSON.stringify(rewrites.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
  }

  term(term: Term): Terms {
    let alternatives: readonly Conjunction[] = [[]];
    for (const literal of term.literals) {
      const before = this.#literal(literal);
      const combined = combine(alternatives, before);
      if (combined.length === 0) return [];
      alternatives =
        combined.length <= maxAlternatives
          ? combined
          : combine(alternatives, [[this.#opaque(literal, "its preimage has too many cases")]]);
    }
    return alternatives.flatMap((literals) => simplify({ literals, origins: term.origins }) ?? []);
  }

  /** The literal in front of the hop, as a disjunction of conjunctions. */
  #literal(literal: Literal): readonly Conjunction[] {
    if (literal.attribute.sort === "opaque") return [[this.#renamed(literal)]];
    const rewrite = rewriteOf(literal.attribute, this.transfer);
    switch (rewrite.rewrite) {
      case "pass":
        return [[literal]];
      case "absent":
        return literal.negated ? [[]] : [];
      case "constant":
        return valueHolds(constantValue(literal.attribute, rewrite.value), literal) ? [[]] : [];
      case "stripPrefix": {
        const before = pathPreimage(literal, rewrite.prefix, rewrite.add);
        return (
          before ?? [[this.#opaque(literal, "its regular expression cannot be moved in front of the hop")]]
        );
      }
      case "unknown":
        return [[this.#opaque(literal, rewrite.reason)]];
    }
  }

  #opaque(literal: Literal, reason: string): Literal {
    const { attribute: tested, test, negated } = literal;
    const made = opaqueAttribute(`behind ${this.hop}: ${tested.key} ${testKey(test)} (${reason})`);
    const text = `what ${this.hop} makes of ${tested.key}`;
    this.atoms.set(made.key, { attribute: made, text, reason });
    return { attribute: made, test: { test: "opaque", value: "true" }, negated };
  }

  /** An atom behind the hop sees other requests than one of the same id in front of it. */
  #renamed(literal: Literal): Literal {
    const atom = this.#known.get(literal.attribute.key);
    if (atom === undefined) throw new Error(`${literal.attribute.key} is in no list of opaque atoms`);
    const made = this.#isIdentity
      ? literal.attribute
      : opaqueAttribute(`${literal.attribute.keys[0] ?? ""} behind ${this.hop} ${this.#fingerprint}`);
    this.atoms.set(made.key, { ...atom, attribute: made });
    return { ...literal, attribute: made };
  }
}

function combine(left: readonly Conjunction[], right: readonly Conjunction[]): readonly Conjunction[] {
  return left.flatMap((one) => right.map((other) => [...one, ...other]));
}

/** What the next hop reads of a constant: a list with one member where the attribute is always a list. */
function constantValue(one: Attribute, value: string | number): AttributeValue {
  const { kinds } = domainOf(one);
  if (typeof value === "number") return { kind: "number", value };
  return kinds.includes("text") ? { kind: "text", value } : { kind: "list", members: [value] };
}

/**
 * What the next hop sees of a request. An attribute that is rewritten in an unknown way is absent: nothing is
 * claimed of it.
 */
export function applyTransfer(interaction: Interaction, transfer: Transfer): Interaction {
  let result = interaction;
  for (const definition of catalogue.values()) {
    if (definition.keys === "none") {
      const one = attribute(definition.id);
      result = applyRewrite(result, one, rewriteOf(one, transfer));
    } else {
      const family = rewriteOf(
        { id: definition.id, keys: [], sort: definition.sort, key: definition.id },
        transfer,
      );
      if (family.rewrite === "absent" || family.rewrite === "unknown")
        result = removeAll(result, definition.id);
    }
  }
  for (const [name, rewrite] of transfer.rewrites) {
    const one = keyedAttribute(name);
    if (one === undefined) continue;
    const isKept = rewrite.rewrite === "pass";
    result = isKept
      ? writeAttribute(result, one, readAttribute(interaction, one))
      : applyRewrite(result, one, rewrite);
  }
  return result.jwt === interaction.jwt ? result : withDelegation(result);
}

function applyRewrite(interaction: Interaction, one: Attribute, rewrite: Rewrite): Interaction {
  const before = readAttribute(interaction, one);
  switch (rewrite.rewrite) {
    case "pass":
      return interaction;
    case "absent":
    case "unknown":
      return before.kind === "absent" ? interaction : writeAttribute(interaction, one, { kind: "absent" });
    case "constant":
      return writeAttribute(interaction, one, constantValue(one, rewrite.value));
    case "stripPrefix":
      if (before.kind !== "text") return interaction;
      return writeAttribute(interaction, one, {
        kind: "text",
        value: strippedPath(before.value, rewrite.prefix, rewrite.add),
      });
  }
}

/** The attribute of a canonical key with keys (`attributeKey`); undefined for ids and families. */
function keyedAttribute(name: string): Attribute | undefined {
  for (const { id, keys } of catalogue.values()) {
    if (keys === "none" || !name.startsWith(id) || !/^[.[]/.test(name.slice(id.length))) continue;
    const parts = [...name.slice(id.length).matchAll(/\.([A-Za-z_][A-Za-z0-9_]*)|\[("(?:[^"\\]|\\.)*")\]/g)];
    if (parts.length === 0) continue;
    return attribute(id, ...parts.map(([, plain, quoted]) => plain ?? String(JSON.parse(quoted ?? '""'))));
  }
  return undefined;
}
