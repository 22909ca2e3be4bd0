import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Terms } from "../../../server/src/access/predicate.ts";
import { context, destination, from, get, Mesh, policy, resource } from "./istio-support.ts";

const fixture = (name: string) =>
  readFileSync(new URL(`../../fixtures/istio/${name}`, import.meta.url), "utf8");
const bare = (terms: Terms | undefined) => terms?.map((term) => term.literals);

describe("reading", () => {
  test("server-side noise, List and apiVersion make no difference", () => {
    const at = { ...destination, namespace: "ai", labels: new Map([["app", "payments-mcp"]]) };
    const [authored, dump] = ["authored.yaml", "dump.yaml"].map((name) => new Mesh(fixture(name), at));
    const [left, right] = [authored, dump].map((mesh) => mesh?.lower().branches[0]?.access);
    expect(bare(left?.allow)).toEqual(bare(right?.allow));
    expect(bare(left?.deny)).toEqual(bare(right?.deny));
    expect([authored?.problems, dump?.problems]).toEqual([[], []]);
    const call = { ...from("prod/ns/ai/sa/agentgateway"), http: { method: "POST", path: "/mcp" } };
    expect(dump?.explain(call)).toMatchObject({
      decision: "allow",
      rule: { label: "ai/payments-mcp-allow rule 1" },
      reason: "ai/payments-mcp-allow: source is ai/agentgateway, request is POST /mcp.",
    });
    expect(dump?.explain({ http: { method: "POST", path: "/mcp" } }).rule?.label).toBe(
      "istio-system/default",
    );
  });

  test.each([
    ["DENY without rules", "action: DENY", "A DENY policy without rules"],
    ["CUSTOM without provider", "action: CUSTOM\nrules: [{}]", "no provider.name"],
    ["from: []", "rules: [{ from: [] }]", "`from` is empty"],
    ["source: {}", "rules: [{ from: [{ source: {} }] }]", "source is empty"],
    ["operation: {}", "rules: [{ to: [{ operation: {} }] }]", "operation is empty"],
    ["an empty string", `rules: [{ to: [{ operation: { paths: [""] } }] }]`, "empty string"],
    [
      "a port that is no string",
      "rules: [{ to: [{ operation: { ports: [8080] } }] }]",
      'Write "8080" in quotes',
    ],
    ["an unknown attribute", "rules: [{ when: [{ key: source.label, values: [a] }] }]", '"source.label"'],
    [
      "a bad network",
      "rules: [{ from: [{ source: { ipBlocks: [10.0.0.0/40] } }] }]",
      "neither an IP address",
    ],
    [
      "selector and targetRefs",
      "selector: { matchLabels: { a: b } }\ntargetRefs: [{ kind: Gateway, name: g }]",
      "both",
    ],
    [
      "a principal in CUSTOM",
      "action: CUSTOM\nprovider: { name: p }\nrules: [{ from: [{ source: { principals: [a] } }] }]",
      "who the peer is",
    ],
  ])("rejected by Istio: %s", (_, spec, message) => {
    const mesh = new Mesh(policy(spec));
    expect(mesh.problems.map((one) => one.code)).toEqual(["deployed/istio-invalid"]);
    expect(mesh.problems[0]?.message).toContain(message);
    // It cannot be in force, so that nothing is denied by it.
    expect(mesh.decide(get("/"))).toBe("allow");
  });

  test("a field that the CRD does not have is pointed at", () => {
    const mesh = new Mesh(policy(`rules: [{ to: [{ operation: { path: [/a], methods: [GET] } }] }]`));
    expect(mesh.problems[0]).toMatchObject({
      code: "deployed/istio-unknown-field",
      data: { replaceWith: "paths" },
    });
    expect(mesh.problems[0] && mesh.textAt(mesh.problems[0].place)).toBe("path");
  });

  test("the same resource twice: the last one counts", () => {
    const mesh = new Mesh(policy("rules: [{}]") + policy("{}"));
    expect(mesh.problems.map((one) => one.code)).toEqual(["deployed/kubernetes-duplicate"]);
    expect(mesh.decide(get("/"))).toBe("deny");
  });
});

describe("scope", () => {
  const denyAll = (namespace: string, spec = "") =>
    resource("AuthorizationPolicy", `deny-${namespace}`, namespace, `action: DENY\nrules: [{}]\n${spec}`);

  test("root namespace and the workload's own, by labels", () => {
    expect(new Mesh(denyAll("shop")).decide({})).toBe("deny");
    expect(new Mesh(denyAll("ai")).decide({})).toBe("allow");
    expect(new Mesh(denyAll("istio-system")).decide({})).toBe("deny");
    expect(new Mesh(denyAll("istio-system", "selector: { matchLabels: { app: other } }")).decide({})).toBe(
      "allow",
    );
    const settings = { rootNamespace: "mesh-root" };
    expect(new Mesh(denyAll("istio-system"), destination, { ...context, settings }).decide({})).toBe("allow");
    expect(new Mesh(denyAll("mesh-root"), destination, { ...context, settings }).decide({})).toBe("deny");
  });

  test("sidecars ignore policies with targetRefs", () => {
    expect(new Mesh(denyAll("shop", "targetRefs: [{ kind: Service, name: payments }]")).decide({})).toBe(
      "allow",
    );
  });

  test("without an inventory everything applies to one workload", () => {
    const { namespace: _none, ...anywhere } = { ...destination, labels: new Map<string, string>() };
    expect(new Mesh(denyAll("ai", "selector: { matchLabels: { app: x } }"), anywhere).decide({})).toBe(
      "deny",
    );
  });
});

