import { child, items, type ListNode, type MapNode, type TreeNode, text } from "../../text/tree.ts";
import { specDocuments } from "../analysis/documents.ts";
import { type LintContext, lintRule, type RuleFinding } from "../lint-rule.ts";

export const waiverExpired = lintRule({
  id: "waiver-expired",
  category: "credentials",
  traffic: ["api", "service", "ai", "event"],
  controls: ["NIST-CSF-2.0:ID.RA-07", "OWASP-NHI-2025:NHI1"],
  fixable: true,
  check,
});

/** Without a day nothing has expired. Days are ISO 8601 and compare as text. */
function check(context: LintContext): readonly RuleFinding[] {
  const { today } = context;
  if (today === undefined) return [];
  return specDocuments(context).flatMap(({ spec }) => {
    const list = child(spec, "waivers");
    const over = items(list).flatMap((waiver, index) => {
      const expires = child(waiver, "expires");
      const day = text(expires);
      return expires !== undefined && day !== undefined && isDay(day) && today > day
        ? [{ waiver, index, expires, day }]
        : [];
    });
    return over.map(({ waiver, index, expires, day }) => ({
      place: expires.place,
      message: `${subject(waiver)} expired on ${day} and no longer accepts anything${reason(waiver)}. Fix what it was for, or decide again and set a new day.`,
      data: { code: text(child(waiver, "code")), expires: day },
      fixes: list?.kind === "list" ? [removal(spec, list, index, over.length === list.items.length)] : [],
    }));
  });
}

/** What is no date has a finding of the schema. */
const isDay = (day: string): boolean => /^\d{4}-\d\d-\d\d$/.test(day);

function subject(waiver: TreeNode): string {
  const on = text(child(waiver, "on"));
  return `The waiver of ${text(child(waiver, "code")) ?? "a finding"}${on === undefined ? "" : ` on ${on}`}`;
}

function reason(waiver: TreeNode): string {
  const by = text(child(waiver, "approvedBy"));
  return by === undefined ? "" : ` (${by} had approved it)`;
}

/** Without the last one there is no list to keep; where several go, each takes its own item only. */
function removal(spec: MapNode, list: ListNode, index: number, isAll: boolean) {
  return {
    title: "Remove the expired waiver",
    isSafe: false,
    edits: [
      isAll && list.items.length === 1
        ? ({ edit: "remove-property", map: spec, key: "waivers" } as const)
        : ({ edit: "remove-item", list, index } as const),
    ],
  };
}
