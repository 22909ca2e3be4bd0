import { child, entries, items, type ParsedFile, text } from "../../text/tree.ts";
import { type SpecDocument, specDocuments } from "../analysis/documents.ts";
import { type LintContext, lintRule, type RuleFinding } from "../lint-rule.ts";

export const unusedCondition = lintRule({
  id: "unused-condition",
  category: "logic",
  traffic: ["api", "service", "ai", "event"],
  controls: ["NIST-CSF-2.0:GV.PO-02", "NIST-CSF-2.0:PR.AA-05"],
  fixable: true,
  check,
});

function check(context: LintContext): readonly RuleFinding[] {
  // What cannot be read may ask for any of them.
  const files = context.files.filter((file) => !isBroken(file));
  return specDocuments({ files }).flatMap((document) =>
    document.kind === "Policy" ? unusedIn(document) : [],
  );
}

/**
 * By the text, since the model leaves out rules that it cannot build. A name that the policy does not have may be meant
 * for any of them, and has its own finding.
 */
function unusedIn({ name, spec }: SpecDocument): readonly RuleFinding[] {
  const conditions = child(spec, "conditions");
  const asked = new Set(
    items(child(spec, "rules")).flatMap((rule) =>
      items(child(rule, "conditions")).flatMap((one) => text(one) ?? []),
    ),
  );
  if (conditions?.kind !== "map" || [...asked].some((one) => !conditions.byKey.has(one))) return [];
  const unused = entries(conditions).filter(({ key }) => !asked.has(key.text));
  const isAll = unused.length === conditions.entries.length;
  return unused.map(({ key }) => ({
    place: key.place,
    message: `No rule of ${text(name) ?? "this policy"} asks for ${key.text}, so it limits nothing: who reads it may believe that it does. Name it under \`conditions\` of the rules that it was written for, or remove it.`,
    data: { condition: key.text },
    fixes: [
      {
        title: `Remove ${key.text}`,
        // A rule may have lost it by mistake: who is asked may see that.
        isSafe: false,
        edits: [
          isAll && unused.length === 1
            ? { edit: "remove-property", map: spec, key: "conditions" }
            : { edit: "remove-property", map: conditions, key: key.text },
        ],
      },
    ],
  }));
}

const isBroken = (file: ParsedFile): boolean => file.problems.some((problem) => problem.severity === "error");
