import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { attribute, catalogue } from "../../../server/src/access/catalogue.ts";
import { domainOf } from "../../../server/src/access/domain.ts";
import { isCanonicalPath } from "../../../server/src/access/path-domain.ts";
import { holds } from "../../../server/src/access/predicate.ts";
import { matches } from "../../../server/src/access/text-language.ts";
import { exactly } from "../../../server/src/access/text-pattern.ts";
import { satisfy } from "../../../server/src/access/theory.ts";
import { runs } from "./generators.ts";

/** The same language said once more, as a procedure. */
function isCanonicalByHand(path: string): boolean {
  if (!path.startsWith("/")) return false;
  const segments = path.slice(1).split("/");
  const last = segments.length - 1;
  return segments.every((segment, i) => {
    if (segment === "") return i === last;
    if (segment === "." || segment === "..") return false;
    return segment
      .replace(/%([0-9A-F]{2})/g, (whole, hex: string) => {
        const char = String.fromCharCode(Number.parseInt(hex, 16));
        return /[A-Za-z0-9._~\\/-]/.test(char) || char < " " || char === "\x7f" ? whole : "_";
      })
      .match(/^[A-Za-z0-9._~!$&'()*+,=:@-]+$/);
  });
}

describe("canonical paths", () => {
  test.each([
    "/",
    "/a",
    "/a/",
    "/a/b.c",
    "/.well-known/x",
    "/...",
    "/..a",
    "/a%20b",
    "/%C3%A9",
    "/pkg.Service/Method",
    "/%25",
    "/*",
    "/a:b@c",
  ])("%s is one", (path) => expect(isCanonicalPath(path)).toBe(true));
  test.each([
    "",
    "a",
    "*",
    "//",
    "/a//b",
    "//a",
    "/a//",
    "/.",
    "/..",
    "/a/../b",
    "/a/./",
    "/a;b",
    "/a\\b",
    "/a?b",
    "/a#b",
    "/a b",
    "/a\n",
    "/é",
    "/%2F",
    "/%2f",
    "/%5C",
    "/%41",
    "/%7E",
    "/%00",
    "/%7F",
    "/%c3",
    "/%",
    "/%2",
    "/{id}",
  ])("%s is none", (path) => expect(isCanonicalPath(path)).toBe(false));

  test("the language and the procedure agree", () => {
    const parts = fc.constantFrom(
      "/",
      "a",
      ".",
      "..",
      "%2E",
      "%20",
      "%2F",
      "%5C",
      "%c3",
      "%C3",
      ";",
      "\\",
      "~",
      " ",
      "é",
      "%",
    );
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 6 }), (some) => {
        const path = `/${some.join("")}`;
        expect(isCanonicalPath(path), path).toBe(isCanonicalByHand(path));
      }),
      runs(2_000),
    );
  });

  test("every escape is decided as the procedure says", () => {
    for (let byte = 0; byte < 256; byte++) {
      const path = `/%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
      expect(isCanonicalPath(path), path).toBe(isCanonicalByHand(path));
    }
  });
});

describe("domains", () => {
  test("what a domain calls natural lies in it", () => {
    for (const definition of catalogue.values()) {
      const { text } = domainOf(attribute(definition.id));
      for (const value of text.natural) {
        expect(text.pattern === undefined || matches(text.pattern, value), `${definition.id} ${value}`).toBe(
          true,
        );
      }
    }
  });

  test("every attribute has a value", () => {
    for (const definition of catalogue.values()) {
      const keys = definition.keys === "none" ? [] : ["x"];
      const found = satisfy([holds(attribute(definition.id, ...keys), { test: "present" })]);
      expect(found, definition.id).toBeTypeOf("object");
    }
  });

  test.each([
    ["source.principal", "spiffe://prod.example/ns/a/sa/b", "spiffe://prod.example"],
    ["source.principal", "spiffe://a/b", "spiffe://a//b"],
    ["source.principal", "spiffe://a/..b", "spiffe://a/.."],
    ["source.principal", "spiffe://a/B", "spiffe://A/b"],
    ["request.host", "api.acme.example", "API.acme.example"],
    ["request.host", "[2001:db8::1]", "acme.example:8443"],
    ["request.method", "M-SEARCH", "get"],
    ["transport", "tcp", "udp"],
    ["event.operation", "publish", "delete"],
    ["client.method", "key-auth", "password"],
  ])("%s can be %s, not %s", (id, possible, impossible) => {
    const asks = (value: string) =>
      satisfy([holds(attribute(id), { test: "text", pattern: exactly(value) })]);
    expect(asks(possible)).toEqual({ kind: "text", value: possible });
    expect(asks(impossible)).toBeUndefined();
  });

  test("a header value has no control characters and no blanks around it", () => {
    const asks = (value: string) =>
      satisfy([holds(attribute("request.headers", "x"), { test: "member", pattern: exactly(value) })]);
    for (const value of ["", "a", "a b", "a\tb", "é"]) {
      expect(asks(value)).toEqual({ kind: "list", members: [value] });
    }
    for (const value of [" a", "a ", "a\nb", "\t", "\x7f"]) expect(asks(value)).toBeUndefined();
  });
});
