/** Quick fixes of lint findings, as the lamp of the editor offers and makes them; nothing here is ever saved. */
import * as vscode from "vscode";
import { expectEqual, expectTrue, test } from "../runner.ts";
import { codeOf, diagnosticsOf, openFile, poll } from "../workbench.ts";

const FILE = "fixes/fixes.plumb.yaml";

const TEXT = `apiVersion: plumbline/v1
kind: ControlPlane
metadata: { name: fixes }
spec:
  owner: platform@acme.example
  trustDomains: { prod.acme.example: {} }
  environments: { production: {} }
---
apiVersion: plumbline/v1
kind: Inventory
metadata: { name: bakery }
spec:
  identities:
    baker: { type: workload, spiffeId: "spiffe://prod.acme.example/ns/bakery/sa/baker", owner: bakery@acme.example }
  resources:
    oven: { type: service, protocol: http, operations: ["GET /heat", "POST /loaves"] }
---
apiVersion: plumbline/v1
kind: Policy
metadata: { name: bakery }
spec:
  owner: bakery@acme.example
  rules:
    # Bread first.
    - name: bakes
      effect: allow
      subjects: [baker] # nobody else
      on: [{ resource: oven }]
      controls: [nist-csf-2.0:pr.aa-05] # asked for in May
    # This one goes with the old oven.
    - name: heats
      effect: allow
      subjects: [baker]
      on: [{ resource: oven, operations: ["GET /heat"] }]
`;

const SPELLED = "nist-csf-2.0:pr.aa-05";
const MEANT = "NIST-CSF-2.0:PR.AA-05";

/** Shows the file with its text, runs `body`, and leaves no file and no unsaved text behind. */
async function inFile(body: (document: vscode.TextDocument) => Promise<void>): Promise<void> {
  const { document } = await openFile(FILE, TEXT);
  try {
    await body(document);
    expectEqual(new TextDecoder().decode(await vscode.workspace.fs.readFile(document.uri)), TEXT);
  } finally {
    await vscode.window.showTextDocument(document, { preview: false });
    await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
    // As the explorer does it: the document goes with the file.
    const deletion = new vscode.WorkspaceEdit();
    deletion.deleteFile(document.uri);
    await vscode.workspace.applyEdit(deletion);
  }
}

/** The finding of a code, as soon as the editor shows it. */
async function findingOf({ uri }: vscode.TextDocument, code: string): Promise<vscode.Diagnostic> {
  const shown = await diagnosticsOf(uri, (list) => list.some((one) => codeOf(one) === code));
  const found = shown.find((one) => codeOf(one) === code);
  expectTrue(found !== undefined, `no ${code}`);
  return found;
}

async function isGone({ uri }: vscode.TextDocument, code: string): Promise<void> {
  await diagnosticsOf(uri, (list) => list.every((one) => codeOf(one) !== code));
}

async function actionsAt(
  { uri }: vscode.TextDocument,
  range: vscode.Range,
  kind: vscode.CodeActionKind,
): Promise<readonly vscode.CodeAction[]> {
  const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
    "vscode.executeCodeActionProvider",
    uri,
    range,
    kind.value,
  );
  // Other extensions offer theirs, which are commands.
  return actions.filter(({ edit }) => edit !== undefined);
}

/** What the lamp at a finding offers. */
async function offeredAt(document: vscode.TextDocument, code: string): Promise<readonly vscode.CodeAction[]> {
  const { range } = await findingOf(document, code);
  return actionsAt(document, range, vscode.CodeActionKind.QuickFix);
}

async function apply(document: vscode.TextDocument, action: vscode.CodeAction | undefined): Promise<void> {
  expectTrue(action?.edit !== undefined, "the action has no edit");
  expectTrue(await vscode.workspace.applyEdit(action.edit), "the edit was refused");
  expectTrue(document.isDirty, "the text is not changed, or it is saved");
}

const plain = ({ title, kind, isPreferred }: vscode.CodeAction) => ({
  title,
  kind: kind?.value,
  isPreferred: isPreferred === true,
});

