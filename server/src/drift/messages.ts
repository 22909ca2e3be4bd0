/** The sentences of a drift finding: who, what, where, by the names that the user knows; facts before advice. */
import type { Witness as Difference } from "../access/compare.ts";
import { regionOf as toldRegion } from "../access/difference-regions.ts";
import { literalHolds } from "../access/evaluate-terms.ts";
import type { Lost } from "../access/hop.ts";
import type { Literal, Origin, Term } from "../access/predicate.ts";
import type { ToldDifference } from "../access/region-lists.ts";
import { toInteraction } from "../access/witness.ts";
import { callerInWords, requestInWords, targetInWords } from "../simulate/words.ts";
import type { Bypass } from "./bypass.ts";
import type { EndToEnd } from "./end-to-end.ts";
import type { DriftFinding, DriftKind, Witness } from "./report.ts";
import type { PathInput, ReadyHop } from "./side.ts";
import type { Unenforced } from "./unenforced.ts";
import { baseInteraction, witnessAlong } from "./witnesses.ts";

export interface Subject {
  readonly witnesses: readonly Difference[];
  /** The difference in regions, requests and lines responsible, where there is one. */
  readonly told?: ToldDifference;
  readonly unknown: readonly Lost[];
}

export function describeFinding(
  kind: DriftKind,
  subject: Subject | Unenforced | Bypass,
  result: EndToEnd | undefined,
  input: PathInput,
  hops: readonly ReadyHop[],
): DriftFinding {
  const { environment, resource, path } = input;
  const bypass = "around" in subject ? subject : undefined;
  const unenforced = "rule" in subject ? subject : undefined;
  const from: PathInput = bypass === undefined ? input : { ...input, path: bypass.path };
  const told = "told" in subject ? subject.told : undefined;
  // Where the budget was spent before all could be told, what answered the question still shows that they differ.
  const shown = told === undefined || told.witnesses.length === 0 ? subject.witnesses : told.witnesses;
  const witnesses = shown.map((one) =>
    witnessAlong(from, toInteraction(one.assignment, baseInteraction(from))),
  );
  const stops = witnesses.map(({ hops: walked }) =>
    kind === "narrower" ? walked.find((hop) => hop.decision === "deny") : undefined,
  );
  const enforcementPoint = bypass?.hop.enforcementPoint ?? stops[0]?.enforcementPoint ?? lastHop(kind, hops);
  const responsible = [
    ...shown.flatMap((one, at) =>
      kind === "narrower" ? stopping(one, stops[at], hops) : one.allowTerm.origins,
    ),
    ...(told === undefined ? [] : [...told.allowOrigins, ...told.denyOrigins]),
  ];
  const { rules, deployed } = sortOrigins(responsible, witnesses, input, unenforced);
  const region = regionInWords(told, shown);
  const finding = {
    environment: environment.name,
    resource: resource.name,
    path,
    enforcementPoint,
    kind,
    verdict:
      kind === "unknown" || kind === "bypass"
        ? (result?.verdict ?? "unknown")
        : kind === "unenforced"
          ? "wider"
          : kind,
    region,
    witnesses,
    deployed,
    rules,
    unknown: subject.unknown,
    lost: result?.lost ?? [],
  } as const;
  const around = kind === "unknown" && bypass !== undefined ? `around ${bypass.around} to ` : "";
  const about = `${around}${unenforced?.rule.id ?? enforcementPoint ?? ""}`;
  return {
    id: [environment.name, resource.name, path.join(">"), kind, about].join("/"),
    ...finding,
    message: sentence({ ...finding, bypass, unenforced }),
  };
}

function lastHop(kind: DriftKind, hops: readonly ReadyHop[]): string | undefined {
  return kind === "unenforced" ? undefined : hops.at(-1)?.enforcementPoint;
}

