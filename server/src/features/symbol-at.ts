/**
 * What the cursor stands on: an own symbol, a condition. Looked up by block (a rule, an identity), so that neither the
 * length of a file nor an edit in another block makes it dearer.
 */
import type { ConditionPart, PolicySet, Rule, RuleCondition } from "../policy/model.ts";
import { type PolicySymbol, symbols } from "../policy/symbols.ts";
import type { SourceLayout } from "../text/layout.ts";
import type { Block, Place } from "../text/place.ts";
import { Intervals } from "./intervals.ts";

export interface SymbolAt {
  readonly symbol: PolicySymbol;
  readonly place: Place;
}

export interface ConditionAt {
  readonly rule: Rule;
  readonly condition: RuleCondition;
  readonly part: ConditionPart;
  readonly place: Place;
}

/** The symbol whose definition or reference covers the offset; of several (a variable in an id) the smallest. */
export function symbolAt(set: PolicySet, layout: SourceLayout, offset: number): SymbolAt | undefined {
  return lookUp(symbolIndex(set), layout, offset);
}

export function conditionAt(set: PolicySet, layout: SourceLayout, offset: number): ConditionAt | undefined {
  return lookUp(conditionIndex(set), layout, offset);
}

interface Placed {
  readonly place: Place;
}

class BlockIndex<T extends Placed> {
  readonly #byBlock = new Map<Block, T[]>();
  readonly #intervals = new Map<Block, Intervals<T>>();

  /** Names and conditions never span blocks. */
  add(one: T): void {
    const own = this.#byBlock.get(one.place.block);
    if (own === undefined) this.#byBlock.set(one.place.block, [one]);
    else own.push(one);
  }

  at(block: Block, offset: number): T | undefined {
    const all = this.#byBlock.get(block);
    if (all === undefined) return undefined;
    let intervals = this.#intervals.get(block);
    if (intervals === undefined) {
      intervals = new Intervals(
        all.map((value) => ({ start: value.place.start, end: value.place.end, value })),
      );
      this.#intervals.set(block, intervals);
    }
    return intervals.at(offset)?.value;
  }
}

function lookUp<T extends Placed>(index: BlockIndex<T>, layout: SourceLayout, offset: number): T | undefined {
  const block = layout.blockAt(offset);
  if (block === undefined) return undefined;
  const found = index.at(block, offset - layout.base(block));
  if (found !== undefined || offset === 0 || offset !== layout.base(block)) return found;
  // A cursor right behind the last word of a block counts for that word.
  const before = layout.blockAt(offset - 1);
  return before && index.at(before, offset - layout.base(before));
}

const symbolIndexes = new WeakMap<PolicySet, BlockIndex<SymbolAt>>();
const conditionIndexes = new WeakMap<PolicySet, BlockIndex<ConditionAt>>();

function symbolIndex(set: PolicySet): BlockIndex<SymbolAt> {
  return remembered(symbolIndexes, set, (index) => {
    for (const symbol of symbols(set)) {
      for (const place of symbol.definitions) index.add({ symbol, place });
      for (const place of symbol.references) index.add({ symbol, place });
    }
  });
}

function conditionIndex(set: PolicySet): BlockIndex<ConditionAt> {
  return remembered(conditionIndexes, set, (index) => {
    for (const policy of set.policies)
      for (const rule of policy.rules) {
        const { condition } = rule;
        for (const part of condition?.parts ?? [])
          if (condition !== undefined) index.add({ rule, condition, part, place: part.node.place });
      }
  });
}

function remembered<T extends Placed>(
  indexes: WeakMap<PolicySet, BlockIndex<T>>,
  set: PolicySet,
  fill: (index: BlockIndex<T>) => void,
): BlockIndex<T> {
  const known = indexes.get(set);
  if (known !== undefined) return known;
  const made = new BlockIndex<T>();
  fill(made);
  indexes.set(set, made);
  return made;
}
