import type { Attribute } from "./attribute.ts";
import { joinedParts, literalKey } from "./literal-key.ts";
import type { Literal, Term, Test } from "./predicate.ts";
import type { TextPart, TextPattern } from "./text-pattern.ts";
import { durationText, timeText } from "./units.ts";

/**
 * A term in words, for messages: `POST under /v1/admin/** by any workload of namespace qa of prod with claim
 * groups containing support`. Deterministic; what is done comes first, then where, by whom, and with what.
 */
export function describeTerm(term: Term): string {
  const byAttribute = new Map<string, { readonly attribute: Attribute; readonly literals: Literal[] }>();
  for (const literal of term.literals) {
    const { attribute } = literal;
    const known = byAttribute.get(attribute.key);
    if (known === undefined) byAttribute.set(attribute.key, { attribute, literals: [literal] });
    else known.literals.push(literal);
  }
  const isCall = byAttribute.has("mcp.tool.name") || byAttribute.has("mcp.prompt.name");
  const phrases = [...byAttribute.values()]
    .sort((a, b) => rank(a.attribute) - rank(b.attribute) || (a.attribute.key < b.attribute.key ? -1 : 1))
    // A tool is called, and a prompt is got: the method says nothing more.
    .filter(({ attribute }) => !(isCall && attribute.id === "mcp.methodName"))
    .map(({ attribute, literals }) => {
      const text = phrase(attribute, literals);
      return isCall && text.startsWith("/") ? `on ${text}` : text;
    });
  return phrases.length === 0 ? "any request" : phrases.join(" ");
}

/** A region that names no operation begins with its place or its caller: in a sentence it is requests of that kind. */
export function asRequests(region: string): string {
  return /^(?:at|by|on|under|with|without|for|of|where) /.test(region) ? `requests ${region}` : region;
}

const order: readonly string[] = [
  "request.method",
  "mcp.methodName",
  "mcp.tool.name",
  "mcp.prompt.name",
  "mcp.resource.uri",
  "llm.provider",
  "llm.requestModel",
  "event.operation",
  "event.type",
  "event.topic",
  "request.path",
  "request.host",
  "destination.port",
  "source.principal",
  "client.id",
  "client.groups",
  "jwt.iss",
  "jwt.aud",
  "jwt.sub",
];

function rank({ id, sort }: Attribute): number {
  const at = order.indexOf(id);
  return sort === "opaque" ? order.length + 1 : at < 0 ? order.length : at;
}

function phrase(attribute: Attribute, literals: readonly Literal[]): string {
  const text = testsInWords(attribute, literals);
  const name = attribute.keys.join(".");
  const isNamed = literals.some((literal) => !literal.negated);
  switch (attribute.id) {
    case "request.method":
      return isNamed ? text : `any method ${text}`;
    case "request.path":
      return isNamed ? `${preposition(literals)}${text}` : `on any path ${text}`;
    case "request.host":
      return `at ${isNamed ? "host" : "any host"} ${text}`;
    case "destination.port":
      return `at ${isNamed ? "port" : "any port"} ${text}`;
    case "source.principal":
      return caller(attribute, literals, byPrincipal);
    case "client.id":
      return caller(attribute, literals, byClient);
    case "client.groups":
      return `by a client with groups ${text}`;
    case "mcp.methodName":
      return text;
    case "mcp.tool.name":
      return isPresence(literals) ? "any tool" : `${isNamed ? "tool" : "any tool"} ${text}`;
    case "mcp.prompt.name":
      return isPresence(literals) ? "any prompt" : `${isNamed ? "prompt" : "any prompt"} ${text}`;
    case "mcp.resource.uri":
      return isPresence(literals) ? "any resource" : `resource ${text}`;
    case "llm.requestModel":
      return `${isNamed ? "model" : "any model"} ${text}`;
    case "jwt.iss":
      return caller(attribute, literals, withToken);
    case "jwt.sub":
      return `of ${isNamed ? "subject" : "any subject"} ${text}`;
    case "jwt.aud":
      return `for audience ${text.replace(/^containing /, "")}`;
    case "jwt.claims":
      return `with claim ${name} ${text}`;
    case "request.headers":
      return `with header ${name} ${text}`;
    case "request.query":
      return `with query parameter ${name} ${text}`;
    case "mcp.tool.arguments":
      return `with argument ${name} ${text}`;
    case "opaque":
      return "where a condition that cannot be compared decides";
    default:
      return `with ${attribute.key} ${text}`;
  }
}

