/**
 * Every rule of the registry shows what it is about: files that it complains of, at the marked places and nowhere else,
 * files that it does not complain of, and what its fixes make of the first.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { isKnownControl } from "../../../server/src/policy/controls.ts";
import type { LintRule } from "../../../server/src/rules/lint-rule.ts";
import { lintRules } from "../../../server/src/rules/registry.ts";
import type { FixEdit } from "../../../server/src/text/fix.ts";
import { applyEdits } from "../../../server/src/text/text-edit.ts";
import type { Finding } from "../../../server/src/workspace/finding.ts";
import { makeSafeFixes } from "../../../server/src/workspace/fix-rounds.ts";
import { fixesOf } from "../../../server/src/workspace/fixes.ts";
import type { Snapshot } from "../../../server/src/workspace/snapshot.ts";
import { Workspace } from "../../../server/src/workspace/workspace.ts";
import { FileEditor } from "../../../server/src/yaml/edit.ts";
import { markRanges, readMarkers } from "../../support/markers.ts";
import { MemoryHost, uriOf, workspaceFolder } from "../../support/memory-host.ts";
import { filesOf, findingsOf, readPage, snippets } from "../docs/pages.ts";
import { Random } from "../simulate/random.ts";

const fixtures = new URL("../../fixtures/rules/", import.meta.url);
const docs = new URL("../../../docs/codes/", import.meta.url);
const policy = "policy.plumb.yaml";
const uri = uriOf(policy);
const orders = process.env.PLUMBLINE_DEEP === undefined ? 3 : 100;

/** `bad`, `good` or `fixed`, with the files beside them that they refer to. */
class Fixture {
  readonly text: string;
  readonly ranges: ReturnType<typeof readMarkers>["ranges"];
  readonly #others: Readonly<Record<string, string>>;

  constructor(rule: LintRule, name: string) {
    const folder = new URL(`${rule.id}/`, fixtures);
    const { text, ranges } = readMarkers(readFileSync(new URL(`${name}.plumb.yaml`, folder), "utf8"));
    this.text = text;
    this.ranges = ranges;
    const others = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !/^(bad|good|fixed)\.plumb\.yaml$/.test(entry.name))
      .map((entry) => `${entry.parentPath.slice(folder.pathname.length)}/${entry.name}`.replace(/^\//, ""));
    this.#others = Object.fromEntries(
      others.map((file) => [file, readFileSync(new URL(file, folder), "utf8")]),
    );
  }

  async analyze(text = this.text): Promise<Snapshot> {
    const workspace = new Workspace(new MemoryHost({ ...this.#others, [policy]: text }));
    workspace.setFolders([workspaceFolder]);
    workspace.configure({ drift: false });
    return workspace.analyze();
  }
}

const of = (snapshot: Snapshot, code: string): readonly Finding[] =>
  (snapshot.findings.get(uri) ?? []).filter((one) => one.code === code);

/** What is broken in a file shows something else than the rule. */
function expectSound(snapshot: Snapshot): void {
  const broken = [...snapshot.findings.values()]
    .flat()
    .filter((one) => /^(yaml|schema|reference|cel|openapi|mcp|workspace)\//.test(one.code));
  expect(broken.map((one) => `${one.code}: ${one.message}`)).toEqual([]);
}

describe.each(lintRules)("$id", (rule) => {
  it("has controls that exist, and speaks of some traffic", () => {
    expect(rule.controls.length).toBeGreaterThan(0);
    expect(rule.controls.filter((one) => !isKnownControl(one))).toEqual([]);
    expect(rule.traffic.length).toBeGreaterThan(0);
  });

  it("has a page whose example gives it", async () => {
    const page = readPage(readFileSync(new URL(rule.docs, docs), "utf8"));
    expect(page.summary).not.toBe("");
    expect([...page.sections.keys()]).toEqual(["Avoid", "Prefer", "Why", "Standard"]);
    const found = await findingsOf(filesOf(snippets(page.sections.get("Avoid") ?? "")));
    expect(found.map((one) => one.code)).toContain(rule.id);
  });

  it("gives exactly the marked findings", async () => {
    const bad = new Fixture(rule, "bad");
    const snapshot = await bad.analyze();
    expectSound(snapshot);
    const layout = snapshot.layouts.get(uri);
    const found = of(snapshot, rule.id).map(({ range }) => ({
      start: layout?.offsetAt(range.start) ?? -1,
      end: layout?.offsetAt(range.end) ?? -1,
    }));
    expect(markRanges(bad.text, found)).toBe(markRanges(bad.text, bad.ranges));
    expect(found.length).toBeGreaterThan(0);
  });

  it("gives none where all is well", async () => {
    const good = new Fixture(rule, "good");
    expect(good.ranges).toEqual([]);
    const snapshot = await good.analyze();
    expectSound(snapshot);
    expect(of(snapshot, rule.id)).toEqual([]);
  });

  it("has fixes where it says so, and they mend it", async () => {
    const bad = new Fixture(rule, "bad");
    const snapshot = await bad.analyze();
    const fixes = of(snapshot, rule.id).map((finding) => fixesOf(snapshot, finding));
    const hasFixed = existsSync(new URL(`${rule.id}/fixed.plumb.yaml`, fixtures));
    expect(hasFixed).toBe(rule.fixable);
    expect(fixes.some((own) => own.length > 0)).toBe(rule.fixable);
    if (!rule.fixable) return;
    const fixed = new Fixture(rule, "fixed");
    const file = snapshot.policyFiles.get(uri);
    if (file === undefined) throw new Error("the fixture was not read");
    const edits: readonly FixEdit[] = fixes.flatMap(([first]) => first?.edits ?? []);
    const made = new FileEditor(file).edits(edits);
    expect(made).toBeDefined();
    expect(applyEdits(bad.text, made ?? [])).toBe(fixed.text);
    const after = await fixed.analyze();
    expectSound(after);
    // What is left is what nobody but a person can decide.
    const left = of(after, rule.id).map((finding) => fixesOf(after, finding).length);
    expect(left).toEqual(fixes.map((own) => own.length).filter((count) => count === 0));
  });

  it("gives every fix a title that is a command, and no two the same", async () => {
    const snapshot = await new Fixture(rule, "bad").analyze();
    for (const finding of of(snapshot, rule.id)) {
      const titles = fixesOf(snapshot, finding).map((one) => one.title);
      expect(new Set(titles).size).toBe(titles.length);
      expect(titles.filter((title) => !/^[A-Z][^\n]*[^.\s]$/.test(title))).toEqual([]);
    }
  });

  it("comes to an end with safe fixes, in any order, and a second time there is nothing to do", async () => {
    const bad = new Fixture(rule, "bad");
    const random = new Random(20260115);
    for (let order = 0; order < orders; order++) {
      const shuffled = async (texts: ReadonlyMap<string, string>): Promise<Snapshot> => {
        const snapshot = await bad.analyze(texts.get(uri) ?? bad.text);
        const fixes = [...snapshot.fixes].map((entry) => ({ entry, at: random.next() }));
        fixes.sort((a, b) => a.at - b.at);
        return { ...snapshot, fixes: new Map(fixes.map((one) => one.entry)) };
      };
      const done = await makeSafeFixes(await shuffled(new Map()), () => true, shuffled);
      expect(done.isUnfinished).toBe(false);
      expectSound(done.snapshot);
      const again = await makeSafeFixes(done.snapshot, () => true, shuffled);
      expect(again.made).toEqual([]);
      // Without a safe fix every other order would do as little.
      if (done.made.length === 0) return;
    }
  });
});
