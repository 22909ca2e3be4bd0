import { matches } from "./text-language.ts";
import { fullMatch, type TextPattern } from "./text-pattern.ts";

/**
 * The paths on which policy and deployment are compared: those that every engine's normaliser leaves as they are
 * (ARCHITECTURE, "Comparison domain"). By RFC 3986 `path-absolute`, less what engines read differently:
 *
 *     path     = "/" [ segment *( "/" segment ) [ "/" ] ]          no empty segment but the last
 *     segment  = 1*char, but neither "." nor ".."
 *     char     = unreserved / "%" HEX HEX / one of ! $ & ' ( ) * + , = : @
 *
 * Left out are `;` (path parameters), `\`, and whatever RFC 3986 has no place for: `?`, `#`, spaces, control and
 * non-ASCII characters, and " < > ^ ` { | } [ ], which engines encode or not. An escape has upper-case digits and
 * stands for no unreserved character (it would be decoded), for no control character, and not for `/` or `\`.
 */
// Every byte from %20 on, but %2D %2E %2F, the digits and letters, %5C, %5F, %7E and %7F.
const escaped = "%(?:2[0-9A-C]|3[A-F]|40|5[BDE]|60|7[BCD]|[89A-F][0-9A-F])";
const plain = "[A-Za-z0-9_~!$&'()*+,=:@-]";
const notDot = `(?:${plain}|${escaped})`;
const char = `(?:\\.|${notDot})`;
const segment = `(?:${notDot}${char}*|\\.${notDot}${char}*|\\.\\.${char}+)`;

export const canonicalPaths: TextPattern = fullMatch(`/(?:${segment}(?:/${segment})*/?)?`);

export const isCanonicalPath = (path: string): boolean => matches(canonicalPaths, path);
