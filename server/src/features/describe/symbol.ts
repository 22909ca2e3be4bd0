/** What an own symbol is, in a few lines of Markdown. */
import type { PolicySymbol } from "../../policy/symbols.ts";
import {
  enforcementPointLines,
  environmentLines,
  issuerLines,
  secretManagerLines,
  trustDomainLines,
  variableLines,
} from "./control-plane.ts";
import { identityLines } from "./identity.ts";
import type { Known } from "./known.ts";
import { paragraph } from "./markdown.ts";
import { conditionLines, policyLines, ruleLines, scenarioLines } from "./policy.ts";
import { eventTypeLines, operationLines, resourceLines, toolLines } from "./resource.ts";

export function describeSymbol(known: Known, symbol: PolicySymbol): string {
  return paragraph(linesOf(known, symbol));
}

function linesOf(known: Known, symbol: PolicySymbol): readonly string[] {
  const { plane } = known;
  const { name, container = "" } = symbol;
  switch (symbol.kind) {
    case "identity":
      return identityLines(known, name);
    case "resource":
      return resourceLines(plane, name);
    case "operation":
      return operationLines(plane, container, name);
    case "tool":
      return toolLines(plane, container, name);
    case "event-type":
      return eventTypeLines(plane, container, name);
    case "condition":
      return conditionLines(plane, container, name);
    case "policy":
      return policyLines(plane, name);
    case "rule":
      return ruleLines(plane, `${container}/${name}`);
    case "scenario":
      return scenarioLines(plane, `${container}/${name}`);
    case "environment":
      return environmentLines(plane, name);
    case "enforcement-point":
      return enforcementPointLines(plane, name);
    case "issuer":
      return issuerLines(plane, name);
    case "trust-domain":
      return trustDomainLines(plane, name);
    case "secret-manager":
      return secretManagerLines(plane, name);
    case "variable":
      return variableLines(plane, name);
  }
}
