import { scanJson } from "./scan.ts";

/**
 * The keys that stand more than once in one object, each occurrence but the first, in the order of the text; offsets
 * include the quotes. Keys are compared decoded. Linear in the text. Of a broken text: those before its error.
 *
 * Parsers disagree on which of two equal keys counts, so a request body that has them is invalid input and denied
 * (design, section 3); RFC 8259, section 4, calls its meaning unpredictable.
 */
export function duplicateKeys(
  text: string,
): readonly { readonly key: string; readonly start: number; readonly end: number }[] {
  const found: { key: string; start: number; end: number }[] = [];
  const seen: (Set<string> | undefined)[] = [];
  scanJson(text, {
    open: (kind) => seen.push(kind === "object" ? new Set() : undefined),
    close: () => {
      seen.pop();
    },
    key(start, end) {
      const raw = text.slice(start + 1, end - 1);
      const key = raw.includes("\\") ? String(JSON.parse(text.slice(start, end))) : raw;
      const keys = seen.at(-1);
      if (keys?.has(key)) found.push({ key, start, end });
      else keys?.add(key);
    },
  });
  return found;
}
