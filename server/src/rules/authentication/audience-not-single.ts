import type { Identity, PolicySet } from "../../policy/model.ts";
import type { Fix, FixEdit } from "../../text/fix.ts";
import { child, items, type ListNode, type TreeNode, text } from "../../text/tree.ts";
import { activeIdentities, credentialNode } from "../analysis/credentials.ts";
import { type LintContext, lintRule, type RuleFinding } from "../lint-rule.ts";
import { inWords } from "../words.ts";

export const audienceNotSingle = lintRule({
  id: "audience-not-single",
  category: "authentication",
  traffic: ["api", "service", "ai", "event"],
  controls: ["OWASP-NHI-2025:NHI4", "NIST-CSF-2.0:PR.AA-03", "NIST-CSF-2.0:PR.AA-05"],
  fixable: true,
  check,
});

/** JWT-SVID, section 3.2: a single audience is recommended. More of them help only whoever replays the token. */
function check({ set, today }: LintContext): readonly RuleFinding[] {
  return activeIdentities(set, today).flatMap((identity) => {
    const { name } = identity;
    if (!isToken(identity)) return [];
    const list = child(credentialNode(identity), "audiences");
    const receivers = items(list).filter((item) => !isIssuerItself(text(item) ?? "", identity, set));
    const [first, ...others] = receivers.map((item) => text(item) ?? "");
    const place = receivers[1]?.place;
    if (first === undefined || place === undefined) return [];
    return [
      {
        // What stands behind the first one.
        place,
        message: `A token of ${name} is good for ${inWords([first, ...others])}: each of them can use it at the other${others.length > 1 ? "s" : ""} in the name of ${name}. Issue one token for each audience.`,
        data: { identity: name, audiences: [first, ...others] },
        fixes: list?.kind === "list" ? receivers.map((kept) => only(kept, receivers, list)) : [],
      },
    ];
  });
}

/** Not safe: which service it calls with this token its owner knows. */
function only(kept: TreeNode, receivers: readonly TreeNode[], list: ListNode): Fix {
  return {
    title: `Issue it for ${text(kept) ?? ""} only`,
    isSafe: false,
    edits: list.items.flatMap((item, index): readonly FixEdit[] =>
      item !== kept && receivers.includes(item) ? [{ edit: "remove-item", list, index }] : [],
    ),
  };
}

/** Certificates and keys are shown to whoever asks for them: they have no audience that could be one too many. */
const withoutAudience: ReadonlySet<string> = new Set([
  "x509-svid",
  "mtls",
  "api-key",
  "static-secret",
  "basic",
]);

function isToken({ credential }: Identity): boolean {
  return credential?.type === undefined || !withoutAudience.has(credential.type);
}

/**
 * The issuer makes such tokens for whomever it likes, so that one of them in its hands is no risk. OpenID Connect
 * providers name their own UserInfo endpoint (Core 1.0, 5.3) in access tokens for it and for an API.
 */
function isIssuerItself(audience: string, { credential, issuer }: Identity, set: PolicySet): boolean {
  const name = credential?.issuer ?? issuer?.text;
  const url = name === undefined ? undefined : set.controlPlane.issuers.get(name)?.url;
  const origin = originOf(url);
  return origin !== undefined && originOf(audience) === origin;
}

function originOf(url: string | undefined): string | undefined {
  return /^https:\/\/[^/]+/.exec(url ?? "")?.[0];
}
