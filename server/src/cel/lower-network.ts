import type { Test } from "../access/predicate.ts";
import { or } from "./dnf.ts";
import type { CelNode } from "./engine.ts";
import { constantIn } from "./lowered-constant.ts";
import { Cidr, networkTest } from "./network-functions.ts";
import type { Resolution } from "./resolve.ts";
import { subjectOf } from "./subject.ts";
import { constantParts, decide, type Three } from "./three.ts";

/** `cidr("10.0.0.0/8").containsIP(source.ip)` as predicates; undefined where the call is something else. */
export function lowerNetworkTest(
  node: Extract<CelNode, { readonly op: "rcall" }>,
  resolution: Resolution,
): Three | undefined {
  const [name, receiver, [argument]] = node.args;
  const reference = argument && resolution.references.get(argument);
  if (name !== networkTest || reference === undefined) return undefined;
  const outer = constantIn(receiver, resolution);
  if (outer === undefined) return undefined;
  if ("error" in outer) return constantParts(outer);
  const subject = subjectOf(reference);
  if (subject?.attribute?.sort !== "ip" || !(outer.value instanceof Cidr)) return undefined;
  const isIn = (network: string) => subject.value({ test: "cidr", network } satisfies Test);
  const [four, six, found] = [isIn("0.0.0.0/0"), isIn("::/0"), isIn(outer.value.text)];
  // A text that is no address is an error, so that it has to be one of either version.
  return four && six && found && decide(or(four, six), found);
}
