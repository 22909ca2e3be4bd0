import { shown } from "../text/shown.ts";

/** A text for people that is built line by line, with parts that can be clicked. */
export interface Linked<Target> {
  readonly line: number;
  /** Characters of the line. */
  readonly start: number;
  readonly end: number;
  readonly target: Target;
}

/** A text, or one that leads somewhere. */
export type Part<Target> = string | { readonly text: string; readonly target: Target };

export class ReportLines<Target> {
  readonly #lines: string[] = [];
  readonly links: Linked<Target>[] = [];

  /** The number of the line, from zero. */
  add(...parts: readonly Part<Target>[]): number {
    const line = this.#lines.length;
    let text = "";
    for (const part of parts) {
      // Places are counted in what is shown, which may be shorter than what the files say.
      const own = shown(typeof part === "string" ? part : part.text);
      if (typeof part !== "string")
        this.links.push({
          line,
          start: text.length,
          end: text.length + own.length,
          target: part.target,
        });
      text += own;
    }
    this.#lines.push(text.trimEnd());
    return line;
  }

  get text(): string {
    return `${this.#lines.join("\n")}\n`;
  }
}
