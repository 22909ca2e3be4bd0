import { severalIn } from "../analysis/several.ts";
import { lintRule } from "../lint-rule.ts";

export const multipleAuditSinks = lintRule({
  id: "multiple-audit-sinks",
  category: "coverage",
  traffic: ["api", "service", "ai", "event"],
  controls: ["NIST-CSF-2.0:PR.PS-04", "NIST-CSF-2.0:DE.AE-03"],
  fixable: false,
  check: ({ files }) =>
    severalIn(files, "auditSinks", "audit sink", (names) => ({
      why: "who did what is put together from each of them, and nobody can tell from one that nothing is missing.",
      advice: `Send events to one, and feed ${names} from there.`,
    })),
});