test("a lint finding has its fix at the lamp, the one that fits best preferred, and a comment last", () =>
  inFile(async (document) => {
    expectEqual((await offeredAt(document, "unknown-control-id")).map(plain), [
      { title: `Replace with ${MEANT}`, kind: "quickfix", isPreferred: true },
      { title: "Ignore unknown-control-id here with a reason", kind: "quickfix", isPreferred: false },
    ]);
    const [first] = (await offeredAt(document, "redundant-rule")).map(plain);
    expectEqual(first, { title: "Remove bakery/heats", kind: "quickfix", isPreferred: true });
  }));

test("a fix takes its finding away without saving, and no comment with it", () =>
  inFile(async (document) => {
    const [replace] = await offeredAt(document, "unknown-control-id");
    await apply(document, replace);
    expectEqual(document.getText(), TEXT.replace(SPELLED, MEANT));
    await isGone(document, "unknown-control-id");
    // The rule goes with the comment above it, which is about it.
    const [remove] = await offeredAt(document, "redundant-rule");
    await apply(document, remove);
    await isGone(document, "redundant-rule");
    const left = document.getText();
    for (const comment of ["# Bread first.", "# nobody else", "# asked for in May"])
      expectTrue(left.includes(comment), `${comment} is gone: ${left}`);
    expectTrue(!left.includes("heats"), left);
  }));

test("Fix all auto-fixable Plumbline problems makes the safe fixes, and no others", () =>
  inFile(async (document) => {
    await findingOf(document, "unknown-control-id");
    await findingOf(document, "redundant-rule");
    const kind = vscode.CodeActionKind.SourceFixAll.append("plumbline");
    const whole = new vscode.Range(0, 0, document.lineCount, 0);
    const [all, ...others] = await actionsAt(document, whole, kind);
    expectEqual(others.length, 0);
    expectEqual(all && plain(all), {
      title: "Fix all auto-fixable Plumbline problems",
      kind: "source.fixAll.plumbline",
      isPreferred: false,
    });
    await apply(document, all);
    expectEqual(document.getText(), TEXT.replace(SPELLED, MEANT));
    await isGone(document, "unknown-control-id");
    await findingOf(document, "redundant-rule");
  }));

test("Ignore writes a comment that does nothing until it has a reason", () =>
  inFile(async (document) => {
    const offered = await offeredAt(document, "redundant-rule");
    const ignore = offered.find((one) => one.title === "Ignore redundant-rule here with a reason");
    await apply(document, ignore);
    const comment = "    # plumbline-ignore redundant-rule:";
    const heats = "    - name: heats\n";
    expectEqual(document.getText(), TEXT.replace(heats, `${comment}\n${heats}`));
    const asking = await findingOf(document, "lint/ignore-without-reason");
    await findingOf(document, "redundant-rule");
    const again = await offeredAt(document, "redundant-rule");
    expectTrue(
      again.every((one) => !one.title.startsWith("Ignore")),
      "a second comment is offered",
    );

    const reason = new vscode.WorkspaceEdit();
    const end = document.lineAt(asking.range.end.line).range.end;
    reason.insert(document.uri, end, " the old oven is switched off in May");
    expectTrue(await vscode.workspace.applyEdit(reason), "the edit was refused");
    await isGone(document, "lint/ignore-without-reason");
    await isGone(document, "redundant-rule");
  }));

test("what does nothing is faded out, and its code leads to its page", () =>
  inFile(async (document) => {
    const { tags = [], code } = await findingOf(document, "redundant-rule");
    expectEqual(tags, [vscode.DiagnosticTag.Unnecessary]);
    expectTrue(typeof code === "object", `the code is ${JSON.stringify(code)}`);
    const { path } = code.target;
    expectEqual(path, "/codes/redundant-rule");
    expectEqual(
      await vscode.commands.executeCommand("plumbline.showCodePage", path.slice("/codes/".length)),
      true,
    );
    const labels = () => vscode.window.tabGroups.all.flatMap((group) => group.tabs).map((tab) => tab.label);
    await poll(
      labels,
      (list) => list.some((one) => one.includes("redundant-rule.md")),
      "its page is not shown",
    );
  }));
