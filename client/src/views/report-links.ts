import * as vscode from "vscode";
import { type ReportLink, RUN_SIMULATION_COMMAND } from "../../../server/src/lsp/protocol.ts";

/** A place as reports name it: a path relative to its workspace folder, a line and maybe a column, both one-based. */
const PLACE = /([^\s:]+\.(?:ya?ml|json|http|har)):(\d+)(?::(\d+))?/g;

interface PlaceLink extends vscode.DocumentLink {
  /** Absent where the target is known from the start. */
  readonly path?: string;
  /** As the editor reads it: `L14` or `L14,3`. */
  readonly fragment?: string;
}

/** Makes the places in a report open in the editor, and what else the report says can be clicked. */
export class ReportLinks implements vscode.DocumentLinkProvider<PlaceLink> {
  constructor(
    private readonly linksOf: (report: vscode.Uri) => readonly ReportLink[],
    private readonly atBase: (uri: vscode.Uri) => vscode.Uri | undefined,
  ) {}

  provideDocumentLinks(document: vscode.TextDocument): PlaceLink[] {
    const given = this.linksOf(document.uri).flatMap((link): PlaceLink[] => {
      const target = this.#target(link.target);
      if (target === undefined) return [];
      return [{ range: new vscode.Range(link.line, link.start, link.line, link.end), target }];
    });
    const found = placesIn(document).filter(
      (link) => !given.some(({ range }) => range.intersection(link.range) !== undefined),
    );
    return [...given, ...found];
  }

  #target(target: ReportLink["target"]): vscode.Uri | undefined {
    switch (target.kind) {
      case "place":
        return withPosition(vscode.Uri.parse(target.uri), target.position);
      case "base": {
        const uri = this.atBase(vscode.Uri.parse(target.uri));
        return uri && withPosition(uri, target.position);
      }
      case "compare":
        return commandUri("plumbline.compareWithBase", target.uri);
      case "simulate":
        return commandUri(RUN_SIMULATION_COMMAND, target.params);
    }
  }

  /** The folder is looked up on the click: with several, only one has the file. */
  async resolveDocumentLink(link: PlaceLink): Promise<PlaceLink> {
    if (link.path === undefined || link.fragment === undefined) return link;
    for (const folder of vscode.workspace.workspaceFolders ?? []) {
      const uri = vscode.Uri.joinPath(folder.uri, link.path);
      if (await exists(uri)) return { ...link, target: uri.with({ fragment: link.fragment }) };
    }
    return link;
  }
}

function placesIn(document: vscode.TextDocument): readonly PlaceLink[] {
  return [...document.getText().matchAll(PLACE)].map((match) => {
    const [text, path = "", line = "1", column] = match;
    const start = document.positionAt(match.index);
    return {
      range: new vscode.Range(start, start.translate(0, text.length)),
      path,
      fragment: column === undefined ? `L${line}` : `L${line},${column}`,
    };
  });
}

function withPosition(uri: vscode.Uri, { line, character }: { line: number; character: number }): vscode.Uri {
  return uri.with({ fragment: `L${line + 1},${character + 1}` });
}

function commandUri(command: string, argument: unknown): vscode.Uri {
  return vscode.Uri.parse(`command:${command}?${encodeURIComponent(JSON.stringify([argument]))}`);
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch {
    // Whatever the reason is, there is nothing to open here.
    return false;
  }
}
