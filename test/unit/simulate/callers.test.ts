/** Design, section 3, "Subjects" and "Delegation": who a caller is, and for whom it acts. */
import { describe, expect, test } from "vitest";
import type { Interaction, Json } from "../../../server/src/access/interaction.ts";
import { decide } from "../../../server/src/simulate/decide.ts";
import { build } from "../policy/support.ts";
import { http, said, shop, why } from "./shop.ts";

const rules = (...lines: readonly string[]) => lines.join("\n");
const any = shop("- { name: r, effect: allow, anonymous: true, on: [{ resource: anything }] }");
const asked: Interaction = { traffic: "service", destination: { resource: "anything" } };
const callers = (part: Partial<Interaction>) => any.decide({ ...asked, ...part }).callers;
const token = (claims: { readonly [name: string]: Json }, more: object = {}): Partial<Interaction> => ({
  jwt: { iss: "https://login.example", sub: "alice", aud: ["https://api.example"], claims, ...more },
});
const copilot = "spiffe://prod.example/ns/ai/sa/copilot";

describe("a caller is the set of identities that its credentials prove", () => {
  test("a SPIFFE ID, in its environment", () => {
    expect(callers({ source: { principal: copilot } })).toEqual(["copilot"]);
    expect(callers({ source: { principal: "spiffe://staging.example/ns/ai/sa/copilot" } })).toEqual([]);
    const inStaging = decide(any.set, any.staging, {
      ...asked,
      source: { principal: "spiffe://staging.example/ns/ai/sa/copilot" },
    });
    expect(inStaging.callers).toEqual(["copilot"]);
  });

  test("issuer, audience and claims: a scalar, or a member of a list", () => {
    expect(callers(token({ groups: ["x", "support"] }))).toEqual(["staff"]);
    expect(callers(token({ groups: "support" }))).toEqual(["staff"]);
    expect(callers(token({ groups: ["support", "root"] }))).toEqual(["staff", "admins"]);
    expect(callers(token({ groups: [["support"]] }))).toEqual([]);
    expect(callers(token({ groups: ["support"] }, { aud: ["other"] }))).toEqual([]);
    expect(callers(token({ groups: ["support"] }, { iss: "https://login.example/" }))).toEqual([]);
    expect(callers(token({ groups: ["support"] }, { iss: "https://partner.example" }))).toEqual([]);
  });

  test("a claim by a nested name, and by a URI with dots in it", () => {
    const claims = { "https://acme.example/team": "blue", realm: { roles: ["writer"] } };
    expect(callers(token(claims))).toEqual(["namespaced"]);
    expect(callers(token({ ...claims, realm: { roles: "reader" } }))).toEqual([]);
    expect(
      callers(token({ "https://acme": { "example/team": "blue" }, realm: { roles: "writer" } })),
    ).toEqual([]);
    expect(any.as("namespaced", asked).callers).toEqual(["namespaced"]);
  });

  test("a client id in azp or client_id", () => {
    expect(callers(token({ azp: "mobile-app" }))).toEqual(["mobile"]);
    expect(callers(token({ client_id: "mobile-app" }))).toEqual(["mobile"]);
    expect(callers(token({ azp: "other" }))).toEqual([]);
  });

  test("what a gateway knows it as", () => {
    expect(callers({ client: { id: "partner" } })).toEqual(["partner-app"]);
    expect(callers({ client: { id: "x", groups: ["support"] } })).toEqual(["staff"]);
  });

  test("a gateway's own client, where requests pass that gateway", () => {
    const { set } = build({
      "a.plumb.yaml": `
apiVersion: plumbline/v1
kind: ControlPlane
metadata: { name: two-gateways }
spec:
  trustDomains: { td: {} }
  environments:
    all:
      enforcementPoints:
        edge: { type: kong, identity: partner }
        inner: { type: kong, identity: partner }
        keys: { type: litellm, identity: partner }
    some: { enforcementPoints: { keys: { type: litellm, identity: partner } } }
---
apiVersion: plumbline/v1
kind: Inventory
metadata: { name: inventory }
spec:
  identities:
    partner: { type: client, deployedAs: { kong: { consumer: acme } } }
    at-edge: { type: client, deployedAs: { edge: { groups: [gold] } } }
    tenant: { type: client, deployedAs: { litellm: { consumer: acme }, edge: { consumer: other } } }
  resources:
    by-edge: { type: service, protocol: tcp, paths: [[edge]] }
    by-inner: { type: service, protocol: tcp, paths: [[inner]] }
    by-keys: { type: service, protocol: tcp, paths: [[keys]] }
    by-both: { type: service, protocol: tcp, paths: [[edge], [keys]] }
    by-any: { type: service, protocol: tcp }
`,
    });
    const who = (resource: string, client: Interaction["client"], name = "all") => {
      const environment = set.controlPlane.environments.get(name);
      if (environment === undefined) throw new Error(`no environment ${name}`);
      const request: Interaction = { traffic: "service", transport: "tcp", destination: { resource } };
      return decide(set, environment, { ...request, ...(client && { client }) }).callers;
    };
    const acme = { id: "acme", groups: ["gold"] };
    expect(who("by-edge", acme)).toEqual(["partner", "at-edge"]);
    expect(who("by-inner", acme)).toEqual(["partner"]);
    expect(who("by-keys", acme)).toEqual(["tenant"]);
    expect(who("by-both", acme)).toEqual(["partner", "at-edge", "tenant"]);
    expect(who("by-keys", { id: "other" })).toEqual([]);
    // Nothing is known of the way, or of a point on it: every name counts.
    expect(who("by-any", acme)).toEqual(["partner", "at-edge", "tenant"]);
    expect(who("by-edge", acme, "some")).toEqual(["partner", "at-edge", "tenant"]);
    expect(who("by-keys", acme, "some")).toEqual(["tenant"]);
  });

  test("a retired identity, which only denies apply to", () => {
    const { set } = build({
      "a.plumb.yaml": `
apiVersion: plumbline/v1
kind: ControlPlane
metadata: { name: retired }
spec:
  trustDomains: { td: {} }
  issuers: { login: { url: "https://login.example" } }
  environments: { all: {} }
---
apiVersion: plumbline/v1
kind: Inventory
metadata: { name: inventory }
spec:
  identities:
    old-job: { type: workload, spiffeId: spiffe://td/old, actsFor: [staff], status: retired }
    job: { type: workload, spiffeId: spiffe://td/job, actsFor: [staff, old-staff] }
    staff: { type: group, issuer: login, claims: { groups: staff } }
    old-staff: { type: group, issuer: login, claims: { groups: former }, status: retired }
  resources:
    store: { type: service, protocol: tcp }
---
apiVersion: plumbline/v1
kind: Policy
metadata: { name: p }
spec:
  rules:
    - { name: direct, effect: allow, subjects: [old-job, job], on: [{ resource: store }] }
    - { name: acting, effect: allow, subjects: [old-job, job], onBehalfOf: [staff, old-staff], on: [{ resource: store }] }
    - { name: stop, effect: deny, subjects: [old-staff], on: [{ resource: store }] }
`,
    });
    const environment = set.controlPlane.environments.get("all");
    if (environment === undefined) throw new Error("no environment");
    const ask = (credentials: Pick<Interaction, "source" | "jwt">) =>
      decide(set, environment, {
        traffic: "service",
        transport: "tcp",
        destination: { resource: "store" },
        ...credentials,
      });
    const acting = (actor: string, group: string) =>
      ask({ jwt: { iss: "https://login.example", claims: { groups: [group], act: { sub: actor } } } });
    const detail = ({ trace }: ReturnType<typeof ask>, rule: string) =>
      trace.find((one) => one.rule === rule)?.failed?.detail;
    const old = ask({ source: { principal: "spiffe://td/old" } });
    expect(old).toMatchObject({ decision: "deny", callers: ["old-job"] });
    expect(detail(old, "p/direct")).toBe("old-job is retired, so that no rule allows it");
    expect(ask({ source: { principal: "spiffe://td/job" } }).decision).toBe("allow");
    expect(acting("spiffe://td/job", "staff").decision).toBe("allow");
    expect(detail(acting("spiffe://td/old", "staff"), "p/acting")).toBe(
      "old-job is retired, so that no rule allows it",
    );
    const former = acting("spiffe://td/job", "former");
    expect(former.rules.map((one) => one.rule)).toEqual(["p/stop"]);
    expect(detail(former, "p/acting")).toBe("old-staff is retired, so that no rule allows it");
  });

  test("names of JavaScript objects are no claims", () => {
    expect(
      callers(
        token(
          JSON.parse(
            '{"__proto__": {"groups": "support", "act": {"sub": "x"}}, "constructor": {"azp": "mobile-app"}}',
          ),
        ),
      ),
    ).toEqual([]);
  });
});

