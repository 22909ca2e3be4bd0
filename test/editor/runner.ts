/**
 * A test runner small enough to run in both extension hosts: no Node built-ins, no globals. A test file calls
 * `test(...)`; the host's entry calls `runAll`.
 */
export type HostKind = "desktop" | "web" | "untrusted";

export interface TestResult {
  readonly name: string;
  readonly status: "passed" | "failed" | "skipped";
  readonly milliseconds: number;
  readonly error?: string;
}

interface TestCase {
  readonly name: string;
  readonly body: () => Promise<void>;
  readonly timeoutMs: number;
  readonly hosts: readonly HostKind[];
}

const cases: TestCase[] = [];

export interface TestOptions {
  readonly timeoutMs?: number;
  /** The hosts that can show this; the two with a trusted workspace unless said otherwise. */
  readonly hosts?: readonly HostKind[];
}

export function test(name: string, body: () => Promise<void>, options: TestOptions = {}): void {
  const { timeoutMs = 30_000, hosts = ["desktop", "web"] } = options;
  cases.push({ name, body, timeoutMs, hosts });
}

export async function runAll(kind: HostKind, grep: string): Promise<readonly TestResult[]> {
  const results: TestResult[] = [];
  for (const { name, body, timeoutMs, hosts } of cases) {
    if (!name.includes(grep)) continue;
    if (!hosts.includes(kind)) {
      if (kind !== "untrusted" && !hosts.includes("untrusted"))
        results.push({ name, status: "skipped", milliseconds: 0 });
      continue;
    }
    const started = Date.now();
    try {
      await within(timeoutMs, body());
      results.push({ name, status: "passed", milliseconds: Date.now() - started });
    } catch (error) {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      results.push({ name, status: "failed", milliseconds: Date.now() - started, error: text });
    }
  }
  return results;
}

function within<T>(timeoutMs: number, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`not done within ${timeoutMs} ms`)), timeoutMs);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** Deep equality of plain values; the error shows both sides. */
export function expectEqual(actual: unknown, expected: unknown): void {
  const [left, right] = [JSON.stringify(actual, null, 2), JSON.stringify(expected, null, 2)];
  if (left !== right) throw new Error(`expected\n${right}\nbut was\n${left}`);
}

export function expectTrue(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message);
}
