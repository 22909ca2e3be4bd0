/** The text of a file, or why there is none. Offsets are bytes from the start of the file. */
export type DecodedText =
  | { readonly text: string }
  | { readonly problem: { readonly offset: number; readonly message: string } };

/**
 * Decodes the bytes of a file as UTF-8. A byte order mark stays in the text as U+FEFF, so that offsets are those of
 * the editor's buffer; the parsers skip it. Bytes that are not UTF-8 (a Latin-1 or UTF-16 file) and NUL characters
 * (a binary file) are a problem at the first byte that shows it, never silently replaced.
 */
export function decodeUtf8(bytes: Uint8Array): DecodedText {
  const nul = bytes.indexOf(0);
  if (nul >= 0) {
    const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
    const message = utf16
      ? "The file is UTF-16. Save it as UTF-8."
      : "The file has a NUL character, so it is not a text file. Save it as UTF-8 text.";
    return { problem: { offset: utf16 ? 0 : nul, message } };
  }
  try {
    return { text: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    // A fatal decoder does not say where it stopped; the longest prefix that decodes tells.
    const offset = firstInvalid(bytes);
    const byte = (bytes[offset] ?? 0).toString(16).toUpperCase().padStart(2, "0");
    return {
      problem: { offset, message: `Byte ${byte} at offset ${offset} is not UTF-8. Save the file as UTF-8.` },
    };
  }
}

/** The offset of the first byte that is not part of a well-formed sequence (Unicode 15, table 3-7). */
function firstInvalid(bytes: Uint8Array): number {
  let at = 0;
  while (at < bytes.length) {
    const length = sequenceLength(bytes, at);
    if (length === 0) return at;
    at += length;
  }
  return at;
}

function sequenceLength(bytes: Uint8Array, at: number): number {
  const [first = 0, second = 0] = [bytes[at], bytes[at + 1]];
  if (first < 0x80) return 1;
  const length =
    first >= 0xc2 && first <= 0xdf
      ? 2
      : first >= 0xe0 && first <= 0xef
        ? 3
        : first >= 0xf0 && first <= 0xf4
          ? 4
          : 0;
  for (let index = 1; index < length; index++) {
    if (((bytes[at + index] ?? 0) & 0xc0) !== 0x80) return 0;
  }
  const overlong = (first === 0xe0 && second < 0xa0) || (first === 0xf0 && second < 0x90);
  const surrogate = first === 0xed && second > 0x9f;
  const beyond = first === 0xf4 && second > 0x8f;
  return overlong || surrogate || beyond ? 0 : length;
}
