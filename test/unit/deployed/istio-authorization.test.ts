import { describe, expect, test } from "vitest";
import { context, destination, from, get, Mesh, policy, resource, withToken } from "./istio-support.ts";

const checkout = from("prod/ns/shop/sa/checkout");

describe("order of actions", () => {
  test("without an ALLOW policy everything is allowed", () => {
    const mesh = new Mesh(policy(`action: DENY\nrules: [{ to: [{ operation: { methods: [DELETE] } }] }]`));
    expect(mesh.decide(get("/"))).toBe("allow");
    expect(mesh.decide({ http: { method: "DELETE", path: "/" } })).toBe("deny");
  });

  test("DENY overrides ALLOW", () => {
    const mesh = new Mesh(
      policy("rules: [{}]") +
        policy(`action: DENY\nrules: [{ to: [{ operation: { paths: [/admin*] } }] }]`, "d"),
    );
    expect(mesh.decide(get("/admin/x"))).toBe("deny");
    expect(mesh.explain(get("/x")).rule?.label).toBe("shop/p rule 1");
  });

  test("AUDIT never decides", () => {
    expect(new Mesh(policy("action: AUDIT\nrules: [{}]")).decide(get("/"))).toBe("allow");
  });

  test("CUSTOM leaves the decision to its provider", () => {
    const mesh = new Mesh(
      policy(`action: CUSTOM\nprovider: { name: opa }\nrules: [{ to: [{ operation: { paths: [/a] } }] }]`),
    );
    expect(mesh.decide(get("/a"))).toBe("unknown");
    expect(mesh.decide(get("/b"))).toBe("allow");
    expect(mesh.lower().lost.map((one) => one.text)).toEqual(["extension provider opa denies"]);
  });

  test("several CUSTOM providers on one workload deny what their rules match", () => {
    const custom = (name: string) => policy(`action: CUSTOM\nprovider: { name: ${name} }\nrules: [{}]`, name);
    expect(new Mesh(custom("a") + custom("b")).decide(get("/"))).toBe("deny");
  });

  test("dry-run is not enforced, and does not make the workload deny by default", () => {
    const annotation = `\n  annotations: { istio.io/dry-run: "true" }`;
    const mesh = new Mesh(policy(`rules: [{ to: [{ operation: { paths: [/a] } }] }]`, "p", annotation));
    expect(mesh.decide(get("/b"))).toBe("allow");
    expect(mesh.posture().map((one) => one.code)).toContain("drift/dry-run");
  });
});

describe("rules", () => {
  test("an ALLOW policy without rules denies everything", () => {
    const mesh = new Mesh(policy("selector: { matchLabels: { app: payments } }"));
    expect(mesh.decide(get("/"))).toBe("deny");
    expect(mesh.explain(get("/")).reason).toContain("shop/p");
  });

  test("rules: [{}] always matches", () => {
    expect(new Mesh(policy("rules: [{}]")).decide({})).toBe("allow");
  });

  test("fields of one source are and-ed, sources or-ed: a stray dash turns AND into OR", () => {
    const both = new Mesh(
      policy(`rules: [{ from: [{ source: { namespaces: [shop], ipBlocks: [10.0.0.0/8] } }] }]`),
    );
    const either = new Mesh(
      policy(
        `rules: [{ from: [{ source: { namespaces: [shop] } }, { source: { ipBlocks: [10.0.0.0/8] } }] }]`,
      ),
    );
    expect(both.decide(checkout)).toBe("deny");
    expect(either.decide(checkout)).toBe("allow");
  });

  test("a missing attribute matches notX: plaintext matches notPrincipals", () => {
    const mesh = new Mesh(policy(`rules: [{ from: [{ source: { notPrincipals: [prod/ns/qa/*] } }] }]`));
    expect(mesh.decide({})).toBe("allow");
    expect(mesh.decide(from("prod/ns/qa/sa/x"))).toBe("deny");
    expect(mesh.posture()[0]?.message).toContain("match the rule's negated principals");
  });

  test("a wildcard is where a surplus is shown", () => {
    const mesh = new Mesh(policy(`rules: [{ from: [{ source: { namespaces: ["*"] } }] }]`));
    const [term] = mesh.lower().branches[0]?.access.allow ?? [];
    const place = term?.origins[0]?.place;
    expect(place && mesh.textAt(place)).toBe('"*"');
  });
});

