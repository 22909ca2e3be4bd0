/** The walk through the hops with hand-made configs, and the report of a simulation. */
import { describe, expect, test } from "vitest";
import type { Interaction } from "../../../server/src/access/interaction.ts";
import type { HopDecision } from "../../../server/src/deployed/adapter.ts";
import type { DeployedConfig } from "../../../server/src/deployed/config.ts";
import { simulationJson, simulationText } from "../../../server/src/simulate/report.ts";
import { simulate } from "../../../server/src/simulate/simulation.ts";
import type { DeployedEnvironment } from "../../../server/src/simulate/walk.ts";
import { policyFile } from "../policy/support.ts";
import { call, http, list, shop } from "./shop.ts";

/** A config that decides as told, and remembers what it saw. */
class Fake implements DeployedConfig {
  readonly files = [];
  readonly problems = [];
  readonly seen: { readonly view: Interaction; readonly port: number | undefined }[] = [];

  constructor(
    readonly type: DeployedConfig["type"],
    private readonly answer: (view: Interaction) => HopDecision,
  ) {}

  lower(): never {
    throw new Error("a walk lowers nothing");
  }

  decide(
    destination: Parameters<DeployedConfig["decide"]>[0],
    _context: unknown,
    view: Interaction,
  ): HopDecision {
    this.seen.push({ view, port: destination.port });
    return this.answer(view);
  }

  impossible() {
    return [];
  }

  posture() {
    return [];
  }
}

const allow =
  (more: Partial<HopDecision> = {}) =>
  (): HopDecision => ({ decision: "allow", reason: "it is allowed", ...more });
const rule = `- { name: read, effect: allow, subjects: [staff], on: [{ resource: payments }], condition: 'request.headers["x-team"].exists(v, v == "blue") && llm.params.max_tokens < 5', requires: { credential: { maxTtl: 15m, maxAge: 5m, boundTo: task } } }`;
const plane = shop(
  rule,
  "- { name: open, effect: allow, subjects: [staff], on: [{ resource: payments, operations: [listPayments] }], obligations: { audit: full } }",
  {
    audit: "- { name: later, effect: deny, on: [{ resource: payments }] }",
  },
);
const asked: Interaction = {
  traffic: "api",
  ...http("GET", "/v1/payments"),
  jwt: {
    iss: "https://login.example",
    sub: "alice",
    aud: ["https://api.example"],
    claims: { groups: ["support"] },
  },
};

function walked(edge: DeployedConfig | undefined, mesh: DeployedConfig | undefined, interaction = asked) {
  const deployed: DeployedEnvironment = new Map([
    ...(edge === undefined ? [] : [["edge", edge] as const]),
    ...(mesh === undefined ? [] : [["mesh", mesh] as const]),
  ]);
  return simulate(plane.set, plane.production, interaction, deployed);
}

describe("the walk", () => {
  test("each hop sees what the one before it leaves", () => {
    const next: Interaction = { ...asked, source: { principal: "spiffe://prod.example/ns/edge/sa/kong" } };
    const edge = new Fake("kong", allow({ next, upstream: { host: "payments.shop.svc.cluster.local" } }));
    const mesh = new Fake("istio", allow({ rule: { label: "shop/allow", place: plane.production.place } }));
    const [way] = walked(edge, mesh).walks;
    expect(way?.decision).toBe("allow");
    expect(
      way?.hops.map((hop) => `${hop.enforcementPoint} ${hop.decision} ${hop.rule?.label ?? "-"}`),
    ).toEqual(["edge allow -", "mesh allow shop/allow"]);
    expect(edge.seen[0]?.view.http?.path).toBe("/v1/payments");
    expect(mesh.seen).toEqual([{ view: next, port: 8080 }]);
    expect(way?.hops[1]?.view).toEqual(next);
  });

  test("a hop that denies, or cannot tell, ends it", () => {
    for (const decision of ["deny", "unknown"] as const) {
      const mesh = new Fake("istio", allow());
      const [way] = walked(new Fake("kong", () => ({ decision, reason: "as told" })), mesh).walks;
      expect(way?.decision).toBe(decision);
      expect(way?.hops).toHaveLength(1);
      expect(mesh.seen).toEqual([]);
    }
  });

  test("an upstream elsewhere is no way to the resource; one that cannot be placed is unknown", () => {
    const to = (host: string) =>
      walked(new Fake("kong", allow({ upstream: { host } })), new Fake("istio", allow())).walks[0];
    const elsewhere = to("ledger.shop.svc");
    expect([elsewhere?.decision, elsewhere?.hops.length, elsewhere?.hops[0]?.reason]).toEqual([
      "deny",
      1,
      "goes to ledger.shop.svc, which is not known to be payments",
    ]);
    expect(to("payments.example.com")?.decision).toBe("unknown");
    expect(to("payments.shop")?.decision).toBe("allow");
  });

  test("a hop without config, and one that the environment does not define, are unknown", () => {
    const [missing] = walked(undefined, new Fake("istio", allow())).walks;
    expect(missing).toMatchObject({
      decision: "unknown",
      hops: [{ enforcementPoint: "edge", type: "kong", reason: "no deployed config of edge could be read" }],
    });
    const [fromStaging] = simulate(
      plane.set,
      { ...plane.staging, enforcementPoints: new Map([...plane.production.enforcementPoints].slice(1)) },
      { ...asked, http: { ...asked.http, host: "api.staging.acme.example" } },
      new Map(),
    ).walks;
    expect(fromStaging).toMatchObject({
      decision: "unknown",
      hops: [{ reason: "environment staging defines no enforcement point edge" }],
    });
    expect(fromStaging?.hops[0]?.type).toBeUndefined();
    expect(simulate(plane.set, plane.staging, asked, new Map()).walks).toEqual([]);
  });

  test("what the policy speaks of and a hop cannot see", () => {
    const [way] = walked(new Fake("kong", allow()), new Fake("istio", allow())).walks;
    expect(way?.hops.map((hop) => hop.blindTo)).toEqual([
      ["llm.params.max_tokens", "credential.ttl", "credential.age", "credential.boundTo.kind"],
      ["llm.params.max_tokens", "credential.ttl", "credential.age", "credential.boundTo.kind"],
    ]);
  });

  test("no walk for invalid input and for no resource", () => {
    expect(walked(undefined, undefined, { ...asked, onBehalfOf: [{ id: "x", issuer: "y" }] }).walks).toEqual(
      [],
    );
    expect(walked(undefined, undefined, { traffic: "api", destination: { resource: "none" } }).walks).toEqual(
      [],
    );
  });
});

