/**
 * What the working tree newly allows and denies since HEAD, with the Git extension of VS Code and a repository that the
 * runner has made of the workspace. Each test begins with the text as it was committed.
 */
import * as vscode from "vscode";
import { expectEqual, expectTrue, test } from "../runner.ts";
import { fixture, nameOf, openFile, poll, type ShownLens, shownReport } from "../workbench.ts";

const GIT = { hosts: ["desktop"] } as const;
const FILE = "changes/ledger.plumb.yaml";
const COUNTS = { allows: 0, denies: 0, unknown: 0 };

interface GutterMark {
  readonly line: number;
  readonly kind: string;
  readonly messages: readonly string[];
}

interface GitExtension {
  getAPI(version: 1): {
    readonly repositories: readonly {
      readonly rootUri: vscode.Uri;
      add(paths: readonly string[]): Promise<void>;
      commit(message: string): Promise<void>;
    }[];
  };
}

async function edit(name: string, change: (text: string) => string): Promise<void> {
  const { document } = await openFile(name);
  const text = document.getText();
  const all = new vscode.Range(document.positionAt(0), document.positionAt(text.length));
  const workspaceEdit = new vscode.WorkspaceEdit();
  workspaceEdit.replace(document.uri, all, change(text));
  expectTrue(await vscode.workspace.applyEdit(workspaceEdit), `${name} could not be edited`);
}

async function save(name: string): Promise<void> {
  const { document } = await openFile(name);
  expectTrue(!document.isDirty || (await document.save()), `${name} could not be saved`);
}

/** Back to the text as it was committed, on disk as well. */
async function restore(): Promise<void> {
  if (committed === "") committed = (await openFile(FILE)).document.getText();
  await edit(FILE, () => committed);
  await save(FILE);
  await changeLenses((lenses) => lenses.length === 0);
}

/** A rule allows one caller more, and its lens says so. */
async function widened(): Promise<ShownLens> {
  await restore();
  await edit(FILE, (text) => text.replace("[checkout]", "[checkout, reports]"));
  const [lens] = await changeLenses((lenses) => lenses.length === 1);
  expectTrue(lens !== undefined, "no lens");
  return lens;
}

let committed = "";

function isChange({ title }: ShownLens): boolean {
  return title.endsWith("· since HEAD");
}

/** The code lenses of changes, as soon as they are as wanted. */
async function changeLenses(
  wanted: (lenses: readonly ShownLens[]) => boolean,
  name = FILE,
): Promise<readonly ShownLens[]> {
  const { document } = await openFile(name);
  let last: readonly ShownLens[] = [];
  const ask = async () => {
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      "vscode.executeCodeLensProvider",
      document.uri,
      100,
    );
    last = lenses
      .flatMap(({ range, command }) =>
        command === undefined ? [] : [{ at: document.getText(range), title: command.title, command }],
      )
      .filter(isChange);
    return last;
  };
  try {
    return await poll(ask, wanted, "the lenses are not as wanted");
  } catch (error) {
    throw new Error(`${String(error)}: ${JSON.stringify(last.map(({ at, title }) => [at, title]))}`);
  }
}

async function gutterOf(name: string): Promise<readonly (readonly [string, string])[]> {
  const { document } = await openFile(name);
  const marks = await vscode.commands.executeCommand<GutterMark[]>(
    "plumbline.changeMarks",
    document.uri.toString(),
  );
  return marks.map(({ line, kind, messages }) => {
    expectTrue(messages.length > 0 && messages.every((one) => one !== ""), `a mark says nothing: ${line}`);
    return [document.lineAt(line).text.trim(), kind] as const;
  });
}

test(
  "a rule that allows more says so before it is saved, in a code lens and in the gutter",
  async () => {
    const lens = await widened();
    expectEqual(lens.at, "append");
    expectTrue(
      /^newly allows: POST \/entries.* by reports · since HEAD$/.test(lens.title),
      `the lens says ${lens.title}`,
    );
    await poll(
      () => gutterOf(FILE),
      (marks) => marks.length > 0,
      "no mark in the gutter",
    );
    expectEqual(await gutterOf(FILE), [["- name: append", "allows"]]);
  },
  GIT,
);

