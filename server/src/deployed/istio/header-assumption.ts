import { attribute } from "../../access/catalogue.ts";
import { holds, type Literal } from "../../access/predicate.ts";
import { re2Quote } from "../../access/re2.ts";
import { exactly, fullMatch, prefix, suffix, type TextPattern } from "../../access/text-pattern.ts";
import { constraints, type IstioModel } from "./model.ts";

/** Longer values make expressions that no engine should have to compile. */
const longest = 200;

/**
 * Envoy joins the values of a repeated header with commas and matches the result, which a test on members cannot
 * say. So a request that sends a tested header more than once, with different values, is kept out of comparisons
 * (istio.io/latest/docs/reference/config/security/normalization, "duplicate headers").
 */
export function repeatedHeaders(
  model: IstioModel,
): readonly { readonly literals: readonly Literal[]; readonly why: string }[] {
  const regions = new Map<string, { readonly literals: readonly Literal[]; readonly why: string }>();
  for (const policy of model.authorizationPolicies) {
    for (const { field, values, notValues } of policy.rules.flatMap(constraints)) {
      if (field.kind !== "header") continue;
      for (const { text } of [...values, ...notValues]) {
        const sides = text.length > longest ? undefined : insideAndOutside(text);
        if (sides === undefined) continue;
        const header = attribute("request.headers", field.name);
        regions.set(JSON.stringify([field.name, text]), {
          literals: sides.map((pattern) => holds(header, { test: "member", pattern })),
          why: `header ${field.name} is sent at most once (Istio would match its joined values)`,
        });
      }
    }
  }
  return [...regions.values()];
}

/** What the value matches, and what it does not; undefined for `*`, which does not look at the value. */
function insideAndOutside(value: string): readonly [TextPattern, TextPattern] | undefined {
  if (value === "*") return undefined;
  if (value.startsWith("*")) {
    const rest = value.slice(1);
    return [suffix(rest), fullMatch(notEndingWith([...rest]))];
  }
  if (value.endsWith("*")) {
    const rest = value.slice(0, -1);
    return [prefix(rest), fullMatch(otherThan([...rest], false))];
  }
  return [exactly(value), fullMatch(otherThan([...value], true))];
}

/** Texts that do not start with `characters`, or (`whole`) are not exactly them; nested, so that it stays linear. */
function otherThan(characters: readonly string[], whole: boolean): string {
  const [first, ...rest] = characters;
  if (first === undefined) return whole ? "(?s:.+)" : "[^\\x00-\\x{10FFFF}]";
  return `(?:|${except(first)}(?s:.*)|${re2Quote(first)}${otherThan(rest, whole)})`;
}

function notEndingWith(characters: readonly string[]): string {
  const last = characters.at(-1);
  if (last === undefined) return "[^\\x00-\\x{10FFFF}]";
  return `(?:|(?s:.*)${except(last)}|${notEndingWith(characters.slice(0, -1))}${re2Quote(last)})`;
}

function except(character: string): string {
  return `[^\\x{${(character.codePointAt(0) ?? 0).toString(16)}}]`;
}
