import { serialize } from "@marcbachmann/cel-js/serialize";
import { opaqueAttribute } from "../access/attribute.ts";
import { holds, type OpaqueAtom } from "../access/predicate.ts";
import type { Dnf } from "./dnf.ts";
import { type CelNode, partsOf } from "./engine.ts";
import type { CelEnvironment } from "./environment.ts";
import type { Reference } from "./reference.ts";
import type { Resolution } from "./resolve.ts";
import { constraintsOf } from "./schema-constraints.ts";
import { writtenText } from "./standard-functions.ts";
import type { Three } from "./three.ts";

/** The parts of a condition that predicates cannot say. Each is an atom, which is the same wherever its text is. */
export class OpaqueAtoms {
  readonly atoms = new Map<string, OpaqueAtom>();

  constructor(
    private readonly resolution: Resolution,
    private readonly environment: CelEnvironment,
  ) {}

  make(node: CelNode, reason: string): Three {
    const text = writtenText(serialize(node));
    const attribute = opaqueAttribute(`${this.environment.dialect}${this.#givens(node)}:${text}`);
    this.atoms.set(attribute.key, { attribute, text, reason });
    const is = (value: "true" | "false" | "error"): Dnf => [[holds(attribute, { test: "opaque", value })]];
    return { true: is("true"), false: is("false"), error: is("error") };
  }

  /** Why predicates cannot say what the node is. */
  reason(node: CelNode): string {
    for (const reference of this.#referencesIn(node)) {
      if (reference.source.kind === "firstHeader" || reference.source.kind === "fact")
        return whyOpaque(reference);
    }
    return "it computes something that predicates on single attributes cannot say";
  }

  /** What makes equal texts different atoms: variables that an engine gives a value of its own, and what schemas ask. */
  #givens(node: CelNode): string {
    const found = [...this.#referencesIn(node)].flatMap(({ source, path, type }) => {
      const constraints = constraintsOf(type);
      if (constraints !== undefined) return [`${path}:${JSON.stringify(constraints)}`];
      return source.kind === "constant" ? [`${path}=${source.value}`] : [];
    });
    return found.length === 0 ? "" : `[${[...new Set(found)].sort().join(",")}]`;
  }

  *#referencesIn(node: CelNode): Generator<Reference> {
    const reference = this.resolution.references.get(node) ?? this.resolution.presences.get(node);
    if (reference !== undefined) yield reference;
    else for (const part of partsOf(node)) yield* this.#referencesIn(part);
  }
}

/** Why predicates cannot say what a reference is. */
export function whyOpaque({ source, path }: Reference): string {
  if (source.kind === "fact") return source.reason;
  if (source.kind === "firstHeader") return "agentgateway reads only the first value of a repeated header";
  return `${path} is not one attribute of the request`;
}
