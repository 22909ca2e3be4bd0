import { SegmentBuilder } from "../text/segment-builder.ts";

const escapes: Readonly<Record<string, string>> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };

/** The segments of the content of a valid JSON string, its quotes outside of `source[start, end)`. */
export function stringSegments(source: string, start: number, end: number): SegmentBuilder {
  const builder = new SegmentBuilder(source);
  let run = start;
  for (;;) {
    const at = source.indexOf("\\", run);
    if (at < 0 || at >= end) break;
    builder.verbatim(run, at);
    const next = source.charAt(at + 1);
    const length = next === "u" ? 6 : 2;
    const value =
      next === "u"
        ? String.fromCharCode(Number.parseInt(source.slice(at + 2, at + 6), 16))
        : (escapes[next] ?? next);
    builder.atomic(value, at, at + length);
    run = at + length;
  }
  builder.verbatim(run, end);
  return builder;
}
