import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Interval, Intervals } from "../../../server/src/features/intervals.ts";

const interval = fc
  .tuple(fc.nat(40), fc.nat(12))
  .map(([start, length]): Interval<string> => ({ start, end: start + length, value: `${start}+${length}` }));

describe("Intervals", () => {
  it("finds the smallest that covers an offset, as a scan of all of them does", () => {
    fc.assert(
      fc.property(fc.array(interval, { maxLength: 30 }), fc.nat(60), (intervals, offset) => {
        const covering = intervals.filter((one) => one.start <= offset && offset <= one.end);
        const smallest = Math.min(...covering.map((one) => one.end - one.start));
        const found = new Intervals(intervals).at(offset);
        if (covering.length === 0) expect(found).toBeUndefined();
        else {
          expect(covering).toContainEqual(found);
          expect(found === undefined ? undefined : found.end - found.start).toBe(smallest);
        }
      }),
      { seed: 7, numRuns: 500 },
    );
  });
});
