import {
  containing,
  oneOf,
  prefix,
  sequence,
  suffix,
  type TextPart,
  type TextPattern,
} from "../access/text-pattern.ts";
import { wordPatterns } from "../access/word-patterns.ts";
import { searchPatterns } from "./regex-pattern.ts";

/** A test of text as CEL has it. */
export interface TextTest {
  readonly kind: "equals" | "startsWith" | "endsWith" | "contains" | "matches";
  readonly value: string;
}

/** The texts that pass a test, as alternatives. */
export function whole({ kind, value }: TextTest): readonly (TextPattern | undefined)[] {
  switch (kind) {
    case "equals":
      return [oneOf([value])];
    case "startsWith":
      return [prefix(value)];
    case "endsWith":
      return [suffix(value)];
    case "contains":
      return [containing(value)];
    case "matches":
      return searchPatterns(value) ?? [undefined];
  }
}

/** Exact texts as one pattern, the others as they are. */
export function unite(patterns: readonly TextPattern[]): readonly TextPattern[] {
  const exact = patterns.flatMap((pattern) =>
    pattern.kind === "oneOf" && pattern.ignoreCase !== true ? pattern.values : [],
  );
  const others = patterns.filter((pattern) => pattern.kind !== "oneOf" || pattern.ignoreCase === true);
  return exact.length === 0 ? others : [oneOf([...new Set(exact)]), ...others];
}

export const segment: TextPart = { any: "segment" };

/** The texts without `/`, not empty, that pass a test: as alternatives. */
export function segmentParts({ kind, value }: TextTest): readonly (readonly TextPart[])[] | undefined {
  if (kind === "matches") return undefined;
  if (value.includes("/")) return [];
  if (value === "") return kind === "equals" ? [] : [[segment]];
  const literal: TextPart = { literal: value };
  switch (kind) {
    case "equals":
      return [[literal]];
    case "startsWith":
      return [[literal], [literal, segment]];
    case "endsWith":
      return [[literal], [segment, literal]];
    case "contains":
      return [[literal], [literal, segment], [segment, literal], [segment, literal, segment]];
  }
}

/** Texts that have a word which passes the test, where words are what stands between spaces, and never empty. */
export function textsWithWord({ kind, value }: TextTest): readonly TextPattern[] | undefined {
  if (kind === "matches") return undefined;
  if (value !== "") return wordPatterns(kind, value);
  return kind === "equals" ? [] : [sequence({ any: "chars" }, { regex: "[^ ]" }, { any: "chars" })];
}
