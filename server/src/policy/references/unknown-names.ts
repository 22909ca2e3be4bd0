/** Names that nothing defines, each with the name that was most likely meant. */
import { didYouMean } from "../../text/did-you-mean.ts";
import { type Place, within } from "../../text/place.ts";
import type { Problem } from "../../text/problem.ts";
import type { PolicySet, Resource } from "../model.ts";
import { type SymbolKind, symbolKey } from "../symbol-key.ts";
import { type PolicySymbol, type SymbolTable, symbolTable } from "../symbols.ts";
import type { Use } from "../uses.ts";
import { replacement } from "./replacement.ts";
import { fittingParts } from "./targets.ts";

export function unknownNames(set: PolicySet): readonly Problem[] {
  const table = symbolTable(set);
  return table.unresolved.filter((use) => isJudged(set, use)).map((use) => unknownName(set, table, use));
}

/** Kinds of documents that define a kind of symbol. */
function definingKind(kind: SymbolKind): "ControlPlane" | "Inventory" | "Policy" | "Scenarios" {
  switch (kind) {
    case "identity":
    case "resource":
    case "operation":
    case "tool":
    case "event-type":
      return "Inventory";
    case "condition":
    case "policy":
    case "rule":
      return "Policy";
    case "scenario":
      return "Scenarios";
    case "enforcement-point":
    case "environment":
    case "issuer":
    case "trust-domain":
    case "secret-manager":
    case "variable":
      return "ControlPlane";
  }
}

/** Whether a name that was not found is a mistake of its own, and not a consequence of another finding. */
function isJudged(set: PolicySet, use: Use): boolean {
  // Variables differ by environment and have a check of their own.
  if (use.kind === "variable") return false;
  const { names, kinds } = set.unreadable ?? { names: new Set(), kinds: new Set() };
  // Of what has a container, only conditions can be there and not be readable.
  const key = symbolKey(use.kind, use.text, use.kind === "condition" ? use.container : undefined);
  if (kinds.has(definingKind(use.kind)) || names.has(key)) return false;
  // A rule that cannot be read and tells no name may be the one that is meant.
  if (use.kind === "rule" && names.has(symbolKey("rule", use.text.replace(/\/.*$/s, "/")))) return false;
  if (use.container === undefined || use.kind === "condition") return true;
  const resource = set.resources.get(use.container);
  if (resource === undefined || resource.incomplete === true) return false;
  switch (use.kind) {
    case "operation":
      return fittingParts(resource.type).some((part) => part === "operations" || part === "rpcs");
    case "tool":
      return resource.type === "mcp-server";
    case "event-type":
      return (resource.event?.types.length ?? 0) > 0;
    default:
      return true;
  }
}

function unknownName(set: PolicySet, table: SymbolTable, use: Use): Problem {
  if (use.kind === "rule") return unknownRule(set, use);
  const candidates = [...namesOf(table, use.kind, use.container), ...(use.also ?? [])];
  const meant = didYouMean(use.text, candidates) ?? sameShape(use, candidates);
  return {
    code: `reference/unknown-${use.kind}`,
    severity: "error",
    message: [whatIsMissing(set, use), hint(set, use, meant, candidates)].join(" "),
    place: use.place,
    ...(meant === undefined ? {} : { data: { replaceWith: replacement(use.place, meant) } }),
  };
}

function namesOf(table: SymbolTable, kind: SymbolKind, container: string | undefined): readonly string[] {
  return [...table.symbols.values()]
    .filter((symbol: PolicySymbol) => symbol.kind === kind && symbol.container === container)
    .flatMap((symbol) => [symbol.name, ...symbol.aliases]);
}

/** `GET /payments/{paymentId}` means `GET /payments/{id}`: what parameters are called makes no difference. */
function sameShape(use: Use, candidates: readonly string[]): string | undefined {
  if (use.kind !== "operation") return undefined;
  const shape = (name: string): string => name.replace(/\{[^{}/]*\}/g, "{}");
  return candidates.find((candidate) => candidate.includes("{") && shape(candidate) === shape(use.text));
}

