/**
 * The values that an attribute can have in a request, said once more from the standards and from ARCHITECTURE
 * ("Comparison domain", "Theories"), without a look at how the engine says it.
 */
import type { Attribute } from "../../../../server/src/access/attribute.ts";
import { type Ranges, smtChars, smtConcat, smtString, smtUnion } from "./smt-text.ts";

export type Kind = "absent" | "null" | "text" | "number" | "boolean" | "list" | "map";

export interface SmtDomain {
  readonly kinds: readonly Kind[];
  /** The regular expression of its texts, or of its list's members; undefined: any text. */
  readonly texts: string | undefined;
  /** What is known of its number `n`. */
  readonly numbers: { readonly whole: boolean; readonly formulas: (n: string) => readonly string[] };
  /** Whether a list may be without any string in it. */
  readonly emptyList: boolean;
  /** An address instead of a text. */
  readonly isAddress: boolean;
}

const code = (char: string): number => char.codePointAt(0) as number;
const each = (chars: string): Ranges => [...chars].map((char) => [code(char), code(char)] as const);
const span = (from: string, to: string): readonly [number, number] => [code(from), code(to)];
const literally = (text: string): string => `(str.to_re ${smtString(text)})`;
const many = (regex: string): string => `(re.* ${regex})`;
const some = (regex: string): string => `(re.+ ${regex})`;
const but = (regex: string, ...not: readonly string[]): string => `(re.diff ${regex} ${smtUnion(not)})`;

const alphanumeric: Ranges = [span("0", "9"), span("A", "Z"), span("a", "z")];
const unreserved: Ranges = [...alphanumeric, ...each("-._~")];

/** Percent-encoded bytes with upper-case digits that canonical paths may have, by their first digit. */
function escapes(): string {
  const isUnreserved = (byte: number) => unreserved.some(([low, high]) => low <= byte && byte <= high);
  const isControl = (byte: number) => byte < 0x20 || byte === 0x7f;
  const digit = (value: number) => value.toString(16).toUpperCase();
  const rows = new Map<string, string>();
  for (let high = 0; high < 16; high++) {
    let lows = "";
    for (let low = 0; low < 16; low++) {
      const byte = high * 16 + low;
      if (isControl(byte) || isUnreserved(byte) || byte === code("/") || byte === code("\\")) continue;
      lows += digit(low);
    }
    if (lows !== "") rows.set(lows, (rows.get(lows) ?? "") + digit(high));
  }
  const rowOf = ([lows, highs]: readonly [string, string]) =>
    smtConcat([literally("%"), smtChars(each(highs)), smtChars(each(lows))]);
  return smtUnion([...rows].map(rowOf));
}

/** RFC 3986 pchar without `;`, see ARCHITECTURE: canonical paths. */
const pathSegment = but(
  some(smtUnion([smtChars([...unreserved, ...each("!$&'()*+,=:@")]), escapes()])),
  literally("."),
  literally(".."),
);
const canonicalPath = smtUnion([
  literally("/"),
  smtConcat([some(smtConcat([literally("/"), pathSegment])), `(re.opt ${literally("/")})`]),
]);

/** SPIFFE-ID 2.1 to 2.3, with a path. */
const spiffeId = smtConcat([
  literally("spiffe://"),
  some(smtChars([span("a", "z"), span("0", "9"), ...each("-._")])),
  some(
    smtConcat([
      literally("/"),
      but(some(smtChars([...alphanumeric, ...each("-._")])), literally("."), literally("..")),
    ]),
  ),
]);

/** A registered name in lower case, its labels with letters or digits at both ends, or an address in brackets. */
const inner = smtChars([span("a", "z"), span("0", "9"), ...each("_-")]);
const ends = smtChars([span("a", "z"), span("0", "9"), ...each("_")]);
const label = smtUnion([ends, smtConcat([ends, many(inner), ends])]);
const hostName = smtUnion([
  smtConcat([label, many(smtConcat([literally("."), label])), `(re.opt ${literally(".")})`]),
  smtConcat([
    literally("["),
    some(smtChars([span("0", "9"), span("a", "f"), ...each(":.")])),
    literally("]"),
  ]),
]);

/** RFC 9110 token in upper case. */
const methodToken = some(smtChars([span("0", "9"), span("A", "Z"), ...each("!#$%&'*+-.^_`|~")]));

/** RFC 9110 field value: no control character but tabs, no blank at its ends. */
const visible: Ranges = [
  [0x21, 0x7e],
  [0x80, 0x2ffff],
];
const fieldValue = smtUnion([
  literally(""),
  smtChars(visible),
  smtConcat([smtChars(visible), many(smtChars([...visible, [9, 9], [0x20, 0x20]])), smtChars(visible)]),
]);

const anyNumber = { whole: false, formulas: () => [] };
const between = (whole: boolean, min: string | undefined, max: string | undefined): SmtDomain["numbers"] => ({
  whole,
  formulas: (n) => [
    ...(min === undefined ? [] : [`(<= ${min} ${n})`]),
    ...(max === undefined ? [] : [`(<= ${n} ${max})`]),
  ],
});

const texts = (regex: string | undefined, ...kinds: readonly Kind[]): SmtDomain => ({
  kinds,
  texts: regex,
  numbers: anyNumber,
  emptyList: false,
  isAddress: false,
});
const optional = (regex?: string): SmtDomain => texts(regex, "absent", "text");
const lists = (regex?: string): SmtDomain => texts(regex, "absent", "list");
const numbers = (range: SmtDomain["numbers"]): SmtDomain => ({
  ...texts(undefined, "absent", "number"),
  numbers: range,
});

const known: Readonly<Record<string, SmtDomain>> = {
  transport: texts(smtUnion([literally("http"), literally("tcp")]), "text"),
  "request.method": optional(methodToken),
  "request.path": optional(canonicalPath),
  "request.host": optional(hostName),
  "destination.sni": optional(hostName),
  "source.principal": optional(spiffeId),
  "source.ip": { ...optional(), isAddress: true },
  "request.headers": lists(fieldValue),
  "request.query": lists(),
  "jwt.aud": lists(),
  "client.groups": lists(),
  "event.operation": optional(smtUnion([literally("publish"), literally("consume")])),
  "destination.port": numbers(between(true, "1", "65535")),
  "llm.params.max_tokens": numbers(between(true, undefined, undefined)),
  "credential.ttl": numbers(between(false, "0.0", undefined)),
  "credential.age": numbers(between(false, "0.0", undefined)),
  // The years 1 to 9999, in milliseconds.
  "context.time": numbers(between(false, "(- 62135596800.0)", "253402300799.999")),
};

const anyJson: SmtDomain = {
  kinds: ["absent", "null", "text", "number", "boolean", "list", "map"],
  texts: undefined,
  numbers: anyNumber,
  emptyList: true,
  isAddress: false,
};

const plain = new Set(["jwt.iss", "jwt.sub", "client.id", "mcp.methodName", "mcp.tool.name"]);
const json = new Set(["jwt.claims", "mcp.tool.arguments", "request.body"]);

export function smtDomain({ id }: Attribute): SmtDomain {
  const found = known[id] ?? (plain.has(id) ? optional() : json.has(id) ? anyJson : undefined);
  if (found === undefined) throw new Error(`the oracle has no domain for ${id}`);
  return found;
}
