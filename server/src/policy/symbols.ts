/**
 * The symbols of a control plane: what is named, where it is defined, and every place that says it. Hover,
 * definition, references, rename, completion and "did you mean" all read this one table.
 */
import type { Place } from "../text/place.ts";
import { type Definition, definitions, keyOf, operationSymbolName } from "./definitions.ts";
import type { PolicySet } from "./model.ts";
import { operationsNamed } from "./operation-names.ts";
import { type SymbolKind, symbolKey } from "./symbol-key.ts";
import { type Use, uses } from "./uses.ts";
import { variableUses } from "./variable-uses.ts";

export interface PolicySymbol {
  readonly key: string;
  readonly kind: SymbolKind;
  readonly name: string;
  readonly container?: string;
  /** One, but for what every environment defines anew: enforcement points and variables. */
  readonly definitions: readonly Place[];
  readonly aliases: readonly string[];
  readonly references: readonly Place[];
}

export interface SymbolTable {
  readonly symbols: ReadonlyMap<string, PolicySymbol>;
  /** Uses of names that nothing defines. */
  readonly unresolved: readonly Use[];
}

export function symbols(set: PolicySet): readonly PolicySymbol[] {
  return [...symbolTable(set).symbols.values()];
}

interface MutableSymbol extends PolicySymbol {
  readonly definitions: Place[];
  readonly references: Place[];
}

const tables = new WeakMap<PolicySet, SymbolTable>();

/** Made once for each version of the set. */
export function symbolTable(set: PolicySet): SymbolTable {
  const known = tables.get(set);
  if (known !== undefined) return known;
  const table = makeTable(set);
  tables.set(set, table);
  return table;
}

function makeTable(set: PolicySet): SymbolTable {
  const found = new Map<string, MutableSymbol>();
  for (const definition of definitions(set)) define(found, definition);
  const unresolved: Use[] = [];
  for (const use of [...uses(set), ...variableUses(set)]) {
    const symbol = found.get(keyOfUse(set, use));
    if (symbol === undefined) unresolved.push(use);
    else symbol.references.push(use.place);
  }
  return { symbols: found, unresolved };
}

function define(found: Map<string, MutableSymbol>, definition: Definition): void {
  const key = keyOf(definition);
  const { kind, name, container, place, aliases = [] } = definition;
  const known = found.get(key);
  if (known !== undefined) {
    // Several base paths make several operations of one: that is one definition.
    if (!known.definitions.includes(place)) known.definitions.push(place);
    return;
  }
  found.set(key, {
    key,
    kind,
    name,
    ...(container === undefined ? {} : { container }),
    definitions: [place],
    aliases,
    references: [],
  });
}

/** An operation can be said in several ways; all of them mean the symbol of its first name. */
function keyOfUse(set: PolicySet, use: Use): string {
  if (use.kind !== "operation") return symbolKey(use.kind, use.text, use.container);
  const resource = set.resources.get(use.container ?? "");
  const [operation] = operationsNamed(resource?.operations ?? [], [use.text]);
  const name = operation === undefined ? use.text : operationSymbolName(operation);
  return symbolKey("operation", name, use.container);
}
