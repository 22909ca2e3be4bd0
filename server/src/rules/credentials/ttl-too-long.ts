import { formatDuration } from "../../policy/duration.ts";
import type { Place } from "../../text/place.ts";
import { at, child } from "../../text/tree.ts";
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
  const { set, today } = context;
  return activeIdentities(set, today).flatMap((identity) => {
    const maxTtl = identity.credential?.maxTtl;
    const limit = limitOf(identity, set);
    const node = child(credentialNode(identity), "maxTtl");
    if (maxTtl === undefined || limit === undefined || node?.kind !== "scalar") return [];
    // That a static key lives long is what static-credential says.
    if (maxTtl <= limit.seconds || isReportedAsStatic(identity)) return [];
    const bound = formatDuration(limit.seconds);
    const declared = limitPlace(context, limit.name);
    return [
      {
        place: node.place,
        message: `The credential of ${identity.name} may live ${formatDuration(maxTtl)}, but ${limit.name} of the control plane is ${bound}: a stolen one works until it expires. Have it issued for ${bound} at most, or raise the limit.`,
        ...(declared === undefined
          ? {}
          : { related: [{ place: declared, message: `${limit.name} is ${bound}.` }] }),
        data: { identity: identity.name, maxTtl: formatDuration(maxTtl), limit: bound },
        fixes: [
          {
            title: `Set maxTtl to ${bound}`,
            isSafe: false,
            edits: [{ edit: "set-scalar", node, value: bound }],
          },
        ],
      },
    ];
  });
}

function limitPlace(context: LintContext, name: string): Place | undefined {
  return specDocuments(context)
    .filter((one) => one.kind === "ControlPlane")
    .map(({ spec }) => at(spec, "limits", name)?.place)
    .find((place) => place !== undefined);
}
