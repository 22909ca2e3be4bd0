import { formatDuration } from "../../policy/duration.ts";
import type { Fix } from "../../text/fix.ts";
import type { Place } from "../../text/place.ts";
import { at, child, type ScalarNode } from "../../text/tree.ts";
import { activeIdentities, credentialNode, isReportedAsStatic, limitOf } from "../analysis/credentials.ts";
import { specDocuments } from "../analysis/documents.ts";
import { type LintContext, lintRule, type RuleFinding } from "../lint-rule.ts";

export const ttlTooLong = lintRule({
  id: "ttl-too-long",
  category: "credentials",
  traffic: ["api", "service", "ai", "event"],
  controls: ["OWASP-NHI-2025:NHI7", "NIST-CSF-2.0:PR.AA-01"],
  fixable: true,
  check,
});

/** Bounds are the control plane's own: without `limits` nobody said what is too long. */
function check(context: LintContext): readonly RuleFinding[] {
  return [...ofIdentities(context), ...ofRules(context)];
}

/** Rules that accept what the limit rules out. Those for agents only have the limit of agents, those for people none. */
function ofRules(context: LintContext): readonly RuleFinding[] {
  const { set } = context;
  const rules = set.policies.flatMap((policy) => policy.rules).filter((rule) => rule.effect === "allow");
  return rules.flatMap((rule) => {
    const maxTtl = rule.requires?.maxTtl;
    const node = at(rule.node, "requires", "credential", "maxTtl");
    const subjects = (rule.subjects ?? []).map((subject) => set.identities.get(subject.text));
    const special = (["agent", "group"] as const).find(
      (type) => subjects.length > 0 && subjects.every((subject) => subject?.type === type),
    );
    const limit = limitOf({ type: special ?? "workload" }, set);
    if (maxTtl === undefined || limit === undefined || node?.kind !== "scalar" || maxTtl <= limit.seconds)
      return [];
    const bound = formatDuration(limit.seconds);
    return [
      {
        place: node.place,
        message: `${rule.id} accepts credentials that live up to ${formatDuration(maxTtl)}, but ${limit.name} of the control plane is ${bound}: what the limit rules out is let in here. Require ${bound} at most, or raise the limit.`,
        ...declaredBy(context, limit.name, bound),
        data: { rule: rule.id, maxTtl: formatDuration(maxTtl), limit: bound },
        fixes: [shortened(node, bound)],
      },
    ];
  });
}

function ofIdentities(context: LintContext): readonly RuleFinding[] {
  const { set, today } = context;
  return activeIdentities(set, today).flatMap((identity) => {
    const maxTtl = identity.credential?.maxTtl;
    const limit = limitOf(identity, set);
    const node = child(credentialNode(identity), "maxTtl");
    if (maxTtl === undefined || limit === undefined || node?.kind !== "scalar") return [];
    // That a static key lives long is what static-credential says.
    if (maxTtl <= limit.seconds || isReportedAsStatic(identity)) return [];
    const bound = formatDuration(limit.seconds);
    return [
      {
        place: node.place,
        message: `The credential of ${identity.name} may live ${formatDuration(maxTtl)}, but ${limit.name} of the control plane is ${bound}: a stolen one works until it expires. Have it issued for ${bound} at most, or raise the limit.`,
        ...declaredBy(context, limit.name, bound),
        data: { identity: identity.name, maxTtl: formatDuration(maxTtl), limit: bound },
        fixes: [shortened(node, bound)],
      },
    ];
  });
}

function shortened(node: ScalarNode, bound: string): Fix {
  return {
    title: `Set maxTtl to ${bound}`,
    isSafe: false,
    edits: [{ edit: "set-scalar", node, value: bound }],
  };
}

function declaredBy(context: LintContext, name: string, bound: string): Pick<RuleFinding, "related"> {
  const place = limitPlace(context, name);
  return place === undefined ? {} : { related: [{ place, message: `${name} is ${bound}.` }] };
}

function limitPlace(context: LintContext, name: string): Place | undefined {
  return specDocuments(context)
    .filter((one) => one.kind === "ControlPlane")
    .map(({ spec }) => at(spec, "limits", name)?.place)
    .find((place) => place !== undefined);
}
