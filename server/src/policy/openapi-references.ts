import type { Problem } from "../text/problem.ts";
import { child, type ScalarNode, type TreeNode, text } from "../text/tree.ts";

/**
 * Follows the local `$ref`s of one document. A chain of references that comes back to itself stands for nothing and
 * gives one finding; recursion below a schema (a tree of nodes) is legal and is not followed here at all.
 */
export class OpenApiReferences {
  readonly #problems = new Map<string, Problem>();

  constructor(private readonly root: TreeNode | undefined) {}

  problems(): readonly Problem[] {
    return [...this.#problems.values()];
  }

  /** What a node stands for, its own references followed. Undefined where that is nothing; there is a finding then. */
  follow(node: TreeNode | undefined): TreeNode | undefined {
    const chain: ScalarNode[] = [];
    let current = node;
    for (;;) {
      const reference = child(current, "$ref");
      if (reference?.kind !== "scalar" || text(reference) === undefined) return current;
      const start = chain.findIndex((one) => one.text === reference.text);
      if (start !== -1) {
        this.#cycle(chain.slice(start));
        return undefined;
      }
      chain.push(reference);
      current = this.#target(reference);
      if (current === undefined) return undefined;
    }
  }

  /** The reference that the node itself is, where what it refers to stands in another file. */
  externalOf(node: TreeNode): ScalarNode | undefined {
    const reference = child(node, "$ref");
    return reference?.kind === "scalar" && text(reference)?.startsWith("#") === false ? reference : undefined;
  }

  /** Reports the references of a schema that lead nowhere or in a circle without ever saying anything. */
  check(schema: TreeNode): void {
    const pending: TreeNode[] = [schema];
    for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
      if (node.kind === "list") pending.push(...node.items);
      if (node.kind !== "map") continue;
      const pointer = text(child(node, "$ref"));
      // Each pointer is followed once, so that recursive schemas end; what it leads to is looked through once.
      if (pointer !== undefined && !this.#checked.has(pointer)) {
        this.#checked.add(pointer);
        const target = this.follow(node);
        if (target !== undefined) pending.push(target);
      }
      for (const { value } of node.entries) if (value.kind !== "scalar") pending.push(value);
    }
  }

  readonly #checked = new Set<string>();

  #target(reference: ScalarNode): TreeNode | undefined {
    const pointer = reference.text;
    if (!pointer.startsWith("#")) {
      this.#report(`external ${pointer}`, {
        code: "openapi/external-ref",
        severity: "information",
        message: `"${pointer}" stands in another file, which is not read. What it describes is left untyped; bundle the document into one file to have it.`,
        place: reference.place,
      });
      return undefined;
    }
    let current = this.root;
    for (const step of pointer.slice(1).split("/").slice(1)) {
      const key = decode(step).replaceAll("~1", "/").replaceAll("~0", "~");
      current = current?.kind === "list" ? current.items[Number(key)] : child(current, key);
    }
    if (current === undefined) {
      this.#report(`missing ${pointer}`, {
        code: "openapi/unresolved-ref",
        severity: "error",
        message: `"${pointer}" leads to nothing in this document. What it describes is left out.`,
        place: reference.place,
      });
    }
    return current;
  }

  #cycle(chain: readonly ScalarNode[]): void {
    const first = chain.reduce((a, b) => (b.text < a.text ? b : a));
    const names = chain.map((reference) => reference.text);
    this.#report(`cycle ${[...names].sort().join(" ")}`, {
      code: "openapi/ref-cycle",
      severity: "error",
      message: `These references lead in a circle and never say anything: ${[...names, names[0]].join(" -> ")}. Replace one of them by what is meant.`,
      place: first.place,
      related: chain
        .filter((reference) => reference !== first)
        .map((reference) => ({ place: reference.place, message: "A part of the circle." })),
    });
  }

  #report(key: string, problem: Problem): void {
    if (!this.#problems.has(key)) this.#problems.set(key, problem);
  }
}

function decode(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    // A stray percent sign is not an escape: the step is taken as it stands.
    return step;
  }
}
