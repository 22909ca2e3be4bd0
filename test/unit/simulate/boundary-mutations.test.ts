/** Each kind of mutation, on the rules of a small shop. */
import { describe, expect, test } from "vitest";
import { MutatedPolicy } from "../../../server/src/simulate/boundary/mutated-policy.ts";
import type { Mutation } from "../../../server/src/simulate/boundary/mutation.ts";
import { mutationsOf } from "../../../server/src/simulate/boundary/mutations-of.ts";
import { at } from "../policy/support.ts";
import { call, http, list, shop } from "./shop.ts";

function mutated(...rules: readonly (string | { readonly audit: string })[]) {
  const { set, production } = shop(...rules);
  const policy = new MutatedPolicy(set, production);
  const mutations = mutationsOf(policy);
  const named = (id: string): Mutation => {
    const found = mutations.find((one) => one.id === id);
    if (found === undefined)
      throw new Error(`${id} is none of\n${mutations.map((one) => one.id).join("\n")}`);
    return found;
  };
  return {
    policy,
    mutations,
    named,
    ids: mutations.map((one) => one.id),
    /** `allow -> deny`: the decision as the policy stands, and with the mutation. */
    decided: (id: string, asked: Parameters<typeof policy.situation>[0]): string => {
      const situation = policy.situation(asked);
      return `${situation.verdict.decision} -> ${policy.under(situation, named(id)).decision}`;
    },
  };
}

const checkout = { source: { principal: "spiffe://prod.example/ns/shop/sa/checkout" } };
const neighbour = { source: { principal: "spiffe://prod.example/ns/shop/sa/other" } };
const staffToken = { iss: "https://login.example", sub: "alice", aud: ["https://api.example"] };
const staff = { jwt: { ...staffToken, claims: { groups: ["support"] } } };

const reading = `- name: read
  effect: allow
  subjects: [checkout, staff]
  on: [{ resource: payments, operations: [listPayments, getPayment] }]`;

describe("a rule that allows", () => {
  const it = mutated(reading);

  test("its mutations, in the order of the rule, each once", () => {
    expect(it.ids.filter((id) => id.startsWith("p0/"))).toEqual([
      "p0/read: the rule is removed",
      "p0/read: allow becomes deny",
      "p0/read: subject checkout is dropped",
      "p0/read: subject staff is dropped",
      "p0/read: the subjects are not restricted",
      "p0/read: operation listPayments is dropped",
      "p0/read: operation getPayment is dropped",
      "p0/read: the operations of payments are not restricted",
    ]);
  });

  test("each has a place of its own", () => {
    const place = (id: string) => at(it.named(id).place);
    expect(place("p0/read: the rule is removed")).toBe("read");
    expect(place("p0/read: subject staff is dropped")).toBe("staff");
    expect(place("p0/read: operation getPayment is dropped")).toBe("getPayment");
  });

  const listing = { traffic: "api", ...http("GET", "/v1/payments") } as const;

  test.each([
    ["p0/read: the rule is removed", { ...listing, ...checkout }, "allow -> deny"],
    ["p0/read: allow becomes deny", { ...listing, ...checkout }, "allow -> deny"],
    ["p0/read: subject checkout is dropped", { ...listing, ...checkout }, "allow -> deny"],
    ["p0/read: subject checkout is dropped", { ...listing, ...staff }, "allow -> allow"],
    ["p0/read: the subjects are not restricted", listing, "deny -> allow"],
    ["p0/read: operation listPayments is dropped", { ...listing, ...staff }, "allow -> deny"],
    [
      "p0/read: the operations of payments are not restricted",
      { traffic: "api", ...http("DELETE", "/v1/payments/1"), ...checkout },
      "deny -> allow",
    ],
  ] as const)("%s", (id, asked, expected) => {
    expect(it.decided(id, asked)).toBe(expected);
  });
});

