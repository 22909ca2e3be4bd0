/** A simulation as the JSON contract says it, and as people read it. Positions come from the layouts of the files. */
import type { Json } from "../access/interaction.ts";
import type { SourceLayout } from "../text/layout.ts";
import type { Location, Place } from "../text/place.ts";
import { shown } from "../text/shown.ts";
import { type AuditEvent, auditEvent, traceId } from "./audit.ts";
import type { Decision, HopTrace, RuleTrace } from "./decision.ts";
import { masked } from "./secrets.ts";
import type { Simulation } from "./simulation.ts";
import { callerInWords, targetInWords } from "./words.ts";

export interface SimulationJson {
  readonly decision: "allow" | "deny" | "unknown";
  readonly reason: string;
  readonly environment: string;
  readonly resource: string | undefined;
  readonly callers: readonly string[];
  readonly rules: readonly RuleJson[];
  readonly obligations: Readonly<Record<string, Json>>;
  /** The walk through the deployed config, path by path. */
  readonly hops: readonly HopJson[];
  readonly trace: readonly RuleJson[];
  /** Servers that the model's provider would call itself, around every enforcement point. */
  readonly bypasses?: readonly string[];
  readonly listed?: readonly string[];
  readonly interaction: Simulation["decision"]["interaction"];
  readonly audit: AuditEvent;
}

export interface RuleJson extends Omit<RuleTrace, "place" | "closeness"> {
  readonly location: Location | undefined;
}

export interface HopJson {
  readonly path: string;
  readonly enforcementPoint: string;
  /** Absent where the environment does not define the enforcement point. */
  readonly type?: string;
  readonly decision: "allow" | "deny" | "unknown";
  readonly rule?: { readonly label: string; readonly location: Location | undefined };
  readonly reason: string;
  readonly blindTo: readonly string[];
}

export type Layouts = ReadonlyMap<string, SourceLayout>;

export function simulationJson(simulation: Simulation, layouts: Layouts): SimulationJson {
  const { decision } = simulation;
  return {
    decision: decision.decision,
    reason: decision.reason,
    environment: simulation.environment,
    resource: simulation.resource,
    callers: decision.callers,
    rules: decision.rules.map((rule) => ruleJson(rule, layouts)),
    obligations: decision.obligations,
    hops: simulation.walks.flatMap((walked) => walked.hops.map((hop) => hopJson(hop, walked.path, layouts))),
    trace: decision.trace.map((rule) => ruleJson(rule, layouts)),
    ...(decision.listed === undefined ? {} : { listed: decision.listed }),
    interaction: masked(decision.interaction),
    ...(simulation.bypasses.length === 0 ? {} : { bypasses: simulation.bypasses }),
    audit: auditEvent(decision, simulation.resource),
  };
}

function ruleJson({ place, closeness: _closeness, ...rule }: RuleTrace, layouts: Layouts): RuleJson {
  return { ...rule, location: locate(place, layouts) };
}

function hopJson(hop: HopTrace, path: readonly string[], layouts: Layouts): HopJson {
  const { enforcementPoint, type, decision, reason, blindTo, rule } = hop;
  return {
    path: path.join(" > "),
    enforcementPoint,
    ...(type === undefined ? {} : { type }),
    decision,
    reason,
    blindTo,
    ...(rule === undefined ? {} : { rule: { label: rule.label, location: locate(rule.place, layouts) } }),
  };
}

function locate(place: Place, layouts: Layouts): Location | undefined {
  return layouts.get(place.block.uri)?.location(place);
}

/** The lines as one text that may be shown. */
export function simulationText(...args: Parameters<typeof simulationLines>): string {
  return `${simulationLines(...args)
    .map(shown)
    .join("\n")}\n`;
}

