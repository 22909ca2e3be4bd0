/**
 * JUnit XML, as CI systems read it (the form of Ant and Jenkins): one test suite a file. A finding that makes the
 * command fail is a failed test; others stand in `system-out`, so that the report and the exit code say the same.
 */
import { visible } from "../../text/shown.ts";
import type { Finding } from "../../workspace/finding.ts";
import { shortName } from "../../workspace/uris.ts";
import { position } from "../text-findings.ts";
import { isFailure, type Report, sentence } from "./report.ts";

interface Test {
  readonly name: string;
  readonly failure?: { readonly type: string; readonly message: string; readonly text: string };
}

interface Suite {
  readonly name: string;
  readonly tests: readonly Test[];
  readonly out: readonly string[];
}

export function junitReporter(report: Report): string {
  const suites = suitesOfFiles(report);
  const tests = suites.flatMap((suite) => suite.tests);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name=${attribute(`plumbline ${report.command}`)} ${counts(tests)}>`,
    ...suites.flatMap(suiteLines),
    "</testsuites>",
    "",
  ].join("\n");
}

function suitesOfFiles({ files, findings, failsOn, root }: Report): readonly Suite[] {
  const name = (uri: string): string => visible(shortName(uri, [root]));
  const line = (one: Finding): string =>
    `${position(one, name)} ${one.severity} ${one.code}  ${sentence(one)}`;
  const byFile = new Map<string, Finding[]>(files.map((uri) => [uri, []]));
  for (const finding of findings) byFile.set(finding.uri, [...(byFile.get(finding.uri) ?? []), finding]);
  return [...byFile].map(([uri, own]) => {
    const failed = own.filter((finding) => isFailure(finding, failsOn));
    return {
      name: name(uri),
      tests:
        failed.length === 0
          ? [{ name: "no mistakes" }]
          : failed.map((finding) => ({
              name: `${finding.code} ${finding.range.start.line + 1}:${finding.range.start.character + 1}`,
              failure: {
                type: finding.code,
                message: sentence(finding),
                text: [
                  line(finding),
                  ...finding.related.map((one) => `${position(one, name)} ${one.message}`),
                ].join("\n"),
              },
            })),
      out: own.filter((finding) => !isFailure(finding, failsOn)).map(line),
    };
  });
}

function suiteLines({ name, tests, out }: Suite): readonly string[] {
  return [
    `  <testsuite name=${attribute(name)} ${counts(tests)}>`,
    ...tests.flatMap((test) => {
      const head = `    <testcase classname=${attribute(name)} name=${attribute(test.name)} time="0"`;
      if (test.failure === undefined) return [`${head}/>`];
      const { type, message, text } = test.failure;
      return [
        `${head}>`,
        `      <failure type=${attribute(type)} message=${attribute(message)}>${content(text)}</failure>`,
        "    </testcase>",
      ];
    }),
    ...(out.length === 0 ? [] : [`    <system-out>${content(out.join("\n"))}</system-out>`]),
    "  </testsuite>",
  ];
}

function counts(tests: readonly Test[]): string {
  const failures = tests.filter((test) => test.failure !== undefined).length;
  return `tests="${tests.length}" failures="${failures}" errors="0" skipped="0" time="0"`;
}

/** Line breaks in an attribute would be read as spaces (XML 1.0, 3.3.3), so they are written as references. */
function attribute(text: string): string {
  const escaped = content(text)
    .replace(/"/g, "&quot;")
    .replace(/[\t\n]/g, (character) => `&#${character.charCodeAt(0)};`);
  return `"${escaped}"`;
}

/**
 * XML 1.0 has no way to write most control characters or half a surrogate pair, not even as references (2.2). Where the
 * report is printed into the log of GitHub Actions, no line of it is a command (see `withoutCommand`).
 */
function content(text: string): string {
  return text
    .replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "\ufffd")
    .replace(/[\ufffe\uffff]/g, "\ufffd")
    .split(/\r\n?|\n/)
    .map(visible)
    .join("\n")
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/^(\s*):(?=:)/gm, "$1&#58;")
    .replaceAll("##[", "##&#91;");
}
