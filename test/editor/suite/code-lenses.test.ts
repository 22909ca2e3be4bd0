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
    "copilot looks a payment up",
    "nobody deletes a customer, whoever asks for it",
  ];
  const lenses = await lensesOf("scenarios/ai.plumb.yaml");
  expectEqual(
    lenses.map(({ at, title, command }) => [at, title, command.command, command.arguments]),
    names.map((scenario) => [scenario, "Simulate", "plumbline.runSimulation", [{ uri, scenario }]]),
  );
});

test("the code lens of a failing scenario says that it fails", async () => {
  const lens = await lensAbove("limits/limits.plumb.yaml", "a teller transfers what it may not");
  expectTrue(lens.title.startsWith("Simulate · fails"), `the lens says ${lens.title}`);
});

test("the code lens of a rule counts its scenarios and names its drift", async () => {
  const titles = new Map<string, string>();
  for (const file of ["policies/ai.plumb.yaml", "policies/services.plumb.yaml"])
    for (const { at, title } of await lensesOf(file)) titles.set(at, title);
  const wanted: readonly [string, RegExp][] = [
    ["copilot-refunds-small-amounts", /^Simulate · 1 scenario · .*unenforced/],
    ["append-from-checkout", /^Simulate · 1 scenario · .*mesh.*wider|^Simulate · 1 scenario · .*wider.*mesh/],
    ["read-orders", /^Simulate · 1 scenario · .*narrower/],
    ["nobody-deletes-customers", /^Simulate · 1 scenario$/],
  ];
  for (const [rule, title] of wanted)
    expectTrue(title.test(titles.get(rule) ?? ""), `the lens of ${rule} says ${titles.get(rule)}`);
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
    /\bdrift: wider\b.*\bledger \(production\)/.test(wider?.title ?? ""),
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