describe("strings", () => {
  const paths = (list: string) => new Mesh(policy(`rules: [{ to: [{ operation: { paths: [${list}] } }] }]`));

  test("exact, prefix, suffix, any; case-sensitive; the query does not count", () => {
    expect(paths("/a").decide(get("/a?x=1"))).toBe("allow");
    expect(paths("/a").decide(get("/A"))).toBe("deny");
    expect(paths('"/a*"').decide(get("/abc"))).toBe("allow");
    expect(paths('"*/info"').decide(get("/x/info"))).toBe("allow");
    expect(paths('"*"').decide(get("/x"))).toBe("allow");
    expect(paths('"*"').decide({})).toBe("deny");
  });

  test("{*} is one segment, {**} zero or more and last", () => {
    expect(paths('"/a/{*}/c"').decide(get("/a/b/c"))).toBe("allow");
    expect(paths('"/a/{*}/c"').decide(get("/a/b/b/c"))).toBe("deny");
    expect(paths('"/a/{*}"').decide(get("/a/"))).toBe("deny");
    expect(paths('"/a/{**}"').decide(get("/a/"))).toBe("allow");
    expect(paths('"/a/{**}"').decide(get("/a"))).toBe("deny");
    expect(paths('"/a/{**}/b/{*}"').problems.map((one) => one.code)).toEqual(["deployed/istio-invalid"]);
    expect(paths('"/a/{id}/{*}"').problems).toHaveLength(1);
  });

  test("hosts are case-insensitive and compared without port", () => {
    const mesh = new Mesh(policy(`rules: [{ to: [{ operation: { hosts: ["API.acme.example:*"] } }] }]`));
    expect(mesh.decide({ http: { host: "api.ACME.example:8443" } })).toBe("allow");
    expect(mesh.decide({ http: { host: "other" } })).toBe("deny");
  });

  test("a header that is missing fails values and matches notValues; names ignore case", () => {
    const values = new Mesh(policy(`rules: [{ when: [{ key: "request.headers[X-Team]", values: [a] }] }]`));
    const notValues = new Mesh(
      policy(`rules: [{ when: [{ key: "request.headers[X-Team]", notValues: [a] }] }]`),
    );
    const team = (name: string) => ({ http: { headers: { "x-TEAM": [name] } } });
    expect([values.decide({}), values.decide(team("a"))]).toEqual(["deny", "allow"]);
    expect([notValues.decide({}), notValues.decide(team("a"))]).toEqual(["allow", "deny"]);
  });
});

describe("peers", () => {
  const source = (fields: string, settings = context.settings) =>
    new Mesh(policy(`rules: [{ from: [{ source: { ${fields} } }] }]`), destination, { ...context, settings });

  test("namespaces is a pattern on the principal, * allowed inside", () => {
    expect(source("namespaces: [shop]").decide(checkout)).toBe("allow");
    expect(source("namespaces: [shop]").decide(from("prod/ns/shop2/sa/x"))).toBe("deny");
    expect(source('namespaces: ["s*p"]').decide(checkout)).toBe("allow");
  });

  test("a bare service account is of the policy's namespace; no wildcards", () => {
    expect(source("serviceAccounts: [checkout]").decide(checkout)).toBe("allow");
    expect(source("serviceAccounts: [checkout]").decide(from("prod/ns/ai/sa/checkout"))).toBe("deny");
    expect(source("serviceAccounts: [ai/checkout]").decide(from("prod/ns/ai/sa/checkout"))).toBe("allow");
    expect(source('serviceAccounts: ["check*"]').problems).toHaveLength(1);
  });

  test("cluster.local is the mesh's own trust domain, and aliases expand", () => {
    const settings = { trustDomain: "prod", trustDomainAliases: ["old"] };
    const mesh = source("principals: [cluster.local/ns/shop/sa/checkout]", settings);
    expect(mesh.decide(checkout)).toBe("allow");
    expect(mesh.decide(from("old/ns/shop/sa/checkout"))).toBe("allow");
    expect(mesh.decide(from("cluster.local/ns/shop/sa/checkout"))).toBe("deny");
    expect(mesh.decide(from("evil/ns/shop/sa/checkout"))).toBe("deny");
  });

  test("a principal of a foreign trust domain stays as it is", () => {
    expect(source("principals: [partner/ns/x/sa/y]").decide(from("partner/ns/x/sa/y"))).toBe("allow");
  });

  test("remoteIpBlocks depend on trusted proxies: opaque unless there are none", () => {
    const blocks = "remoteIpBlocks: [10.0.0.0/8]";
    const view = { source: { ip: "10.0.0.1" } };
    expect(source(blocks).decide(view)).toBe("unknown");
    expect(source(blocks).lower().lost[0]?.reason).toContain("numTrustedProxies");
    expect(source(blocks, { numTrustedProxies: 0 }).decide(view)).toBe("allow");
  });
});

