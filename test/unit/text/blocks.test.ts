import { describe, expect, it } from "vitest";
import { BlockCutter } from "../../../server/src/text/blocks.ts";
import { SourceLayout } from "../../../server/src/text/layout.ts";

describe("BlockCutter", () => {
  it("makes places that the layout turns back into the same offsets", () => {
    const text = "one\ntwo\nthree\nfour\n";
    const blocks = new BlockCutter("u", text);
    blocks.cut(0, 8, [4, 4, 99]);
    blocks.cut(8, text.length, [14]);
    const layout = new SourceLayout("u", text, blocks.bases);
    expect([...blocks.bases.keys()].map((block) => block.text)).toEqual([
      "one\n",
      "two\n",
      "three\n",
      "four\n",
    ]);
    for (let start = 0; start <= text.length; start++)
      for (let end = start; end <= text.length; end++)
        expect(layout.offsets(blocks.place(start, end))).toEqual({ start, end });
  });

  it("ends a place in the block that ends there", () => {
    const blocks = new BlockCutter("u", "ab");
    blocks.cut(0, 2, [1]);
    expect(blocks.place(0, 1).endBlock).toBeUndefined();
    expect(blocks.place(0, 2).endBlock?.text).toBe("b");
  });

  it("has one block for an empty file", () => {
    const blocks = new BlockCutter("u", "");
    blocks.cut(0, 0, []);
    expect(blocks.place(0, 0).block.text).toBe("");
  });
});
