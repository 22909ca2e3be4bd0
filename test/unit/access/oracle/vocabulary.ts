/**
 * The attributes and tests of random pairs: the full predicate set, over few words, so that tests of one attribute
 * overlap, contain and exclude each other often.
 */
import { type Attribute, opaqueAttribute } from "../../../../server/src/access/attribute.ts";
import { attribute } from "../../../../server/src/access/catalogue.ts";
import type { JsonType, OpaqueAtom, Test } from "../../../../server/src/access/predicate.ts";
import {
  containing,
  exactly,
  fullMatch,
  ignoringCase,
  oneOf,
  pathTemplate,
  prefix,
  search,
  sequence,
  suffix,
  type TextPattern,
} from "../../../../server/src/access/text-pattern.ts";
import type { Random } from "../support/random-functions.ts";

export interface Subject {
  readonly attribute: Attribute;
  test(source: Random): Test;
}

type Make<T> = (source: Random) => T;

const one = <T>(...makers: readonly Make<T>[]): Make<T> => {
  return (source) => source.pick(makers)(source);
};
const text = (pattern: TextPattern): Test => ({ test: "text", pattern });
const member = (pattern: TextPattern): Test => ({ test: "member", pattern });
const present: Test = { test: "present" };

const several = (source: Random, words: readonly string[]): readonly string[] => {
  const picked = Array.from({ length: 1 + source.below(3) }, () => source.pick(words));
  return [...new Set(picked)];
};
const anyCase = (source: Random, word: string): string => (source.chance(0.5) ? word.toUpperCase() : word);
const chars = { any: "chars" } as const;
const segment = { any: "segment" } as const;

const methods = ["GET", "POST", "PUT", "DELETE", "PATCH"];
const segments = ["v1", "admin", "users", "a", "b"];
const paths = [
  "/v1",
  "/v1/users",
  "/v1/admin",
  "/v1/users/a",
  "/v2/users",
  "/admin",
  "/a",
  "/a/b",
  "/ab",
  "/b/a",
];
const templates = ["/v1/{id}", "/{v}/users", "/v1/users/{id}", "/v1/{kind}/{id}", "/{a}", "/{v}/admin"];
const path: Make<string> = (source) => source.pick(paths);
const template: Make<string> = (source) => source.pick(templates);

const pathPattern = one<TextPattern>(
  (source) => exactly(path(source)),
  (source) => oneOf([path(source), path(source)]),
  (source) => prefix(path(source)),
  (source) => prefix(`${path(source)}/`),
  (source) => suffix(`/${source.pick(segments)}`),
  (source) => containing(source.pick(["admin", "/a", "users/", "b"])),
  (source) => pathTemplate(template(source)),
  (source) => sequence({ literal: `${path(source)}/` }, segment, { literal: "/" }, chars),
  // A glob with several wildcards.
  (source) =>
    sequence({ literal: "/" }, chars, { literal: `/${source.pick(["users", "a"])}/` }, chars, {
      literal: source.pick(["", "b"]),
    }),
  (source) => ignoringCase(exactly(path(source))),
  (source) =>
    fullMatch(
      source.pick([
        "/v[12]/.*",
        "/v\\d+(/users)?",
        "/(a|b)+(/.*)?",
        "/[^/]+/admin",
        "/v1/(users|admin)/[a-z]{2,3}",
        "/(?i:admin)/.*",
        "/a*b?/[^/]*",
      ]),
    ),
  (source) => search(source.pick(["/admin(/|$)", "^/v1", "s/a", "[ab]b$", "/v[13]/"])),
);

