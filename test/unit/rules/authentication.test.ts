/** Where the rules about tokens, trust domains and delegation end: what they must not report, and what they must. */
import { describe, expect, it } from "vitest";
import { foundIn, mendedIn, shownIn } from "./found-in.ts";

const indented = (lines: string, by = "  "): string => lines.trim().replace(/^(?=.)/gm, by);

/** Each part with its key; a control plane has what none of the rules speaks of. */
interface World {
  readonly issuers?: string;
  readonly trustDomains?: string;
  readonly environments?: string;
  readonly identities: string;
  readonly resources?: string;
  readonly rules: string;
}

const documents = (world: World) => ({
  "ControlPlane/shop": `trustDomains: { prod.example: {}${world.trustDomains ?? ""} }
issuers:
${indented(world.issuers ?? 'workforce: { url: "https://login.example", audiences: ["https://api.example"] }')}
environments: ${world.environments ?? "{ production: {} }"}`,
  "Inventory/shop": `identities:
${indented(world.identities)}
resources:
${indented(world.resources ?? 'svc: { type: service, protocol: http, operations: ["GET /a", "GET /b"] }')}`,
  "Policy/p": `rules:
${indented(world.rules)}`,
});

const allow = (subject: string, target = 'svc, operations: ["GET /a"]', more = ""): string =>
  `- { name: r-${subject}, effect: allow, subjects: [${subject}], on: [{ resource: ${target} }]${more} }`;

describe("audience-not-single", () => {
  const code = "audience-not-single";
  const shown = (credential: string) =>
    shownIn(
      code,
      documents({
        identities: `job: { type: workload, spiffeId: "spiffe://prod.example/job", credential: { ${credential} } }`,
        rules: allow("job"),
      }),
    );
  const two = 'audiences: ["https://a.example", "https://b.example"]';

  it("is said at the second audience", async () => {
    expect(await shown(`type: jwt-svid, ${two}`)).toEqual(['"https://b.example"']);
    expect(await shown(`type: token-exchange, issuer: workforce, ${two}`)).toEqual(['"https://b.example"']);
  });

  it.each([
    ["one audience", 'type: jwt-svid, audiences: ["https://a.example"]'],
    ["no audience that anybody declared", "type: jwt-svid"],
    ["a certificate, which has none", `type: x509-svid, ${two}`],
    [
      "the UserInfo endpoint of the issuer that makes it",
      'type: oidc, issuer: workforce, audiences: ["https://a.example", "https://login.example/userinfo"]',
    ],
  ])("is not said of %s", async (_, credential) => {
    expect(await shown(credential)).toEqual([]);
  });

  it("is said of an issuer's host that only begins alike, and of another issuer's", async () => {
    const credential = (audience: string) =>
      `type: oidc, issuer: workforce, audiences: ["https://a.example", "${audience}"]`;
    expect(await shown(credential("https://login.example.evil.example/"))).toHaveLength(1);
    expect(await shown(credential("https://sso.example/userinfo"))).toHaveLength(1);
  });

  it("keeps one of them, and the issuer itself", async () => {
    const credential =
      'type: oidc, issuer: workforce, audiences: ["https://a.example", "https://login.example/u", "https://b.example"]';
    const identities = `job: { type: workload, spiffeId: "spiffe://prod.example/job", credential: { ${credential} } }`;
    const [lines] = await mendedIn(code, documents({ identities, rules: allow("job") }));
    expect(lines?.join("")).toContain('audiences: ["https://a.example", "https://login.example/u"] }');
  });

  it("is not said of a retired identity", async () => {
    const identities = `old: { type: workload, spiffeId: "spiffe://prod.example/old", status: retired, credential: { type: jwt-svid, ${two} } }
job: { type: workload, spiffeId: "spiffe://prod.example/job" }`;
    expect(await shownIn(code, documents({ identities, rules: allow("job") }))).toEqual([]);
  });
});

