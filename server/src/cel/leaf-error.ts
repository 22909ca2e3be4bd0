/** Why a leaf or a function has no value. The message is for people. */
export class LeafError extends Error {
  /** Without a stack trace, which costs more than the whole evaluation: a missing claim is an everyday value. */
  static because(message: string): LeafError {
    return Object.create(LeafError.prototype, {
      message: { value: message, enumerable: false },
    }) as LeafError;
  }
}
