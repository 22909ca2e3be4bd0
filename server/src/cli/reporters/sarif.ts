/**
 * SARIF 2.1.0 (OASIS), for code scanning and the viewers of editors. Columns count UTF-16 units, from one, and the end
 * of a region is behind its last one (3.30); offsets are left out, since lines and columns say the same.
 */
import { lintRules } from "../../rules/registry.ts";
import { titleOf } from "../../text/code-titles.ts";
import { findingCode } from "../../text/codes.ts";
import type { Location, Range } from "../../text/place.ts";
import type { Severity } from "../../text/problem.ts";
import type { Finding } from "../../workspace/finding.ts";
import { isInside } from "../../workspace/uris.ts";
import { json } from "../output.ts";
import { fingerprints } from "./fingerprints.ts";
import { type Report, sentence } from "./report.ts";

/** The name that GitHub and the viewers know for the folder of the sources. */
const root = "%SRCROOT%";

const levelOf: Readonly<Record<Severity, "error" | "warning" | "note">> = {
  error: "error",
  warning: "warning",
  information: "note",
  hint: "note",
};

/** A comment stands in the file that it is about, a waiver in the ControlPlane (3.35.2). */
const suppressions = { waiver: "external", comment: "inSource" } as const;

interface Result {
  readonly finding: Finding;
  readonly suppressed?: "external" | "inSource";
}

export async function sarifReporter(report: Report): Promise<string> {
  const results: readonly Result[] = [
    ...report.findings.map((finding) => ({ finding })),
    ...report.accepted.map(({ finding, by }) => ({ finding, suppressed: suppressions[by] })),
  ];
  const all = results.map(({ finding }) => finding);
  const codes = [...new Set(all.map((finding) => finding.code))].sort();
  const indexOf = new Map(codes.map((code, index) => [code, index]));
  const rules = await Promise.all(codes.map((code) => rule(code, report)));
  const ids = fingerprints(all, report.root);
  const log = {
    $schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "plumbline", semanticVersion: report.version, rules } },
        automationDetails: { id: `plumbline/${report.command}/` },
        columnKind: "utf16CodeUnits",
        newlineSequences: ["\r\n", "\n", "\r"],
        originalUriBaseIds: { [root]: { description: { text: "The root of the checked out sources." } } },
        invocations: [
          {
            executionSuccessful: true,
            toolExecutionNotifications: report.notes.map((text) => ({ level: "warning", message: { text } })),
          },
        ],
        artifacts: report.files.map((uri) => ({ location: artifact(uri, report.root) })),
        results: results.map(({ finding, suppressed }, index) => ({
          ruleId: finding.code,
          ruleIndex: indexOf.get(finding.code) ?? -1,
          level: levelOf[finding.severity],
          message: { text: escaped(sentence(finding)) },
          locations: [{ physicalLocation: physical(finding, report.root) }],
          ...(finding.related.length === 0 ? {} : { relatedLocations: related(finding, report.root) }),
          partialFingerprints: { "plumblineFinding/v1": ids[index] ?? "" },
          ...(suppressed === undefined ? {} : { suppressions: [{ kind: suppressed, status: "accepted" }] }),
          properties: { environments: finding.environments, fixable: finding.fixable },
        })),
      },
    ],
  };
  return json(log);
}

async function rule(code: string, report: Report): Promise<object> {
  const known = findingCode(code);
  const title = titleOf(code);
  const lint = lintRules.find((one) => one.id === code);
  const page = await report.page(code);
  return {
    id: code,
    shortDescription: { text: title },
    ...(page === undefined ? {} : { help: { text: page.text, markdown: page.text } }),
    ...(page?.uri === undefined ? {} : { helpUri: page.uri }),
    defaultConfiguration: { level: levelOf[known?.severity ?? "error"] },
    properties: {
      tags: [lint?.category ?? code.slice(0, code.indexOf("/"))],
      ...(lint === undefined ? {} : { controls: lint.controls }),
    },
  };
}

function related({ related: others }: Finding, folder: string): readonly object[] {
  return others.map((one, id) => ({
    id,
    message: { text: escaped(one.message) },
    physicalLocation: physical(one, folder),
  }));
}

/** In the text of a message, brackets make links to related locations (3.11.6) unless they are escaped. */
function escaped(text: string): string {
  return text.replace(/[\\[\]]/g, "\\$&");
}

function physical({ uri, range }: Location, folder: string): object {
  return { artifactLocation: artifact(uri, folder), region: region(range) };
}

/** A relative URI with its base; what lies outside of the folder keeps its absolute one. */
function artifact(uri: string, folder: string): object {
  if (!isInside(uri, folder)) return { uri };
  const path = uri.slice(folder.length);
  // A first segment with a colon would be read as a scheme (RFC 3986, 4.2).
  return { uri: /^[^/]*:/.test(path) ? `./${path}` : path, uriBaseId: root };
}

function region({ start, end }: Range): object {
  return {
    startLine: start.line + 1,
    startColumn: start.character + 1,
    endLine: end.line + 1,
    endColumn: end.character + 1,
  };
}
