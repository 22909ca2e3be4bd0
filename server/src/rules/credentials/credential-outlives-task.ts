import { formatDuration } from "../../policy/duration.ts";
import type { Identity } from "../../policy/model.ts";
import type { FixEdit } from "../../text/fix.ts";
import { child, text } from "../../text/tree.ts";
import { activeIdentities, credentialNode } from "../analysis/credentials.ts";
import { type LintContext, lintRule, type RuleFinding } from "../lint-rule.ts";

export const credentialOutlivesTask = lintRule({
  id: "credential-outlives-task",
  category: "credentials",
  traffic: ["ai", "api", "service"],
  controls: ["OWASP-NHI-2025:NHI7", "OWASP-NHI-2025:NHI1", "OWASP-ASI-2025:ASI03"],
  fixable: true,
  check,
});

function check({ set, today }: LintContext): readonly RuleFinding[] {
  return activeIdentities(set, today).flatMap((identity) => {
    const boundTo = identity.credential?.boundTo;
    if (boundTo === "task" || boundTo === "session") return keptAfter(identity, boundTo);
    return boundTo === undefined ? unbound(identity) : [];
  });
}

/** Transaction tokens are made for one transaction and gone in minutes (draft-ietf-oauth-transaction-tokens). */
function keptAfter(identity: Identity, boundTo: "task" | "session"): readonly RuleFinding[] {
  const node = credentialNode(identity);
  const place = child(node, "boundTo")?.place;
  if (node === undefined || place === undefined || identity.credential?.type === "transaction-token")
    return [];
  const revokedOn = text(child(node, "revokedOn"));
  // A session holds tasks, so that what ends with the task does not outlive the session.
  const ends = boundTo === "task" ? ["task-completion"] : ["session-end", "task-completion"];
  if (revokedOn !== undefined && ends.includes(revokedOn)) return [];
  const [end = ""] = ends;
  const instead =
    revokedOn === undefined ? "nothing takes it back when that ends" : `it is revoked on ${revokedOn} only`;
  return [
    {
      place,
      message: `The credential of ${identity.name} is bound to a ${boundTo}, but ${instead}, so it stays valid ${untilWhen(identity)}: what leaks from a finished ${boundTo} can still be used. Revoke it on ${end}.`,
      data: { identity: identity.name, boundTo },
      fixes: [
        {
          title: `Revoke it on ${end}`,
          isSafe: false,
          edits: [{ edit: "set-property", map: node, key: "revokedOn", value: end }],
        },
      ],
    },
  ];
}

/** An exchanged token carries somebody's authority, which the agent was given for one task (RFC 8693, section 1.1). */
function unbound(identity: Identity): readonly RuleFinding[] {
  const node = credentialNode(identity);
  const place = child(node, "type")?.place;
  if (node === undefined || place === undefined) return [];
  if (identity.type !== "agent" || identity.credential?.type !== "token-exchange") return [];
  const { name, actsFor } = identity;
  const whose = actsFor.length === 0 ? "someone" : actsFor.map((one) => one.text).join(" or ");
  const edits: readonly FixEdit[] = [
    { edit: "set-property", map: node, key: "boundTo", value: "task" },
    { edit: "set-property", map: node, key: "revokedOn", value: "task-completion" },
  ];
  return [
    {
      place,
      message: `${name} acts for ${whose} with an exchanged token that is bound to no task: when the task is done, the token still carries that authority ${untilWhen(identity)}, for whatever ${name} is asked next. Bind it to the task and revoke it on task-completion.`,
      data: { identity: name },
      fixes: [{ title: "Bind it to the task and revoke it when that is done", isSafe: false, edits }],
    },
  ];
}

function untilWhen({ credential }: Identity): string {
  return credential?.maxTtl === undefined
    ? "until it expires"
    : `for up to ${formatDuration(credential.maxTtl)}`;
}
