import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DiagnosticsScheduler } from "../../../server/src/lsp/diagnostics.ts";
import type { Finding } from "../../../server/src/workspace/finding.ts";

const DELAY = 100;

function finding(uri: string, message: string): Finding {
  const start = { line: 0, character: 0 };
  return {
    code: "test/x",
    severity: "error",
    message,
    uri,
    range: { start, end: start },
    related: [],
    environments: [],
    fixable: false,
    data: {},
  };
}

/** An analysis whose answers the test gives one by one. */
function setUp() {
  const runs: {
    signal: AbortSignal;
    answer: (findings: readonly Finding[]) => void;
    fail: (error: Error) => void;
  }[] = [];
  const published: string[] = [];
  const failed: unknown[] = [];
  const scheduler = new DiagnosticsScheduler(
    {
      analyze: (signal) =>
        new Promise((resolve, reject) => {
          const answer = (findings: readonly Finding[]) =>
            resolve(new Map(findings.map((one) => [one.uri, [one]])));
          runs.push({ signal, answer, fail: reject });
        }),
      versionOf: () => 1,
      publish: (uri, _version, findings) =>
        published.push(`${uri}: ${findings.map((one) => one.message).join(", ") || "clean"}`),
      failed: (error) => failed.push(error),
    },
    DELAY,
  );
  const run = (index: number) => {
    const found = runs[index];
    if (found === undefined) throw new Error(`run ${index} has not started`);
    return found;
  };
  return { scheduler, runs, run, published, failed, settle: () => vi.advanceTimersByTimeAsync(0) };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("DiagnosticsScheduler", () => {
  it("runs once for many edits", async () => {
    const { scheduler, runs } = setUp();
    for (let edit = 0; edit < 5; edit++) {
      scheduler.edited("a");
      await vi.advanceTimersByTimeAsync(DELAY / 2);
    }
    await vi.advanceTimersByTimeAsync(DELAY);
    expect(runs.length).toBe(1);
  });

  it("drops the answer of a run that an edit overtook", async () => {
    const { scheduler, run, published, settle } = setUp();
    scheduler.edited("a");
    await vi.advanceTimersByTimeAsync(DELAY);
    scheduler.edited("a");
    expect(run(0).signal.aborted).toBe(true);
    run(0).answer([finding("a", "old")]);
    await vi.advanceTimersByTimeAsync(DELAY);
    run(1).answer([finding("a", "new")]);
    await settle();
    expect(published).toEqual(["a: new"]);
  });

  it("publishes an edited file again, others only when they changed, and clears what is gone", async () => {
    const { scheduler, run, published, settle } = setUp();
    scheduler.edited("a");
    await vi.advanceTimersByTimeAsync(DELAY);
    run(0).answer([finding("a", "1"), finding("b", "2"), finding("c", "3")]);
    await settle();
    published.length = 0;
    scheduler.edited("a");
    await vi.advanceTimersByTimeAsync(DELAY);
    run(1).answer([finding("a", "1"), finding("b", "2")]);
    await settle();
    expect(published).toEqual(["a: 1", "c: clean"]);
  });

  it("reports a failure, unless the run was aborted", async () => {
    const { scheduler, run, failed, settle } = setUp();
    scheduler.schedule();
    await vi.advanceTimersByTimeAsync(DELAY);
    scheduler.schedule();
    run(0).fail(new Error("aborted"));
    await vi.advanceTimersByTimeAsync(DELAY);
    run(1).fail(new Error("broken"));
    await settle();
    expect(failed).toEqual([new Error("broken")]);
  });
});
