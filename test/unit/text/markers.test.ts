import { describe, expect, it } from "vitest";
import { markRanges, readCursor, readMarkers } from "../../support/markers.ts";

describe("markers", () => {
  it("takes cursors and nested ranges out of a fixture", () => {
    expect(readMarkers("a ‹b ‹c›› <|>d")).toEqual({
      text: "a b c d",
      cursors: [6],
      ranges: [
        { start: 2, end: 5 },
        { start: 4, end: 5 },
      ],
    });
  });

  it("puts ranges back", () => {
    for (const fixture of ["‹a›‹b›", "a ‹b ‹c›› d", "x‹›y", "‹x›‹›y", "‹a ‹b››‹c›"]) {
      const { text, ranges } = readMarkers(fixture);
      expect(markRanges(text, ranges)).toBe(fixture);
    }
  });

  it("refuses fixtures that do not say what they mean", () => {
    expect(() => readMarkers("a›")).toThrow();
    expect(() => readMarkers("‹a")).toThrow();
    expect(() => readCursor("no cursor")).toThrow("0 cursors");
    expect(readCursor("a<|>b")).toEqual({ text: "ab", cursor: 1 });
  });
});
