/**
 * The gRPC methods of a `.proto` file (Protocol Buffers, proto2, proto3 and editions). Only what makes the path of a
 * call is read: the package, the services and their methods; what messages look like is no matter of a policy. A
 * library that reads all of the language is several times the size of the rest of our readers.
 */
import type { Place } from "../text/place.ts";
import type { Problem } from "../text/problem.ts";
import type { ParsedFile } from "../text/tree.ts";
import type { Operation } from "./model.ts";

export interface ProtoMethods {
  readonly operations: readonly Operation[];
  /** Places are in the file. */
  readonly problems: readonly Problem[];
}

interface Token {
  readonly text: string;
  readonly start: number;
}

const maxLength = 4_000_000;
const maxMethods = 10_000;
/** Comments, strings (which stay one token), names with dots, numbers, single characters. Linear: a comment that never ends goes to the end of the file. */
const lexer =
  /\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|[A-Za-z_][A-Za-z0-9_.]*|\d[\w.]*|\S/g;

export function readProto(file: ParsedFile): ProtoMethods {
  const { text } = file.layout;
  const at = (start: number, length: number): Place => ({
    block: file.layout.blockAt(start) ?? { uri: file.uri, text },
    start,
    end: start + length,
  });
  const failed = (message: string, start: number, length: number): ProtoMethods => ({
    operations: [],
    problems: [{ code: "proto/not-proto", severity: "error", message, place: at(start, length) }],
  });
  if (text.length > maxLength) return failed("The file is larger than 4 MB, so it was not read.", 0, 0);
  const tokens = tokensOf(text);
  const open = unclosed(tokens);
  if (open !== undefined)
    return failed(
      "This brace is never closed, so nothing in the file can be told for certain. Close it.",
      open.start,
      1,
    );
  const methods = methodsOf(tokens);
  if (methods.length === 0)
    return failed(
      "The file declares no gRPC method: there is no `service` with an `rpc` in it. Name the file that has them.",
      tokens[0]?.start ?? 0,
      tokens[0]?.text.length ?? 0,
    );
  const found = new Map<string, Operation>();
  for (const { service, name } of methods.slice(0, maxMethods)) {
    const rpc = `${service}/${name.text}`;
    if (!found.has(rpc))
      found.set(rpc, {
        method: "POST",
        path: `/${rpc}`,
        rpc,
        place: at(name.start, name.text.length),
        parameters: [],
      });
  }
  return { operations: [...found.values()], problems: [] };
}

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  for (const match of text.matchAll(lexer)) {
    if (!match[0].startsWith("//") && !match[0].startsWith("/*"))
      tokens.push({ text: match[0], start: match.index });
  }
  return tokens;
}

/** The innermost brace that is open at the end, or one that closes nothing. */
function unclosed(tokens: readonly Token[]): Token | undefined {
  const open: Token[] = [];
  for (const token of tokens) {
    if (token.text === "{") open.push(token);
    else if (token.text === "}" && open.pop() === undefined) return token;
  }
  return open.at(-1);
}

/** `package a.b;` on the top level, `service S {` there, and `rpc M (` directly in it. */
function methodsOf(tokens: readonly Token[]): readonly { readonly service: string; readonly name: Token }[] {
  const methods: { readonly service: string; readonly name: Token }[] = [];
  let scope = "";
  let service: string | undefined;
  let depth = 0;
  for (const [index, token] of tokens.entries()) {
    const [next, after] = [tokens[index + 1], tokens[index + 2]];
    if (token.text === "{") depth++;
    else if (token.text === "}") {
      depth--;
      if (depth === 0) service = undefined;
    } else if (next === undefined || after === undefined) continue;
    else if (depth === 0 && token.text === "package" && after.text === ";") scope = `${next.text}.`;
    else if (depth === 0 && token.text === "service" && after.text === "{") service = scope + next.text;
    else if (depth === 1 && service !== undefined && token.text === "rpc" && after.text === "(")
      methods.push({ service, name: next });
  }
  return methods;
}
