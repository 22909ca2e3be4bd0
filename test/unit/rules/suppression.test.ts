/** Severities from settings, and findings that comments and waivers accept. */
import { describe, expect, test } from "vitest";
import { checkSchema } from "../../../server/src/policy/schema-check.ts";
import { ignoreCommentsOf } from "../../../server/src/rules/suppression/ignore-comments.ts";
import { nearIgnoresOf } from "../../../server/src/rules/suppression/near-ignores.ts";
import { waiversOf } from "../../../server/src/rules/suppression/waivers.ts";
import type { Finding } from "../../../server/src/workspace/finding.ts";
import { makeSafeFixes } from "../../../server/src/workspace/fix-rounds.ts";
import { fixesOf } from "../../../server/src/workspace/fixes.ts";
import type { WorkspaceOptions } from "../../../server/src/workspace/options.ts";
import type { Snapshot } from "../../../server/src/workspace/snapshot.ts";
import { Workspace } from "../../../server/src/workspace/workspace.ts";
import { parseYaml } from "../../../server/src/yaml/parse.ts";
import { markRanges, readMarkers } from "../../support/markers.ts";
import { MemoryHost, uriOf, workspaceFolder } from "../../support/memory-host.ts";

const plane = (more = ""): string => `apiVersion: plumbline/v1
kind: ControlPlane
metadata: { name: shop }
spec:
  owner: platform@shop.example
  trustDomains: { prod.example: {} }
  environments: { production: {} }
${more}`;

const inventory = `apiVersion: plumbline/v1
kind: Inventory
metadata: { name: shop }
spec:
  identities:
    checkout: { type: workload, spiffeId: "spiffe://prod.example/ns/shop/sa/checkout", owner: shop@shop.example }
  resources:
    ledger: { type: service, protocol: http, operations: ["GET /entries", "POST /entries"] }
`;

const head = `apiVersion: plumbline/v1
kind: Policy
metadata: { name: ledger }
spec:
  rules:
`;
const all = `    - name: all
      effect: allow
      subjects: [checkout]
      on: [{ resource: ledger }]
      obligations: { audit: full }
`;
const rest = `      effect: allow
      subjects: [checkout]
      on: [{ resource: ledger, operations: ["GET /entries"] }]
`;

interface Looked {
  readonly snapshot: Snapshot;
  /** The policy with the ranges of findings of these codes. */
  readonly marked: string;
  readonly of: (...codes: readonly string[]) => readonly Finding[];
}

/** What is found in a policy; other files by their paths. */
async function look(
  fixture: string,
  codes: RegExp,
  files: Readonly<Record<string, string>> = {},
  options: Partial<WorkspaceOptions> = {},
): Promise<Looked> {
  const { text } = readMarkers(fixture);
  const base = { "shop.plumb.yaml": plane(), "inventory.plumb.yaml": inventory, "policy.plumb.yaml": text };
  const workspace = new Workspace(new MemoryHost({ ...base, ...files }));
  workspace.setFolders([workspaceFolder]);
  workspace.configure(options);
  const snapshot = await workspace.analyze();
  const found = [...snapshot.findings.values()].flat();
  const layout = snapshot.layouts.get(uriOf("policy.plumb.yaml"));
  const ranges = found
    .filter((one) => codes.test(one.code) && one.uri === uriOf("policy.plumb.yaml"))
    .map(({ range }) => ({
      start: layout?.offsetAt(range.start) ?? -1,
      end: layout?.offsetAt(range.end) ?? -1,
    }));
  return {
    snapshot,
    marked: markRanges(text, ranges),
    of: (...wanted) => found.filter((one) => wanted.includes(one.code)),
  };
}

const own = /^lint\/|^redundant-rule$/;