const words = ["alice", "al", "bob", "bo", "ab"];
const wordPattern = one<TextPattern>(
  (source) => exactly(source.pick(words)),
  (source) => oneOf(several(source, words)),
  (source) => prefix(source.pick(["a", "al", "b", "bo"])),
  (source) => suffix(source.pick(["b", "ce", "o"])),
  (source) => containing(source.pick(["l", "b", "ic"])),
  (source) =>
    sequence(chars, { literal: source.pick(["a", "b"]) }, chars, { literal: source.pick(["b", "c"]) }, chars),
  (source) => ignoringCase(oneOf(several(source, words).map((word) => anyCase(source, word)))),
  (source) => ignoringCase(prefix(source.pick(["AL", "bO", "k"]))),
  (source) => ignoringCase(fullMatch(source.pick(["[a-k]+", "al.*", "(bo|ab)b?"]))),
  (source) => fullMatch(source.pick(["[a-l]+", "(?i)ALICE", "b.b|al", "\\w{2}", "[^b]*", "(?s:.)*e"])),
  (source) => search(source.pick(["b$", "^a", "l?i", "[^a-z]"])),
);

const trustDomains = ["prod.acme", "test.acme"];
const namespaces = ["pay", "qa"];
const accounts = ["web", "api", "api-2"];
const spiffe = (source: Random) =>
  `spiffe://${source.pick(trustDomains)}/ns/${source.pick(namespaces)}/sa/${source.pick(accounts)}`;
const principalPattern = one<TextPattern>(
  (source) => exactly(spiffe(source)),
  (source) => oneOf([spiffe(source), spiffe(source)]),
  (source) => prefix(`spiffe://${source.pick(trustDomains)}/ns/${source.pick(namespaces)}/`),
  (source) => prefix(`spiffe://${source.pick(trustDomains)}/`),
  (source) => suffix(`/sa/${source.pick(accounts)}`),
  (source) =>
    sequence({ literal: "spiffe://" }, segment, { literal: `/ns/${source.pick(namespaces)}/sa/` }, segment),
  (source) => fullMatch(`spiffe://[^/]+/ns/${source.pick(namespaces)}/sa/.*`),
  (source) => sequence(chars, { literal: `/ns/${source.pick(namespaces)}/` }, chars),
);

const hosts = ["acme.example", "api.acme.example", "www.acme.example"];
const hostPattern = one<TextPattern>(
  (source) => exactly(source.pick(hosts)),
  (source) => suffix(source.pick([".acme.example", "acme.example", ".example"])),
  (source) => prefix(source.pick(["api.", "www."])),
  (source) => ignoringCase(exactly(anyCase(source, source.pick(hosts)))),
  () => sequence(segment, { literal: ".example" }),
  (source) => fullMatch(source.pick(["(api|www)\\.acme\\.example", "[a-z]+\\..*"])),
);

const range =
  (low: number, high: number, step: number, isWhole: boolean): Make<Test> =>
  (source) => {
    const steps = Math.round((high - low) / step);
    const bound = () => Number((low + source.below(steps + 1) * step).toFixed(3));
    const [one, other] = [bound(), bound()].sort((a, b) => a - b) as [number, number];
    const hasMin = source.chance(0.7);
    const hasMax = !hasMin || source.chance(0.6);
    return {
      test: "range",
      ...(hasMin ? { min: one, ...(source.chance(0.3) ? { minOpen: true as const } : {}) } : {}),
      ...(hasMax ? { max: other, ...(source.chance(0.3) ? { maxOpen: true as const } : {}) } : {}),
      ...(!isWhole && source.chance(0.2) ? { integer: true as const } : {}),
    };
  };

const networks = [
  "10.0.0.0/8",
  "10.1.0.0/16",
  "10.1.128.0/17",
  "10.1.2.3/32",
  "192.168.0.0/16",
  "0.0.0.0/0",
  "2001:db8::/32",
  "2001:db8:1::/48",
  "2001:db8:1:8000::/49",
  "::/0",
];
const addresses = ["10.1.2.3", "10.1.200.1", "192.168.7.7", "2001:db8:1::1", "2001:db8:1:8000::1"];

const groups = ["staff", "admins", "st-1", "ops"];
const groupPattern = one<TextPattern>(
  (source) => exactly(source.pick(groups)),
  (source) => exactly(source.pick(groups)),
  (source) => oneOf(several(source, groups)),
  (source) => prefix(source.pick(["st", "a"])),
  (source) => ignoringCase(exactly(anyCase(source, source.pick(groups)))),
  (source) => fullMatch(source.pick(["st.*", "(ops|admins)", "[a-z]+"])),
);