describe("delegation", () => {
  const delegated = rules(
    "- { name: for-staff, effect: allow, subjects: [copilot], onBehalfOf: [staff, admins], on: [{ resource: payments }] }",
  );
  const direct =
    "- { name: itself, effect: allow, subjects: [copilot, staff], on: [{ resource: payments }] }";
  const get = http("GET", "/v1/payments/1");
  const acting = (act: Json, claims: { readonly [name: string]: Json } = { groups: ["support"] }) =>
    ({ traffic: "api", ...get, source: { principal: copilot }, ...token({ ...claims, act }) }) as Interaction;

  test("a delegated request needs an explicit onBehalfOf, a direct one must not have it", () => {
    const plane = shop(delegated);
    expect(said(plane.as("copilot", get, ["support"]))).toBe("allow: allowed by p0/for-staff");
    expect(why(plane.as("copilot", get), "p0/for-staff")).toBe(
      "onBehalfOf: acted for itself, needed staff or admins",
    );
    const other = shop(direct);
    expect(why(other.as("copilot", get, ["support"]), "p0/itself")).toBe(
      "subject: the request is delegated, and the rule names no onBehalfOf",
    );
    expect(other.as("copilot", get).decision).toBe("allow");
    expect(other.as("staff", get).decision).toBe("allow");
  });

  test("the subjects of a rule match the actor, never the delegator", () => {
    const plane = shop("- { name: staff, effect: allow, subjects: [staff], on: [{ resource: payments }] }");
    expect(plane.as("copilot", get, ["support"]).decision).toBe("deny");
  });

  test("acting for someone outside actsFor is denied", () => {
    const decision = shop(delegated).as("copilot", get, ["root"]);
    expect(said(decision)).toBe(
      "deny: no allow rule applies (default deny): copilot does not declare actsFor admins",
    );
    expect(why(decision, "p0/for-staff")).toBe("onBehalfOf: copilot does not declare actsFor admins");
  });

  test("a deeper delegation than the control plane allows is denied", () => {
    const plane = shop(delegated);
    expect(plane.decide(acting({ sub: copilot })).decision).toBe("allow");
    const deep = plane.decide(
      acting({ sub: copilot, act: { sub: "spiffe://prod.example/ns/shop/sa/checkout" } }),
    );
    expect(said(deep)).toBe(
      "deny: no allow rule applies (default deny): delegation was 2 deep, at most 1 is allowed",
    );
  });

  test("nested prior actors are informational", () => {
    const plane = shop("- { name: stop, effect: deny, subjects: [checkout], on: [{ resource: payments }] }");
    const deep = plane.decide(
      acting({ sub: copilot, act: { sub: "spiffe://prod.example/ns/shop/sa/checkout" } }),
    );
    expect(deep.callers).toEqual(["copilot", "staff"]);
    expect(deep.rules).toEqual([]);
  });

  test("a deny matches actor and delegator", () => {
    const deny = (name: string) =>
      shop(delegated, `- { name: stop, effect: deny, subjects: [${name}], on: [{ resource: payments }] }`);
    expect(said(deny("staff").as("copilot", get, ["support"]))).toBe("deny: denied by p1/stop");
    expect(said(deny("copilot").as("copilot", get, ["support"]))).toBe("deny: denied by p1/stop");
    expect(said(deny("copilot").decide({ ...acting({ sub: copilot }), source: {} }))).toBe(
      "deny: denied by p1/stop",
    );
    expect(deny("checkout").as("copilot", get, ["support"]).decision).toBe("allow");
  });

  test("a token of an issuer that nobody declared delegates nothing, and its actor does not pass for itself", () => {
    const foreign = {
      ...acting({ sub: copilot }),
      jwt: { iss: "https://evil.example", sub: "alice", claims: { act: { sub: copilot } } },
    };
    expect(shop(delegated).decide(foreign).decision).toBe("deny");
    expect(shop(direct).decide(foreign).decision).toBe("deny");
  });

  test("a workload that passes on the token of another actor calls for itself", () => {
    const plane = shop("- { name: r, effect: allow, subjects: [checkout], on: [{ resource: payments }] }");
    const passing = {
      ...acting({ sub: copilot }),
      source: { principal: "spiffe://prod.example/ns/shop/sa/checkout" },
    };
    expect(plane.decide(passing).decision).toBe("allow");
  });

  test.each([null, "text", [{ sub: copilot }], {}])(
    "an act claim of another shape, %j, is delegation by nobody",
    (act) => {
      expect(shop(delegated).decide(acting(act)).decision).toBe("deny");
      const decision = shop(
        "- { name: r, effect: allow, subjects: [staff], on: [{ resource: payments }] }",
      ).decide(acting(act));
      expect(decision.decision).toBe("deny");
      expect(decision.delegators).toEqual(["staff"]);
    },
  );

  test("onBehalfOf is what the token says, and must not contradict it", () => {
    const plane = shop(delegated);
    const made = plane.decide(acting({ sub: copilot }));
    const proven = { id: "alice", issuer: "https://login.example", groups: ["support"] };
    expect(made.interaction.onBehalfOf).toEqual([proven]);
    expect(plane.decide({ ...acting({ sub: copilot }), onBehalfOf: [proven] }).decision).toBe("allow");
    for (const onBehalfOf of [
      [{ ...proven, id: "bob" }],
      [{ ...proven, groups: ["root"] }],
      [{ ...proven, groups: ["support", "support", "x"] }],
      [proven, proven],
      [],
    ])
      expect(said(plane.decide({ ...acting({ sub: copilot }), onBehalfOf }))).toBe(
        "deny: onBehalfOf contradicts the subject of the token",
      );
  });
});
