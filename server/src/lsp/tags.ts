/** How editors draw findings that say that something does nothing or is no longer to be used. */
import { DiagnosticTag } from "vscode-languageserver";
import type { findingCodes } from "../text/codes.ts";

type Code = (typeof findingCodes)[number]["code"];

/** What could be taken out without any change: faded out. */
const unnecessary: ReadonlySet<string> = new Set<Code>([
  "unreachable-rule",
  "shadowed-rule",
  "redundant-rule",
  "condition-always-true",
  "orphaned-identity",
  "lint/unused-ignore",
  "lint/unused-waiver",
]);

/** The name of what is out of use: struck through. */
const deprecated: ReadonlySet<string> = new Set<Code>(["retired-identity-referenced"]);

/** `known`: the tags that the editor shows. */
export function tagsOf(code: string, known: readonly number[]): readonly DiagnosticTag[] {
  const tags = [
    ...(unnecessary.has(code) ? [DiagnosticTag.Unnecessary] : []),
    ...(deprecated.has(code) ? [DiagnosticTag.Deprecated] : []),
  ];
  return tags.filter((tag) => known.includes(tag));
}