/** `name` says a URI as the reader knows it; lines are one-based here. */
export function simulationLines(
  simulation: Simulation,
  layouts: Layouts,
  name: (uri: string) => string,
): readonly string[] {
  const { decision } = simulation;
  const where = (place: Place): string => {
    const location = locate(place, layouts);
    return location === undefined ? "" : `   ${name(location.uri)}:${location.range.start.line + 1}`;
  };
  const lines = [
    `${decision.decision.toUpperCase()}   ${whoInWords(decision)} → ${whatInWords(decision)}`,
    "",
    `Why    ${decision.reason}`,
  ];
  for (const rule of decision.rules) lines.push(`       ${rule.effect} ${rule.rule}${where(rule.place)}`);
  for (const [index, rule] of nearMisses(decision).entries())
    lines.push(
      `       ${index === 0 ? "closest" : "next   "}  ${rule.rule}: ${failure(rule)}${where(rule.place)}`,
    );
  for (const rule of decision.trace.filter((one) => one.outcome.startsWith("would-")))
    lines.push(`       ${rule.outcome.replace("-", " ")}  ${rule.rule} (audit mode)${where(rule.place)}`);
  if (decision.listed !== undefined)
    lines.push(`       listed   ${decision.listed.join(", ") || "no tools"}`);
  lines.push(`       callers  ${decision.callers.join(", ") || "nobody that is declared"}`);
  const obligations = Object.entries(decision.obligations);
  if (obligations.length > 0)
    lines.push(
      "",
      `Must   ${obligations.map(([key, value]) => `${key}: ${typeof value === "string" ? value : JSON.stringify(value)}`).join(", ")}`,
    );
  lines.push(...walkLines(simulation, where));
  for (const server of simulation.bypasses)
    lines.push(
      "",
      `Bypass the model's provider calls the tools of ${server} itself: no enforcement point sees those calls`,
    );
  lines.push("", auditLine(decision, simulation.resource));
  return lines;
}

/** By the names of the policy's author: `support-copilot, for alice`; who is not declared by what it presented. */
function whoInWords({ callers, delegators, interaction }: Decision): string {
  const actors = callers.filter((name) => !delegators.includes(name));
  if (actors.length === 0) return callerInWords(interaction);
  const [first] = interaction.onBehalfOf ?? [];
  return first === undefined ? actors.join(", ") : `${actors.join(", ")}, for ${first.id || "somebody"}`;
}

function whatInWords({ interaction }: Decision): string {
  const { mcp, destination } = interaction;
  if (mcp === undefined) return targetInWords(interaction);
  const server = mcp.server ?? destination?.resource;
  const call = targetInWords({ ...interaction, mcp: { ...mcp, server: "" } }).trimStart();
  return server === undefined ? call : `${server} · ${call}`;
}

/** Rules that would have allowed what no rule allowed. Where a rule decided, none was missed. */
function nearMisses({ decision, rules, trace }: Decision): readonly RuleTrace[] {
  if (decision !== "deny" || rules.length > 0) return [];
  return trace
    .filter((rule) => rule.effect === "allow" && rule.failed !== undefined && rule.closeness > 0)
    .slice(0, 3);
}

function failure({ failed }: RuleTrace): string {
  if (failed === undefined) return "";
  return failed.part === "condition"
    ? `condition failed: ${failed.detail}`
    : `${failed.part}: ${failed.detail}`;
}

function auditLine(decision: Decision, resource: string | undefined): string {
  const event = auditEvent(decision, resource);
  const trace = traceId(decision.interaction);
  const correlation = trace === undefined ? "" : ` · trace ${trace}`;
  return `Audit  OCSF 6003 action_id ${String(event.action_id)} (${String(event.action)})${correlation}`;
}

function walkLines(simulation: Simulation, where: (place: Place) => string): readonly string[] {
  const lines: string[] = [];
  for (const walked of simulation.walks) {
    lines.push("", `On the way (${simulation.environment}, as deployed): ${walked.path.join(" → ")}`);
    for (const [index, hop] of walked.hops.entries()) {
      // Most reasons name their rule; then the label would only say it again.
      const named = hop.rule === undefined || hop.reason.includes(hop.rule.label.replace(/ rule \d+$/, ""));
      const rule = named ? "" : `${hop.rule?.label}: `;
      const place = hop.rule === undefined ? "" : where(hop.rule.place);
      lines.push(
        `  ${index + 1} ${hop.enforcementPoint.padEnd(12)} ${hop.decision.toUpperCase().padEnd(7)} ${rule}${hop.reason}${place}`,
      );
      if (hop.blindTo.length > 0) lines.push(`    blind to ${hop.blindTo.join(", ")}`);
    }
    if (walked.decision !== "unknown" && walked.decision !== simulation.decision.decision)
      lines.push(
        `  → the deployed path ${verb(walked.decision)} what the policy ${verb(simulation.decision.decision)}`,
      );
    if (walked.decision === "unknown") lines.push("  → what is deployed on this path is not known");
  }
  return lines;
}

function verb(decision: "allow" | "deny" | "unknown"): string {
  return decision === "allow" ? "ALLOWS" : decision === "deny" ? "DENIES" : "does not decide";
}
