/** What the scenarios of a control plane show of its rules. */
import type { Resource } from "../../policy/model.ts";
import { resolveResource } from "../../simulate/targets.ts";
import type { LintContext, Tested } from "../lint-rule.ts";

/** The rules, by id, that decided some scenario in some environment, whether or not that was expected. */
export function decidedRules(tests: readonly Tested[]): ReadonlySet<string> {
  return new Set(tests.flatMap(({ decision }) => (decision?.rules ?? []).map((one) => one.rule)));
}

/** The resources of which some scenario expects that a request is denied. */
export function resourcesDenied({ tests, environments }: LintContext): ReadonlySet<string> {
  const denied = new Set<string>();
  for (const { scenario, decision, environment } of tests) {
    if (scenario.expect.decision !== "deny" || decision === undefined) continue;
    const here = environments.find((one) => one.environment.name === environment);
    const resource: Resource | undefined = here && resolveResource(here.set.resources, decision.interaction);
    if (resource !== undefined) denied.add(resource.name);
  }
  return denied;
}