function isPresence([only, ...more]: readonly Literal[]): boolean {
  return only !== undefined && more.length === 0 && only.test.test === "present" && !only.negated;
}

/** What holds, then what does not: `/v1/** but not /v1/search or /v1/all`. */
function testsInWords(attribute: Attribute, literals: readonly Literal[]): string {
  const sorted = [...literals].sort((a, b) => (literalKey(a) < literalKey(b) ? -1 : 1));
  const holding = sorted.filter((literal) => !literal.negated);
  const isText = ({ test }: Literal): boolean =>
    test.test === "text" || (test.test === "member" && attribute.sort !== "any" && isScalar(attribute));
  const failing = sorted.filter((literal) => literal.negated);
  const names = failing.filter(isText).map(({ test }) => stated(test, attribute).replace(/^containing /, ""));
  const said = [
    ...holding.map(({ test }) => stated(test, attribute)),
    ...failing.filter((literal) => !isText(literal)).map(({ test }) => denied(test, attribute)),
  ];
  const texts = [...new Set(said)].join(" and ");
  if (names.length === 0) return texts;
  const except = `${holding.length > 0 ? "but not" : "but"} ${names.join(" or ")}`;
  return texts === "" ? except : `${texts} ${except}`;
}

/** A text of which a test on members is a test on itself: `jwt.iss`, not `jwt.aud`. */
function isScalar({ sort, id }: Attribute): boolean {
  return sort === "text" && !["jwt.aud", "client.groups", "request.headers", "request.query"].includes(id);
}

interface CallerWords {
  readonly named: (names: string) => string;
  /** Anybody else, whoever that is or nobody known. */
  readonly notNamed: (names: string) => string;
  /** Somebody known, but none of these. */
  readonly other: (names: string) => string;
  readonly present: string;
  readonly absent: string;
}

const byPrincipal: CallerWords = {
  named: (names) => `by ${names}`,
  notNamed: (names) => `by anybody but ${names}`,
  other: (names) => `by anybody with a certificate but ${names}`,
  present: "by anybody with a certificate",
  absent: "by anybody without a certificate",
};
const byClient: CallerWords = {
  named: (names) => `by client ${names}`,
  notNamed: (names) => `by anybody but client ${names}`,
  other: (names) => `by any client but ${names}`,
  present: "by any client",
  absent: "by no known client",
};
const withToken: CallerWords = {
  named: (names) => `with a token of ${names}`,
  notNamed: (names) => `without a token of ${names}`,
  other: (names) => `with a token, but not of ${names}`,
  present: "with a token",
  absent: "without a token",
};

function caller(attribute: Attribute, literals: readonly Literal[], words: CallerWords): string {
  const presence = literals.find((literal) => literal.test.test === "present");
  const said = literals.filter((literal) => literal !== presence);
  if (said.length === 0) return presence?.negated ? words.absent : words.present;
  const text = testsInWords(attribute, said);
  if (said.some((literal) => !literal.negated)) return words.named(text);
  const names = text.replace(/^but /, "");
  return presence === undefined ? words.notNamed(names) : words.other(names);
}

/** `under` what starts with the path; nothing before one path. */
function preposition(literals: readonly Literal[]): string {
  const first = literals.find((literal) => !literal.negated);
  if (first?.test.test !== "text" || first.test.pattern.kind === "oneOf") return "";
  const last = first.test.pattern.parts.at(-1);
  if (last === undefined || !("any" in last) || last.any !== "chars") return "on ";
  return startOf(first.test.pattern.parts) === undefined ? "under " : "on paths that start with ";
}

/** The text of a plain prefix that does not end at a segment: `/payments`, which `/paymentsadmin` starts with, too. */
function startOf(parts: readonly TextPart[]): string | undefined {
  const [head, tail, ...more] = joinedParts(parts);
  const isPrefix = more.length === 0 && tail !== undefined && "any" in tail && tail.any === "chars";
  return isPrefix && head !== undefined && "literal" in head && !head.literal.endsWith("/")
    ? head.literal
    : undefined;
}

