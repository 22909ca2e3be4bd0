/** What a change cannot mend: a rule that fails in a part which the change leaves alone fails all the same. */
import type { Rule } from "../../policy/model.ts";
import type { Part } from "../decision.ts";
import type { Change } from "./mutation.ts";

/** Whether `part` of the rule says the same after the change. */
export function leavesAlone(change: Change, rule: Rule, part: Part): boolean {
  switch (change.by) {
    case "nothing":
      return true;
    case "predicate":
      return partChanged[change.part].every((one) => one !== part);
    case "rule": {
      const { rule: after } = change;
      if (after === undefined) return true;
      // An allow and a deny read each of their parts in a way of their own.
      if (after.effect !== rule.effect) return false;
      return membersOf[part].every((member) => after[member] === rule[member]);
    }
  }
}

const partChanged: Readonly<Record<Extract<Change, { by: "predicate" }>["part"], readonly Part[]>> = {
  callers: ["subject", "onBehalfOf"],
  targets: ["target"],
  required: ["requires"],
};

const membersOf: Readonly<Record<Part, readonly (keyof Rule)[]>> = {
  rule: ["unsound"],
  // Whether a rule has `onBehalfOf` decides which of its callers count as subjects.
  subject: ["subjects", "anonymous", "onBehalfOf"],
  onBehalfOf: ["subjects", "anonymous", "onBehalfOf"],
  target: ["on"],
  condition: ["condition"],
  requires: ["requires"],
};
