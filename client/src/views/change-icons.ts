/**
 * Icons for the gutter, as data: a sign in a box, so that they can be told apart without colour. The gutter shows them at
 * about 16 pixels. Each has at least 4.5:1 against the backgrounds of VS Code's own themes, high contrast included.
 */
export type IconKind = "allows" | "denies" | "both" | "unknown";

const COLOURS: Readonly<Record<IconKind, { readonly light: string; readonly dark: string }>> = {
  allows: { light: "#9a4b00", dark: "#f5a742" },
  denies: { light: "#0b5cad", dark: "#6cb6ff" },
  both: { light: "#7a2a99", dark: "#d59bf0" },
  unknown: { light: "#555555", dark: "#c0c0c0" },
};

const PLUS = "M8 4v8M4 8h8";
const MINUS = "M4 8h8";
const PLUS_MINUS = "M8 3v6M5 6h6M5 11.5h6";
const QUESTION = "M5.8 6.2a2.2 2.2 0 1 1 3.2 2c-.7.4-1 .8-1 1.6M8 12v.2";

const SIGNS: Readonly<Record<IconKind, string>> = {
  allows: PLUS,
  denies: MINUS,
  both: PLUS_MINUS,
  unknown: QUESTION,
};

/** An SVG image as a `data:` URI. */
export function changeIcon(kind: IconKind, theme: "light" | "dark"): string {
  const colour = COLOURS[kind][theme];
  const svg =
    '<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 16 16" fill="none" ' +
    `stroke="${colour}" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round">` +
    `<rect x="1" y="1" width="14" height="14" rx="3" stroke-width="1.2"/><path d="${SIGNS[kind]}"/></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