describe("oidc-trust-unpinned", () => {
  const code = "oidc-trust-unpinned";
  const issuers = 'open: { url: "https://open.example" }';
  const identities = `staff: { type: group, issuer: open, claims: { team: staff } }
bot: { type: agent, spiffeId: "spiffe://prod.example/bot", actsFor: [staff] }
job: { type: workload, spiffeId: "spiffe://prod.example/job" }`;
  const shown = (rules: string) => shownIn(code, documents({ issuers, identities, rules }));

  it("is said at the issuer, once, with the identities that its tokens prove", async () => {
    const rules = `${allow("staff")}\n${allow("bot", 'svc, operations: ["GET /b"]', ", onBehalfOf: [staff]")}`;
    const found = await foundIn(code, documents({ issuers, identities, rules }));
    expect(found.map((one) => one.shown)).toEqual(["open"]);
    expect(found[0]?.related.map((one) => one.message)).toEqual([
      "p/r-staff allows requests with tokens of open.",
      "p/r-bot allows requests with tokens of open.",
    ]);
  });

  it("is not said of an issuer that no allow depends on", async () => {
    expect(await shown(allow("job"))).toEqual([]);
    expect(await shown(`${allow("job")}\n${allow("staff").replace("allow", "deny")}`)).toEqual([]);
  });

  it("is not said where every rule asks for the audience itself", async () => {
    const asks = (condition: string) => shown(allow("staff", undefined, `, condition: '${condition}'`));
    expect(await asks('"https://us.example" in jwt.aud')).toEqual([]);
    expect(await asks('"https://us.example" in jwt.aud && jwt.level == "high"')).toEqual([]);
    expect(await asks('"https://us.example" in jwt.aud || "https://us2.example" in jwt.aud')).toEqual([]);
  });

  it("is said where tokens for others pass beside it", async () => {
    const asks = (condition: string) => shown(allow("staff", undefined, `, condition: '${condition}'`));
    expect(await asks('"https://us.example" in jwt.aud || jwt.level == "high"')).toEqual(["open"]);
    expect(await asks('!("https://other.example" in jwt.aud)')).toEqual(["open"]);
    const pinned = allow("staff", undefined, `, condition: '"https://us.example" in jwt.aud'`);
    expect(
      await shown(`${pinned}\n${allow("staff", 'svc, operations: ["GET /b"]').replace("r-", "s-")}`),
    ).toEqual(["open"]);
  });
});

describe("oidc-trust-unpinned, of an issuer that many share", () => {
  const shown = (url: string, proof: string, more = "") =>
    foundIn(
      "oidc-trust-unpinned",
      documents({
        issuers: `ci: { url: "${url}", audiences: ["https://api.example"] }`,
        identities: `deployer: { type: workload, issuer: ci, ${proof} }`,
        rules: allow("deployer", undefined, more),
      }),
    );
  const github = "https://token.actions.githubusercontent.com";
  const named = async (...given: Parameters<typeof shown>) => (await shown(...given)).map((one) => one.shown);

  it("is said at the claims, with those that say whose a token is", async () => {
    const [finding] = await shown(github, "claims: { environment: production }");
    expect(finding?.shown).toBe("{ environment: production }");
    expect(finding?.message).toBe(
      "deployer is proven by tokens with `environment` of ci, and GitHub Actions makes such tokens for workflows of every repository on GitHub: none of the claims says whose it is, so that a stranger's passes. Pin it in `claims` by `repository`, `repository_owner` or `sub`.",
    );
  });

  it.each([
    [`${github}/`, "claims: { ref: refs/heads/main }"],
    ["https://gitlab.com", 'claims: { ref_protected: "true" }'],
    ["https://agent.buildkite.com", "claims: { build_branch: main }"],
    ["https://app.terraform.io", "claims: { terraform_run_phase: apply }"],
    ["https://accounts.google.com", 'claims: { email_verified: "true" }'],
    ["https://login.microsoftonline.com/common/v2.0", "claims: { roles: deployer }"],
  ])("is said of %s with %s", async (url, proof) => {
    expect(await named(url, proof)).toHaveLength(1);
  });

  it.each([
    [github, "claims: { repository: acme/shop }"],
    [github, "claims: { repository_owner: acme, environment: production }"],
    [github, 'claims: { sub: "repo:acme/shop:ref:refs/heads/main" }'],
    [`${github}/acme`, "claims: { environment: production }"],
    ["https://gitlab.acme.example", "claims: { ref: main }"],
    ["https://oidc.circleci.com/org/0f00", "claims: { context: deploy }"],
    ["https://login.microsoftonline.com/5e1f/v2.0", "claims: { roles: deployer }"],
    ["https://login.microsoftonline.com/common/v2.0", "claims: { tid: 5e1f }"],
    ["https://accounts.google.com", "clientId: shop.apps.googleusercontent.com"],
  ])("is not said of %s with %s", async (url, proof) => {
    expect(await named(url, proof)).toEqual([]);
  });

  it("is not said where every rule asks for it itself", async () => {
    const asks = (condition: string) =>
      named(github, "claims: { environment: production }", `, condition: '${condition}'`);
    expect(await asks('jwt.repository_owner == "acme"')).toEqual([]);
    expect(await asks('jwt.sub.startsWith("repo:acme/")')).toEqual([]);
    expect(await asks('jwt.repository_owner != "evil"')).toHaveLength(1);
  });
});