describe("what names expand to", () => {
  const it = mutated(reading, reading.replace("name: read", "name: again"));

  test("a predicate changes in all rules that the name brings it into", () => {
    const id = 'callers: "by spiffe://prod.example/ns/shop/sa/checkout" is not checked';
    expect(it.named(id).rules.map((rule) => rule.id)).toEqual(["p0/read", "p1/again"]);
  });

  const listing = { traffic: "api", ...http("GET", "/v1/payments") } as const;

  test.each([
    ['callers: "by spiffe://prod.example/ns/shop/sa/checkout" is not checked', { ...listing, ...neighbour }],
    [
      'callers: "by spiffe://prod.example/ns/shop/sa/checkout" becomes "by any workload of namespace shop of prod.example"',
      { ...listing, ...neighbour },
    ],
    [
      'callers: "with a token of https://login.example" is not checked',
      { ...listing, jwt: { ...staff.jwt, iss: "https://login.evil.example" } },
    ],
    [
      'callers: "for audience https://api.example" is not checked',
      { ...listing, jwt: { ...staff.jwt, aud: ["https://other.example"] } },
    ],
    ['callers: "with claim groups containing support" is not checked', { ...listing, jwt: staffToken }],
    [
      'callers: "with claim act absent" is not checked',
      { ...listing, jwt: { ...staffToken, claims: { groups: ["support"], act: { sub: "somebody" } } } },
    ],
    [
      'payments: "at host api.acme.example" is not checked',
      {
        traffic: "api",
        destination: { resource: "payments" },
        http: { method: "GET", host: "other.example", path: "/v1/payments" },
        ...checkout,
      },
    ],
    ['payments: "GET" is not checked', { ...listing, ...http("HEAD", "/v1/payments"), ...checkout }],
    ['payments: "/v1/payments" is not checked', { ...listing, ...http("GET", "/v1/other"), ...checkout }],
    [
      'payments: "/v1/payments" becomes "under /v1/payments/**"',
      { ...listing, ...http("GET", "/v1/payments/1/events"), ...checkout },
    ],
  ] as const)("%s", (id, asked) => {
    expect(it.decided(id, asked)).toBe("deny -> allow");
  });
});

describe("delegation", () => {
  const it = mutated(`- name: refund
  effect: allow
  subjects: [copilot]
  onBehalfOf: [staff, admins]
  on: [{ resource: tools, tools: [refund] }]`);
  const copilot = "spiffe://prod.example/ns/ai/sa/copilot";
  const delegated = (groups: readonly string[]) => ({
    traffic: "ai" as const,
    ...call("refund"),
    source: { principal: copilot },
    jwt: { ...staffToken, claims: { groups, act: { sub: copilot } } },
  });

  test.each([
    ["p0/refund: delegator admins is dropped", delegated(["support"]), "allow -> allow"],
    [
      "p0/refund: onBehalfOf is dropped",
      { traffic: "ai" as const, ...call("refund"), source: { principal: copilot } },
      "deny -> allow",
    ],
    ["p0/refund: onBehalfOf is dropped", delegated(["support"]), "allow -> deny"],
    [
      `callers: "with claim act.sub ${copilot}" is not checked`,
      { ...delegated(["support"]), jwt: { ...staffToken, claims: { groups: ["support"] } } },
      "deny -> allow",
    ],
  ] as const)("%s", (id, asked, expected) => {
    expect(it.decided(id, asked)).toBe(expected);
  });

  test("mutations that say the same are one: the copilot acts for staff only", () => {
    expect(it.ids).not.toContain("p0/refund: delegator staff is dropped");
    expect(it.decided("p0/refund: the rule is removed", delegated(["support"]))).toBe("allow -> deny");
  });

  test("the answer to tools/list follows the mutation", () => {
    const situation = it.policy.situation({ ...delegated(["support"]), ...list });
    expect(situation.verdict).toEqual({ decision: "allow", rules: [], listed: ["refund"] });
    const removed = it.named("p0/refund: the rule is removed");
    expect(it.policy.under(situation, removed)).toEqual({ decision: "deny", rules: [], listed: [] });
  });
});

