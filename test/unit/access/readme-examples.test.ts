/** The worked examples of server/src/access/README.md. */
import { expect, test } from "vitest";
import { attribute } from "../../../server/src/access/catalogue.ts";
import { compare } from "../../../server/src/access/compare.ts";
import { type AccessFunction, holds, type Literal } from "../../../server/src/access/predicate.ts";
import {
  exactly,
  fullMatch,
  pathTemplate,
  prefix,
  type TextPattern,
} from "../../../server/src/access/text-pattern.ts";

const path = (pattern: TextPattern) => holds(attribute("request.path"), { test: "text", pattern });
const method = (name: string) => holds(attribute("request.method"), { test: "text", pattern: exactly(name) });

const allowing = (...terms: readonly (readonly Literal[])[]): AccessFunction => ({
  allow: terms.map((literals, index) => ({ literals, origins: [{ label: `rule ${index}` }] })),
  deny: [],
  opaque: [],
});

test("a method on which both terms fail", () => {
  const left = allowing([method("GET"), path(prefix("/v1/"))], [method("PUT"), path(prefix("/v1/admin/"))]);
  const { newlyAllows, newlyDenies, verdict } = compare(left, allowing([path(prefix("/v1/"))]));
  expect([newlyAllows.answer, newlyDenies.answer, verdict]).toEqual(["yes", "no", "wider"]);
  if (newlyAllows.answer !== "yes") return;
  expect(newlyAllows.witnesses[0]?.assignment.get("request.method")?.value).toEqual({
    kind: "text",
    value: "POST",
  });
  expect(compare(left, allowing([method("GET"), path(prefix("/v1/"))])).newlyAllows.answer).toBe("no");
});

test("a template and a prefix as one expression", () => {
  const left = allowing([path(pathTemplate("/a/{x}"))], [path(prefix("/b/"))]);
  expect(compare(left, allowing([path(fullMatch("/(a/[^/]+|b/.*)"))])).verdict).toBe("equal");
});