describe("closed world", () => {
  const partly = { ...context, completeFor: { namespaces: ["shop"] } };

  test("a namespace that was not exported makes it unknown, and says what would make it known", () => {
    const mesh = new Mesh(policy("rules: [{}]"), destination, partly);
    expect(mesh.decide(get("/"))).toBe("unknown");
    expect(mesh.lower().lost).toMatchObject([
      { text: expect.stringContaining("AuthorizationPolicies of namespace istio-system were not exported") },
      { reason: expect.stringContaining("of istio-system, or say completeFor: all") },
    ]);
  });

  test("a DENY rule that depends on nothing hidden stays certain", () => {
    const deny = policy(`action: DENY\nrules: [{ to: [{ operation: { paths: [/admin] } }] }]`);
    expect(new Mesh(deny, destination, partly).decide(get("/admin"))).toBe("deny");
    const byToken = policy(`action: DENY\nrules: [{ from: [{ source: { notRequestPrincipals: ["*"] } }] }]`);
    expect(new Mesh(byToken, destination, partly).decide(get("/admin"))).toBe("unknown");
  });
});

describe("PeerAuthentication", () => {
  const peer = (name: string, namespace: string, spec: string, created = "2026-01-01T00:00:00Z") =>
    resource("PeerAuthentication", name, namespace, spec, `\n  creationTimestamp: "${created}"`);
  const strict = peer("mesh", "istio-system", "mtls: { mode: STRICT }");
  const caller = from("prod/ns/shop/sa/checkout");

  test("the default is PERMISSIVE, STRICT refuses plaintext", () => {
    expect(new Mesh("").decide({})).toBe("allow");
    expect(new Mesh(strict).explain({}).rule?.label).toBe("istio-system/mesh");
    expect(new Mesh(strict).decide(caller)).toBe("allow");
  });

  test("mesh, then namespace, then workload, then port; UNSET inherits", () => {
    const open = peer("ns", "shop", "mtls: { mode: PERMISSIVE }");
    const workload = peer(
      "w",
      "shop",
      "selector: { matchLabels: { app: payments } }\nmtls: { mode: STRICT }",
    );
    const unset = peer("w", "shop", "selector: { matchLabels: { app: payments } }\nmtls: { mode: UNSET }");
    const port = peer(
      "w",
      "shop",
      `selector: { matchLabels: { app: payments } }\nportLevelMtls: { "8080": { mode: STRICT } }`,
    );
    expect(new Mesh(strict + open).decide({})).toBe("allow");
    expect(new Mesh(open + workload).decide({})).toBe("deny");
    expect(new Mesh(strict + unset).decide({})).toBe("deny");
    expect(new Mesh(open + port).decide({})).toBe("deny");
    const { port: _port, ...anyPort } = destination;
    expect(new Mesh(open + port, anyPort).decide({ destination: { port: 8080 } })).toBe("deny");
    expect(new Mesh(open + port, anyPort).decide({ destination: { port: 9090 } })).toBe("allow");
  });

  test("the oldest wins within one scope", () => {
    const newer = peer("a-newer", "shop", "mtls: { mode: STRICT }", "2026-02-01T00:00:00Z");
    const older = peer("b-older", "shop", "mtls: { mode: PERMISSIVE }", "2026-01-01T00:00:00Z");
    expect(new Mesh(newer + older).decide({})).toBe("allow");
  });

  test("a selector in the root namespace is ignored", () => {
    const root = peer(
      "w",
      "istio-system",
      "selector: { matchLabels: { app: payments } }\nmtls: { mode: STRICT }",
    );
    expect(new Mesh(root).decide({})).toBe("allow");
  });

  test("portLevelMtls needs a selector", () => {
    const mesh = new Mesh(peer("w", "shop", `portLevelMtls: { "8080": { mode: STRICT } }`));
    expect(mesh.problems.map((one) => one.code)).toEqual(["deployed/istio-invalid"]);
  });

  test("DISABLE: no peer is ever known", () => {
    const off = peer("ns", "shop", "mtls: { mode: DISABLE }");
    const allow = policy(`rules: [{ from: [{ source: { principals: ["*"] } }] }]`);
    const notAllow = policy(`rules: [{ from: [{ source: { notPrincipals: ["*"] } }] }]`);
    expect(new Mesh(off + allow).decide(caller)).toBe("deny");
    expect(new Mesh(off + notAllow).decide(caller)).toBe("allow");
  });

  test("PERMISSIVE beside rules on principals is a posture finding", () => {
    const allow = policy(`rules: [{ from: [{ source: { principals: [prod/ns/a/sa/b] } }] }]`);
    expect(new Mesh(allow).posture().map((one) => one.code)).toEqual(["drift/permissive-mtls"]);
    expect(new Mesh(allow + strict).posture()).toEqual([]);
    const open = peer("ns", "shop", "mtls: { mode: PERMISSIVE }");
    const mesh = new Mesh(allow + open);
    const [finding] = mesh.posture();
    expect(finding && mesh.textAt(finding.place)).toBe("PERMISSIVE");
  });
});
