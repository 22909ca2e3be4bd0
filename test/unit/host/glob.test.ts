import { describe, expect, it } from "vitest";
import { globMatcher, literalPrefix } from "../../../server/src/host/glob.ts";

describe("globMatcher", () => {
  it.each([
    ["**/*.plumb.{yaml,yml}", "a.plumb.yaml", true],
    ["**/*.plumb.{yaml,yml}", "x/y/a.plumb.yml", true],
    ["**/*.plumb.{yaml,yml}", "x/a.yaml", false],
    ["deployed/*/istio/*.yaml", "deployed/production/istio/a.yaml", true],
    ["deployed/*/istio/*.yaml", "deployed/production/istio/b/a.yaml", false],
    ["./deployed/kong.yaml", "deployed/kong.yaml", true],
    ["a/**/b", "a/b", true],
    ["a/**/b", "a/x/y/b", true],
    ["**", "a/b", true],
    ["file?.json", "file1.json", true],
    ["file?.json", "file12.json", false],
    ["[a-c]x", "bx", true],
    ["[!a-c]x", "bx", false],
    ["[[]x", "[x", true],
    ["a.c", "abc", false],
    ["{a,{b,c}}.yaml", "c.yaml", true],
    ["{a", "{a", true],
  ])("%s on %s: %s", (glob, path, expected) => {
    expect(globMatcher([glob])(path)).toBe(expected);
  });

  it("takes a hostile glob in linear time", () => {
    const stars = globMatcher([`${"a*".repeat(5_000)}b`, `${"**/".repeat(300)}x`, "{a,b}".repeat(40)]);
    const started = performance.now();
    expect(stars("a".repeat(10_000))).toBe(false);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

describe("literalPrefix", () => {
  it.each([
    ["deployed/production/istio/*.yaml", "deployed/production/istio"],
    ["deployed/production/kong.yaml", "deployed/production"],
    ["**/*.yaml", ""],
    ["kong.yaml", ""],
    ["a/{b,c}/d", "a"],
  ])("%s: %s", (glob, prefix) => {
    expect(literalPrefix(glob)).toBe(prefix);
  });
});
