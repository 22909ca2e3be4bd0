/** Scenarios: the request in its own form, and the credentials of who makes it. */
import { expect, test } from "vitest";
import { decide } from "../../../server/src/simulate/decide.ts";
import { scenarioInteraction } from "../../../server/src/simulate/scenario.ts";
import { at, build, sourceOf } from "../policy/support.ts";
import { fixture, said } from "./shop.ts";

const rules = `
---
apiVersion: plumbline/v1
kind: Policy
metadata: { name: p }
spec:
  rules:
    - { name: refund, effect: allow, subjects: [copilot], onBehalfOf: [staff], on: [{ resource: tools, tools: [refund] }] }
    - { name: read, effect: allow, subjects: [staff, partner-app], on: [{ resource: payments }] }
`;

/** The interaction of one scenario, what is decided of it, or the finding. */
function run(scenario: string, files: Readonly<Record<string, string>> = {}) {
  const text = `---\napiVersion: plumbline/v1\nkind: Scenarios\nmetadata: { name: s }\nspec:\n  now: 2026-01-15T09:00:00Z\n  scenarios:\n    - { name: one, ${scenario}, expect: { decision: allow } }\n`;
  const texts = {
    "shop.plumb.yaml": fixture("inventory.plumb.yaml") + rules + text,
    "tools.json": fixture("tools.json"),
    ...files,
  };
  const { set } = build(texts);
  const [one] = set.scenarios;
  const environment = set.controlPlane.environments.get("production");
  if (one === undefined || environment === undefined) throw new Error("no scenario");
  const made = scenarioInteraction(one, set, environment, sourceOf(texts));
  if ("problem" in made)
    return { problem: made.problem, found: `${made.problem.message} «${at(made.problem.place)}»` };
  return { interaction: made.interaction, said: said(decide(set, environment, made.interaction)) };
}

const refund =
  "request: { mcp: { server: tools, method: tools/call, params: { name: refund, arguments: { amount: 5 } } } }";
const read = 'request: { http: { url: "https://api.acme.example/v1/payments" } }';

test("as: the credentials that prove the identity, for someone", () => {
  const made = run(
    `as: copilot, onBehalfOf: [{ id: alice, issuer: workforce, groups: [support] }], credential: { age: 2m }, ${refund}`,
  );
  expect(made.said).toBe("allow: allowed by p/refund");
  expect(made.interaction).toMatchObject({
    environment: "production",
    time: "2026-01-15T09:00:00Z",
    source: { principal: "spiffe://prod.example/ns/ai/sa/copilot" },
    credential: { type: "token-exchange", age: "2m" },
    jwt: {
      iss: "https://login.example",
      sub: "alice",
      claims: { groups: ["support"], act: { sub: "spiffe://prod.example/ns/ai/sa/copilot" } },
    },
  });
});

test("as: a token of a group, a client of a gateway", () => {
  expect(run(`as: staff, ${read}`).interaction?.jwt).toEqual({
    iss: "https://login.example",
    sub: "a-member-of-staff",
    aud: ["https://api.example"],
    claims: { groups: ["support"] },
  });
  expect(run(`as: staff, ${read}`).said).toBe("allow: allowed by p/read");
  expect(run(`as: partner-app, ${read}`)).toMatchObject({
    interaction: { client: { method: "key-auth", id: "partner" } },
    said: "allow: allowed by p/read",
  });
});

test("credentials that are shown, instead of as", () => {
  expect(
    run(
      `jwt: { iss: "https://login.example", aud: "https://api.example", claims: { groups: [support] } }, ${read}`,
    ).said,
  ).toBe("allow: allowed by p/read");
  expect(run(read).said).toBe("deny: no allow rule applies (default deny)");
});

test("a token beside as: adds to the token of who calls", () => {
  expect(
    run(`as: staff, jwt: { sub: eve, claims: { scope: payments.read } }, ${read}`).interaction?.jwt,
  ).toEqual({
    iss: "https://login.example",
    sub: "eve",
    aud: ["https://api.example"],
    claims: { groups: ["support"], scope: "payments.read" },
  });
});

test("onBehalfOf beside a peer makes the token; beside a token it must agree with it", () => {
  const source = "source: { principal: spiffe://prod.example/ns/ai/sa/copilot }";
  const alice = "onBehalfOf: [{ id: alice, issuer: workforce, groups: [support] }]";
  expect(run(`${source}, ${alice}, ${refund}`).said).toBe("allow: allowed by p/refund");
  const token = (sub: string) =>
    `jwt: { iss: "https://login.example", sub: ${sub}, aud: ["https://api.example"], claims: { groups: [support], act: { sub: "spiffe://prod.example/ns/ai/sa/copilot" } } }`;
  expect(run(`${source}, ${alice}, ${token("alice")}, ${refund}`).said).toBe("allow: allowed by p/refund");
  expect(run(`as: copilot, ${alice}, ${token("bob")}, ${refund}`).said).toBe(
    "deny: onBehalfOf contradicts the subject of the token",
  );
});

test("a longer chain is deeper than one delegation", () => {
  const chain =
    "onBehalfOf: [{ id: alice, issuer: workforce, groups: [support] }, { id: bot, issuer: workforce }]";
  expect(run(`as: copilot, ${chain}, ${refund}`).said).toBe(
    "deny: no allow rule applies (default deny): delegation was 2 deep, at most 1 is allowed",
  );
});

test("a request of a file, what stands beside it", () => {
  const files = {
    "requests/call.json": JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" }),
    "e.json": JSON.stringify({ specversion: "1.0", type: "order.gone" }),
  };
  expect(
    run("as: copilot, request: { file: requests/call.json, server: tools }", files).interaction?.mcp,
  ).toEqual({ server: "tools", method: "tools/list" });
  expect(
    run("as: checkout, request: { file: e.json, operation: consume, topic: other }", files).interaction
      ?.event,
  ).toEqual({ type: "order.gone", operation: "consume", topic: "other" });
  expect(
    run("as: checkout, request: { resource: files, http: { url: /files/a } }").interaction,
  ).toMatchObject({ traffic: "service", destination: { resource: "files" } });
});

test("what cannot be read is said where it stands", () => {
  expect(run("request: { http: { url: 5 } }").found).toBe(
    'The request of scenario "one" cannot be read: url must be a string. «{ url: 5 }»',
  );
  expect(run("request: { toString: { url: /a } }").found).toBe(
    'The request of scenario "one" cannot be read: it names no form of request. «{ toString: { url: /a } }»',
  );
  expect(run("request: { file: gone.json }").problem?.code).toBe("reference/file-not-found");
  expect(run("request: { file: [a] }").found).toBe(
    'The request of scenario "one" cannot be read: file must be a path. «[a]»',
  );
  expect(run("request: { event: { type: order.gone }, operation: send }").found).toBe(
    'The request of scenario "one" cannot be read: operation is "send", not publish or consume. «{ type: order.gone }»',
  );
  expect(run("request: { http: /a }").found).toBe(
    'The request of scenario "one" cannot be read: http must be an object. «/a»',
  );
});
