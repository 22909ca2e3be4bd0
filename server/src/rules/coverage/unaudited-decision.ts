import type { Rule } from "../../policy/model.ts";
import type { Place } from "../../text/place.ts";
import { at, child, type MapNode, type ScalarNode } from "../../text/tree.ts";
import { dataClassOf, enforcedAllows, isSensitive, targetsOf } from "../analysis/grants.ts";
import { specsOf } from "../analysis/specs.ts";
import { type LintContext, lintRule, type RuleFinding } from "../lint-rule.ts";
import { inWords } from "../words.ts";

export const unauditedDecision = lintRule({
  id: "unaudited-decision",
  category: "coverage",
  traffic: ["api", "service", "ai", "event"],
  controls: ["NIST-CSF-2.0:PR.PS-04", "NIST-CSF-2.0:DE.CM-03", "MAESTRO:L5"],
  fixable: true,
  letsThrough: "active",
  check: (context) => [...silenced(context), ...withoutSink(context)],
});

/** `audit: none` is a decision of somebody. A rule that says nothing of it is left to the defaults of its audit sink. */
function silenced({ set }: LintContext): readonly RuleFinding[] {
  return enforcedAllows(set).flatMap((rule) => {
    const audit = at(rule.node, "obligations", "audit");
    if (audit?.kind !== "scalar" || audit.value !== "none") return [];
    const who = agentsOf(rule, set);
    const data = [...new Set(targetsOf(rule, set).map((one) => one.resource))].filter(isSensitive);
    if (who.length === 0 && data.length === 0) return [];
    const what = [
      ...(who.length === 0 ? [] : [`what the ${who.length > 1 ? "agents" : "agent"} ${inWords(who)} does`]),
      ...data.map((one) => `who reaches ${one.name} (${dataClassOf(one)})`),
    ];
    return [
      {
        place: audit.place,
        message: `${rule.id} leaves no audit event of ${inWords(what)}: after an incident nobody can tell what happened. Oblige to \`metadata\`, or to \`full\` where the request itself may be kept.`,
        data: { rule: rule.id },
        fixes: [withMetadata(audit)],
      },
    ];
  });
}

function agentsOf(rule: Rule, set: LintContext["set"]): readonly string[] {
  return (rule.subjects ?? [])
    .map((one) => one.text)
    .filter((name) => set.identities.get(name)?.type === "agent");
}

/** Not safe: whoever wrote `none` may have had a reason, which then belongs into a waiver. */
function withMetadata(node: ScalarNode) {
  return {
    title: "Audit the metadata of the request",
    isSafe: false,
    edits: [{ edit: "set-scalar", node, value: "metadata" }],
  } as const;
}

/** What rules oblige to has to go somewhere. Said only where they do: a control plane may not be about audit at all. */
function withoutSink({ set, files }: LintContext): readonly RuleFinding[] {
  const obliging = enforcedAllows(set).filter(
    ({ obligations: { audit } }) => audit === "full" || audit === "metadata",
  );
  const [first] = obliging;
  const [spec] = specsOf(files, "ControlPlane");
  if (first === undefined || spec === undefined) return [];
  const sinks = child(spec, "auditSinks");
  if (sinks !== undefined && !(sinks.kind === "map" && sinks.entries.length === 0)) return [];
  const others = obliging.length - 1;
  return [
    {
      place: spec.byKey.get("auditSinks")?.key.place ?? set.controlPlane.name.place,
      message: `${first.id}${others === 0 ? " obliges" : others === 1 ? " and 1 other rule oblige" : ` and ${others} other rules oblige`} to audit, but ${set.controlPlane.name.text} declares no \`auditSinks\`: nobody can say where the events are. Declare the sink that they go to.`,
      related: [{ place: auditPlace(first), message: `${first.id} obliges to audit.` }],
      data: { rules: obliging.map((rule) => rule.id) },
      fixes: [addSink(spec)],
    },
  ];
}

function auditPlace(rule: Rule): Place {
  return at(rule.node, "obligations", "audit")?.place ?? rule.name.place;
}

/** A name and a format to start from: which sink there is only its owner knows. */
function addSink(map: MapNode) {
  return {
    title: "Declare an audit sink that takes OCSF events",
    isSafe: false,
    edits: [{ edit: "set-property", map, key: "auditSinks", value: { audit: { format: "ocsf" } } }],
  } as const;
}
