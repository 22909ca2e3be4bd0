/** The few names that random control planes are made of, so that policy and deployed config speak of the same things. */

export const trustDomain = "prod.example";
export const audience = "https://api.example";
export const workforce = "https://login.example";
export const partners = "https://partner.example";

export const spiffe = (path: string): string => `spiffe://${trustDomain}/ns/${path}`;
export const gateways = { edge: spiffe("edge/sa/kong"), "ai-gateway": spiffe("ai/sa/agw") } as const;

/** What proves an identity, in the words of the generators. */
export interface Caller {
  readonly workload?: string;
  readonly groups?: string;
  readonly consumer?: string;
  readonly actsFor?: readonly string[];
}

export const callers: Readonly<Record<string, Caller>> = {
  web: { workload: spiffe("shop/sa/web") },
  batch: { workload: spiffe("ops/sa/batch") },
  copilot: { workload: spiffe("ai/sa/copilot"), actsFor: ["staff"] },
  staff: { groups: "support" },
  admins: { groups: "admin" },
  erp: { consumer: "erp" },
  nightly: { consumer: "nightly" },
};

export type ResourceName = "ledger" | "pay" | "tools" | "db";

/** `METHOD /template` of the two resources that speak HTTP; those of `pay` all lie under `/pay`. */
export const operations: Readonly<Record<"ledger" | "pay", readonly string[]>> = {
  ledger: ["GET /v1/entries", "POST /v1/entries", "GET /v1/entries/search", "GET /v1/entries/{id}"],
  pay: ["GET /pay/items", "POST /pay/items", "GET /pay/items/{id}", "GET /pay/items/{id}/events"],
};

export const toolNames = ["refund", "lookup", "drop"];

/** A condition as the policy says it, and as each enforcement point would; missing where it cannot. */
export interface Condition {
  readonly cel: string;
  readonly istio?: readonly object[];
  readonly agentgateway?: string;
}

export const conditions: Readonly<Record<string, Condition>> = {
  team: {
    cel: 'request.headers["x-team"].exists(v, v == "blue")',
    istio: [{ key: "request.headers[x-team]", values: ["blue"] }],
  },
  namespace: {
    cel: 'source.namespace == "shop"',
    istio: [{ key: "source.namespace", values: ["shop"] }],
  },
  groups: {
    cel: 'jwt.groups.exists(g, g == "support")',
    istio: [{ key: "request.auth.claims[groups]", values: ["support"] }],
    agentgateway: '"support" in jwt.groups',
  },
  level: {
    cel: "!has(jwt.level)",
    istio: [{ key: "request.auth.claims[level]", notValues: ["*"] }],
    agentgateway: "!has(jwt.level)",
  },
  lifetime: { cel: 'credential.ttl <= duration("15m")' },
  morning: { cel: 'context.time < timestamp("2026-01-15T10:00:00Z")' },
  amount: { cel: "mcp.tool.arguments.amount <= 200.0", agentgateway: "mcp.tool.arguments.amount <= 200.0" },
};

/** Values that may stand in for each other in a mutated config. */
export const classes: readonly (readonly string[])[] = [
  ["GET", "POST", "DELETE", "HEAD"],
  ["support", "admin", "other"],
  ["erp-keys", "nightly-keys"],
  [...Object.values(callers).flatMap((one) => one.workload ?? []), ...Object.values(gateways)].map((id) =>
    id.slice("spiffe://".length),
  ),
  ["/v1/entries", "/v1/entries/{*}", "/v1/entries/search", "/v1/*", "*"],
  ["/pay/items", "/pay/items/{*}", "/pay/items/{*}/events", "/pay*", "/items", "/items/{*}"],
  ["/pay", "/pay/", "~/pay/items$", "/pay/items", "~/pay/items/[^/]+$"],
  ["blue", "red", "*"],
  ["ALLOW", "DENY"],
  ["STRICT", "PERMISSIVE"],
  ["strict", "optional"],
  [workforce, partners],
];