function whatIsMissing(set: PolicySet, { kind, text, container }: Use): string {
  const resource = container === undefined ? undefined : set.resources.get(container);
  switch (kind) {
    case "operation":
      return `${container} has no operation "${text}".`;
    case "tool":
      return `MCP server ${container} has no tool "${text}".`;
    case "event-type":
      return `Event channel ${container} has no type "${text}".`;
    case "condition":
      return `Policy ${container} has no condition "${text}", so that nobody can tell when this rule applies.`;
    case "enforcement-point":
      return `No environment has an enforcement point "${text}".`;
    default:
      return `There is no ${kind.replaceAll("-", " ")} "${text}"${resource === undefined ? "" : ` in ${resource.name}`}.`;
  }
}

function hint(set: PolicySet, use: Use, meant: string | undefined, candidates: readonly string[]): string {
  const resource = use.container === undefined ? undefined : set.resources.get(use.container);
  const source = resource === undefined ? "" : origin(resource);
  if (use.kind === "operation" && resource?.protocol === "tcp")
    return "With protocol: tcp nothing is known of its connections but that they are opened: take the list out, and the rule is about all of them.";
  if (meant !== undefined) return `Did you mean "${meant}"?${source}`;
  if (candidates.length > 0 && candidates.length <= 8) return `There is: ${candidates.join(", ")}.${source}`;
  return `${whereToDeclare(use)}${source}`;
}

function origin(resource: Resource): string {
  if (resource.document === undefined) return "";
  const what = resource.type === "mcp-server" ? "Tools" : "Operations";
  return ` ${what} come from ${resource.document.written.text}.`;
}

function whereToDeclare({ kind, text, container, by }: Use): string {
  switch (kind) {
    case "identity":
      return `Declare it under spec.identities of an Inventory; until then ${by} names nobody by it.`;
    case "resource":
      return `Declare it under spec.resources of an Inventory; until then ${by} covers nothing by it.`;
    case "operation":
    case "tool":
    case "event-type":
      return `Add it to what ${container} declares, or take it out of ${by}.`;
    case "enforcement-point":
      return "Declare it under spec.environments.<environment>.enforcementPoints of the ControlPlane.";
    case "environment":
      return "Declare it under spec.environments of the ControlPlane.";
    case "issuer":
      return "Declare it under spec.issuers of the ControlPlane.";
    case "secret-manager":
      return "Declare it under spec.secretManagers of the ControlPlane.";
    case "condition":
      return `Write it under spec.conditions of ${container}, or take it out of ${by}.`;
    case "policy":
    case "rule":
    case "scenario":
    case "trust-domain":
    case "variable":
      return `Declare "${text}", or name another.`;
  }
}

/** A rule is said as `policy/rule`: the part that is wrong is the one to show. */
function unknownRule(set: PolicySet, use: Use): Problem {
  const slash = use.text.indexOf("/");
  const policyName = use.text.slice(0, Math.max(slash, 0));
  const ruleName = use.text.slice(slash + 1);
  const policy = set.policies.find((candidate) => candidate.name.text === policyName);
  const finding = (message: string, place: Place, replaceWith: string | undefined): Problem => ({
    code: "reference/unknown-rule",
    severity: "error",
    message,
    place,
    ...(replaceWith === undefined ? {} : { data: { replaceWith } }),
  });
  if (policy !== undefined) {
    const names = policy.rules.map((rule) => rule.name.text);
    const meant = didYouMean(ruleName, names);
    return finding(
      `Policy ${policyName} has no rule "${ruleName}".${meant === undefined ? rulesOf(names) : ` Did you mean "${meant}"?`}`,
      // The text of a name has no escapes, so that its parts stand at the same offsets in the source.
      within(use.place, slash + 1, use.text.length),
      meant,
    );
  }
  const ids = set.policies.flatMap((candidate) => candidate.rules.map((rule) => rule.id));
  const meant = ids.find((id) => id.endsWith(`/${ruleName}`)) ?? didYouMean(use.text, ids);
  const problem = slash === -1 ? "A rule is named as policy/rule." : `There is no policy "${policyName}".`;
  return finding(
    `${problem}${meant === undefined ? "" : ` Did you mean "${meant}"?`}`,
    slash === -1 || meant !== undefined ? use.place : within(use.place, 0, slash),
    meant,
  );
}

function rulesOf(names: readonly string[]): string {
  return names.length === 0 || names.length > 8 ? "" : ` Its rules: ${names.join(", ")}.`;
}
