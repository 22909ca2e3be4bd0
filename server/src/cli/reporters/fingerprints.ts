/** What a finding is, whatever line it stands in, so that a moved one is not taken for a new one. */
import type { Finding } from "../../workspace/finding.ts";
import { isInside } from "../../workspace/uris.ts";

/**
 * One for each finding, in their order: 16 hexadecimal digits. They depend on the file, the code and the message,
 * which names what it is about; findings that agree in all of them are told apart by their order in the file.
 */
export function fingerprints(findings: readonly Finding[], root: string): readonly string[] {
  const seen = new Map<string, number>();
  return findings.map(({ uri, code, message }) => {
    const file = isInside(uri, root) ? uri.slice(root.length) : uri;
    const what = [file, code, message].join("\n");
    const before = seen.get(what) ?? 0;
    seen.set(what, before + 1);
    return hash(`${what}\n${before}`);
  });
}

const prime = 0x100000001b3n;

/** FNV-1a over UTF-8, 64 bits. Nothing secret hangs on it: two findings with one fingerprint would be shown as one. */
function hash(text: string): string {
  let value = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text))
    value = BigInt.asUintN(64, (value ^ BigInt(byte)) * prime);
  return value.toString(16).padStart(16, "0");
}