describe("the report", () => {
  const text = (simulation: ReturnType<typeof walked>) =>
    simulationText(simulation, layouts, (uri) => uri.slice(uri.lastIndexOf("/") + 1));
  const layouts = new Map<string, ReturnType<typeof policyFile>["layout"]>();

  test("an allow, and a path that says otherwise", () => {
    const simulation = walked(
      new Fake("kong", () => ({ decision: "deny", reason: "no consumer is known" })),
      undefined,
    );
    expect(text(simulation)).toBe(`ALLOW   staff → GET api.acme.example/v1/payments

Why    allowed by p1/open
       allow p1/open
       would deny  p2/later (audit mode)
       callers  staff

Must   audit: full

On the way (production, as deployed): edge → mesh
  1 edge         DENY    no consumer is known
    blind to llm.params.max_tokens, credential.ttl, credential.age, credential.boundTo.kind
  → the deployed path DENIES what the policy ALLOWS

Audit  OCSF 6003 action_id 1 (Allowed)
`);
  });

  test("a denial, with the closest rules and the trace", () => {
    const tools = shop(
      '- { name: small, effect: allow, subjects: [copilot], onBehalfOf: [staff], on: [{ resource: tools, tools: [refund] }], condition: "mcp.tool.arguments.amount <= 200.0" }\n- { name: lookup, effect: allow, subjects: [copilot], onBehalfOf: [staff], on: [{ resource: tools, tools: [lookup] }] }\n- { name: stop, effect: deny, on: [{ resource: tools }], condition: "mcp.tool.arguments.amount > 900.0" }',
    );
    const { interaction } = tools.as(
      "copilot",
      {
        ...call("refund", { amount: 250 }),
        http: { headers: { traceparent: ["00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"] } },
      },
      ["support"],
    );
    const simulation = simulate(tools.set, tools.production, interaction, new Map());
    expect(text(simulation)).toBe(`DENY   copilot, for alice → tools · tools/call refund {amount: 250}

Why    no allow rule applies (default deny)
       closest  p0/small: condition failed: amount was 250, needed <= 200
       next     p0/lookup: target: tool was refund, needed lookup
       callers  copilot, staff

Audit  OCSF 6003 action_id 2 (Denied) · trace 4bf92f3577b34da6a3ce929d0e0e4736
`);
    const listed = simulate(tools.set, tools.production, { ...interaction, ...list }, new Map());
    expect(text(listed)).toContain(
      "→ tools · tools/list\n\nWhy    tools/list follows from what the caller may call on tools\n       listed   lookup, refund\n",
    );
  });

  test("as JSON: places as locations, secrets masked, no closeness", () => {
    const secret = {
      ...asked,
      http: { ...asked.http, headers: { "X-Api-Key": ["k"], cookie: ["a", "b"], other: ["c"] } },
    };
    const made = simulationJson(
      walked(new Fake("kong", allow({ upstream: { host: "x" } })), undefined, secret),
      layouts,
    );
    expect(made).toMatchObject({
      decision: "allow",
      environment: "production",
      resource: "payments",
      callers: ["staff"],
      obligations: { audit: "full" },
      rules: [{ rule: "p1/open", effect: "allow", outcome: "applies" }],
      hops: [{ path: "edge > mesh", enforcementPoint: "edge", type: "kong", decision: "unknown" }],
    });
    expect(made.interaction.http?.headers).toEqual({
      "X-Api-Key": ["***"],
      cookie: ["***", "***"],
      other: ["c"],
    });
    expect(made.trace[0]).not.toHaveProperty("closeness");
    expect(made).not.toHaveProperty("listed");
  });

  test("the file and line of a rule where its layout is known", () => {
    const file = policyFile("a: 1\nb: 2\n", "p.plumb.yaml");
    const place = file.documents[0]?.place;
    if (place === undefined) throw new Error("no document");
    const made = walked(
      new Fake("kong", allow({ rule: { label: "route a", place }, decision: "deny" })),
      undefined,
    );
    const known = new Map([[file.uri, file.layout]]);
    expect(simulationText(made, known, (uri) => uri.slice(uri.lastIndexOf("/") + 1))).toContain(
      "  1 edge         DENY    route a: it is allowed   p.plumb.yaml:1\n",
    );
    expect(simulationJson(made, known).hops[0]?.rule).toMatchObject({
      label: "route a",
      location: { uri: file.uri, range: { start: { line: 0, character: 0 } } },
    });
  });
});
