/** The icons of the gutter can be read in every theme, also by those who do not see their colours. */
import { describe, expect, it } from "vitest";
import { changeIcon, type IconKind } from "../../../client/src/views/change-icons.ts";

const KINDS: readonly IconKind[] = ["allows", "denies", "both", "unknown"];
/** Editor backgrounds of the themes that VS Code brings along, high contrast included. */
const BACKGROUNDS = {
  light: ["#ffffff", "#f5f5f5", "#fdf6e3"],
  dark: ["#1f1f1f", "#1e1e1e", "#272822", "#002b36", "#000000"],
} as const;

const svgOf = (kind: IconKind, theme: "light" | "dark"): string =>
  decodeURIComponent(changeIcon(kind, theme).replace("data:image/svg+xml,", ""));

/** Relative luminance, WCAG 2.2. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

describe("the icons of the gutter", () => {
  it.each(["light", "dark"] as const)("have enough contrast on %s themes", (theme) => {
    for (const kind of KINDS) {
      const colour = /stroke="(#[0-9a-f]{6})"/.exec(svgOf(kind, theme))?.[1] ?? "";
      for (const background of BACKGROUNDS[theme])
        expect([kind, background, contrast(colour, background) >= 4.5]).toEqual([kind, background, true]);
    }
  });

  it("differ in their signs, not only in their colours", () => {
    const signs = KINDS.map((kind) => /<path d="([^"]+)"/.exec(svgOf(kind, "dark"))?.[1]);
    expect(new Set(signs).size).toBe(KINDS.length);
    expect(signs).not.toContain(undefined);
  });
});
