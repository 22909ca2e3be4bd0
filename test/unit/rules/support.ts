/** Rules in a small shop, and what the lint rules say of them. */
import { lintRules } from "../../../server/src/rules/registry.ts";
import type { Finding } from "../../../server/src/workspace/finding.ts";
import { Workspace } from "../../../server/src/workspace/workspace.ts";
import { markRanges, readMarkers } from "../../support/markers.ts";
import { MemoryHost, uriOf, workspaceFolder } from "../../support/memory-host.ts";

const inventory = `apiVersion: plumbline/v1
kind: ControlPlane
metadata: { name: shop }
spec:
  trustDomains: { prod.example: {}, staging.example: {} }
  issuers:
    workforce: { url: "https://login.example", audiences: ["https://api.example"], claims: { groups: list } }
  limits: { delegationDepth: 1 }
  environments:
    production: { vars: { td: prod.example } }
    staging: { vars: { td: staging.example } }
---
apiVersion: plumbline/v1
kind: Inventory
metadata: { name: shop }
spec:
  identities:
    checkout: { type: workload, spiffeId: "spiffe://\${td}/ns/shop/sa/checkout" }
    reports: { type: workload, spiffeId: "spiffe://\${td}/ns/shop/sa/reports" }
    staff: { type: group, issuer: workforce, claims: { groups: support } }
    admins: { type: group, issuer: workforce, claims: { groups: [admin, root] } }
    copilot: { type: agent, spiffeId: "spiffe://\${td}/ns/ai/sa/copilot", actsFor: [staff] }
    ghost: { type: workload }
    office: { type: set, of: [staff, reports] }
    old: { type: workload, spiffeId: "spiffe://\${td}/ns/shop/sa/old", status: retired }
  resources:
    ledger: { type: service, protocol: http, operations: ["GET /entries", "GET /entries/{id}", "POST /entries"] }
    orders: { type: service, protocol: http, operations: ["GET /orders"] }
    tools: { type: mcp-server, target: tools, tools: tools.json }
    gpt: { type: model, provider: openai, model: gpt }
    events: { type: event-channel, topic: orders, types: [order.placed, order.gone] }
`;

const tools = JSON.stringify({
  tools: ["lookup", "refund", "export"].map((name) => ({
    name,
    inputSchema: {
      type: "object",
      properties: { amount: { type: "number" }, note: { type: "string" } },
      required: ["amount"],
    },
  })),
});

const indent = "    ";

/** The rules that compare what is possible; the others have tests of their own. */
const ids: ReadonlySet<string> = new Set([
  "condition-always-false",
  "condition-always-true",
  "conflicting-rules",
  "redundant-rule",
  "shadowed-rule",
  "unreachable-rule",
]);

/** What is missing around the rules is no matter here. */
const ofOtherCategories: ReadonlySet<string> = new Set(
  lintRules.filter((rule) => rule.category !== "logic").map((rule) => rule.id),
);

export interface Linted {
  /** The rules, with the places of the lint findings marked. */
  readonly marked: string;
  /** Of those rules, in the order of the text: `code: message`, each related place in a line of its own. */
  readonly said: readonly string[];
  readonly findings: readonly Finding[];
  /** In the policies, of every category. */
  readonly all: readonly Finding[];
}

/** The lines of a rule list; `audit`: of a policy in that mode. */
export type PolicyText = string | { readonly audit: string };

/** `policies`: each the lines of a rule list, in YAML, or other documents; their policies are p0, p1, ... */
export async function linted(...policies: readonly PolicyText[]): Promise<Linted> {
  const texts = policies.map((one) => readMarkers(typeof one === "string" ? one : one.audit).text);
  const files: Record<string, string> = { "shop.plumb.yaml": inventory, "tools.json": tools };
  const heads = policies.map((one, index) => {
    const mode = typeof one === "string" ? "enforce" : "audit";
    return `apiVersion: plumbline/v1\nkind: Policy\nmetadata: { name: p${index} }\nspec:\n  mode: ${mode}\n  rules:\n`;
  });
  for (const [index, text] of texts.entries())
    files[`p${index}.plumb.yaml`] = `${heads[index] ?? ""}${text.replace(/^(?=.)/gm, indent)}`;
  const workspace = new Workspace(new MemoryHost(files));
  workspace.setFolders([workspaceFolder]);
  const { findings: all } = await workspace.analyze();
  const ofPolicies = texts.flatMap((_, index) => all.get(uriOf(`p${index}.plumb.yaml`)) ?? []);
  const findings = ofPolicies.filter((one) => !ofOtherCategories.has(one.code));
  const own = findings.filter((one) => ids.has(one.code));
  const marked = texts.map((text, index) => {
    const head = (heads[index] ?? "").split("\n").length - 1;
    const starts = [0];
    for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
    const offset = ({ line, character }: Finding["range"]["start"]) =>
      (starts[line - head] ?? 0) + character - indent.length;
    const ranges = own
      .filter((one) => one.uri === uriOf(`p${index}.plumb.yaml`))
      .map(({ range }) => ({ start: offset(range.start), end: offset(range.end) }));
    return markRanges(text, ranges);
  });
  return { marked: marked.join("---\n"), said: own.map(told), findings, all: ofPolicies };
}

function told({ code, message, related, environments }: Finding): string {
  const where = environments.length === 0 ? "" : ` (${environments.join(", ")})`;
  return [`${code}: ${message}${where}`, ...related.map((one) => `  ${one.message}`)].join("\n");
}
