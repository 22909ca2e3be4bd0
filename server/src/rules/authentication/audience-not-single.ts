import { child, items, texts } from "../../text/tree.ts";
import { activeIdentities, credentialNode } from "../analysis/credentials.ts";
import { type LintContext, lintRule, type RuleFinding } from "../lint-rule.ts";
import { inWords } from "../words.ts";

export const audienceNotSingle = lintRule({
  id: "audience-not-single",
  category: "authentication",
  traffic: ["api", "service", "ai", "event"],
  controls: ["OWASP-NHI-2025:NHI4", "NIST-CSF-2.0:PR.AA-03", "NIST-CSF-2.0:PR.AA-05"],
  fixable: false,
  check,
});

/** JWT-SVID, section 3.2: a single audience is recommended. More of them help only whoever replays the token. */
function check({ set, today }: LintContext): readonly RuleFinding[] {
  return activeIdentities(set, today).flatMap(({ name, node }) => {
    const list = child(credentialNode({ node }), "audiences");
    const [first, ...others] = texts(list);
    if (list === undefined || first === undefined || others.length === 0) return [];
    return [
      {
        // What stands behind the first one.
        place: items(list)[1]?.place ?? list.place,
        message: `A token of ${name} is good for ${inWords([first, ...others])}: each of them can use it at the other${others.length > 1 ? "s" : ""} in the name of ${name}. Issue one token for each audience.`,
        data: { identity: name, audiences: [first, ...others] },
      },
    ];
  });
}
