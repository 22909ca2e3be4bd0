/** Random control planes: identities of all types, resources of all types, rules over them. */
import { type Fields, type Random, some } from "./random.ts";
import { documented } from "./random-documents.ts";
import { namedConditions, rule } from "./random-rule.ts";
import { inputSchema } from "./random-schema.ts";

export const identityNames = [
  "web",
  "copilot",
  "bot",
  "staff",
  "admins",
  "app",
  "vendor",
  "legacy",
  "ghost",
  "jobs",
  "fleet",
];
export const setNames = ["people", "shop", "all"];
export const toolNames = ["refund", "lookup", "export"];
export const methods = ["GET", "POST", "HEAD", "DELETE"];
export const templates = [
  "/pay",
  "/pay/search",
  "/pay/{id}",
  "/pay/{other}",
  "/pay/{id}.json",
  "/pay/v-{id}",
  "/pay/{id}/events",
  "/pay/{id}/{part}",
  "/{area}/search",
  "/{area}/{id}",
  "/pay/{a}-{b}",
  "/pay/",
];
export const eventTypes = ["order.placed", "order.gone"];

/** The files of a control plane; JSON is YAML. */
export function world(random: Random): Readonly<Record<string, string>> {
  const spec = (kind: string, name: string, body: Fields) =>
    JSON.stringify({ apiVersion: "plumbline/v1", kind, metadata: { name }, spec: body });
  const declared = resources(random);
  const { resources: described, files } = documented(random, declared);
  const policies = Array.from({ length: 1 + Math.floor(random.next() * 3) }, (_, index) =>
    spec("Policy", `policy-${index}`, {
      ...(random.chance(0.15) ? { mode: "audit" } : {}),
      conditions: namedConditions,
      rules: Array.from({ length: 1 + Math.floor(random.next() * 4) }, (_, at) =>
        rule(random, `rule-${at}`, declared),
      ),
    }),
  );
  const documents = [
    spec("ControlPlane", "random", controlPlane(random)),
    spec("Inventory", "all", { identities: identities(random), resources: described }),
    ...policies,
  ];
  return {
    ...files,
    "all.plumb.yaml": documents.join("\n---\n"),
    "tools.json": JSON.stringify({
      tools: toolNames.map((name) => ({ name, inputSchema: inputSchema(`${name} ${policies}`) })),
    }),
  };
}

function controlPlane(random: Random): Fields {
  const points: Fields = {
    edge: { type: "kong", identity: "web" },
    keys: { type: "litellm", identity: "web" },
    mesh: { type: "istio", transparent: true },
  };
  const environment = (td: string, domain: string) => ({
    vars: { td, domain, topic: `${td}-orders` },
    // Of a point that an environment lacks it is not known what clients are called there.
    enforcementPoints: Object.fromEntries(Object.entries(points).filter(() => random.chance(0.9))),
  });
  return {
    trustDomains: { "prod.example": {}, "staging.example": {} },
    issuers: {
      workforce: {
        url: "https://login.example",
        audiences: random.pick([["https://api.example"], ["https://api.example", "other"]]),
        ...(random.chance(0.5) ? { claims: { groups: "list" } } : {}),
      },
      partner: { url: "https://partner.example" },
    },
    limits: { delegationDepth: random.pick([0, 1, 1, 1, 2]) },
    environments: {
      production: environment("prod.example", "acme.example"),
      staging: environment("staging.example", "staging.acme.example"),
    },
  };
}

