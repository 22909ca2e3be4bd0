/** Sets of identities, patterns of SPIFFE IDs and conditions with names. */
import { describe, expect, test } from "vitest";
import { matchesPattern } from "../../../server/src/access/match-pattern.ts";
import { spiffeIdPatternMistake, spiffeIdTexts } from "../../../server/src/policy/spiffe-id-pattern.ts";
import { build, schemaFindings, short } from "./support.ts";

const plane = (identities: string, policy: string): string => `apiVersion: plumbline/v1
kind: ControlPlane
metadata: { name: shop }
spec:
  trustDomains: { prod.example: {} }
  environments: { production: {} }
---
apiVersion: plumbline/v1
kind: Inventory
metadata: { name: shop }
spec:
  identities:
    web: { type: workload, spiffeId: "spiffe://prod.example/ns/shop/sa/web" }
    jobs: { type: workload, spiffeIdPattern: "spiffe://prod.example/ns/batch/sa/*" }
${identities}
  resources:
    ledger: { type: service, operations: ["GET /entries", "POST /entries"] }
---
apiVersion: plumbline/v1
kind: Policy
metadata: { name: ledger }
spec:
${policy}
`;
const rules = (subjects: string, more = ""): string =>
  `  rules:\n    - { name: read, effect: allow, subjects: ${subjects}, on: [{ resource: ledger }]${more} }`;
const built = (identities: string, policy: string) => build({ "a.plumb.yaml": plane(identities, policy) });

describe("sets of identities", () => {
  test("a rule that names a set has its members, each once, at the place of the name", () => {
    const { set, problems } = built(
      "    inside: { type: set, of: [web, all-jobs] }\n    all-jobs: { type: set, of: [jobs, web] }",
      rules("[inside, jobs]"),
    );
    expect(problems).toEqual([]);
    const subjects = set.policies[0]?.rules[0]?.subjects ?? [];
    expect(subjects.map(({ text }) => text)).toEqual(["web", "jobs"]);
    const [first] = subjects;
    expect(first?.place.block.text.slice(first.place.start, first.place.end)).toBe("inside");
  });

  test("a member that nobody declared, and a circle, have one finding each", () => {
    const { problems } = built(
      "    one: { type: set, of: [two, webb] }\n    two: { type: set, of: [one] }",
      rules("[one]"),
    );
    expect(problems.map(short)).toEqual([
      "reference/unknown-identity «webb» -> web",
      "reference/set-cycle «two»",
    ]);
  });

  test("a chain of thousands of sets is no matter", () => {
    const count = 5_000;
    const sets = Array.from(
      { length: count },
      (_, index) => `    s${index}: { type: set, of: [${index + 1 < count ? `s${index + 1}` : "web"}] }`,
    );
    const { set } = built(sets.join("\n"), rules("[s0]"));
    expect(set.policies[0]?.rules[0]?.subjects?.map(({ text }) => text)).toEqual(["web"]);
  });
});

