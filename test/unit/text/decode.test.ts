import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeUtf8 } from "../../../server/src/text/decode.ts";

describe("decodeUtf8", () => {
  it("decodes UTF-8, and keeps a byte order mark as a character", () => {
    expect(decodeUtf8(new TextEncoder().encode("a\u00e9\u{1f600}"))).toEqual({ text: "a\u00e9\u{1f600}" });
    expect(decodeUtf8(new Uint8Array([0xef, 0xbb, 0xbf, 0x61]))).toEqual({ text: "\ufeffa" });
  });

  it("says at which byte a file is no text", () => {
    const offset = (...bytes: number[]): number | undefined => {
      const decoded = decodeUtf8(new Uint8Array(bytes));
      return "problem" in decoded ? decoded.problem.offset : undefined;
    };
    expect(offset(0x61, 0xe9, 0x62)).toBe(1);
    expect(offset(0x61, 0x00)).toBe(1);
    expect(offset(0xff, 0xfe, 0x61, 0x00)).toBe(0);
    expect(offset(0x61, 0xc0, 0x80)).toBe(1);
    expect(offset(0xed, 0xa0, 0x80)).toBe(0);
    expect(offset(0xf4, 0x90, 0x80, 0x80)).toBe(0);
    expect(offset(0x61, 0xe2, 0x82)).toBe(1);
  });

  it("finds a byte wherever the decoder refuses", () => {
    fc.assert(
      fc.property(fc.uint8Array({ min: 1, maxLength: 12 }), (bytes) => {
        const decoded = decodeUtf8(bytes);
        if ("text" in decoded) {
          expect(new TextEncoder().encode(decoded.text)).toEqual(bytes);
          return;
        }
        const { offset } = decoded.problem;
        expect(offset).toBeLessThan(bytes.length);
        expect("text" in decodeUtf8(bytes.slice(0, offset))).toBe(true);
      }),
      { seed: 3, numRuns: 2000 },
    );
  });
});
