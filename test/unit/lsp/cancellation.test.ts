import { describe, expect, it } from "vitest";
import { CancellationTokenSource, LSPErrorCodes } from "vscode-languageserver";
import { untilCancelled } from "../../../server/src/lsp/cancellation.ts";

/** Waits until it is aborted, as an analysis does. */
const forever = (signal: AbortSignal) =>
  new Promise<never>((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener("abort", () => reject(signal.reason));
  });

describe("a request", () => {
  it("that is taken back while it runs ends with the protocol's own error", async () => {
    const source = new CancellationTokenSource();
    const answer = untilCancelled(source.token, forever);
    source.cancel();
    await expect(answer).rejects.toMatchObject({ code: LSPErrorCodes.RequestCancelled });
  });

  it("that was taken back before it ran ends the same way", async () => {
    const source = new CancellationTokenSource();
    source.cancel();
    await expect(untilCancelled(source.token, forever)).rejects.toMatchObject({
      code: LSPErrorCodes.RequestCancelled,
    });
  });

  it("that fails by itself keeps its error", async () => {
    const { token } = new CancellationTokenSource();
    const fails = () => Promise.reject(new Error("broken"));
    await expect(untilCancelled(token, fails)).rejects.toThrow("broken");
  });
});
