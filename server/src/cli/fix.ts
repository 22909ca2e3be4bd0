/** `plumbline check --fix`: safe fixes, made in the files. */
import { decodeUtf8 } from "../text/decode.ts";
import type { Finding } from "../workspace/finding.ts";
import { type Fixed, makeSafeFixes } from "../workspace/fix-rounds.ts";
import type { WorkspaceOptions } from "../workspace/options.ts";
import { isInside } from "../workspace/uris.ts";
import { Workspace } from "../workspace/workspace.ts";
import type { Opened } from "./open.ts";
import { CommandError, type Services } from "./services.ts";
import type { Style } from "./style.ts";

/** Every fix is made in memory first: files are written once, when all rounds are done. Throws `CommandError`. */
export async function fixFolder(
  { folder, host, snapshot, name }: Opened,
  services: Services,
  options: Partial<WorkspaceOptions>,
  isMeant: (finding: Finding) => boolean,
): Promise<Fixed> {
  const workspace = new Workspace(host);
  workspace.setFolders([folder]);
  workspace.configure(options);
  const fixed = await makeSafeFixes(snapshot, isMeant, (texts) => {
    for (const [uri, text] of texts) workspace.setOverlay(uri, text);
    return workspace.analyze();
  });
  const real = await host.realpath(folder);
  for (const [uri, text] of fixed.texts) {
    const before = snapshot.layouts.get(uri)?.text;
    if (before === text) continue;
    // A link may lead out of the folder, and a person may have saved the file meanwhile.
    if (!isInside(uri, folder) || !isInside(await host.realpath(uri), real))
      throw new CommandError(`${name(uri)} is outside of the folder, so it was not fixed.`);
    const now = decodeUtf8(await host.readFile(uri));
    if (!("text" in now) || now.text !== before)
      throw new CommandError(
        `${name(uri)} was changed while it was checked. Run \`plumbline check --fix\` again.`,
      );
    await services.replace(uri, text);
  }
  return fixed;
}

/** What was done, by file: `inventory.plumb.yaml: 2 fixes`, and a line for each. */
export function fixedLines(
  { made, isUnfinished }: Fixed,
  name: (uri: string) => string,
  style: Style,
): readonly string[] {
  const files = [...new Set(made.map((one) => one.uri))].sort();
  return [
    ...files.flatMap((uri) => {
      const own = made.filter((one) => one.uri === uri);
      const head = `${name(uri)}: ${own.length} ${own.length === 1 ? "fix" : "fixes"}`;
      return [head, ...own.map((one) => `  ${one.title} ${style.quiet(one.code)}`), ""];
    }),
    ...(isUnfinished
      ? [
          "There are still safe fixes to make: run it again. Where that does not end, two of them undo each other, which is a defect of Plumbline.",
          "",
        ]
      : []),
  ];
}