describe("unfederated-trust-domain", () => {
  const code = "unfederated-trust-domain";
  const vendor = (domain: string, more = ""): string =>
    `vendor: { type: third-party, vendor: V, revocation: call, reviewBy: 2030-01-01, spiffeId: "spiffe://${domain}/agent"${more} }`;
  const shown = (world: Partial<World>) =>
    shownIn(code, documents({ identities: vendor("vendor.example"), rules: allow("vendor"), ...world }));

  it("is said at the trust domain", async () => {
    expect(await shown({ trustDomains: ", vendor.example: {}" })).toEqual(["vendor.example"]);
    const identities = vendor("vendor.example")
      .replace("spiffeId:", "spiffeIdPattern:")
      .replace("agent", "*");
    expect(await shown({ trustDomains: ", vendor.example: {}", identities })).toEqual(["vendor.example"]);
  });

  it("is not said of a federated one", async () => {
    const trustDomains =
      ', vendor.example: { federation: https_web, bundleEndpoint: "https://vendor.example/b" }';
    expect(await shown({ trustDomains })).toEqual([]);
  });

  it.each([
    [
      "of which another identity is a workload of ours",
      {
        identities: `${vendor("prod.example")}\njob: { type: workload, spiffeId: "spiffe://prod.example/job" }`,
      },
    ],
    [
      "that a variable has in an environment",
      { identities: vendor("prod.example"), environments: "{ production: { vars: { td: prod.example } } }" },
    ],
    [
      "that differs by environment",
      {
        identities: vendor("$" + "{td}"),
        environments: "{ production: { vars: { td: prod.example } } }",
      },
    ],
    [
      "of a mesh",
      {
        identities: vendor("prod.example"),
        environments:
          "{ production: { enforcementPoints: { mesh: { type: istio, transparent: true, settings: { trustDomain: prod.example } } } } }",
      },
    ],
    [
      "that a mesh had before",
      {
        trustDomains: ", old.example: {}",
        identities: vendor("old.example"),
        environments:
          "{ production: { enforcementPoints: { mesh: { type: istio, transparent: true, settings: { trustDomain: prod.example, trustDomainAliases: [old.example] } } } } }",
      },
    ],
  ] satisfies readonly (readonly [string, Partial<World>])[])(
    "is not said of a domain %s",
    async (_, world) => {
      expect(await shown(world)).toEqual([]);
    },
  );

  it("is not said of a third party that is proven by tokens only, or that has gone", async () => {
    const byToken =
      "vendor: { type: third-party, vendor: V, revocation: call, reviewBy: 2030-01-01, issuer: workforce, clientId: v }";
    expect(await shown({ identities: byToken })).toEqual([]);
    const gone = `${vendor("vendor.example", ", status: retired")}\njob: { type: workload, spiffeId: "spiffe://prod.example/job" }`;
    expect(
      await shown({ trustDomains: ", vendor.example: {}", identities: gone, rules: allow("job") }),
    ).toEqual([]);
  });
});

