import * as vscode from "vscode";

/** A place as reports name it: a path relative to its workspace folder, a line and maybe a column, both one-based. */
const PLACE = /([^\s:]+\.(?:ya?ml|json|http|har)):(\d+)(?::(\d+))?/g;

interface PlaceLink extends vscode.DocumentLink {
  readonly path: string;
  /** As the editor reads it: `L14` or `L14,3`. */
  readonly fragment: string;
}

/** Makes the places in a report open in the editor. */
export class ReportLinks implements vscode.DocumentLinkProvider<PlaceLink> {
  provideDocumentLinks(document: vscode.TextDocument): PlaceLink[] {
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

  /** The folder is looked up on the click: with several, only one has the file. */
  async resolveDocumentLink(link: PlaceLink): Promise<PlaceLink> {
    for (const folder of vscode.workspace.workspaceFolders ?? []) {
      const uri = vscode.Uri.joinPath(folder.uri, link.path);
      if (await exists(uri)) return { ...link, target: uri.with({ fragment: link.fragment }) };
    }
    return link;
  }
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
