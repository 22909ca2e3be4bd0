/** URIs of MCP resources: exact ones, and with `/**` at the end all below one. */
import { exactly, prefix, type TextPattern } from "../access/text-pattern.ts";

/** What stands before the open end, its slash included; undefined for an exact URI. */
export function openStart(written: string): string | undefined {
  return written.endsWith("/**") ? written.slice(0, -2) : undefined;
}

export function uriTexts(written: string): TextPattern {
  const start = openStart(written);
  return start === undefined ? exactly(written) : prefix(start);
}

/** Whether some URI is meant by both. */
export function shareUris(one: string, other: string): boolean {
  const start = openStart(one);
  const otherStart = openStart(other);
  if (start === undefined) return otherStart === undefined ? one === other : one.startsWith(otherStart);
  return otherStart === undefined
    ? other.startsWith(start)
    : start.startsWith(otherStart) || otherStart.startsWith(start);
}
