import { Duration } from "@marcbachmann/cel-js/evaluator";
import { LeafError } from "./leaf-error.ts";
import { durationOfNanoseconds, timestampOfMilliseconds } from "./time-functions.ts";

const second = 1_000_000_000n;

function nanosecondsOf({ seconds, nanos }: Duration): bigint {
  return seconds * second + BigInt(nanos);
}

/**
 * Sums of durations and times. The library's operators call methods of its class, which are wrong where a part is
 * negative (-1.5s + 0s is -2.5s), lose nanoseconds of long differences, and know no bounds; its operators cannot be
 * overridden, so that the methods are, once for every condition.
 */
export function correctDurationArithmetic(): void {
  Duration.prototype.addDuration = function (other) {
    return durationOfNanoseconds(nanosecondsOf(this) + nanosecondsOf(other));
  };
  Duration.prototype.subtractDuration = function (other) {
    return durationOfNanoseconds(nanosecondsOf(this) - nanosecondsOf(other));
  };
  Duration.prototype.extendTimestamp = function (at) {
    return timestampOfMilliseconds(at.getTime() + milliseconds(this));
  };
  Duration.prototype.subtractTimestamp = function (at) {
    return timestampOfMilliseconds(at.getTime() - milliseconds(this));
  };
  Duration.fromMilliseconds = (value) => {
    if (!Number.isFinite(value)) throw LeafError.because("this is no difference of two times");
    return durationOfNanoseconds(BigInt(Math.round(value)) * 1_000_000n);
  };
}

/** Rounded down, as times are kept. */
function milliseconds(duration: Duration): number {
  const nanoseconds = nanosecondsOf(duration);
  const rest = ((nanoseconds % 1_000_000n) + 1_000_000n) % 1_000_000n;
  return Number((nanoseconds - rest) / 1_000_000n);
}