describe("severities", () => {
  const policy = `${head}${all}    - name: ‹reads›\n${rest}`;
  const severity = async (lint: string, path = "policy.plumb.yaml"): Promise<readonly string[]> => {
    const { text } = readMarkers(policy);
    const { of } = await look("", own, { "shop.plumb.yaml": plane(lint), [path]: text });
    return of("redundant-rule").map((one) => one.severity);
  };

  test("without settings it is the rule's own", async () => {
    expect(await severity("")).toEqual(["warning"]);
  });

  test.each(["hint", "information", "warning", "error"])("%s", async (wanted) => {
    expect(await severity(`  lint: { rules: { redundant-rule: ${wanted} } }\n`)).toEqual([wanted]);
  });

  test("off", async () => {
    expect(await severity("  lint: { rules: { redundant-rule: off } }\n")).toEqual([]);
  });

  const paths = `  lint:
    rules: { redundant-rule: error }
    paths:
      - { files: "legacy/**", rules: { shadowed-rule: off } }
      - { files: ["old/**", "legacy/**"], rules: { redundant-rule: hint } }
      - { files: "**", rules: { redundant-rule: information } }
`;
  test("for a path, the first entry that matches and names the rule decides", async () => {
    expect(await severity(paths, "legacy/a b.plumb.yaml")).toEqual(["hint"]);
    expect(await severity(paths, "new/policy.plumb.yaml")).toEqual(["information"]);
    expect(await severity(paths.replace(/^ +- \{ files: "\*\*".*\n/m, ""), "new/p.plumb.yaml")).toEqual([
      "error",
    ]);
  });

  test("an unknown rule is a finding at its name, and so is a code that is no rule", async () => {
    const { of } = await look(inventory.replace("shop", "more"), own, {
      "shop.plumb.yaml": plane(
        `  lint: { rules: { redundant-rulez: off }, paths: [{ files: "**", rules: { drift/wider: off, schema/type: off } }] }\n`,
      ),
    });
    expect(of("lint/unknown-rule").map((one) => [one.message, one.data.replaceWith])).toEqual([
      [
        'There is no lint rule "redundant-rulez", so this setting does nothing. Did you mean "redundant-rule"?',
        "redundant-rule",
      ],
    ]);
    expect(of("lint/cannot-suppress").map((one) => one.message)).toEqual([
      "drift/wider is not the finding of a lint rule, so its severity is fixed. Remove this setting; where one difference is accepted, write a waiver for it.",
      "schema/type is not the finding of a lint rule, so its severity is fixed. Remove this setting.",
    ]);
  });
});

describe("comments", () => {
  test.each([
    ["none", `${head}${all}    - name: ‹reads›\n${rest}`],
    [
      "at the end of the line",
      `${head}${all}    - name: reads # plumbline-ignore redundant-rule: kept\n${rest}`,
    ],
    [
      "above the rule",
      `${head}${all}    # plumbline-ignore redundant-rule: kept\n    - name: reads\n${rest}`,
    ],
    [
      "with more above the rule",
      `${head}${all}    # plumbline-ignore redundant-rule: kept\n    # until May\n\n    - name: reads\n${rest}`,
    ],
    [
      "at the head of the document",
      `# plumbline-ignore redundant-rule: kept\n${head}${all}    - name: reads\n${rest}`,
    ],
    [
      "in front of the line between documents",
      `# plumbline-ignore redundant-rule: kept\n---\n${head}${all}    - name: reads\n${rest}`,
    ],
    [
      "above the list",
      `${head.replace("  rules", "  # plumbline-ignore redundant-rule: kept\n  rules")}${all}    - name: reads\n${rest}`,
    ],
    [
      "above another rule",
      `${head}    # ‹plumbline-ignore redundant-rule: kept›\n${all}    - name: ‹reads›\n${rest}`,
    ],
    [
      "on another line of the rule",
      `${head}${all}    - name: ‹reads›\n${rest.replace("allow\n", "allow # ‹plumbline-ignore redundant-rule: kept›\n")}`,
    ],
    [
      "in another document",
      `${head}${all}    - name: ‹reads›\n${rest}# ‹plumbline-ignore redundant-rule: kept›\n---\n${head.replace("ledger", "other")}      []\n`,
    ],
    [
      "at the end of the file",
      `${head}${all}    - name: ‹reads›\n${rest}# ‹plumbline-ignore redundant-rule: kept›`,
    ],
    ["without a reason", `${head}${all}    - name: ‹reads› # ‹plumbline-ignore redundant-rule›\n${rest}`],
    [
      "with an empty reason",
      `${head}${all}    - name: ‹reads› # ‹plumbline-ignore redundant-rule:›  \n${rest}`,
    ],
    ["without a colon", `${head}${all}    - name: ‹reads› # ‹plumbline-ignore redundant-rule kept›\n${rest}`],
    ["without a rule", `${head}${all}    - name: ‹reads› # ‹plumbline-ignore›\n${rest}`],
    [
      "of an unknown rule",
      `${head}${all}    - name: ‹reads› # plumbline-ignore ‹redundant-rul›: kept\n${rest}`,
    ],
    ["of a mistake", `${head}${all}    - name: ‹reads› # plumbline-ignore ‹schema/type›: kept\n${rest}`],
    [
      "twice",
      `${head}${all}    # ‹plumbline-ignore redundant-rule: kept›\n    - name: reads # plumbline-ignore redundant-rule: kept\n${rest}`,
    ],
    [
      "of another word",
      `${head}${all}    - name: ‹reads› # ‹plumbline-ignored› redundant-rule: kept\n${rest}`,
    ],
    [
      "inside a text",
      `${head}${all}    - name: ‹reads›\n      description: |-\n        # plumbline-ignore redundant-rule: kept\n${rest}`,
    ],
  ])("%s", async (_, fixture) => {
    expect((await look(fixture, own)).marked).toBe(fixture);
  });

  test("is for all of a text that starts on its line", () => {
    const text = `${head}    - name: reads\n      condition: |- # plumbline-ignore redundant-rule: kept\n        a &&\n        b\n      effect: deny\n`;
    const file = parseYaml(uriOf("p.plumb.yaml"), text, { dialect: "plumbline" });
    const [comment] = ignoreCommentsOf(file);
    expect(text.slice(comment?.scope?.start, comment?.scope?.end)).toBe(
      "condition: |- # plumbline-ignore redundant-rule: kept\n        a &&\n        b\n",
    );
  });

  test("behind a plain condition it is no trap", async () => {
    const policy = `${head}    - name: reads\n${rest}      condition: 1 == 1 # plumbline-ignore condition-always-true: kept\n`;
    const found = await look(policy, /^(lint|yaml)\/|^condition-always-true$/);
    expect(found.marked).toBe(policy);
  });

  test("with an error in the control plane nobody knows whether it is needed", async () => {
    const policy = `${head}    # plumbline-ignore redundant-rule: kept\n    - name: reads\n${rest}`;
    expect((await look(policy, own)).of("lint/unused-ignore")).toHaveLength(1);
    const broken = policy.replace("effect: allow", "effekt: allow");
    expect((await look(broken, own)).of("lint/unused-ignore")).toEqual([]);
    const unasked = { scenarios: false };
    expect((await look(policy, own, {}, unasked)).of("lint/unused-ignore")).toEqual([]);
  });

  test("each of many finds its own rule, and no line is read for all before it", () => {
    const above = "    # plumbline-ignore redundant-rule: kept\n".repeat(3);
    const rules = Array.from({ length: 20_000 }, (_, index) => `${above}    - { name: r${index} }\n`);
    const text = head + rules.join("");
    const file = parseYaml(uriOf("p.plumb.yaml"), text, { dialect: "plumbline" });
    const scopes = ignoreCommentsOf(file).map(({ scope }) => text.slice(scope?.start, scope?.end));
    expect(scopes).toHaveLength(60_000);
    expect(scopes.every((one, index) => one === `{ name: r${Math.floor(index / 3)} }`)).toBe(true);
    expect(ignoreCommentsOf(file)).toBe(ignoreCommentsOf(file));
  }, 30_000);
});

describe("waivers", () => {
  const redundant = (waivers: string): string => `${head}${all}    - name: reads\n${rest}${waivers}`;
  const waiver = (on: string, expires = "2026-06-30", code = "redundant-rule"): string =>
    `    - { code: ${code}, ${on === "" ? "" : `on: ${on}, `}reason: kept, approvedBy: ann, expires: ${expires} }\n`;

  test.each([
    ["its rule", "reads"],
    ["its rule, with the policy", "ledger/reads"],
    ["its document", ""],
  ])("for %s", async (_, on) => {
    const { of, snapshot } = await look(redundant(`  waivers:\n${waiver(on)}`), own);
    expect(of("redundant-rule", "lint/unused-waiver")).toEqual([]);
    expect(snapshot.accepted.map((one) => [one.finding.code, one.by])).toEqual([
      ["redundant-rule", "waiver"],
    ]);
  });

  test.each([
    ["of the ControlPlane, for a rule", "shop.plumb.yaml", plane(`  waivers:\n${waiver("ledger/reads")}`)],
    ["of the ControlPlane, for everything", "shop.plumb.yaml", plane(`  waivers:\n${waiver("")}`)],
    [
      "of another document, for a rule",
      "inventory.plumb.yaml",
      `${inventory}  waivers:\n${waiver("ledger/reads")}`,
    ],
  ])("%s", async (_, path, text) => {
    const { of } = await look(redundant(""), own, { [path]: text });
    expect(of("redundant-rule", "lint/unused-waiver")).toEqual([]);
  });

  test.each([
    [
      "of another document, for that document",
      "",
      "There is no finding redundant-rule in this document that this waiver could accept. Remove the waiver: it would hide a later finding that nobody has looked at.",
    ],
    [
      "for a rule by half of its name",
      "reads",
      'There is no identity, resource, rule or enforcement point "reads", so this waiver accepts nothing. Remove the waiver: it would hide a later finding that nobody has looked at.',
    ],
    [
      "for a name that is not there",
      "ledger/read",
      'There is no identity, resource, rule or enforcement point "ledger/read", so this waiver accepts nothing. Did you mean "ledger/reads"?',
    ],
    [
      "for another name",
      "checkout",
      "There is no finding redundant-rule on checkout that this waiver could accept. Remove the waiver: it would hide a later finding that nobody has looked at.",
    ],
  ])("accepts nothing: %s", async (_, on, message) => {
    const { of } = await look(redundant(""), own, {
      "inventory.plumb.yaml": `${inventory}  waivers:\n${waiver(on)}`,
    });
    expect(of("redundant-rule")).toHaveLength(1);
    expect(of("lint/unused-waiver").map((one) => one.message)).toEqual([message]);
  });

  test("counts on its last day, and not on the next", async () => {
    const today = await look(redundant(`  waivers:\n${waiver("reads", "2026-01-15")}`), own);
    expect(today.of("redundant-rule", "lint/unused-waiver")).toEqual([]);
    const late = await look(redundant(`  waivers:\n${waiver("reads", "2026-01-14")}`), own);
    expect(late.of("redundant-rule")).toHaveLength(1);
    expect(late.of("lint/unused-waiver")).toEqual([]);
  });

  test.each([
    ["schema/type", "lint/cannot-suppress"],
    ["cel/syntax", "lint/cannot-suppress"],
    ["lint/unused-ignore", "lint/cannot-suppress"],
    ["redundant-ruel", "lint/unknown-rule"],
  ])("of %s: %s", async (code, expected) => {
    const { of } = await look(redundant(`  waivers:\n${waiver("reads", "2026-06-30", code)}`), own);
    expect(
      of("lint/cannot-suppress", "lint/unknown-rule", "lint/unused-waiver").map((one) => one.code),
    ).toEqual([expected]);
  });

  test("without a reason it has a finding of the schema, and accepts nothing", async () => {
    const waivers = `  waivers:\n${waiver("")}`;
    const parsed = (text: string) => parseYaml(uriOf("p.plumb.yaml"), plane(text), { dialect: "plumbline" });
    expect(waiversOf([parsed(waivers)])).toHaveLength(1);
    const without = parsed(waivers.replace("reason: kept, ", ""));
    expect(waiversOf([without])).toEqual([]);
    expect(checkSchema(without).map((one) => one.code)).toEqual(["schema/required"]);
  });
});

describe("accepting findings", () => {
  const key = ({ code, message, uri, range }: Finding): string =>
    JSON.stringify([code, message, uri, range.start]);
  const findingsOf = ({ snapshot }: Looked): readonly string[] =>
    [...snapshot.findings.values()].flat().map(key).sort();

  // Every finding of a crowd, one by one, by a comment at the end of its line: no line moves.
  const policy = `${head}${all}    - name: reads
${rest}    - name: blind
${rest}      condition: request.method == 'PUT'
    - name: stopped
${rest}    - { name: stop, effect: deny, subjects: [checkout], on: [{ resource: ledger, operations: ["POST /entries"] }] }
    - { name: any, effect: allow, anonymous: true, on: [{ resource: ledger, operations: ["POST /entries"] }], condition: "1 == 1" }
`;

  test("takes them out and changes no other", async () => {
    const before = await look(policy, own);
    const rules = [...before.snapshot.findings.values()]
      .flat()
      .filter((one) => one.uri === uriOf("policy.plumb.yaml") && !one.code.includes("/"));
    expect(new Set(rules.map((one) => one.code)).size).toBeGreaterThan(2);
    for (const one of rules) {
      const lines = policy.split("\n");
      lines[one.range.start.line] += ` # plumbline-ignore ${one.code}: kept`;
      const after = await look(lines.join("\n"), own);
      const same = rules.filter(
        (other) => other.code === one.code && other.range.start.line === one.range.start.line,
      );
      const left = findingsOf(before).filter((other) => !same.map(key).includes(other));
      expect(findingsOf(after)).toEqual(left);
      expect(after.snapshot.accepted.map(({ finding, by }) => [key(finding), by])).toEqual(
        same.map((other) => [key(other), "comment"]),
      );
      const waived = `${policy}  waivers:\n    - { code: ${one.code}, reason: kept, expires: 2026-01-15 }\n`;
      const ofCode = rules.filter((other) => other.code === one.code).map(key);
      expect(findingsOf(await look(waived, own))).toEqual(
        findingsOf(before).filter((other) => !ofCode.includes(other)),
      );
    }
  });

  test.each([
    ["at the end of a line", "    - name: all # plumbline-ignore shadowed-rule: kept\n", "    - name: all\n"],
    ["on its own line", "    # plumbline-ignore shadowed-rule: kept\n    - name: all\n", "    - name: all\n"],
    ["with blanks", "    - name: all  \t# plumbline-ignore shadowed-rule: kept \n", "    - name: all\n"],
    [
      "with Windows line ends",
      "    # plumbline-ignore shadowed-rule: kept\r\n    - name: all\r\n",
      "    - name: all\r\n",
    ],
  ])("an unused comment is removed: %s", async (_, written, mended) => {
    const { snapshot } = await look(head + all.replace("    - name: all\n", written), own);
    const fixed = await makeSafeFixes(
      snapshot,
      (one) => one.code.startsWith("lint/"),
      async (texts) => (await look(texts.get(uriOf("policy.plumb.yaml")) ?? "", own)).snapshot,
    );
    expect(fixed.made.map((one) => one.code)).toEqual(["lint/unused-ignore"]);
    expect(fixed.texts.get(uriOf("policy.plumb.yaml"))).toBe(head + all.replace("    - name: all\n", mended));
    expect(fixed.isUnfinished).toBe(false);
  });
});

describe("comments that look like one that accepts a finding", () => {
  const near = (comment: string) =>
    nearIgnoresOf(parseYaml("file:///p.plumb.yaml", `a: 1 ${comment}\n`, { dialect: "plumbline" })).map(
      ({ place, data }) => [place.block.text.slice(place.start, place.end), data?.replaceWith],
    );

  test.each([
    ["# plumbline-ignroe redundant-rule: why", "plumbline-ignroe"],
    ["# plumline-ignore redundant-rule: why", "plumline-ignore"],
    ["# Plumbline-Ignore redundant-rule: why", "Plumbline-Ignore"],
    ["#PLUMBLINE-IGNORE redundant-rule", "PLUMBLINE-IGNORE"],
    ["# plumbline_ignore redundant-rule: why", "plumbline_ignore"],
    ["# plumblineignore redundant-rule: why", "plumblineignore"],
    ["# plumbline ignore", "plumbline ignore"],
    ["# plumbline ignore redundant-rule: why", "plumbline ignore"],
    ["# plumbline: ignore redundent-rule", "plumbline: ignore"],
    ["# plumbline-disable-next-line redundant-rule", "plumbline-disable-next-line"],
    ["# plumbline-ignore-next-line redundant-rule: why", "plumbline-ignore-next-line"],
    ["# plumbline:skip redundant-rule", "plumbline:skip"],
    ["# @plumbline-ignore redundant-rule: why", "@plumbline-ignore"],
  ])("%s", (comment, shown) => {
    expect(near(comment)).toEqual([[shown, "plumbline-ignore"]]);
  });

  test.each([
    "# plumbline-ignore redundant-rule: why",
    // Said in another finding: no rule, no reason.
    "# plumbline-ignore",
    "#plumbline-ignore redundant-rule",
    // Prose.
    "# Plumbline ignores tests of this folder",
    "# plumbline ignore lists are in the wiki",
    "# plumbline reads this file",
    "# plumbline-import wrote this",
    "# see plumbline-ignore in the manual",
    "# the plumber: ignore him",
  ])("%s is none", (comment) => {
    expect(near(comment)).toEqual([]);
  });

  test("the finding stands beside that of the rule, and its fix makes the comment accept that", async () => {
    const { of, snapshot } = await look(
      `${head}${all}    # plumbline-ignroe redundant-rule: until May\n    - name: rest\n${rest}`,
      /x/,
    );
    expect(of("redundant-rule")).toHaveLength(1);
    const [finding] = of("lint/misspelled-ignore");
    if (finding === undefined) throw new Error("not found");
    const [fix] = fixesOf(snapshot, finding);
    expect(fix).toMatchObject({ isSafe: false, edits: [{ edit: "replace", text: "plumbline-ignore" }] });
  });
});

describe("settings for files that are not there", () => {
  const set = async (files: string) => {
    const settings = `  lint: { paths: [{ files: ${files}, rules: { redundant-rule: error } }] }\n`;
    const { of } = await look(`${head}${all}`, /x/, {
      "shop.plumb.yaml": plane(settings),
      "legacy/old.plumb.yaml": `${head.replace("name: ledger", "name: old")}    - name: rest\n${rest}`,
    });
    return of("lint/unmatched-files").map(({ message, data }) => [message, data.replaceWith]);
  };

  test.each(['"legacy/**"', '"**/*.plumb.yaml"', "policy.plumb.yaml", '["legacy/*", "./policy*"]'])(
    "%s are there",
    async (files) => {
      expect(await set(files)).toEqual([]);
    },
  );

  test.each([
    ['"legcy/**"', "legacy/**"],
    ['["legacy/*", "./lgacy/*.yaml"]', "./legacy/*.yaml"],
    ["nothing.plumb.yaml", undefined],
    ['"payments/**"', undefined],
  ])("%s are not", async (files, meant) => {
    const found = await set(files);
    expect(found).toHaveLength(1);
    expect(found[0]?.[1]).toBe(meant);
  });

  test("the message names the glob, and what was meant", async () => {
    expect(await set('"legcy/**"')).toEqual([
      [
        'No file of this control plane matches legcy/**, so the severities that are set for it do nothing. Did you mean "legacy/**"?',
        "legacy/**",
      ],
    ]);
  });
});
