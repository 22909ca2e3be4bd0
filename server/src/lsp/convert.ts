/** Our neutral results in the terms of LSP; positions are UTF-16 on both sides. */
import {
  type CodeLens,
  type Diagnostic,
  DiagnosticSeverity,
  type Hover,
  MarkupKind,
} from "vscode-languageserver";
import { codeLink } from "../text/code-pages.ts";
import type { Severity } from "../text/problem.ts";
import { shown, shownLines } from "../text/shown.ts";
import type { Finding } from "../workspace/finding.ts";
import type { HoverText, Lens } from "./engine.ts";
import { RUN_SIMULATION_COMMAND, SERVER_COMMANDS, SHOW_SEMANTIC_DIFF_COMMAND } from "./protocol.ts";
import { tagsOf } from "./tags.ts";

const SEVERITIES: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

export interface DiagnosticOptions {
  /** Where the pages of codes are (`codeLink`); undefined where there are none, or the editor has no links. */
  readonly docsBase: string | undefined;
  /** The tags that the editor shows. */
  readonly tags: readonly number[];
}

export function toDiagnostic(finding: Finding, { docsBase, tags: known }: DiagnosticOptions): Diagnostic {
  const href = docsBase === undefined ? undefined : codeLink(docsBase, finding.code);
  const tags = tagsOf(finding.code, known);
  // Some sentences name their environment themselves, where it belongs.
  const environments = finding.environments.map(shown);
  const unnamed = environments.some((name) => !finding.message.includes(`(${name})`));
  const where = unnamed ? ` (${environments.join(", ")})` : "";
  return {
    source: "plumbline",
    code: finding.code,
    ...(href === undefined ? {} : { codeDescription: { href } }),
    severity: SEVERITIES[finding.severity],
    message: `${finding.message}${where}`,
    range: finding.range,
    data: finding.data,
    ...(tags.length === 0 ? {} : { tags: [...tags] }),
    ...(finding.related.length === 0
      ? {}
      : {
          relatedInformation: finding.related.map(({ uri, range, message }) => ({
            location: { uri, range },
            message,
          })),
        }),
  };
}

export function toHover(hover: HoverText): Hover {
  const contents = { kind: MarkupKind.Markdown, value: shownLines(hover.markdown) };
  return hover.range === undefined ? { contents } : { contents, range: hover.range };
}

/**
 * A lens runs the client's command where there is one, since that shows the answer; else the server's. An editor
 * without our client has told no revision to compare with, so that it gets no lens of a change.
 */
export function toCodeLens(
  { range, title: raw, simulate, semanticDiff }: Lens,
  clientCommands: boolean,
): CodeLens {
  // Only the title: what the command is given has to name what the file names.
  const title = shown(raw);
  if (simulate !== undefined) {
    const command = clientCommands ? RUN_SIMULATION_COMMAND : SERVER_COMMANDS.simulate;
    return { range, command: { title, command, arguments: [simulate] } };
  }
  if (semanticDiff !== undefined && clientCommands)
    return { range, command: { title, command: SHOW_SEMANTIC_DIFF_COMMAND, arguments: [semanticDiff] } };
  return { range, command: { title, command: "" } };
}