describe("token-passthrough", () => {
  const code = "token-passthrough";
  const files = {
    "tools.json": JSON.stringify({ tools: [{ name: "look", inputSchema: { type: "object" } }] }),
  };
  const identities = `gateway: { type: workload, spiffeId: "spiffe://prod.example/gateway" }
staff: { type: group, issuer: workforce, claims: { team: staff } }`;
  const points = (edge: boolean, inner: boolean) => `
  production:
    enforcementPoints:
      edge: { type: kong, identity: gateway, forwards: { jwt: ${edge} } }
      inner: { type: agentgateway, identity: gateway, forwards: { jwt: ${inner} } }
      mesh: { type: istio, transparent: true }`;
  const server = (path: string, more = ""): string =>
    `tools: { type: mcp-server, tools: tools.json, paths: [[${path}]]${more} }`;
  const shown = (world: Partial<World>) =>
    shownIn(code, documents({ identities, rules: allow("staff", "tools"), ...world }), files);

  it("is said of the last point that has a connection of its own, whatever the mesh behind it", async () => {
    const forwarding = { environments: points(false, true) };
    expect(await shown({ ...forwarding, resources: server("inner") })).toEqual(["true"]);
    expect(await shown({ ...forwarding, resources: server("edge, inner, mesh") })).toEqual(["true"]);
  });

  it("is not said of a point behind which another one takes the token off", async () => {
    expect(await shown({ environments: points(true, false), resources: server("edge, inner") })).toEqual([]);
  });

  it("is not said of what is no MCP server: MCP alone forbids it", async () => {
    const resources = 'api: { type: api, hosts: [api.example], operations: ["GET /a"], paths: [[edge]] }';
    const rules = allow("staff", "api");
    expect(await shown({ environments: points(true, true), resources, rules })).toEqual([]);
  });

  const own = (audiences: string) => `workforce: { url: "https://login.example", audiences: ${audiences} }`;
  const named = server("inner", ", hosts: [mcp.example]");

  it("is not said where the tokens are made for that server, which the gateway only looks at", async () => {
    const environments = points(false, true);
    for (const audience of ["https://mcp.example/mcp", "https://mcp.example", "mcp.example"])
      expect(await shown({ environments, resources: named, issuers: own(`["${audience}"]`) })).toEqual([]);
  });

  it("is said where the tokens are good for something else, too", async () => {
    const environments = points(false, true);
    for (const audiences of [
      '["https://mcp.example", "https://api.example"]',
      '["https://mcp.example.evil.example"]',
      '["https://api.example/mcp.example"]',
    ])
      expect(await shown({ environments, resources: named, issuers: own(audiences) })).toEqual(["true"]);
    const twin = `${named}\nother: { type: mcp-server, tools: tools.json, hosts: [mcp.example] }`;
    expect(await shown({ environments, resources: twin, issuers: own('["https://mcp.example"]') })).toEqual([
      "true",
    ]);
  });
});

describe("prior-actor-in-decision", () => {
  const code = "prior-actor-in-decision";
  const identities = `job: { type: workload, spiffeId: "spiffe://prod.example/job" }`;
  const shown = (condition: string, effect = "allow") =>
    shownIn(
      code,
      documents({
        identities,
        rules: allow("job", undefined, `, condition: '${condition}'`).replace("allow", effect),
      }),
    );

  it.each([
    ['jwt.act.act.sub == "a"', ["jwt.act.act.sub"]],
    ['jwt.act.act.act.sub == "a"', ["jwt.act.act.act.sub"]],
    ['has(jwt.act.act) && jwt.act.act.iss == "a"', ["jwt.act.act.iss"]],
    ["has(jwt.act.act.sub)", ["has(jwt.act.act.sub)"]],
    ['jwt.act.sub == "a"', []],
    ['jwt.act.actor == "a"', []],
    ["has(jwt.act.act)", []],
    ["!has(jwt.act.act.act)", []],
  ])("%s: %j", async (condition, expected) => {
    expect(await shown(condition)).toEqual(expected);
    expect(await shown(condition, "deny")).toEqual(expected);
  });

  it.each([
    ['jwt.act.act.sub == "a" || jwt.act.act.act.iss == "b"', 'jwt.act.sub == "a" || jwt.act.iss == "b"'],
    ['has(jwt.act.act) && jwt.act.act.sub == "a"', 'has(jwt.act.act) && jwt.act.sub == "a"'],
  ])("%s is mended by the current actor: %s", async (condition, mended) => {
    const rule = `- name: r
  effect: allow
  subjects: [job]
  on: [{ resource: svc }]
  condition: |-
    ${condition}`;
    expect(await mendedIn(code, documents({ identities, rules: rule }))).toEqual([[mended]]);
  });
});

