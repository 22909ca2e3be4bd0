import * as vscode from "vscode";
import { expectEqual, expectTrue, test } from "../runner.ts";
import { diagnosticsOf, openFile } from "../workbench.ts";

function previews(): readonly string[] {
  return vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .filter((tab) => tab.input instanceof vscode.TabInputWebview)
    .map((tab) => tab.label);
}

/** The tabs as soon as one has `text` in its label, or as they are after a while: the editor tells of tabs later. */
async function previewsWith(text: string): Promise<readonly string[]> {
  const until = Date.now() + 10_000;
  while (!previews().some((label) => label.includes(text)) && Date.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return previews();
}

test("the code of a finding links to our page", async () => {
  const { document } = await openFile("broken/broken.plumb.yaml");
  const [first] = await diagnosticsOf(document.uri, (list) => list.length > 0);
  const code = first?.code;
  expectTrue(typeof code === "object", `the code is ${JSON.stringify(code)}`);
  if (typeof code !== "object") return;
  const link = `${vscode.env.uriScheme}://plumbline.plumbline/codes/${code.value}`;
  expectEqual(code.target.toString(), link);
});

test("a link to a code opens its page, and nothing else opens anything", async () => {
  const before = previews().length;
  for (const wrong of ["yaml/nothing", "../../package", "yaml/../yaml/syntax", ""]) {
    expectEqual(await vscode.commands.executeCommand("plumbline.showCodePage", wrong), false);
  }
  expectEqual(previews().length, before);
  expectEqual(await vscode.commands.executeCommand("plumbline.showCodePage", "yaml/syntax"), true);
  const labels = await previewsWith("syntax.md");
  expectTrue(
    labels.some((label) => label.includes("syntax.md")),
    `the tabs are ${labels.join(", ")}`,
  );
});