/** The deployed place that stops an allowed request: what the walk named, else the deny-term. */
function stopping(
  first: Difference,
  stopped: Witness["hops"][number] | undefined,
  hops: readonly ReadyHop[],
): readonly Origin[] {
  const own = [...(first.deniedBy?.origins ?? []), ...first.allowTerm.origins];
  if (stopped === undefined) return own;
  if (stopped.rule !== undefined) return [stopped.rule, ...own];
  // A default stopped it: what should have let it in is the nearest of what that hop does let in.
  const hop = hops.find((one) => one.enforcementPoint === stopped.enforcementPoint);
  const admitting = hop?.lowered.branches.flatMap((branch) => branch.access.allow) ?? [];
  const failing = ({ literals }: Term): number =>
    literals.filter((literal) => literalHolds(literal, stopped.view) === false).length;
  const [nearest] = [...admitting].sort((a, b) => failing(a) - failing(b));
  const isNamed = ({ label }: Origin): boolean => stopped.reason.includes(label.split(" ")[0] ?? label);
  const near = [...(nearest?.origins ?? [])].sort((a, b) => Number(isNamed(b)) - Number(isNamed(a)));
  return [...own, ...near.slice(0, 1)];
}

/** Each region on its own; where they were not asked for or not found, the first line that lets a request in bounds it. */
function regionInWords(told: ToldDifference | undefined, shown: readonly Difference[]): string {
  const [first] = shown;
  if (told === undefined || told.regions.length === 0)
    return first === undefined ? "" : toldRegion(regionOf(first.allowTerm), [], false).text;
  const texts = told.regions.map(({ term, except, sound }) => toldRegion(regionOf(term), except, sound).text);
  return [...new Set(texts), ...(told.truncated ? ["and more"] : [])].join("; ");
}

/** What is about the caller and the request: not what is opaque, nor that nobody acts for anybody. */
function regionOf(one: Term): Term {
  const says = ({ attribute, negated }: Literal): boolean =>
    attribute.sort !== "opaque" && !(negated && attribute.keys[0] === "act");
  return { ...one, literals: one.literals.filter(says) };
}

/** Policy rules apart from deployed lines; where no rule took part, the nearest ones that did not apply. */
function sortOrigins(
  origins: readonly Origin[],
  witnesses: readonly Witness[],
  input: PathInput,
  unenforced: Unenforced | undefined,
): { readonly rules: readonly Origin[]; readonly deployed: readonly Origin[] } {
  const ruleIds = new Set(input.set.policies.flatMap((policy) => policy.rules.map((rule) => rule.id)));
  const rules = oncePerLabel(origins.filter((origin) => ruleIds.has(origin.label)));
  // What let a refused request through so far has no part in the refusal.
  const walked = witnesses.flatMap(({ deployed: decision, hops }) =>
    hops.flatMap((hop) => (decision === hop.decision ? (hop.rule ?? []) : [])),
  );
  const deployed = mostTelling(
    origins.filter((origin) => !ruleIds.has(origin.label)),
    walked,
  );
  if (unenforced !== undefined) return { rules: unenforced.about, deployed };
  const nearest = witnesses[0]?.nearest ?? [];
  return { rules: rules.length > 0 ? rules : nearest.length > 0 ? nearest : nearestRules(input), deployed };
}

/**
 * What the walk says decided comes first, at the narrower place that the term has for it; then the rest that takes
 * part, such as the route. One place a label.
 */
function mostTelling(origins: readonly Origin[], walked: readonly Origin[]): readonly Origin[] {
  const deciding = new Set(walked.map((origin) => origin.label));
  const ordered = [
    ...origins.filter((origin) => deciding.has(origin.label)),
    ...walked,
    ...origins.filter((origin) => !deciding.has(origin.label)),
  ];
  return oncePerLabel(ordered);
}

function oncePerLabel(origins: readonly Origin[]): readonly Origin[] {
  const byLabel = new Map<string, Origin>();
  for (const origin of origins) if (!byLabel.has(origin.label)) byLabel.set(origin.label, origin);
  return [...byLabel.values()];
}

