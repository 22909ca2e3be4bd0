/** What conditions ask of the members of a list. */
import { type Dnf, or } from "./dnf.ts";
import type { CelNode } from "./engine.ts";
import { re2Function } from "./standard-functions.ts";
import type { Subject } from "./subject.ts";
import { type TextTest, unite, whole } from "./text-test.ts";

/** The value of a node that reads nothing of the request. */
export type Constant = { readonly value: unknown } | { readonly error: true };

export const textMethods: ReadonlyMap<string, TextTest["kind"]> = new Map([
  ["startsWith", "startsWith"],
  ["endsWith", "endsWith"],
  ["contains", "contains"],
  [re2Function, "matches"],
]);

/** The tests of which an element must pass one; undefined where the predicate is something else. */
export function elementTests(
  predicate: CelNode,
  variable: string,
  constantOf: (node: CelNode) => Constant | undefined,
): readonly TextTest[] | undefined {
  const isElement = (node: CelNode) => node.op === "id" && node.args === variable;
  const text = (node: CelNode) => {
    const value = constantOf(node);
    return value !== undefined && "value" in value && typeof value.value === "string"
      ? value.value
      : undefined;
  };
  switch (predicate.op) {
    case "||": {
      const parts = predicate.args.map((part) => elementTests(part, variable, constantOf));
      return parts.every((part) => part !== undefined) ? parts.flat() : undefined;
    }
    case "==": {
      const [left, right] = predicate.args;
      const value = isElement(left) ? text(right) : isElement(right) ? text(left) : undefined;
      return value === undefined ? undefined : [{ kind: "equals", value }];
    }
    case "in": {
      const list = isElement(predicate.args[0]) ? constantOf(predicate.args[1]) : undefined;
      if (list === undefined || !("value" in list) || !Array.isArray(list.value)) return undefined;
      const values: readonly unknown[] = list.value;
      if (!values.every((value) => typeof value === "string")) return undefined;
      return values.map((value) => ({ kind: "equals", value }));
    }
    case "rcall": {
      const [name, receiver, [argument]] = predicate.args;
      const kind = textMethods.get(name);
      const value = argument && isElement(receiver) ? text(argument) : undefined;
      return kind === undefined || value === undefined ? undefined : [{ kind, value }];
    }
    default:
      return undefined;
  }
}

/** A member passes one of the tests. Undefined where predicates cannot say it. */
export function membersPass(subject: Subject, tests: readonly TextTest[]): Dnf | undefined {
  if (subject.members !== undefined) return subject.members(tests);
  const patterns = tests.flatMap(whole);
  const known = patterns.filter((pattern) => pattern !== undefined);
  if (known.length < patterns.length) return undefined;
  const found = unite(known).map((pattern) => subject.value({ test: "member", pattern }));
  return found.every((one) => one !== undefined) ? or(...found) : undefined;
}