describe("tokens", () => {
  const authentication = (rules: string) =>
    resource("RequestAuthentication", "jwt", "shop", `jwtRules: ${rules}`);
  const alice = withToken("https://a.example", "alice", { aud: ["x"] });
  const wants = (value: string) =>
    policy(`rules: [{ from: [{ source: { requestPrincipals: ["${value}"] } }] }]`);

  test("without a RequestAuthentication a presented token yields no claims", () => {
    expect(new Mesh(wants("*")).decide(alice)).toBe("deny");
    const negated = new Mesh(policy(`rules: [{ from: [{ source: { notRequestPrincipals: ["*"] } }] }]`));
    expect(negated.decide(alice)).toBe("allow");
  });

  test("a missing token passes, another issuer's is rejected", () => {
    const mesh = new Mesh(authentication("[{ issuer: https://a.example }]"));
    expect(mesh.decide({})).toBe("allow");
    expect(mesh.decide(alice)).toBe("allow");
    expect(mesh.explain(withToken("https://b.example", "x")).reason).toContain(
      "https://b.example is not one",
    );
    expect(mesh.posture().map((one) => one.code)).toEqual(["drift/optional-jwt", "drift/unchecked-audience"]);
  });

  test("a token for another audience is rejected, unless another rule takes it", () => {
    const one = "{ issuer: https://a.example, audiences: [y] }";
    expect(new Mesh(authentication(`[${one}]`)).explain(alice).reason).toContain("it is for x, needed y");
    expect(new Mesh(authentication(`[${one}, { issuer: https://a.example }]`)).decide(alice)).toBe("allow");
  });

  test("requestPrincipals split at the last slash", () => {
    const rules = authentication("[{ issuer: https://a.example }, { issuer: https://b.example/realm }]");
    const of = (value: string) => new Mesh(rules + wants(value));
    expect(of("https://a.example/alice").decide(alice)).toBe("allow");
    expect(of("https://a.example/*").decide(alice)).toBe("allow");
    expect(of("https://b.example/*").decide(withToken("https://b.example/realm", "x"))).toBe("deny");
    expect(of("*/alice").decide(alice)).toBe("allow");
    expect(of("*").decide({ jwt: { iss: "https://a.example" } })).toBe("deny");
  });

  test("claims match a scalar or a list member, nested ones too; a boolean never", () => {
    const of = (key: string, value: string) =>
      new Mesh(
        authentication("[{ issuer: https://a.example }]") +
          policy(`rules: [{ when: [{ key: "request.auth.claims${key}", values: ["${value}"] }] }]`),
      );
    const claims = withToken("https://a.example", "alice", {
      claims: { groups: ["a", "b"], team: "a", act: { sub: "x" }, ok: true, scope: "read write" },
    });
    expect(of("[groups]", "b").decide(claims)).toBe("allow");
    expect(of("[team]", "a").decide(claims)).toBe("allow");
    expect(of("[act][sub]", "x").decide(claims)).toBe("allow");
    expect(of("[ok]", "true").decide(claims)).toBe("deny");
    expect(of("[scope]", "write").decide(claims)).toBe("allow");
    expect(of("[scope]", "read write").decide(claims)).toBe("deny");
  });

  test("the token is taken out unless it is forwarded", () => {
    const rewrite = (rules: string) =>
      new Mesh(authentication(rules)).lower().branches[0]?.transfer.rewrites.get("jwt.*")?.rewrite;
    expect(rewrite("[{ issuer: a }]")).toBe("absent");
    expect(rewrite("[{ issuer: a, forwardOriginalToken: true }]")).toBeUndefined();
    expect(rewrite("[{ issuer: a, forwardOriginalToken: true }, { issuer: b }]")).toBe("unknown");
    expect(new Mesh("").lower().branches[0]?.transfer.rewrites.size).toBe(0);
    const mesh = new Mesh(authentication("[{ issuer: https://a.example }]"));
    expect(mesh.explain({ ...alice, ...checkout }).next).toEqual({ traffic: "service", ...checkout });
  });
});

describe("TCP ports", () => {
  const tcp = { ...destination, transport: "tcp" as const };

  test("an ALLOW rule with HTTP attributes is dropped", () => {
    const mesh = new Mesh(
      policy(`rules: [{ to: [{ operation: { methods: [GET], ports: ["8080"] } }] }]`),
      tcp,
    );
    expect(mesh.decide({})).toBe("deny");
  });

  test("in a DENY rule HTTP attributes are ignored, which widens it", () => {
    const mesh = new Mesh(policy(`action: DENY\nrules: [{ to: [{ operation: { methods: [GET] } }] }]`), tcp);
    expect(mesh.decide({})).toBe("deny");
    const other = policy(
      `action: DENY\nrules: [{ to: [{ operation: { methods: [GET], ports: ["9090"] } }] }]`,
    );
    expect(new Mesh(other, tcp).decide({})).toBe("allow");
  });
});
