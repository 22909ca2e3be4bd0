/** The workspace that the snippets of docs/codes are put into: correct, and equal to what is deployed. */

export const controlPlane: Readonly<Record<string, string>> = {
  owner: "owner: platform-security@acme.example\n",
  trustDomains: "trustDomains: { prod.acme.example: {} }\n",
  issuers: `issuers:
  workforce: { url: "https://login.acme.example", audiences: ["https://api.acme.example"], claims: { groups: list } }
`,
  secretManagers: "secretManagers: { vault: { type: vault } }\n",
  auditSinks: "auditSinks: { lake: { format: ocsf } }\n",
};

/** An enforcement point has deployed files only where the page shows one of them. */
export function environments(deployed: ReadonlySet<string>): string {
  const source = (point: string): string =>
    deployed.has(point) ? `, deployed: [{ files: "deployed/${point}/*.yaml", completeFor: all }]` : "";
  return `environments:
  production:
    vars: { td: prod.acme.example }
    enforcementPoints:
      edge: { type: kong, identity: edge-gateway, forwards: { jwt: true }${source("kong")} }
      mesh: { type: istio, transparent: true, settings: { trustDomain: prod.acme.example }${source("istio")} }
      ai-gateway: { type: agentgateway, identity: ai-gateway${source("agentgateway")} }
`;
}

/** A resource has a path only where something is deployed on it: what is not known there is a finding, too. */
const inventory = (deployed: ReadonlySet<string>): string => `apiVersion: plumbline/v1
kind: Inventory
metadata: { name: base }
spec:
  identities:
    edge-gateway: { type: workload, spiffeId: "spiffe://prod.acme.example/ns/edge/sa/kong", owner: edge@acme.example, credential: { type: x509-svid, maxTtl: 1h } }
    ai-gateway: { type: workload, spiffeId: "spiffe://prod.acme.example/ns/ai/sa/agentgateway", owner: ai@acme.example, credential: { type: x509-svid, maxTtl: 1h } }
    checkout: { type: workload, spiffeId: "spiffe://prod.acme.example/ns/shop/sa/checkout", owner: checkout@acme.example, credential: { type: x509-svid, maxTtl: 1h } }
    partner: { type: client, deployedAs: { kong: { consumer: partner } }, owner: partners@acme.example, credential: { type: api-key, rotation: 90d, revokedOn: rotation, secretManager: vault, secretRef: kong/partner } }
    support-staff: { type: group, issuer: workforce, claims: { groups: support }, owner: support@acme.example }
    support-copilot:
      type: agent
      spiffeId: spiffe://prod.acme.example/ns/ai/sa/support-copilot
      owner: support-ai@acme.example
      actsFor: [support-staff]
      killSwitch: https://runbooks.acme.example/support-copilot
      credential: { type: token-exchange, issuer: workforce, maxTtl: 15m, boundTo: task, revokedOn: task-completion }
  resources:
    ledger:
      type: service
      protocol: http
      operations: ["POST /entries", "GET /entries/{id}"]
${deployed.has("istio") ? "      paths: [[mesh]]\n" : ""}      at: { mesh: { namespace: shop, labels: { app: ledger }, port: 8080 } }
    payments-api:
      type: api
      hosts: [api.acme.example]
      operations: ["GET /payments", "GET /payments/{id}"]
${deployed.has("kong") ? "      paths: [[edge]]\n" : ""}    payments-tools:
      type: mcp-server
      target: payments
      tools: specs/payments.tools.json
${deployed.has("agentgateway") ? "      paths: [[ai-gateway]]\n" : ""}    gpt-large: { type: model, provider: openai, model: gpt-large }
    orders: { type: event-channel, topic: orders, types: [example.acme.order.placed] }
`;

const policy = `apiVersion: plumbline/v1
kind: Policy
metadata: { name: base }
spec:
  owner: platform@acme.example
  rules:
    - name: append
      effect: allow
      subjects: [checkout]
      on: [{ resource: ledger, operations: ["POST /entries"] }]
    - name: partner-reads
      effect: allow
      subjects: [partner]
      on: [{ resource: payments-api }]
    - name: copilot-lookup
      effect: allow
      subjects: [support-copilot]
      onBehalfOf: [support-staff]
      on: [{ resource: payments-tools, tools: [lookup] }]
`;

