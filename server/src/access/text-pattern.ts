/** A set of strings. Every test on text is one of these; `text-language.ts` decides questions about them exactly. */
export type TextPattern =
  | { readonly kind: "oneOf"; readonly values: readonly string[]; readonly ignoreCase?: true }
  | { readonly kind: "sequence"; readonly parts: readonly TextPart[]; readonly ignoreCase?: true };

export type TextPart =
  | { readonly literal: string }
  /** `chars`: any characters, also none. `segment`: one or more characters, none of them `/`. */
  | { readonly any: "chars" | "segment" }
  /** An RE2 expression that must match this whole part (its own anchors are already taken off). */
  | { readonly regex: string };

export const exactly = (value: string): TextPattern => ({ kind: "oneOf", values: [value] });
export const oneOf = (values: readonly string[]): TextPattern => ({ kind: "oneOf", values });
export const prefix = (value: string): TextPattern => sequence({ literal: value }, { any: "chars" });
export const suffix = (value: string): TextPattern => sequence({ any: "chars" }, { literal: value });
export const containing = (value: string): TextPattern =>
  sequence({ any: "chars" }, { literal: value }, { any: "chars" });
export const anything: TextPattern = { kind: "sequence", parts: [{ any: "chars" }] };
/** A whole-string RE2 match. */
export const fullMatch = (regex: string): TextPattern => sequence({ regex });
/** RE2 `matches` as in CEL: the expression matches somewhere in the text. */
export const search = (regex: string): TextPattern => sequence({ any: "chars" }, { regex }, { any: "chars" });
export const sequence = (...parts: readonly TextPart[]): TextPattern => ({ kind: "sequence", parts });
export const ignoringCase = (pattern: TextPattern): TextPattern => ({ ...pattern, ignoreCase: true });

/** An OpenAPI path template: `{id}` is one segment (one or more characters, no `/`). */
export function pathTemplate(template: string): TextPattern {
  // Parameters and what is between them, in turn: an odd brace is text.
  const parts = template
    .split(/\{[^{}/]*\}/)
    .flatMap((literal, index): readonly TextPart[] => [
      ...(index === 0 ? [] : [{ any: "segment" as const }]),
      ...(literal === "" ? [] : [{ literal }]),
    ]);
  return sequence(...parts);
}
