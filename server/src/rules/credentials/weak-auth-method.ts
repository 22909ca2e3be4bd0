import type { Identity, PolicySet, Rule } from "../../policy/model.ts";
import { at, child, items, type ListNode, text } from "../../text/tree.ts";
import { activeIdentities, credentialNode, staticInWords, staticType } from "../analysis/credentials.ts";
import { enforcedAllows } from "../analysis/grants.ts";
import { type LintContext, lintRule, type RuleFinding } from "../lint-rule.ts";

export const weakAuthMethod = lintRule({
  id: "weak-auth-method",
  category: "credentials",
  traffic: ["api", "service", "ai", "event"],
  controls: ["OWASP-NHI-2025:NHI4", "NIST-CSF-2.0:PR.AA-03"],
  fixable: true,
  letsThrough: "active",
  check,
});

function check({ set, today }: LintContext): readonly RuleFinding[] {
  return [
    ...activeIdentities(set, today).flatMap(passwordOf),
    ...enforcedAllows(set).flatMap((rule) => neededByNobody(rule, set)),
  ];
}

function passwordOf(identity: Identity): readonly RuleFinding[] {
  const node = child(credentialNode(identity), "type");
  if (node === undefined || identity.credential?.type !== "basic") return [];
  return [
    {
      place: node.place,
      message: `${identity.name} sends its password with every request (HTTP Basic, RFC 7617): each hop and log on the way can read it and use it again. Use a credential that proves a key without sending it (x509-svid, mtls, private-key-jwt) or a token that expires.`,
      data: { identity: identity.name, type: "basic" },
    },
  ];
}

/** A weak type that a rule accepts although no caller of it needs it is a way in for who found such a secret. */
function neededByNobody(rule: Rule, set: PolicySet): readonly RuleFinding[] {
  const list = at(rule.node, "requires", "credential", "type");
  const callers = (rule.subjects ?? []).map((one) => set.identities.get(one.text));
  const used = callers.map((caller) => caller?.credential?.type);
  // Where it is not known what a caller has, the rule may need it.
  if (list?.kind !== "list" || rule.anonymous || used.length === 0 || used.includes(undefined)) return [];
  const needless = items(list).flatMap((node, index) => {
    const type = staticType(text(node));
    return type === undefined || used.includes(type) ? [] : [{ node, index, type }];
  });
  const strong = [...new Set(used)].join(" or ");
  return needless.map(({ node, index, type }) => ({
    place: node.place,
    message: `${rule.id} accepts ${staticInWords(type)}, which none of its callers uses (they have ${strong}): who presents one is let in on the weaker proof. Take ${type} out.`,
    data: { rule: rule.id, type },
    ...(needless.length < list.items.length
      ? { fixes: [{ title: `Accept ${type} no more`, isSafe: false, edits: [removed(list, index)] }] }
      : {}),
  }));
}

function removed(list: ListNode, index: number) {
  return { edit: "remove-item", list, index } as const;
}
