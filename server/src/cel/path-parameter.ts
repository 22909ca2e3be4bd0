import { matches } from "../access/text-language.ts";
import type { ParameterTemplate } from "./binding.ts";

/** What stands at the place of a parameter in the path, not decoded; undefined where the path fits no template. */
export function pathParameter(
  path: string | undefined,
  templates: readonly ParameterTemplate[],
): string | undefined {
  if (path === undefined) return undefined;
  for (const template of templates) {
    const value = shapeOf(template).exec(path)?.[template.index + 1];
    if (value !== undefined && !template.except.some((pattern) => matches(pattern, path))) return value;
  }
  return undefined;
}

const shapes = new WeakMap<ParameterTemplate, RegExp>();

/** No segment has two parameters, so that there is one way to match, and no backtracking into a second. */
function shapeOf(template: ParameterTemplate): RegExp {
  const known = shapes.get(template);
  if (known !== undefined) return known;
  const literals = template.literals.map((literal) => literal.replaceAll(/[\\^$.*+?()[\]{}|/]/g, "\\$&"));
  const made = new RegExp(`^${literals.join("([^/]+)")}$`);
  shapes.set(template, made);
  return made;
}