describe("conditions and credentials", () => {
  const it = mutated(`- name: ask
  effect: allow
  subjects: [checkout]
  on: [{ resource: large }]
  condition: llm.params.max_tokens <= 100
  requires: { credential: { type: [x509-svid, jwt-svid], maxTtl: 15m, maxAge: 1m, boundTo: task } }`);
  const asked = (maxTokens: number, credential: object = {}) => ({
    traffic: "ai" as const,
    llm: { model: "gpt-large", provider: "openai", maxTokens },
    ...checkout,
    credential: { type: "x509-svid", ttl: "15m", age: "1m", boundTo: { kind: "task" }, ...credential },
  });

  test.each([
    ["condition llm.params.max_tokens <= 100 is not asked for", asked(101), "deny -> allow"],
    ["condition llm.params.max_tokens <= 100 is turned around", asked(100), "allow -> deny"],
    [
      "condition llm.params.max_tokens <= 100 becomes llm.params.max_tokens < 100",
      asked(100),
      "allow -> deny",
    ],
    [
      "condition llm.params.max_tokens <= 100 becomes llm.params.max_tokens <= 101",
      asked(101),
      "deny -> allow",
    ],
    ["maxTtl is not asked for", asked(1, { ttl: "1d" }), "deny -> allow"],
    ["maxTtl 15m becomes 899s", asked(1), "allow -> deny"],
    ["maxTtl 15m becomes 901s", asked(1, { ttl: "901s" }), "deny -> allow"],
    ["maxAge 1m becomes 59s", asked(1), "allow -> deny"],
    ["credential type x509-svid is dropped", asked(1), "allow -> deny"],
    ["the credential type is not asked for", asked(1, { type: "api-key" }), "deny -> allow"],
    ["boundTo task is not asked for", asked(1, { boundTo: { kind: "session" } }), "deny -> allow"],
    [
      '"with credential.boundTo.kind task" is turned around',
      asked(1, { boundTo: { kind: "session" } }),
      "deny -> allow",
    ],
  ] as const)("%s", (words, request, expected) => {
    expect(it.decided(`p0/ask: ${words}`, request)).toBe(expected);
  });
});

describe("a rule that denies", () => {
  const it =
    mutated(`- { name: all, effect: allow, anonymous: true, on: [{ resource: orders }, { resource: tools }] }
- name: stop
  effect: deny
  on: [{ resource: orders, events: { operation: publish, types: [order.placed, order.gone] } }, { resource: tools, tools: [refund], prompts: [hello] }]`);
  const publish = (type: string) => ({
    traffic: "event" as const,
    event: { topic: "orders", type, operation: "publish" as const },
  });

  test.each([
    ["p0/stop: the rule is removed", publish("order.placed"), "deny -> allow"],
    ["p0/stop: deny becomes allow", publish("order.placed"), "deny -> allow"],
    ["p0/stop: event type order.placed is dropped", publish("order.placed"), "deny -> allow"],
    [
      "p0/stop: publish on orders is not asked for",
      {
        ...publish("order.placed"),
        event: { ...publish("order.placed").event, operation: "consume" as const },
      },
      "allow -> deny",
    ],
    [
      "p0/stop: the target on tools is dropped",
      { traffic: "ai" as const, ...call("refund") },
      "deny -> allow",
    ],
    ["p0/stop: tool refund is dropped", { traffic: "ai" as const, ...call("refund") }, "deny -> allow"],
    [
      "p0/stop: the tools and prompts of tools are not restricted",
      { traffic: "ai" as const, ...call("lookup") },
      "allow -> deny",
    ],
  ] as const)("%s", (id, asked, expected) => {
    expect(it.decided(id, asked)).toBe(expected);
  });
});

test("what a policy in audit mode says is no mutation's business", () => {
  expect(mutated({ audit: reading }).ids).toEqual([]);
});

test("one rule's mutations alone", () => {
  const { set, production } = shop(reading, reading.replace("name: read", "name: again"));
  const found = mutationsOf(new MutatedPolicy(set, production), "p1/again");
  expect(new Set(found.flatMap((one) => one.rules.map((rule) => rule.id)))).toEqual(new Set(["p1/again"]));
});
