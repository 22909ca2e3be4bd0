/**
 * Drift on both ends: the deployed line, in a file that keeps its own language, and the rule. What changes with the
 * wording of the engine is not repeated here; the place, the witness and the link between the ends are.
 */
import * as vscode from "vscode";
import { expectEqual, expectTrue, test } from "../runner.ts";
import { codeOf, diagnosticsOf, fixture, nameOf, openFile, plain } from "../workbench.ts";

const ISTIO = "deployed/production/istio/authorization-policies.yaml";

/** The one finding of this code in a file. */
async function driftOf(name: string, code: string): Promise<vscode.Diagnostic> {
  const { document } = await openFile(name);
  const ofCode = (list: readonly vscode.Diagnostic[]) => list.filter((one) => codeOf(one) === code);
  const found = ofCode(await diagnosticsOf(document.uri, (list) => ofCode(list).length > 0));
  expectEqual(found.length, 1);
  const [first] = found;
  expectTrue(first !== undefined, `no ${code}`);
  return first;
}

/**
 * That a range covers exactly the `part` of the only occurrence of `context` in a file. The example is edited now and
 * then; its line numbers are nobody's contract.
 */
async function expectCovers(place: vscode.Location, name: string, context: string, part = context) {
  expectEqual(nameOf(place.uri), name);
  const document = await vscode.workspace.openTextDocument(fixture(name));
  const [before, after, ...others] = document.getText().split(context);
  expectTrue(
    after !== undefined && others.length === 0,
    `"${context}" stands not once in ${name} but ${1 + others.length} times`,
  );
  const start = (before?.length ?? 0) + context.indexOf(part);
  const expected = new vscode.Range(document.positionAt(start), document.positionAt(start + part.length));
  expectTrue(
    expected.isEqual(place.range),
    `the range covers "${document.getText(place.range)}", not "${part}"`,
  );
}

/** Where the finding stands. */
const at = (name: string, drift: vscode.Diagnostic) => new vscode.Location(fixture(name), drift.range);

/** The other end, of which there must be one. */
function otherEnd({ relatedInformation = [] }: vscode.Diagnostic): vscode.Location {
  expectEqual(relatedInformation.length, 1);
  const [first] = relatedInformation;
  expectTrue(first !== undefined, "no related information");
  return first.location;
}

function expectInMessage({ message }: vscode.Diagnostic, ...parts: readonly RegExp[]): void {
  for (const part of parts) expectTrue(part.test(message), `${part} is not in: ${message}`);
}

test("the Istio line that admits namespace qa is an error in a YAML file of Kubernetes", async () => {
  const drift = await driftOf(ISTIO, "drift/wider");
  const { document } = await openFile(ISTIO);
  expectEqual([document.languageId, plain(drift).severity, drift.source], ["yaml", "error", "plumbline"]);
  await expectCovers(at(ISTIO, drift), ISTIO, "namespaces: [qa]", "qa");
  expectInMessage(
    drift,
    /\bledger\b.*\bproduction\b/,
    /spiffe:\/\/prod\.acme\.example\/ns\/qa\/sa\/\S+ → POST ledger:8443\/v1\/entries/,
    /denied by policy/,
  );
  await expectCovers(otherEnd(drift), "policies/services.plumb.yaml", "append-from-checkout");
});

test("the rule it goes beyond carries the same finding, linked to the Istio line", async () => {
  const policy = "policies/services.plumb.yaml";
  const drift = await driftOf(policy, "drift/wider");
  expectEqual(plain(drift).severity, "error");
  await expectCovers(at(policy, drift), policy, "append-from-checkout");
  await expectCovers(otherEnd(drift), ISTIO, "namespaces: [qa]", "qa");
});

test("a condition that no hop can see is unenforced, with a witness through both hops", async () => {
  const policy = "policies/ai.plumb.yaml";
  const drift = await driftOf(policy, "drift/unenforced");
  expectEqual(plain(drift).severity, "warning");
  await expectCovers(at(policy, drift), policy, "mcp.tool.arguments.amount <= 200.0");
  expectInMessage(
    drift,
    /ai\/copilot-refunds-small-amounts/,
    /refund \{amount: 200\.01\}.*allowed at ai-gateway, allowed at mesh, denied by policy/,
  );
  const gateway = await vscode.workspace.openTextDocument(otherEnd(drift).uri);
  expectEqual(nameOf(gateway.uri), "deployed/production/agentgateway.yaml");
  const deployed = gateway.getText(otherEnd(drift).range);
  // The rule that stands beside the one with the limit, and makes it idle.
  expectTrue(
    deployed.startsWith('mcp.tool.name == "refund"') && !deployed.includes("amount"),
    `the other end is: ${deployed}`,
  );
});

test("who goes around the gateway is an error on the Istio rule, linked to the path it leaves out", async () => {
  const drift = await driftOf(ISTIO, "drift/bypass");
  expectEqual(plain(drift).severity, "error");
  await expectCovers(at(ISTIO, drift), ISTIO, "methods: [GET], paths: [/payments*]", "/payments*");
  expectInMessage(drift, /spiffe:\/\/prod\.acme\.example\/ns\/ops\/sa\/debug → GET payments-api/);
  const hops = "payments.openapi.yaml\n      paths: [[edge, mesh]]";
  await expectCovers(otherEnd(drift), "inventory.plumb.yaml", hops, "mesh");
});

test("what the policy allows and Istio refuses is a warning on the rule", async () => {
  const policy = "policies/services.plumb.yaml";
  const drift = await driftOf(policy, "drift/narrower");
  expectEqual(plain(drift).severity, "warning");
  await expectCovers(at(policy, drift), policy, "read-orders");
  expectInMessage(drift, /spiffe:\/\/prod\.acme\.example\/ns\/shop\/sa\/warehouse/);
});

test("what nobody has exported is unknown, and the message says what would make it known", async () => {
  const drift = await driftOf("inventory.plumb.yaml", "drift/unknown");
  expectEqual(plain(drift).severity, "information");
  expectInMessage(drift, /\binvoices\b/, /\bbilling\b.*completeFor: all/);
});

test("formatting and server-side fields of the deployed files are no drift", async () => {
  await driftOf(ISTIO, "drift/wider");
  const differences = ["drift/wider", "drift/narrower", "drift/bypass", "drift/unenforced"];
  const found = vscode.languages
    .getDiagnostics(fixture("deployed/production/kong.yaml"))
    .filter((one) => differences.includes(codeOf(one)));
  expectEqual(found.map(plain), []);
});
