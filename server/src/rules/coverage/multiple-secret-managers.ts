import { severalIn } from "../analysis/several.ts";
import { lintRule } from "../lint-rule.ts";

export const multipleSecretManagers = lintRule({
  id: "multiple-secret-managers",
  category: "coverage",
  traffic: ["api", "service", "ai", "event"],
  controls: ["OWASP-NHI-2025:NHI2", "NIST-CSF-2.0:PR.AA-01"],
  fixable: false,
  check: ({ files }) =>
    severalIn(files, "secretManagers", "secret manager", (names) => ({
      why: "rotation, access and offboarding have to be right in each of them, and a leaked secret is looked for in each.",
      advice: `Keep one, and point the \`secretManager\` of credentials in ${names} to it.`,
    })),
});
