/**
 * Which resources the policy says nothing certain about, because a part that speaks of them has an error. Comparing
 * them would report drift for what is a mistake in the policy: one cause, one finding.
 */

import type { PolicySet } from "../policy/model.ts";
import { kindOf } from "../policy/schema-kinds.ts";
import type { Place } from "../text/place.ts";
import type { Problem } from "../text/problem.ts";
import { child, entries, type ParsedFile, type TreeNode } from "../text/tree.ts";

/** The names of resources, or all of them, where an error cannot be laid at the door of one rule or declaration. */
export type BrokenResources = ReadonlySet<string> | "all";

export function brokenResources(
  set: PolicySet,
  files: readonly ParsedFile[],
  problems: readonly Problem[],
): BrokenResources {
  const byUri = new Map(files.map((file) => [file.uri, file]));
  const broken = new Set<string>();
  for (const { severity, place } of problems) {
    if (severity !== "error") continue;
    const file = byUri.get(place.block.uri);
    const touched = file === undefined ? ofDocument(set, place.block.uri) : touchedBy(set, file, place);
    if (touched === "all") return "all";
    for (const name of touched) broken.add(name);
  }
  return broken;
}

export function isBroken(broken: BrokenResources, resource: string): boolean {
  return broken === "all" || broken.has(resource);
}

/** An OpenAPI document or tools file speaks of the resources that name it. */
function ofDocument(set: PolicySet, uri: string): readonly string[] {
  return [...set.resources.values()].filter((one) => one.document?.uri === uri).map((one) => one.name);
}

function touchedBy(set: PolicySet, file: ParsedFile, place: Place): readonly string[] | "all" {
  const covers = (node: TreeNode): boolean => file.layout.encloses(node.place, place);
  for (const policy of set.policies)
    for (const rule of policy.uri === file.uri ? policy.rules : [])
      if (covers(rule.node)) {
        const named = rule.on.map((target) => target.resource.text);
        return named.length === 0 ? "all" : named;
      }
  for (const resource of set.resources.values())
    if (isOf(resource.node, file) && (covers(resource.node) || file.layout.encloses(resource.place, place)))
      return [resource.name];
  for (const identity of set.identities.values())
    if (isOf(identity.node, file) && (covers(identity.node) || file.layout.encloses(identity.place, place)))
      return resourcesOf(set, identity.name);
  const document = file.documents.find((one) => file.layout.encloses(one.place, place));
  if (document === undefined) return "all";
  return kindOf(document) === "Scenarios" || decidesNothing(document.root, covers) ? [] : "all";
}

/** What is only about findings: no request is decided otherwise by it. */
const aboutFindings: ReadonlySet<string> = new Set(["waivers", "lint"]);

function decidesNothing(root: TreeNode | undefined, covers: (node: TreeNode) => boolean): boolean {
  return entries(child(root, "spec")).some(
    ({ key, value }) => aboutFindings.has(key.text) && (covers(key) || covers(value)),
  );
}

function resourcesOf(set: PolicySet, identity: string): readonly string[] {
  const names = (written: readonly { readonly text: string }[] | undefined): boolean =>
    written?.some((one) => one.text === identity) === true;
  return set.policies
    .flatMap((policy) => policy.rules)
    .filter((rule) => names(rule.subjects) || names(rule.onBehalfOf))
    .flatMap((rule) => rule.on.map((target) => target.resource.text));
}

function isOf(node: TreeNode, file: ParsedFile): boolean {
  return node.place.block.uri === file.uri;
}
