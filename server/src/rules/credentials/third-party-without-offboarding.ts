import type { Identity } from "../../policy/model.ts";
import { child } from "../../text/tree.ts";
import { activeIdentities } from "../analysis/credentials.ts";
import { type LintContext, lintRule, type RuleFinding } from "../lint-rule.ts";
import { inWords } from "../words.ts";

export const thirdPartyWithoutOffboarding = lintRule({
  id: "third-party-without-offboarding",
  category: "credentials",
  traffic: ["api", "service", "ai", "event"],
  controls: ["OWASP-NHI-2025:NHI3", "OWASP-NHI-2025:NHI1", "NIST-CSF-2.0:GV.SC-10", "NIST-CSF-2.0:PR.AA-01"],
  fixable: false,
  check,
});

function check({ set, today }: LintContext): readonly RuleFinding[] {
  return activeIdentities(set, today)
    .filter((one) => one.type === "third-party")
    .flatMap((identity) => {
      const gaps = missing(identity);
      if (gaps.length === 0) return [];
      return [
        {
          place: identity.place,
          message: `Of ${identity.name}, which somebody else runs, nothing says ${inWords(gaps.map((gap) => gap.words))}: when the contract ends or they are breached, its access stays. Add ${inWords(gaps.map((gap) => gap.fields))}.`,
          data: { identity: identity.name, missing: gaps.map((gap) => gap.key) },
        },
      ];
    });
}

interface Gap {
  readonly key: string;
  readonly words: string;
  readonly fields: string;
}

/** Whom to speak to, what to do, and when at the latest. */
function missing({ node }: Identity): readonly Gap[] {
  const lacks = (...keys: readonly string[]): boolean => keys.every((key) => child(node, key) === undefined);
  return [
    ...(lacks("vendor") ? [{ key: "vendor", words: "who the vendor is", fields: "`vendor`" }] : []),
    ...(lacks("revocation")
      ? [{ key: "revocation", words: "how access is taken away", fields: "`revocation`" }]
      : []),
    ...(lacks("expires", "reviewBy")
      ? [{ key: "expires", words: "when it ends or is reviewed", fields: "`expires` or `reviewBy`" }]
      : []),
  ];
}
