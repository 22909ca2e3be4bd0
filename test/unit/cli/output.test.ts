import { describe, expect, it } from "vitest";
import { document, json, report, text } from "../../../server/src/cli/output.ts";
import { paint, style } from "../../../server/src/cli/style.ts";

const token = `ghp_${"a1B2c3D4e5F6".repeat(3)}`;

describe("text", () => {
  it("has the colours of Plumbline and none of a name", () => {
    const { bad, quiet } = style(true);
    expect(text([`${bad("denied")} ${quiet("x\u001b[32my")} \u001b[8mz`])).toBe(
      "\u001b[31mdenied\u001b[39m \u001b[2mx\\u001b[32my\u001b[22m \\u001b[8mz\n",
    );
    expect(text(paint(["  WIDER  a\nFAILED b"], true))).toBe("  \u001b[31mWIDER\u001b[39m  a FAILED b\n");
    expect(style(false).bad("denied")).toBe("denied");
  });

  it("keeps lines apart, gives no command and hides secrets, coloured ones too", () => {
    expect(text(["a\n::error::b", "  ::error file=c::d", "##[error]e", "::1 is an address"])).toBe(
      "a ::error::b\n  \\u003a:error file=c::d\n## [error]e\n::1 is an address\n",
    );
    expect(text([style(true).strong(token), token])).toBe("\u001b[1mghp_a1***\u001b[22m\nghp_a1***\n");
    expect(text([])).toBe("");
  });
});

it("JSON is the value, without secrets but where texts are for files", () => {
  const value = { uri: `file:///${token}`, name: `${token}\u009b\u202e##[x]`, text: token };
  const written = json(value, ["text"]);
  expect(written).toMatch(/^[\n\u0020-\u007e]*$/);
  expect(written).not.toContain("##[");
  expect(JSON.parse(written)).toEqual({ ...value, name: "ghp_a1***\u009b\u202e##[x]" });
});

it("reports and documents keep their lines, documents their tabs and line breaks of Windows, too", () => {
  expect(report("a\u001b\n\tb\n")).toBe("a\\u001b\n b\n");
  expect(document(`a:\t${token}\r\nb\u202e\n`)).toBe(`a:\t${token}\r\nb\\u202e\n`);
});