describe("patterns of SPIFFE IDs", () => {
  test.each([
    ["spiffe://prod.example/ns/*/sa/web", undefined],
    ["spiffe://prod.example/ns/batch/**", undefined],
    ["spiffe://*/ns/batch", "spiffe://[*]/ns/batch"],
    ["spiffe://prod.example/ns/**/sa/web", "spiffe://prod.example/ns/[**]/sa/web"],
    ["spiffe://prod.example/ns/batch-*", "spiffe://prod.example/ns/[batch-*]"],
    ["spiffe://prod.example//sa/*", "spiffe://prod.example[//]sa/*"],
    ["http://prod.example/*", "[http://]prod.example/*"],
  ])("%s", (pattern, expected) => {
    const found = spiffeIdPatternMistake(pattern);
    const shown =
      found &&
      `${pattern.slice(0, found.start)}[${pattern.slice(found.start, found.end)}]${pattern.slice(found.end)}`;
    expect(shown).toBe(expected);
  });

  test("`*` is one whole segment, `**` one or more", () => {
    const matches = (pattern: string, id: string) => matchesPattern(spiffeIdTexts(pattern), id);
    const one = "spiffe://prod.example/ns/*/sa/web";
    expect(matches(one, "spiffe://prod.example/ns/shop/sa/web")).toBe(true);
    expect(matches(one, "spiffe://prod.example/ns/a/b/sa/web")).toBe(false);
    expect(matches(one, "spiffe://prod.example/ns/shop/sa/web2")).toBe(false);
    const rest = "spiffe://prod.example/ns/ai/**";
    expect(matches(rest, "spiffe://prod.example/ns/ai/sa/x")).toBe(true);
    expect(matches(rest, "spiffe://prod.example/ns/ai")).toBe(false);
    expect(matches(rest, "spiffe://prod.example/ns/aide/x")).toBe(false);
  });

  test("a mistake is shown in the file, an unknown trust domain too", () => {
    const text = (pattern: string) =>
      plane(`    x: { type: agent, spiffeIdPattern: "${pattern}" }`, rules("[web]"));
    expect(schemaFindings(text("spiffe://prod.example/ns/x-*"))).toEqual(["schema/spiffe-id «x-*»"]);
    expect(build({ "a.plumb.yaml": text("spiffe://prod.exampl/ns/*") }).problems.map(short)).toEqual([
      "reference/unknown-trust-domain «prod.exampl» -> prod.example",
    ]);
  });
});

describe("conditions with names", () => {
  const policy = (conditions: string, more: string): string =>
    `  conditions:\n${conditions}\n${rules("[web]", more)}`;

  test("all of them have to hold, and the rule's own", () => {
    const { set, problems } = built(
      "",
      policy(
        '    get: request.method == "GET" // reading\n    short: request.path.size() < 20',
        ", conditions: [get, short], condition: request.path.startsWith('/entries')",
      ),
    );
    expect(problems).toEqual([]);
    const condition = set.policies[0]?.rules[0]?.condition;
    const evaluate = (method: string, path: string) =>
      condition?.compiled.evaluate({ traffic: "api", http: { method, path } }).value;
    expect(evaluate("GET", "/entries")).toBe("true");
    expect(evaluate("POST", "/entries")).toBe("false");
    expect(evaluate("GET", "/other")).toBe("false");
    expect(evaluate("GET", "/entries/of/a/very/long/path")).toBe("false");
  });

  test("mistakes stand where they are written, once for all rules", () => {
    const { problems } = built(
      "",
      `  conditions:\n    get: request.metod == "GET"\n  rules:\n    - { name: a, effect: allow, subjects: [web], on: [{ resource: ledger }], conditions: [get] }\n    - { name: b, effect: allow, subjects: [web], on: [{ resource: ledger }], conditions: [get], condition: request.pth == "/" }`,
    );
    expect([...new Set(problems.map(short))]).toEqual([
      "cel/unknown-field «metod» -> method",
      "cel/unknown-field «pth» -> path",
    ]);
  });

  test("an unknown name is one finding; the allow then allows nothing, the deny still denies", () => {
    const { set, problems } = built(
      "",
      `  conditions: { get: "true" }\n  rules:\n    - { name: a, effect: allow, subjects: [web], on: [{ resource: ledger }], conditions: [gett] }\n    - { name: d, effect: deny, on: [{ resource: ledger }], conditions: [gett, get] }`,
    );
    expect(problems.map(short)).toEqual([
      "reference/unknown-condition «gett» -> get",
      "reference/unknown-condition «gett» -> get",
    ]);
    expect(set.policies[0]?.rules.map((rule) => rule.unsound)).toEqual([true, true]);
  });

  test("a condition that no rule asks for is checked all the same", () => {
    const { problems } = built("", policy("    broken: request.method ==", ""));
    expect(problems.map(({ code }) => code)).toEqual(["cel/syntax"]);
  });
});