const types: readonly JsonType[] = ["text", "number", "boolean", "list", "map", "null"];
const type: Make<Test> = (source) => ({ test: "type", type: source.pick(types) });
const truth: Make<Test> = (source) => ({ test: "boolean", value: source.chance(0.5) });
const scalar: Make<Test> = (source) => ({ test: "member", pattern: groupPattern(source), scalar: true });
const members: Make<Test> = (source) => member(groupPattern(source));
const isPresent: Make<Test> = () => present;

/** A test of the kind mostly, of its presence sometimes. */
const mostly = (main: Make<Test>, share = 0.1): Make<Test> => {
  return (source) => (source.chance(share) ? present : main(source));
};
const textOf = (pattern: Make<TextPattern>): Make<Test> => mostly((source) => text(pattern(source)));

const subject = (on: Attribute, test: Make<Test>): Subject => ({ attribute: on, test });

export const subjects: readonly Subject[] = [
  subject(
    attribute("request.method"),
    textOf((source) => oneOf(several(source, methods))),
  ),
  subject(attribute("request.path"), textOf(pathPattern)),
  subject(attribute("request.host"), textOf(hostPattern)),
  subject(attribute("source.principal"), textOf(principalPattern)),
  subject(attribute("jwt.sub"), textOf(wordPattern)),
  subject(
    attribute("source.ip"),
    mostly(
      one(
        (source) => ({ test: "cidr", network: source.pick(networks) }),
        (source) => ({ test: "cidr", network: source.pick(networks) }),
        (source) => text(oneOf(several(source, addresses))),
      ),
    ),
  ),
  subject(attribute("destination.port"), mostly(range(8000, 8010, 1, true))),
  subject(attribute("llm.params.max_tokens"), mostly(range(-2, 6, 0.5, true))),
  subject(attribute("credential.ttl"), mostly(range(0, 3, 0.25, false))),
  subject(attribute("context.time"), mostly(range(1_768_460_000, 1_768_460_006, 0.5, false))),
  subject(attribute("request.headers", "x-team"), mostly(members)),
  subject(attribute("request.query", "q"), mostly(members)),
  subject(attribute("jwt.aud"), mostly(members)),
  subject(attribute("client.groups"), mostly(members)),
  subject(
    attribute("event.operation"),
    textOf((source) => exactly(source.pick(["publish", "consume"]))),
  ),
  subject(attribute("transport"), (source) => text(exactly(source.pick(["http", "tcp"])))),
  subject(
    attribute("jwt.claims", "groups"),
    one(members, members, scalar, type, isPresent, textOf(wordPattern)),
  ),
  subject(
    attribute("jwt.claims", "level"),
    one(range(0, 3, 0.5, false), truth, type, isPresent, (source) => text(exactly(source.pick(words)))),
  ),
  subject(attribute("jwt.claims", "act"), one(isPresent, type)),
  subject(attribute("jwt.claims", "act", "sub"), one(textOf(wordPattern), isPresent, scalar)),
  subject(
    attribute("mcp.methodName"),
    textOf((source) => oneOf(several(source, ["tools/call", "prompts/get"]))),
  ),
  subject(
    attribute("mcp.tool.name"),
    textOf((source) => oneOf(several(source, ["refund", "lookup"]))),
  ),
  subject(attribute("mcp.tool.arguments", "amount"), one(range(0, 3, 0.5, false), type, isPresent)),
];

/** Subjects that say more together than each alone: the parts and wholes of one thing. */
export const families: readonly (readonly string[])[] = [
  ["jwt.claims.act", "jwt.claims.act.sub"],
  ["mcp.methodName", "mcp.tool.name", "mcp.tool.arguments.amount"],
  ["request.path", "request.query.q"],
];

export const atoms: readonly OpaqueAtom[] = ["working-hours", "risk", "lua"].map((id) => ({
  attribute: opaqueAttribute(id),
  text: `condition ${id}`,
  reason: "not expressible",
}));

export const atomTest: Make<Test> = (source) => ({
  test: "opaque",
  value: source.pick(["true", "false", "error"] as const),
});
