/** The comments of all files that accept findings, found by what they are for. */
import type { FixableProblem } from "../../text/fix.ts";
import type { SourceLayout } from "../../text/layout.ts";
import type { Problem } from "../../text/problem.ts";
import type { ParsedFile } from "../../text/tree.ts";
import { type IgnoreComment, ignoreCommentsOf, ignoreWord, removeComment } from "./ignore-comments.ts";
import { problemOfCode } from "./known-codes.ts";
import type { Offsets } from "./part-behind.ts";
import { groupBy, lastFrom } from "./search.ts";

/** A comment that names a code which can be accepted, with a reason. */
export interface Ignore extends IgnoreComment {
  readonly code: NonNullable<IgnoreComment["code"]>;
}

interface Scope extends Offsets {
  readonly ignore: Ignore;
  /** The one before it that it may stand in. */
  readonly outer: Scope | undefined;
}

interface FileIndex {
  readonly layout: SourceLayout;
  /** By code, in the order of their starts. */
  readonly scopes: ReadonlyMap<string, readonly Scope[]>;
}

export class IgnoreIndex {
  readonly #files = new Map<string, FileIndex>();
  readonly #ignores: Ignore[] = [];
  readonly #taken = new Set<Ignore>();
  /** Of comments that accept nothing because of how they are written. */
  readonly problems: readonly FixableProblem[];

  constructor(files: readonly ParsedFile[]) {
    this.problems = files.flatMap((file) => {
      const comments = ignoreCommentsOf(file);
      if (comments.length === 0) return [];
      const problems = comments.map(problemOf);
      const sound = comments.flatMap((one, index): readonly Ignore[] =>
        one.code === undefined || problems[index] !== undefined ? [] : [{ ...one, code: one.code }],
      );
      this.#ignores.push(...sound);
      this.#files.set(file.uri, { layout: file.layout, scopes: scopesOf(sound) });
      return problems.filter((one) => one !== undefined);
    });
  }

  /** Whether a comment is for the finding; the nearest one then has done something. */
  take(problem: Problem): boolean {
    const file = this.#files.get(problem.place.block.uri);
    const scopes = file?.scopes.get(problem.code);
    if (file === undefined || scopes === undefined) return false;
    const { start } = file.layout.offsets(problem.place);
    let scope = lastFrom(scopes, start, (one) => one.start);
    while (scope !== undefined && scope.end < start) scope = scope.outer;
    if (scope === undefined) return false;
    this.#taken.add(scope.ignore);
    return true;
  }

  /** Those that no finding was taken by so far. */
  get unused(): readonly Ignore[] {
    return this.#ignores.filter((one) => !this.#taken.has(one));
  }
}

function scopesOf(ignores: readonly Ignore[]): ReadonlyMap<string, readonly Scope[]> {
  const byCode = groupBy(ignores, (one) => one.code.text);
  return new Map(
    [...byCode].map(([code, own]) => {
      const sorted = own
        .flatMap((ignore) => (ignore.scope === undefined ? [] : [{ ...ignore.scope, ignore }]))
        .sort((a, b) => a.start - b.start || b.end - a.end);
      const scopes: Scope[] = [];
      let outer: Scope | undefined;
      for (const one of sorted) {
        while (outer !== undefined && outer.end < one.start) outer = outer.outer;
        const scope: Scope = { ...one, outer };
        scopes.push(scope);
        outer = scope;
      }
      return [code, scopes] as const;
    }),
  );
}

function problemOf({ code, reason, place, removal }: IgnoreComment): FixableProblem | undefined {
  if (code === undefined)
    return {
      code: "lint/unknown-rule",
      severity: "warning",
      message: `This comment does not say which finding it is for, so it does nothing. Write # ${ignoreWord} RULE: REASON, for example # ${ignoreWord} redundant-rule: kept until the audit in May.`,
      place,
    };
  const ofCode = problemOfCode(code.text, code.place, "comment");
  // It never accepts anything, whatever comes to stand there.
  if (ofCode?.code === "lint/cannot-suppress") return { ...ofCode, fixes: [removeComment(removal)] };
  if (ofCode !== undefined || reason !== undefined) return ofCode;
  return {
    code: "lint/ignore-without-reason",
    severity: "warning",
    message: `This comment gives no reason, so it does nothing: nobody could tell later whether ${code.text} is still to be accepted here. Write why, behind a colon: # ${ignoreWord} ${code.text}: REASON.`,
    place,
  };
}
