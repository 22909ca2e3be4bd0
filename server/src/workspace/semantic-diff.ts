/** `diff REV`: what one version of a control plane newly allows and newly denies against another, per environment. */
import type { SemanticDiff, SemanticDiffOptions } from "./semantic-diff-report.ts";
import type { ControlPlaneSnapshot } from "./snapshot.ts";

export type * from "./semantic-diff-report.ts";

/**
 * Compares two versions of one control plane, every environment and resource of either. An undefined side has no
 * control plane, and allows nothing. Pure and synchronous; costs what the comparison of each changed resource costs.
 */
export declare function semanticDiff(
  base: ControlPlaneSnapshot | undefined,
  current: ControlPlaneSnapshot | undefined,
  options?: SemanticDiffOptions,
): SemanticDiff;