function stated(test: Test, attribute: Attribute): string {
  const isPath = attribute.sort === "path";
  const isPrincipal = attribute.id === "source.principal";
  switch (test.test) {
    case "present":
      return "present";
    case "type":
      return `of type ${test.type}`;
    case "text":
      return (isPrincipal && workloadsOf(test.pattern)) || describePattern(test.pattern, isPath);
    case "boolean":
      return String(test.value);
    case "range":
      return describeRange(test, attribute);
    case "cidr":
      return `in ${test.network}`;
    case "member":
      if (isScalar(attribute)) return describePattern(test.pattern, isPath);
      return isAnything(test.pattern)
        ? "being or containing a text"
        : `containing ${describePattern(test.pattern, isPath)}`;
    case "opaque":
      return test.value;
  }
}

function denied(test: Test, attribute: Attribute): string {
  switch (test.test) {
    case "present":
      return "absent";
    case "type":
      return `not of type ${test.type}`;
    case "member":
      return isAnything(test.pattern) ? "absent or without a text" : `not ${stated(test, attribute)}`;
    case "text":
    case "boolean":
    case "range":
    case "cidr":
    case "opaque":
      return `not ${stated(test, attribute)}`;
  }
}

function isAnything(pattern: TextPattern): boolean {
  return describePattern(pattern, false) === "*";
}

function describeRange(test: Extract<Test, { readonly test: "range" }>, attribute: Attribute): string {
  if (test.min !== undefined && test.min === test.max) return quantity(test.min, attribute);
  const low = test.min === undefined ? [] : [`${test.minOpen ? ">" : ">="} ${quantity(test.min, attribute)}`];
  const high =
    test.max === undefined ? [] : [`${test.maxOpen ? "<" : "<="} ${quantity(test.max, attribute)}`];
  const bounds = [...low, ...high].join(" and ");
  return bounds === "" ? (test.integer ? "a whole number" : "a number") : bounds;
}

/** A number in the unit that its users write: a time, a duration, else as it is. */
function quantity(value: number, { id }: Attribute): string {
  switch (id) {
    case "context.time":
      return timeText(value);
    case "credential.ttl":
    case "credential.age":
      return durationText(value);
    default:
      return String(value);
  }
}

/** What a pattern says of a SPIFFE ID, where it says no more than a namespace, a service account or a trust domain. */
function workloadsOf(pattern: TextPattern): string | undefined {
  if (pattern.kind !== "sequence" || pattern.ignoreCase) return undefined;
  const text = describePattern(pattern, false).replace(/^spiffe:\/\//, "");
  const [, domain = "", rest = ""] = /^([^/]+)\/(.*)$/.exec(text) ?? [];
  if (!/^(?:\*|[a-z0-9._-]+)$/.test(domain)) return undefined;
  const within = domain === "*" ? "" : ` of ${domain}`;
  const [, namespace, account] = /^ns\/([^/*]+|\*)\/(?:sa\/)?([^/*]+|\*)$/.exec(rest) ?? [];
  if (rest === "*") return domain === "*" ? undefined : `any workload of trust domain ${domain}`;
  if (namespace === undefined || account === undefined) return undefined;
  if (namespace === "*")
    return account === "*"
      ? `any workload${domain === "*" ? "" : ` of trust domain ${domain}`}`
      : `any service account ${account}${within}`;
  return account === "*"
    ? `any workload of namespace ${namespace}${within}`
    : `service account ${account} of namespace ${namespace}${within}`;
}

const shownValues = 3;

/** `*` is one segment of a path, `**` anything; elsewhere `*` is anything. */
export function describePattern(pattern: TextPattern, isPath: boolean): string {
  const ignoreCase = pattern.ignoreCase ? " (in any case)" : "";
  if (pattern.kind === "sequence") {
    const start = isPath ? startOf(pattern.parts) : undefined;
    if (start !== undefined) return start + ignoreCase;
    const text = joinedParts(pattern.parts)
      .map((part) => describePart(part, isPath))
      .join("");
    return (text === "" ? '""' : text) + ignoreCase;
  }
  const values = pattern.values.map((value) => (value === "" ? '""' : value));
  const more = values.length - shownValues;
  const shown = more > 0 ? [...values.slice(0, shownValues), `${more} more`] : values;
  const last = shown.at(-1) ?? "nothing";
  return (shown.length < 2 ? last : `${shown.slice(0, -1).join(", ")} or ${last}`) + ignoreCase;
}

function describePart(part: TextPart, isPath: boolean): string {
  if ("literal" in part) return part.literal;
  // A group around the whole says nothing to its reader.
  if ("regex" in part) return `{${part.regex.replace(/^\(\?:([^()|]*)\)$/, "$1")}}`;
  return part.any === "chars" && isPath ? "**" : "*";
}
