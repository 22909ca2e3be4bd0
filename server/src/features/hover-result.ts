import type { Range } from "../text/place.ts";

export interface Hover {
  readonly markdown: string;
  /** What it is about: the word under the cursor. */
  readonly range?: Range;
}
