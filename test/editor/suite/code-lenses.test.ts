import * as vscode from "vscode";
import { expectEqual, expectTrue, test } from "../runner.ts";
import { fixture, lensesOf, shownReport } from "../workbench.ts";

/** The lens above a name, which must be there. */
async function lensAbove(file: string, name: string) {
  const lenses = await lensesOf(file);
  const lens = lenses.find(({ at }) => at === name);
  expectTrue(lens !== undefined, `${file} has lenses above ${lenses.map(({ at }) => at).join(", ")} only`);
  return lens;
}

test("every scenario can be simulated from its code lens", async () => {
  const uri = fixture("scenarios/ai.plumb.yaml").toString();
  const names = [
    "copilot refunds within its limit",
    "copilot refunds over its limit",
    "copilot refunds nothing for itself",
    "copilot sees what it can call",
    "pricing asks the model",
  ];
  const lenses = await lensesOf("scenarios/ai.plumb.yaml");
  expectEqual(
    lenses.map(({ at, title, command }) => [at, title, command.command, command.arguments]),
    names.map((scenario) => [scenario, "Simulate", "plumbline.runSimulation", [{ uri, scenario }]]),
  );
});

test("the code lens of a failing scenario says where it fails", async () => {
  const lens = await lensAbove("limits/limits.plumb.yaml", "a teller transfers what it may not");
  expectEqual(lens.title, "Simulate · fails in production");
});

test("the code lens of a rule counts its scenarios and names its drift", async () => {
  const titles = new Map<string, string>();
  for (const file of ["policies/ai.plumb.yaml", "policies/services.plumb.yaml"])
    for (const { at, title } of await lensesOf(file)) titles.set(at, title);
  expectEqual(titles.get("copilot-refunds-small-amounts"), "Simulate · 1 scenario · drift: unenforced");
  expectEqual(titles.get("append-from-checkout"), "Simulate · 1 scenario · drift: wider at mesh");
  expectEqual(titles.get("read-orders"), "Simulate · 1 scenario · drift: narrower at mesh");
  expectEqual(titles.get("nobody-deletes-customers"), "Simulate · no scenario");
});

test("the code lens of a rule runs a request of the rule", async () => {
  const { command } = await lensAbove("policies/services.plumb.yaml", "append-from-checkout");
  const result = await vscode.commands.executeCommand<{ decision: string; rules: { rule: string }[] }>(
    command.command,
    ...(command.arguments ?? []),
  );
  expectEqual(
    [result.decision, result.rules.map(({ rule }) => rule)],
    ["allow", ["ledger/append-from-checkout"]],
  );
  expectTrue(shownReport().startsWith("ALLOW "), shownReport());
});

test("deployed lines that are responsible for drift say so", async () => {
  const lenses = await lensesOf("deployed/production/istio/authorization-policies.yaml");
  const wider = lenses.find(({ at }) => at === "qa");
  expectTrue(
    wider?.title.startsWith("drift: wider · ledger (production)") === true,
    `the lens says ${wider?.title}`,
  );
  // A lens may only inform; one that names a command must be able to run it.
  const commands = new Set(await vscode.commands.getCommands(true));
  for (const { title, command } of lenses)
    expectTrue(
      command.command === "" || commands.has(command.command),
      `"${title}" runs ${command.command}, which does not exist`,
    );
});
