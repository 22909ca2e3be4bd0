/** The deployed config of one enforcement point, read once: an adapter and its model behind one closed interface. */
import type { EnforcementPointType } from "../access/attribute.ts";
import type { LoweredHop } from "../access/hop.ts";
import type { Interaction } from "../access/interaction.ts";
import type { Literal } from "../access/predicate.ts";
import type { Problem } from "../text/problem.ts";
import type { ParsedFile } from "../text/tree.ts";
import type { DeployedAdapter, Destination, HopContext, HopDecision } from "./adapter.ts";

export interface DeployedConfig {
  readonly type: EnforcementPointType;
  readonly files: readonly ParsedFile[];
  readonly problems: readonly Problem[];
  lower(destination: Destination, context: HopContext): LoweredHop;
  decide(destination: Destination, context: HopContext, view: Interaction): HopDecision;
  impossible(): readonly { readonly literals: readonly Literal[]; readonly why: string }[];
  posture(destination: Destination, context: HopContext): readonly Problem[];
}

export function readConfig<Model>(
  adapter: DeployedAdapter<Model>,
  files: readonly ParsedFile[],
): DeployedConfig {
  const { model, problems } = adapter.read(files);
  return {
    type: adapter.type,
    files,
    problems,
    lower: (destination, context) => adapter.lower(model, destination, context),
    decide: (destination, context, view) => adapter.decide(model, destination, context, view),
    impossible: () => adapter.impossible?.(model) ?? [],
    posture: (destination, context) => adapter.posture?.(model, destination, context) ?? [],
  };
}
