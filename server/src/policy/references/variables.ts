import { didYouMean } from "../../text/did-you-mean.ts";
import type { Problem } from "../../text/problem.ts";
import type { PolicySet } from "../model.ts";
import { variableUses } from "../variable-uses.ts";

/** A `${name}` that an environment does not define: at its exact characters, with the environments named. */
export function variableProblems(set: PolicySet): readonly Problem[] {
  const environments = [...set.controlPlane.environments.values()];
  if (environments.length === 0) return [];
  const known = new Set(environments.flatMap((environment) => [...environment.vars.keys()]));
  return variableUses(set).flatMap((use): readonly Problem[] => {
    const missing = environments
      // One whose value is no string is declared: the value has a finding of its own.
      .filter(({ vars, varPlaces }) => !vars.has(use.text) && varPlaces?.has(use.text) !== true)
      .map(({ name }) => name);
    if (missing.length === 0) return [];
    const meant = known.has(use.text) ? undefined : didYouMean(use.text, known);
    const where = missing.length === environments.length ? "any environment" : missing.join(", ");
    const hint =
      meant === undefined
        ? `Define it under vars of ${missing.length === 1 ? "that environment" : "each environment"} in the ControlPlane.`
        : `Did you mean "\${${meant}}"?`;
    return [
      {
        code: "reference/undefined-variable",
        severity: "error",
        message: `Variable "${use.text}" is not defined in ${where}, so ${use.by} stands for nothing real there. ${hint}`,
        place: use.place,
        data: { environments: missing, ...(meant === undefined ? {} : { replaceWith: `\${${meant}}` }) },
      },
    ];
  });
}