/** Every rule of the base decides one, so that a page which shows a scenario shows that only. */
export const scenarios = `apiVersion: plumbline/v1
kind: Scenarios
metadata: { name: base }
spec:
  now: 2026-01-15T09:00:00Z
  scenarios:
    - name: checkout appends
      as: checkout
      request: { resource: ledger, http: { method: POST, url: "https://ledger/entries" } }
      expect: { decision: allow, rule: base/append }
    - name: checkout reads nothing
      as: checkout
      request: { resource: ledger, http: { method: GET, url: "https://ledger/entries/1" } }
      expect: { decision: deny }
    - name: the partner reads
      as: partner
      request: { resource: payments-api, http: { method: GET, url: "https://api.acme.example/payments" } }
      expect: { decision: allow, rule: base/partner-reads }
    - name: the copilot looks up
      as: support-copilot
      onBehalfOf: [{ id: alice, issuer: workforce, groups: [support] }]
      request: { mcp: { server: payments-tools, method: tools/call, params: { name: lookup, arguments: { id: "1" } } } }
      expect: { decision: allow, rule: base/copilot-lookup }
`;

const tools = JSON.stringify({
  tools: [
    {
      name: "lookup",
      inputSchema: { type: "object", properties: { id: { type: "string" } }, required: ["id"] },
    },
    {
      name: "refund",
      inputSchema: {
        type: "object",
        properties: { amount: { type: "number" }, reason: { type: "string" } },
        required: ["amount"],
      },
    },
  ],
});

export const files = (deployed: ReadonlySet<string>): Readonly<Record<string, string>> => ({
  "inventory/base.plumb.yaml": inventory(deployed),
  "policies/base.plumb.yaml": policy,
  "inventory/specs/payments.tools.json": tools,
});

const strict = `apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: { name: default, namespace: istio-system }
spec: { mtls: { mode: STRICT } }
`;

const ledger = `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: ledger, namespace: shop }
spec:
  selector: { matchLabels: { app: ledger } }
  rules:
    - from: [{ source: { principals: [prod.acme.example/ns/shop/sa/checkout] } }]
      to: [{ operation: { methods: [POST], paths: [/entries] } }]
`;

const kong = `_format_version: "3.0"
services:
  - name: payments
    host: payments.shop.svc.cluster.local
    port: 8080
    routes:
      - name: payments
        hosts: [api.acme.example]
        methods: [GET]
        paths: ["~/payments(/[^/]+)?$"]
        strip_path: false
        plugins: [{ name: key-auth, config: { key_in_query: false } }]
consumers:
  - username: partner
    keyauth_credentials: [{ key: "{vault://env/partner}" }]
`;

const agentgateway = `binds:
  - port: 3000
    listeners:
      - routes:
          - name: payments
            matches: [{ path: { pathPrefix: /mcp } }]
            policies:
              jwtAuth:
                mode: strict
                issuer: https://login.acme.example
                audiences: ["https://api.acme.example"]
                jwks: { url: "https://login.acme.example/.well-known/jwks.json" }
                jwtValidationOptions: { requiredClaims: [exp, aud] }
              mcpAuthorization:
                rules:
                  - mcp.tool.name == "lookup" && jwt.act.sub == "spiffe://prod.acme.example/ns/ai/sa/support-copilot" && !has(jwt.act.act) && "support" in jwt.groups
            backends:
              - mcp: { targets: [{ name: payments, mcp: { host: "http://payments-mcp.ai.svc.cluster.local:8080/mcp" } }] }
`;

export const deployedFiles: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  istio: {
    "deployed/istio/peer-authentication.yaml": strict,
    "deployed/istio/ledger.yaml": ledger,
  },
  kong: { "deployed/kong/kong.yaml": kong },
  agentgateway: { "deployed/agentgateway/config.yaml": agentgateway },
};