describe("invalid-spiffe-id", () => {
  const code = "invalid-spiffe-id";
  const identities = `job: { type: workload, spiffeId: "spiffe://prod.example/job" }`;
  const shown = (condition: string) =>
    shownIn(
      code,
      documents({
        identities,
        rules: `- name: r
  effect: deny
  on: [{ resource: svc }]
  condition: |-
    ${condition}`,
      }),
    );

  it.each([
    'source.principal == "prod.example/job"',
    'source.principal == "spiffe://prod.example/job/"',
    'source.principal in ["spiffe://prod.example/job", "spiffe://Prod.example/job"]',
    'jwt.sub != "spiffe://prod.example//job"',
    'source.principal == "spiffe://prod.example/ns/*"',
    'source.principal.startsWith("spifee://prod.example/ns/")',
    'source.principal.startsWith("prod.example/ns/shop/")',
    'source.principal.startsWith("spiffe://Prod.example/")',
    'source.principal.startsWith("spiffe://prod.example//")',
  ])("is said of %s", async (condition) => {
    expect(await shown(condition)).toHaveLength(1);
  });

  it.each([
    'source.principal == "spiffe://prod.example/job"',
    'source.principal == ""',
    'source.principal.startsWith("spiffe://prod.example/")',
    'source.principal.startsWith("spiffe://prod.example/ns/.")',
    'source.principal.startsWith("spiffe://")',
    'source.principal.startsWith("spif")',
    'source.principal.startsWith("")',
    'source.principal.matches("^spiffe://prod[.]example/[a-z]+$")',
    'source.principal.endsWith("/sa/job")',
    'jwt.sub == "alice@example.com"',
    'jwt.sub == "https://other.example/users/1"',
    'jwt.team == "spiffe"',
  ])("is not said of %s", async (condition) => {
    expect(await shown(condition)).toEqual([]);
  });

  const told = async (condition: string) => {
    const rule = `- name: r\n  effect: allow\n  anonymous: true\n  on: [{ resource: svc }]\n  condition: |-\n    ${condition}`;
    const world = documents({ identities, rules: rule });
    const [finding, ...others] = await foundIn(code, world);
    expect(others).toEqual([]);
    return [finding?.message, ...(await mendedIn(code, world)).flat()];
  };

  it("says of Istio's form that it lacks the scheme only", async () => {
    expect(await told('source.principal == "cluster.local/ns/shop/sa/shop"')).toEqual([
      'source.principal is never "cluster.local/ns/shop/sa/shop". That is how Istio writes the SPIFFE ID "spiffe://cluster.local/ns/shop/sa/shop": it lacks "spiffe://" only. p/r decides nothing by this comparison.',
      'source.principal == "spiffe://cluster.local/ns/shop/sa/shop"',
    ]);
  });

  it("says of a beginning that no name begins so", async () => {
    expect(await told('source.principal.startsWith("spifee://prod.example/ns/")')).toEqual([
      'source.principal never begins with "spifee://prod.example/ns/". A SPIFFE ID starts with "spiffe://" in lower case; here stands "spifee://". p/r decides nothing by this comparison.',
      'source.principal.startsWith("spiffe://prod.example/ns/")',
    ]);
  });

  it("looks at the claims of identities, which may be of people too", async () => {
    const world = (sub: string) =>
      documents({
        identities: `job: { type: workload, issuer: workforce, claims: { sub: "${sub}" } }`,
        rules: allow("job"),
      });
    expect(await shownIn(code, world("spiffe://prod.example/job?x=1"))).toHaveLength(1);
    expect(await shownIn(code, world("spiffe://prod.example/job"))).toEqual([]);
    expect(await shownIn(code, world("user:alice/"))).toEqual([]);
  });
});
