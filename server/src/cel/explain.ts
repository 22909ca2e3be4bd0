import type { Interaction } from "../access/interaction.ts";
import { type CelNode, Duration } from "./engine.ts";
import { evaluateNode } from "./evaluate.ts";
import { Cidr, networkTest } from "./network-functions.ts";
import type { Reference } from "./reference.ts";
import type { Resolution } from "./resolve.ts";
import { re2Function } from "./standard-functions.ts";
import { InteractionView } from "./view.ts";

/** Why a condition is not true on an interaction, with the facts: `amount was 250, needed <= 200`. */
export function explainCondition(ast: CelNode, resolution: Resolution, interaction: Interaction): string {
  return new Explanation(resolution, new InteractionView(interaction)).of(ast, true);
}

class Explanation {
  constructor(
    private readonly resolution: Resolution,
    private readonly view: InteractionView,
  ) {}

  /** Why the node is not `wanted`; what holds needs no explanation. */
  of(node: CelNode, wanted: boolean): string {
    const result = evaluateNode(node, this.view);
    const holds = "value" in result && result.value === wanted;
    if (holds) return `${textOf(node)} is ${wanted}`;
    switch (node.op) {
      case "&&":
      case "||": {
        const failing = node.args.filter((part) => !this.#is(part, wanted));
        const needsAll = (node.op === "&&") === wanted;
        const shown = needsAll ? failing.slice(0, 1) : failing;
        return shown.map((part) => this.of(part, wanted)).join(", and ");
      }
      case "!_":
        return this.of(node.args, !wanted);
      case "?:": {
        const [condition, yes, no] = node.args;
        if (this.#is(condition, true)) return this.of(yes, wanted);
        if (this.#is(condition, false)) return this.of(no, wanted);
        return this.of(condition, true);
      }
      default:
        return "reason" in result ? result.reason : this.#leaf(node, wanted);
    }
  }

  #is(node: CelNode, wanted: boolean): boolean {
    const result = evaluateNode(node, this.view);
    return "value" in result && result.value === wanted;
  }

  #leaf(node: CelNode, wanted: boolean): string {
    const presence = this.resolution.presences.get(node);
    if (presence !== undefined) {
      return wanted ? `${presence.path} is missing` : `${presence.path} is there, needed it to be missing`;
    }
    const reference = this.resolution.references.get(node);
    if (reference !== undefined) return this.#fact(reference, node, `${wanted}`);
    const needs = this.#needs(node, wanted);
    if (needs !== undefined) return needs;
    return `${textOf(node)} was ${!wanted}, needed ${wanted}`;
  }

  #needs(node: CelNode, wanted: boolean): string | undefined {
    switch (node.op) {
      case "==":
      case "!=": {
        const equal = (node.op === "==") === wanted;
        return this.#compared(node.args, (other) => (equal ? other : `anything but ${other}`));
      }
      case "<":
      case "<=":
      case ">":
      case ">=": {
        const operator = wanted ? node.op : opposite[node.op];
        const [left] = node.args;
        const isLeft = this.resolution.references.has(left);
        return this.#compared(node.args, (other) => `${isLeft ? operator : mirrored[operator]} ${other}`);
      }
      case "in": {
        const [left, right] = node.args;
        const list = this.resolution.references.get(right);
        if (list !== undefined) {
          return this.#fact(list, right, `${this.#text(left)} ${wanted ? "in it" : "not in it"}`);
        }
        const one = this.resolution.references.get(left);
        const values =
          right.op === "list" ? right.args.map((item) => this.#text(item)).join(", ") : this.#text(right);
        return one && this.#fact(one, left, `${wanted ? "one of" : "none of"} ${values}`);
      }
      case "rcall": {
        const [name, receiver, [argument]] = node.args;
        const network = this.#network(node, wanted);
        if (network !== undefined) return network;
        const reference = this.resolution.references.get(receiver);
        const verb = verbs[name];
        if (reference === undefined || argument === undefined) return undefined;
        if (verb === undefined)
          return this.#fact(reference, receiver, `${textOf(node)}${wanted ? "" : " to be false"}`);
        return this.#fact(
          reference,
          receiver,
          `it ${wanted ? "" : "not "}to ${verb} ${this.#text(argument)}`,
        );
      }
      default:
        return undefined;
    }
  }

  /** `ip was 192.168.0.1, needed an address in 10.0.0.0/8`. */
  #network(node: Extract<CelNode, { readonly op: "rcall" }>, wanted: boolean): string | undefined {
    const [name, receiver, [argument]] = node.args;
    if (name !== networkTest || argument === undefined) return undefined;
    const reference = this.resolution.references.get(argument);
    if (reference === undefined) return undefined;
    const outer = evaluateNode(receiver, this.view);
    if (!("value" in outer) || !(outer.value instanceof Cidr)) return undefined;
    return this.#fact(reference, argument, `${wanted ? "an" : "no"} address in ${outer.value.text}`);
  }

  #compared(
    [left, right]: readonly [CelNode, CelNode],
    needs: (other: string) => string,
  ): string | undefined {
    for (const [one, other] of [
      [left, right],
      [right, left],
    ] as const) {
      const reference = this.resolution.references.get(one);
      if (reference !== undefined) return this.#fact(reference, one, needs(this.#text(other)));
    }
    return undefined;
  }

  #fact(reference: Reference, node: CelNode, needs: string): string {
    const result = evaluateNode(node, this.view);
    if ("reason" in result) return result.reason;
    return `${reference.name} was ${format(result.value)}, needed ${needs}`;
  }

  /** The value of the other side, as far as it has one; else its text. */
  #text(node: CelNode): string {
    const result = evaluateNode(node, this.view);
    return "value" in result ? format(result.value) : textOf(node);
  }
}

const opposite = { "<": ">=", "<=": ">", ">": "<=", ">=": "<" } as const;
const mirrored = { "<": ">", "<=": ">=", ">": "<", ">=": "<=" } as const;

const verbs: Readonly<Record<string, string>> = {
  startsWith: "start with",
  endsWith: "end with",
  contains: "contain",
  [re2Function]: "match",
};

function textOf(node: CelNode): string {
  return cut(node.input.slice(node.start, node.end));
}

function format(value: unknown): string {
  if (typeof value === "bigint" || typeof value === "number" || typeof value === "boolean") return `${value}`;
  if (value instanceof Date) return value.toISOString().replace(".000Z", "Z");
  if (value instanceof Duration) return formatDuration(value);
  if (value === undefined) return "missing";
  return cut(
    JSON.stringify(value, (_key, one: unknown) => (typeof one === "bigint" ? Number(one) : one)) ?? "?",
  );
}

/** As policies write durations: 15m, 1h, 90s. */
function formatDuration(duration: Duration): string {
  const seconds = Number(duration.seconds) + duration.nanos / 1e9;
  if (seconds !== 0 && seconds % 86_400 === 0) return `${seconds / 86_400}d`;
  if (seconds !== 0 && seconds % 3_600 === 0) return `${seconds / 3_600}h`;
  if (seconds !== 0 && seconds % 60 === 0) return `${seconds / 60}m`;
  return `${seconds}s`;
}

function cut(text: string): string {
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