function nearestRules(input: PathInput): readonly Origin[] {
  return input.set.policies
    .flatMap((policy) => policy.rules)
    .filter((rule) => rule.on.some((target) => target.resource.text === input.resource.name))
    .map((rule) => ({ label: rule.id, place: rule.name.place }));
}

interface Said extends Omit<DriftFinding, "id" | "message"> {
  readonly bypass: Bypass | undefined;
  readonly unenforced: Unenforced | undefined;
}

function sentence(said: Said): string {
  const where = `${said.resource} (${said.environment})`;
  const { bypass, unenforced, region } = said;
  const [witness] = said.witnesses;
  const shown = witness === undefined ? "" : ` Witness: ${requestInWords(witness.request)}`;
  switch (said.kind) {
    case "wider":
      return `Admits requests to ${where} that the policy denies: ${requests(region)}.${shown}: denied by policy (${policyReason(witness)}), ${allowedAt(witness)}.`;
    case "narrower":
      return `Refuses requests to ${where} that the policy allows: ${requests(region)}.${shown}: ${witness?.policyReason}, ${deniedAt(witness)}.`;
    case "unenforced":
      return (
        `No enforcement point on the way to ${said.resource} (${said.path.join(", ")}) can see ${list(unenforced?.unseen ?? [])}, ` +
        `so as deployed ${unenforced?.rule.id} ${unenforced?.rule.effect === "deny" ? "does not stop what it is about" : "holds without it"} (${said.environment}). ` +
        `Witness: ${witness === undefined ? "" : `${callerInWords(witness.request)} → ${targetInWords(witness.request)}`}: ${allowedAt(witness)}, denied by policy.`
      );
    case "bypass":
      return `Admits callers at ${where} who go around ${bypass?.around}: ${requests(region)}.${shown}: ${allowedAt(witness)}, and ${bypass?.around} never saw it.`;
    case "unknown":
      return bypass === undefined
        ? `It is not known whether what is deployed for ${where} says what the policy says: ${reasons(said.unknown)}.`
        : `It is not known whether callers of ${where} can go around ${bypass.around}: ${reasons(said.unknown)}.`;
  }
}

/** A region that names no operation begins with its caller or its place: then it is any request of that kind. */
function requests(region: string): string {
  return /^(?:at|by|on|under|with|without|for|of|where) /.test(region) ? `any request ${region}` : region;
}

function policyReason(witness: Witness | undefined): string {
  const reason = witness?.policyReason ?? "";
  return reason.replace(/^no allow rule applies \(default deny\)/, "default deny").replace(/^denied by /, "");
}

function allowedAt(witness: Witness | undefined): string {
  return (witness?.hops ?? []).map((hop) => `allowed at ${hop.enforcementPoint}`).join(", ");
}

function deniedAt(witness: Witness | undefined): string {
  return (witness?.hops ?? [])
    .map((hop) =>
      hop.decision === "allow"
        ? `allowed at ${hop.enforcementPoint}`
        : `denied at ${hop.enforcementPoint} (${inParentheses(hop.reason)})`,
    )
    .join(", ");
}

/** A sentence inside another. Names keep their capital: only a plain word is written small. */
function inParentheses(sentence: string): string {
  return sentence.replace(/\.$/, "").replace(/^[A-Z][a-z]*(?= [a-z])/, (word) => word.toLowerCase());
}

function reasons(unknown: readonly Lost[]): string {
  const said = unknown.map(({ text, reason }) => {
    const plain = inParentheses(reason);
    // What is only called "it" there has no name in this sentence yet.
    return /^it (?!is not known|depends)/.test(plain) ? `${text} ${plain.slice("it ".length)}` : plain;
  });
  return [...new Set(said)].join("; ") || "nothing more is known";
}

function list(names: readonly string[]): string {
  return names.length < 2 ? (names[0] ?? "") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
