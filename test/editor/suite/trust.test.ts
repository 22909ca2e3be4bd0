/**
 * A workspace that nobody has trusted, and that tries to lead out of itself. What it must not cause beyond the editor,
 * a process, is watched by the runner of the host (scripts/vscode-host/processes.mjs).
 */
import * as vscode from "vscode";
import { expectEqual, expectTrue, test } from "../runner.ts";
import { diagnosticsOf, findingsOf, hoverAt, openFile } from "../workbench.ts";

const UNTRUSTED = { hosts: ["untrusted"] } as const;

test(
  "the workspace is not trusted, and the extension runs all the same",
  async () => {
    expectEqual(vscode.workspace.isTrusted, false);
    await openFile("hostile.plumb.yaml");
    const extension = vscode.extensions.getExtension("plumbline.plumbline");
    await extension?.activate();
    expectEqual(extension?.isActive, true);
  },
  UNTRUSTED,
);

test(
  "an untrusted workspace is validated",
  async () => {
    expectEqual(await findingsOf("hostile.plumb.yaml", "reference/unknown-identity"), [
      {
        code: "reference/unknown-identity",
        severity: "error",
        message: `There is no identity "nobody". Declare it under spec.identities of an Inventory; until then rule hostile/reads-outside names nobody by it.`,
        range: "31:17-31:23",
      },
    ]);
    expectTrue((await hoverAt("hostile.plumb.yaml", "trustDomains")) !== undefined, "no hover");
  },
  UNTRUSTED,
);

test(
  "nothing outside of it is read: not by `..`, not by a symbolic link",
  async () => {
    const outside = await findingsOf("hostile.plumb.yaml", "reference/outside-workspace");
    expectEqual(
      outside.map(({ range }) => range),
      ["13:30-13:68", "20:40-20:61", "21:39-21:56"],
    );
    const { document } = await openFile("hostile.plumb.yaml");
    const all = await diagnosticsOf(document.uri, () => true);
    // The tools of the file outside are not known, so nothing is said about them; nor is its text shown anywhere.
    for (const { message } of all)
      expectTrue(!/secret_tool_of_outside|drift/.test(message), `a finding says: ${message}`);
  },
  UNTRUSTED,
);

test(
  "Check Drift finds nothing to compare, and tells no error",
  async () => {
    const count = await vscode.commands.executeCommand<number>("plumbline.checkDrift");
    expectTrue(typeof count === "number", `the command returned ${count}`);
  },
  UNTRUSTED,
);