function identities(random: Random): Fields {
  const maybe = (fields: Fields, chance = 0.85): Fields => (random.chance(chance) ? fields : {});
  const acts = () =>
    maybe({ actsFor: some(random, ["staff", "admins", "app", "vendor", "web", "people"], 1, 3) });
  const gateway = () => random.pick(["kong", "litellm", "edge", "keys"]);
  const appNames = [
    { kong: { consumer: "app" } },
    { litellm: { consumer: "app" } },
    { edge: { consumer: "app" }, litellm: { consumer: "app-key" } },
  ];
  return {
    web: {
      type: "workload",
      spiffeId: "spiffe://${td}/ns/shop/sa/web",
      ...maybe({ issuer: "partner", credential: { type: "jwt-svid" } }, 0.5),
      ...maybe(acts(), 0.2),
    },
    copilot: { type: "agent", spiffeId: "spiffe://${td}/ns/ai/sa/copilot", ...acts() },
    bot: { type: "agent", clientId: "bot-${td}", ...maybe({ issuer: "workforce" }), ...acts() },
    staff: {
      type: "group",
      issuer: "workforce",
      ...maybe({ claims: { groups: "support" } }),
      ...maybe({ deployedAs: { [gateway()]: { groups: ["gold", "of-${td}"] } } }, 0.4),
      ...maybe({ status: "retired" }, 0.1),
    },
    admins: {
      type: "group",
      issuer: "workforce",
      claims: { groups: ["admin", "root"], ...maybe({ "realm.roles": "writer" }, 0.3) },
    },
    app: {
      type: "client",
      issuer: random.pick(["partner", "workforce"]),
      clientId: "app",
      ...maybe({ status: "retired" }, 0.15),
      ...maybe({ claims: { "https://acme.example/team": "blue" } }, 0.3),
      ...maybe({ deployedAs: random.pick(appNames) }, 0.7),
    },
    vendor: {
      type: "third-party",
      spiffeId: "spiffe://partner.example/vendor",
      ...maybe({ issuer: "partner", claims: { sub: "vendor", ...maybe({ aud: "other" }, 0.3) } }, 0.5),
    },
    legacy: { type: "legacy-service-account", deployedAs: { [gateway()]: { consumer: "legacy-${td}" } } },
    ghost: { type: "workload" },
    jobs: { type: "workload", spiffeIdPattern: "spiffe://${td}/ns/*/sa/web", ...maybe(acts(), 0.3) },
    fleet: { type: "agent", spiffeIdPattern: "spiffe://${td}/ns/ai/**", ...acts() },
    people: { type: "set", of: ["staff", "admins", ...(random.chance(0.3) ? ["undeclared"] : [])] },
    shop: { type: "set", of: some(random, ["web", "app", "jobs", "legacy"], 1, 3) },
    // Sets in sets, and sometimes in a circle.
    all: { type: "set", of: ["people", "shop", "copilot", ...(random.chance(0.1) ? ["all"] : [])] },
  };
}

function resources(random: Random): Fields {
  const operations = () =>
    templates.flatMap((path, index) =>
      some(random, methods, 0, 2).map((method) =>
        random.chance(0.5) ? { id: `op${index}${method}`, method, path } : `${method} ${path}`,
      ),
    );
  const way = () =>
    random.chance(0.7)
      ? {
          paths: random.pick([
            [["edge"]],
            [["keys"]],
            [["edge", "mesh"]],
            [["mesh"]],
            [["mesh"], ["keys", "mesh"]],
          ]),
        }
      : {};
  const http = () => ({
    ...way(),
    ...(random.chance(0.9) ? { operations: operations() } : {}),
    ...(random.chance(0.3) ? { basePath: random.pick(["/v1", "/${td}"]) } : {}),
    ...(random.chance(0.1) ? { openapi: "missing.yaml" } : {}),
    ...(random.chance(0.2) ? { ambiguousPaths: "accept" } : {}),
  });
  return {
    api: {
      type: "api",
      ...(random.chance(0.8)
        ? { hosts: random.pick([["api.${domain}"], ["*.${domain}"], ["a.example", "API.${domain}"]]) }
        : {}),
      ...http(),
    },
    svc: { type: "service", ...http() },
    rpc: {
      type: "service",
      protocol: "grpc",
      ...way(),
      ...(random.chance(0.9) ? { rpcs: ["shop.Ledger/Append", "shop.Ledger/Read"] } : {}),
    },
    tools: {
      type: "mcp-server",
      ...way(),
      ...(random.chance(0.85) ? { tools: random.pick(["tools.json", "tools.json", "gone.json"]) } : {}),
      ...(random.chance(0.5) ? { prompts: ["hello"] } : {}),
      ...(random.chance(0.5) ? { resources: ["file:///a", "file:///docs/**"] } : {}),
    },
    store: { type: "service", protocol: "tcp", ...way() },
    large: { type: "model", provider: "openai", model: "gpt-large", ...way() },
    small: { type: "model", provider: "mistral", model: "small-${td}", ...way() },
    orders: {
      type: "event-channel",
      topic: "${topic}",
      ...way(),
      ...(random.chance(0.7) ? { types: eventTypes } : {}),
    },
  };
}

export const resourceNames = ["api", "svc", "rpc", "store", "tools", "large", "small", "orders"];
