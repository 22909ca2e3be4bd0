/** Which attributes of the entry request the hops of a path can see between them. */
import type { Attribute, EnforcementPointType } from "../access/attribute.ts";
import { catalogue } from "../access/catalogue.ts";
import type { HopBranch } from "../access/hop.ts";
import { rewriteOf } from "../access/transfer.ts";
import { isSchemaAtom } from "../cel/constraint-tests.ts";
import type { PolicySet, Resource } from "../policy/model.ts";

export interface SeeingHop {
  readonly type: EnforcementPointType;
  readonly branches: readonly HopBranch[];
}

/**
 * Opaque atoms count as seen, unless they are known to read something that is not (`unseenAtoms`, by key): of the
 * others it is not known what they stand for, so nothing may be said of their visibility.
 */
export function visibleOn(
  hops: readonly SeeingHop[],
  unseenAtoms: ReadonlySet<string> = new Set(),
): (attribute: Attribute) => boolean {
  return (attribute) => {
    if (attribute.sort === "opaque") return !unseenAtoms.has(attribute.key);
    const definition = catalogue.get(attribute.id);
    for (const hop of hops) {
      if (definition?.visible[hop.type] !== undefined) return true;
      if (!hop.branches.some((branch) => survives(attribute, branch))) return false;
    }
    return false;
  };
}

/** The atoms of the resource's conditions that read an attribute which is not visible. */
export function unseenAtoms(
  set: PolicySet,
  resource: Resource,
  visible: (attribute: Attribute) => boolean,
): ReadonlySet<string> {
  const unseen = new Set<string>();
  for (const rule of set.policies.flatMap((policy) => policy.rules)) {
    const compiled = rule.condition?.compiled;
    if (compiled === undefined || !rule.on.some((target) => target.resource.text === resource.name)) continue;
    for (const atom of compiled.partition.opaque) {
      // A keyword of a schema names the attribute, however the condition writes it.
      const reads = compiled.attributes.filter(({ attribute, start, end }) =>
        isSchemaAtom(atom)
          ? atom.text.startsWith(`${attribute.key} `)
          : atom.text.includes(compiled.source.slice(start, end)),
      );
      if (reads.some((read) => !visible(read.attribute))) unseen.add(atom.attribute.key);
    }
  }
  return unseen;
}

/** Whether the next hop can still tell something of the attribute. */
export function survives(attribute: Attribute, branch: HopBranch): boolean {
  const { rewrite } = rewriteOf(attribute, branch.transfer);
  return rewrite === "pass" || rewrite === "stripPrefix";
}
