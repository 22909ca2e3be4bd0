/** Run Simulation with the argument of a code lens, one scenario of each traffic kind. */
import * as vscode from "vscode";
import { expectEqual, expectTrue, test } from "../runner.ts";
import { fixture, shownReport } from "../workbench.ts";

interface Decision {
  readonly decision: string;
  readonly environment: string;
  readonly rules: readonly { readonly rule: string }[];
  readonly obligations: unknown;
  readonly hops: readonly {
    readonly enforcementPoint: string;
    readonly decision: string;
    readonly blindTo: readonly string[];
    readonly rule?: { readonly label: string };
  }[];
}

async function simulate(file: string, scenario: string): Promise<Decision> {
  const uri = fixture(file).toString();
  return vscode.commands.executeCommand<Decision>("plumbline.runSimulation", { uri, scenario });
}

/** The parts of a decision that a person would check first. */
function essence({ decision, environment, rules, hops }: Decision) {
  return {
    decision,
    environment,
    rules: rules.map(({ rule }) => rule),
    hops: hops.map((hop) => `${hop.enforcementPoint} ${hop.decision}: ${hop.rule?.label}`),
  };
}

/** The report as one line for each of the parts, all of which must be there, in this order. */
function expectReport(...parts: readonly string[]): void {
  const report = shownReport();
  let from = 0;
  for (const part of parts) {
    const at = report.indexOf(part, from);
    expectTrue(at >= 0, `the report does not say "${part}" after character ${from}:\n${report}`);
    from = at + part.length;
  }
}

test("API: staff reads a payment through the gateway and the mesh", async () => {
  const result = await simulate("scenarios/api.plumb.yaml", "staff reads a payment");
  expectEqual(essence(result), {
    decision: "allow",
    environment: "production",
    rules: ["payments/staff-read-payments"],
    hops: ["edge allow: route payments-staff", "mesh allow: shop/payments rule 1"],
  });
  expectEqual(result.obligations, { audit: "full" });
  expectReport(
    "ALLOW ",
    "allowed by payments/staff-read-payments",
    "policies/payments.plumb.yaml:8",
    "edge → mesh",
    "1 edge         ALLOW",
    "deployed/production/kong.yaml:24",
    "2 mesh         ALLOW",
    "authorization-policies.yaml:22",
    "Audit  OCSF 6003 action_id 1 (Allowed)",
  );
});

test("service: checkout appends an entry to the ledger", async () => {
  const result = await simulate("scenarios/services.plumb.yaml", "checkout appends an entry");
  expectEqual(essence(result), {
    decision: "allow",
    environment: "production",
    rules: ["ledger/append-from-checkout"],
    hops: ["mesh allow: shop/ledger rule 2"],
  });
  expectReport("ALLOW ", "checkout → POST ", "1 mesh         ALLOW");
});

test("AI: the copilot is over its limit, and what is deployed would let it pass", async () => {
  const result = await simulate("scenarios/ai.plumb.yaml", "copilot refunds over its limit");
  expectEqual(essence(result), {
    decision: "deny",
    environment: "production",
    rules: [],
    hops: [
      "ai-gateway allow: mcpAuthorization rule 3 of route payments-mcp",
      "mesh allow: ai/payments-mcp rule 1",
    ],
  });
  expectEqual(
    result.hops.map(({ blindTo }) => blindTo),
    [["mcp.tool.arguments.amount"], ["mcp.tool.arguments.amount"]],
  );
  expectReport(
    "DENY ",
    "support-copilot",
    "for alice",
    "tools/call refund",
    "amount: 250",
    "no allow rule applies (default deny)",
    "closest  ai/copilot-refunds-small-amounts",
    "amount was 250, needed <= 200",
    "policies/ai.plumb.yaml:14",
    "1 ai-gateway   ALLOW",
    "blind to mcp.tool.arguments.amount",
    "2 mesh         ALLOW",
    "→ the deployed path ALLOWS what the policy DENIES",
  );
});

test("the places in a report can be clicked", async () => {
  await simulate("scenarios/ai.plumb.yaml", "copilot refunds over its limit");
  const report = vscode.window.visibleTextEditors.find(
    ({ document }) => document.uri.scheme === "plumbline-report",
  )?.document;
  const links = await vscode.commands.executeCommand<vscode.DocumentLink[]>(
    "vscode.executeLinkProvider",
    report?.uri,
    20,
  );
  const found = new Map(links.map(({ range, target }) => [report?.getText(range), target?.toString(true)]));
  const policy = fixture("policies/ai.plumb.yaml").with({ fragment: "L14" });
  expectEqual(found.get("policies/ai.plumb.yaml:14"), policy.toString(true));
});

test("a report wraps its long lines, and keeps its language when it is shown again", async () => {
  for (const scenario of ["copilot refunds over its limit", "copilot refunds over its limit"]) {
    await simulate("scenarios/ai.plumb.yaml", scenario);
    const [report] = vscode.window.visibleTextEditors.filter(
      ({ document }) => document.uri.scheme === "plumbline-report",
    );
    expectEqual(report?.document.languageId, "plumbline-report");
    const settings = vscode.workspace.getConfiguration("editor", report?.document);
    expectEqual(settings.get("wordWrap"), "on");
  }
});

test("the setting plumbline.environment chooses where a scenario runs", async () => {
  const settings = vscode.workspace.getConfiguration("plumbline");
  await settings.update("environment", "staging", vscode.ConfigurationTarget.Workspace);
  try {
    const result = await simulate("scenarios/services.plumb.yaml", "checkout appends an entry");
    expectEqual([result.environment, result.decision], ["staging", "allow"]);
  } finally {
    await settings.update("environment", undefined, vscode.ConfigurationTarget.Workspace);
  }
});

test("an unsaved edit counts: a lower limit denies what was allowed", async () => {
  const uri = fixture("policies/ai.plumb.yaml");
  const document = await vscode.workspace.openTextDocument(uri);
  const at = document.getText().indexOf("200.0");
  const range = new vscode.Range(document.positionAt(at), document.positionAt(at + 5));
  const replace = async (where: vscode.Range, text: string) => {
    const edit = new vscode.WorkspaceEdit();
    edit.replace(uri, where, text);
    expectTrue(await vscode.workspace.applyEdit(edit), "the edit was refused");
  };
  await replace(range, "100.0");
  try {
    const result = await simulate("scenarios/ai.plumb.yaml", "copilot refunds within its limit");
    expectEqual(result.decision, "deny");
  } finally {
    await replace(range, "200.0");
  }
  const again = await simulate("scenarios/ai.plumb.yaml", "copilot refunds within its limit");
  expectEqual(again.decision, "allow");
});
