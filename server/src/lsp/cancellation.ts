import { type CancellationToken, LSPErrorCodes, ResponseError } from "vscode-languageserver";

/**
 * Runs what a request asks for until the editor takes it back. An answer that nobody waits for any more must be the
 * protocol's own error for that: of any other, editors tell the person that the request has failed.
 */
export async function untilCancelled<T>(
  token: CancellationToken,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const signal = toSignal(token);
  try {
    return await run(signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new ResponseError(LSPErrorCodes.RequestCancelled, "The request was cancelled.");
  }
}

/** The engine knows the platform's `AbortSignal` only, so that it needs nothing of LSP. */
function toSignal(token: CancellationToken): AbortSignal {
  const controller = new AbortController();
  if (token.isCancellationRequested) controller.abort();
  else token.onCancellationRequested(() => controller.abort());
  return controller.signal;
}
