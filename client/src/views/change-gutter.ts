import * as vscode from "vscode";
import {
  type ChangeKind,
  type ChangeMark,
  SemanticDiffChangedNotification,
  type SemanticDiffReport,
  SemanticDiffRequest,
} from "../../../server/src/lsp/protocol.ts";
import type { Session } from "../session.ts";
import { changeIcon, type IconKind } from "./change-icons.ts";

/** True where the working tree means something else than its revision: menus show the report only then. */
const CONTEXT_KEY = "plumbline.hasSemanticChanges";

/** One line of the gutter. */
interface GutterMark {
  readonly kind: IconKind;
  readonly range: vscode.Range;
  readonly messages: readonly string[];
}

/** Icons beside changed rules, and marks in the overview ruler, with what changed as their hover. */
export class ChangeGutter implements vscode.Disposable {
  readonly #types: Readonly<Record<IconKind, vscode.TextEditorDecorationType>> = {
    allows: decorationType("allows"),
    denies: decorationType("denies"),
    both: decorationType("both"),
    unknown: decorationType("unknown"),
  };
  readonly #subscriptions: vscode.Disposable[];
  #marks: readonly ChangeMark[] = [];

  constructor(private readonly session: Session) {
    this.#subscriptions = [
      session.onDidStart((client) => {
        this.#show([]);
        client.onNotification(SemanticDiffChangedNotification, () => {
          this.#update().catch((error: unknown) => {
            // The server says so in the log itself; a server that went away is restarted.
            session.log.warn(`The changes were not marked: ${String(error)}`);
          });
        });
      }),
      vscode.window.onDidChangeVisibleTextEditors(() => this.#decorate()),
    ];
  }

  /** What the gutter of a file shows: for tests, which have no other way to see it. */
  shownIn(
    uri: string,
  ): readonly { readonly line: number; readonly kind: IconKind; readonly messages: readonly string[] }[] {
    return gutterMarks(this.#marks.filter((mark) => mark.uri === uri)).map(({ kind, range, messages }) => ({
      line: range.start.line,
      kind,
      messages,
    }));
  }

  dispose(): void {
    for (const one of [...this.#subscriptions, ...Object.values(this.#types)]) one.dispose();
  }

  async #update(): Promise<void> {
    const client = this.session.running;
    const enabled = vscode.workspace.getConfiguration("plumbline").get<boolean>("semanticDiff.enable", true);
    if (client === undefined || !enabled) return this.#show([]);
    const before = versions();
    const { marks } = await client.sendRequest<SemanticDiffReport>(SemanticDiffRequest, {});
    // Text that was edited in between moves its old marks itself, until the next comparison.
    if (versions() === before) this.#show(marks);
  }

  #show(marks: readonly ChangeMark[]): void {
    this.#marks = marks;
    void vscode.commands.executeCommand("setContext", CONTEXT_KEY, marks.length > 0);
    this.#decorate();
  }

  #decorate(): void {
    for (const editor of vscode.window.visibleTextEditors) {
      const uri = editor.document.uri.toString();
      const own = gutterMarks(this.#marks.filter((mark) => mark.uri === uri));
      for (const kind of kinds)
        editor.setDecorations(
          this.#types[kind],
          own
            .filter((mark) => mark.kind === kind)
            .map(({ range, messages }) => ({ range, hoverMessage: messages.map(plainText) })),
        );
    }
  }
}

const kinds: readonly IconKind[] = ["allows", "denies", "both", "unknown"];

/** One mark for each range: what allows and denies at once has an icon of its own. */
function gutterMarks(marks: readonly ChangeMark[]): readonly GutterMark[] {
  const groups = new Map<string, ChangeMark[]>();
  for (const mark of marks) {
    if (mark.kind === "obligations") continue;
    const key = JSON.stringify(mark.range);
    groups.set(key, [...(groups.get(key) ?? []), mark]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { start, end } = first.range;
    return [
      {
        kind: iconOf(new Set(group.map((mark) => mark.kind))),
        range: new vscode.Range(start.line, start.character, end.line, end.character),
        messages: group.flatMap((mark) => mark.messages),
      },
    ];
  });
}

function iconOf(group: ReadonlySet<ChangeKind>): IconKind {
  const [allows, denies] = [group.has("newly-allows"), group.has("newly-denies")];
  if (allows && denies) return "both";
  if (allows) return "allows";
  return denies ? "denies" : "unknown";
}

function decorationType(kind: IconKind): vscode.TextEditorDecorationType {
  const colour = new vscode.ThemeColor(`plumbline.change.${kind}`);
  const icon = (theme: "light" | "dark") => ({ gutterIconPath: vscode.Uri.parse(changeIcon(kind, theme)) });
  return vscode.window.createTextEditorDecorationType({
    gutterIconSize: "contain",
    overviewRulerColor: colour,
    overviewRulerLane: vscode.OverviewRulerLane.Left,
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
    light: icon("light"),
    dark: icon("dark"),
  });
}

/** Names of the person's files are no Markdown. */
function plainText(message: string): vscode.MarkdownString {
  return new vscode.MarkdownString().appendText(message);
}

function versions(): string {
  return vscode.window.visibleTextEditors
    .map(({ document }) => `${document.uri.toString()} ${document.version}`)
    .join("\n");
}