test(
  "it still says so when the file has been saved",
  async () => {
    await widened();
    await save(FILE);
    const watched: number[] = [];
    for (let looks = 0; looks < 15; looks++) {
      watched.push((await changeLenses(() => true)).length);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    expectEqual([...new Set(watched)], [1]);
  },
  GIT,
);

test(
  "a click on the lens shows the change, with both decisions and where they come from",
  async () => {
    const { command } = await widened();
    const counts = await vscode.commands.executeCommand(command.command, ...(command.arguments ?? []));
    expectEqual(counts, { ...COUNTS, allows: 1 });
    const report = shownReport();
    for (const part of [
      /^Since HEAD \([0-9a-f]{7}\): 1 newly allowed$/m,
      /^ledger \(production, staging\)$/m,
      /^ {2}NEWLY ALLOWED {2}.*POST \/entries.*reports/m,
      /^ {4}Witness .*sa\/reports → POST .*\/entries {2}\[simulate\]$/m,
      /^ {4}HEAD {2}DENY /m,
      /^ {4}Now {3}ALLOW /m,
      /changed-ledger\/append \(edited\) {2}changes\/ledger\.plumb\.yaml:7:13$/m,
      /changes\/ledger\.plumb\.yaml {2}\[compare with HEAD\]/m,
    ])
      expectTrue(part.test(report), `no ${part} in\n${report}`);
    const editor = vscode.window.visibleTextEditors.find(
      ({ document }) => document.uri.scheme === "plumbline-report",
    );
    const line = editor?.document.lineAt(editor.selection.active.line).text ?? "";
    expectTrue(line.includes("NEWLY ALLOWED"), `the report stands at: ${line}`);
  },
  GIT,
);

test(
  "the report leads to the simulation, to HEAD and to the diff editor",
  async () => {
    await widened();
    await vscode.commands.executeCommand("plumbline.showSemanticDiff");
    const editor = vscode.window.visibleTextEditors.find(
      ({ document }) => document.uri.scheme === "plumbline-report",
    );
    expectTrue(editor !== undefined, "no report is shown");
    const links = await vscode.commands.executeCommand<vscode.DocumentLink[]>(
      "vscode.executeLinkProvider",
      editor.document.uri,
      100,
    );
    const target = (text: RegExp): vscode.Uri => {
      const link = links.find(({ range }) => text.test(editor.document.getText(range)));
      expectTrue(
        link?.target !== undefined,
        `no link ${text} among ${links.map(({ range }) => editor.document.getText(range))}`,
      );
      return link.target;
    };
    const run = async (uri: vscode.Uri): Promise<unknown> => {
      expectEqual(uri.scheme, "command");
      return vscode.commands.executeCommand(uri.path, ...(JSON.parse(uri.query) as unknown[]));
    };
    const now = target(/^changes\/ledger\.plumb\.yaml:7:13$/);
    expectEqual([nameOf(now.with({ fragment: "" })), now.fragment], [FILE, "L7,13"]);
    const result = (await run(target(/^\[simulate\]$/))) as { decision: string };
    expectEqual(result.decision, "allow");
    await run(target(/^\[compare with HEAD\]$/));
    const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
    expectTrue(input instanceof vscode.TabInputTextDiff, "no diff editor is shown");
    const before = await vscode.workspace.openTextDocument(input.original);
    expectEqual([before.getText(), nameOf(input.modified)], [committed, FILE]);
    await vscode.commands.executeCommand("workbench.action.closeActiveEditor");
  },
  GIT,
);

test(
  "a rule that is worded differently and means the same has no lens",
  async () => {
    await restore();
    await edit(FILE, (text) =>
      `# A comment.\n${text}`
        .replace("[checkout, reports]", "[reports, checkout]")
        .replace("[POST /entries]", '["POST /entries"]'),
    );
    await save(FILE);
    // Something that shows that the comparison has been made.
    await edit(FILE, (text) => text.replace("[checkout]", "[checkout, reports]"));
    const lenses = await changeLenses((list) => list.length > 0);
    expectEqual(
      lenses.map(({ at }) => at),
      ["append"],
    );
    await edit(FILE, (text) => text.replace("[checkout, reports]", "[checkout]"));
    await changeLenses((list) => list.length === 0);
    expectEqual(await gutterOf(FILE), []);
    expectEqual(await vscode.commands.executeCommand("plumbline.showSemanticDiff"), COUNTS);
    expectTrue(/: no decision has changed$/m.test(shownReport()), shownReport());
  },
  GIT,
);

test(
  "a removed rule is missed on its policy's name",
  async () => {
    await restore();
    await edit(FILE, (text) => text.slice(0, text.indexOf("    - name: read")));
    const [lens, ...others] = await changeLenses((lenses) => lenses.length > 0);
    expectEqual([lens?.at, others], ["changed-ledger", []]);
    expectTrue(
      /^removed rule read: newly denies: GET \/entries.*· since HEAD$/.test(lens?.title ?? ""),
      `the lens says ${lens?.title}`,
    );
    await poll(
      () => gutterOf(FILE),
      (marks) => marks.length > 0,
      "no mark in the gutter",
    );
    expectEqual(await gutterOf(FILE), [["metadata: { name: changed-ledger }", "denies"]]);
  },
  GIT,
);

test(
  "a rule that allows some and denies others has two lenses and one icon",
  async () => {
    await restore();
    await edit(FILE, (text) => text.replace("[checkout]", "[reports]"));
    const lenses = await changeLenses((list) => list.length > 1);
    expectEqual(
      lenses.map(({ at, title }) => [at, title.slice(0, title.indexOf(":"))]),
      [
        ["append", "newly allows"],
        ["append", "newly denies"],
      ],
    );
    await poll(
      () => gutterOf(FILE),
      (marks) => marks[0]?.[1] === "both",
      "no such mark in the gutter",
    );
  },
  GIT,
);

test(
  "a new policy file is new in all that it allows",
  async () => {
    await restore();
    const NEW = "changes/new.plumb.yaml";
    await openFile(NEW, committed.replace("changed-ledger", "new-ledger").replace("[checkout]", "[reports]"));
    const lenses = await changeLenses((list) => list.length > 0, NEW);
    expectEqual(
      lenses.map(({ at }) => at),
      ["append"],
    );
    // As the explorer does it: the document goes with the file.
    const deletion = new vscode.WorkspaceEdit();
    deletion.deleteFile(fixture(NEW));
    expectTrue(await vscode.workspace.applyEdit(deletion), `${NEW} could not be deleted`);
    await poll(
      () => vscode.commands.executeCommand("plumbline.showSemanticDiff"),
      (counts) => JSON.stringify(counts) === JSON.stringify(COUNTS),
      "the deleted file still counts",
    );
  },
  GIT,
);

test(
  "the setting switches lenses and gutter off and on",
  async () => {
    await widened();
    const settings = vscode.workspace.getConfiguration("plumbline");
    await settings.update("semanticDiff.enable", false, vscode.ConfigurationTarget.Global);
    await changeLenses((lenses) => lenses.length === 0);
    await poll(
      () => gutterOf(FILE),
      (marks) => marks.length === 0,
      "the gutter has marks",
    );
    await settings.update("semanticDiff.enable", undefined, vscode.ConfigurationTarget.Global);
    await changeLenses((lenses) => lenses.length === 1);
  },
  GIT,
);

test(
  "after a restart of the server the changes are marked again",
  async () => {
    await widened();
    await vscode.commands.executeCommand("plumbline.restartServer");
    await changeLenses((lenses) => lenses.length === 1);
    await poll(
      () => gutterOf(FILE),
      (marks) => marks.length === 1,
      "no mark in the gutter",
    );
  },
  GIT,
);

test(
  "what is committed is no change any more",
  async () => {
    await widened();
    await save(FILE);
    const git = vscode.extensions.getExtension<GitExtension>("vscode.git")?.exports.getAPI(1);
    const repository = git?.repositories.find(({ rootUri }) => fixture(FILE).path.startsWith(rootUri.path));
    expectTrue(repository !== undefined, "the Git extension has no repository of the workspace");
    await repository.add([fixture(FILE).fsPath]);
    await changeLenses((lenses) => lenses.length === 1);
    await repository.commit("Reports append");
    await changeLenses((lenses) => lenses.length === 0);
    await poll(
      () => gutterOf(FILE),
      (marks) => marks.length === 0,
      "the gutter has marks",
    );
  },
  GIT,
);

test(
  "without the Git extension there is no lens, no mark and no error",
  async () => {
    expectEqual(vscode.extensions.getExtension("vscode.git"), undefined);
    await edit(FILE, (text) => text.replace("[checkout]", "[checkout, reports]"));
    // Saved as well, so that nothing of it is left for other tests to stumble over.
    await save(FILE);
    expectEqual(await vscode.commands.executeCommand("plumbline.showSemanticDiff"), undefined);
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      "vscode.executeCodeLensProvider",
      fixture(FILE),
      100,
    );
    expectEqual(
      lenses.map(({ command }) => command?.title.split(" · ")[0]),
      ["Simulate", "Simulate"],
    );
    expectEqual(await gutterOf(FILE), []);
  },
  { hosts: ["web"] },
);

test(
  "in an untrusted workspace nothing is compared with HEAD",
  async () => {
    expectEqual(await vscode.commands.executeCommand("plumbline.showSemanticDiff"), undefined);
  },
  { hosts: ["untrusted"] },
);
