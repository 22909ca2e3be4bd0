/** Changes of deployed config as they happen: a line gone, a value changed, a policy that somebody added. */
import { type Fields, type Random, some } from "../../simulate/random.ts";
import type { Deployed } from "./translate.ts";
import { classes, gateways, spiffe } from "./vocabulary.ts";

export function mutate(random: Random, deployed: Deployed, times: number): Deployed {
  let result = deployed;
  for (let count = 0; count < times; count++) result = mutateOnce(random, result);
  return result;
}

function mutateOnce(random: Random, deployed: Deployed): Deployed {
  if (random.chance(0.25)) return { ...deployed, istio: [...deployed.istio, strange(random)] };
  if (random.chance(0.2)) return { ...deployed, kong: strangeKong(random, deployed.kong) };
  if (random.chance(0.1)) return withStrangeRule(random, deployed);
  const file = random.pick(["istio", "istio", "kong", "agentgateway"] as const);
  const copy = structuredClone(deployed);
  const edits = editsOf(copy[file]);
  if (edits.length > 0) random.pick(edits)(random);
  return copy;
}

type Edit = (random: Random) => void;

/** Everything in a tree that can be taken out, or replaced by another name of its kind. */
function editsOf(root: unknown): readonly Edit[] {
  const edits: Edit[] = [];
  const visit = (node: unknown, isOpen: boolean): void => {
    if (Array.isArray(node)) {
      const list = node as unknown[];
      for (const [index, item] of list.entries()) {
        if (isOpen) edits.push(() => list.splice(index, 1));
        if (typeof item === "string") edits.push(...replacements(item, (text) => (list[index] = text)));
        visit(item, true);
      }
    } else if (typeof node === "object" && node !== null) {
      const fields = node as Record<string, unknown>;
      for (const [name, value] of Object.entries(fields)) {
        if (removable.has(name)) edits.push(() => delete fields[name]);
        if (typeof value === "boolean") edits.push(() => (fields[name] = !value));
        if (typeof value === "string") edits.push(...replacements(value, (text) => (fields[name] = text)));
        visit(value, removable.has(name) || name === "items");
      }
    }
  };
  visit(root, true);
  return edits;
}

/** Fields that may go without the file becoming another file. */
const removable = new Set([
  ...["from", "to", "when", "selector", "principals", "methods", "paths", "notPaths", "rules", "routes"],
  ...["plugins", "hosts", "acls", "keyauth_credentials", "jwt_secrets", "jwtAuth", "mcpAuthorization"],
  ...["audiences", "providers", "consumers"],
]);

function replacements(text: string, put: (text: string) => void): readonly Edit[] {
  const known = classes.find((one) => one.includes(text));
  return known === undefined ? [] : [(random) => put(random.pick(known.filter((one) => one !== text)))];
}

/** A plugin that somebody added to Kong's service or to everything, or another base path of the service. */
function strangeKong(random: Random, kong: Fields): Fields {
  const copy = structuredClone(kong);
  const [service] = copy.services as [Fields];
  if (random.chance(0.25)) {
    service.path = random.pick(["/", "/api", "/api/"]);
    return copy;
  }
  const plugin = random.pick<Fields>([
    { name: "ip-restriction", config: { deny: ["10.0.0.0/8"] } },
    { name: "request-transformer", config: { remove: { headers: ["x-team"] } } },
    { name: "request-transformer", config: { remove: { headers: ["authorization"] } } },
    { name: "request-transformer", config: { add: { headers: ["x-team:blue"] } } },
    { name: "request-termination", config: { status_code: 403 } },
    { name: "jwt", config: { key_claim_name: "iss", anonymous: "nightly" } },
    { name: "key-auth", config: { anonymous: "erp" } },
    { name: "opa", config: { opa_host: "opa" } },
  ]);
  const scope = random.chance(0.5) ? service : copy;
  scope.plugins = [...((scope.plugins ?? []) as readonly Fields[]), plugin];
  return copy;
}

/** A rule that somebody added to agentgateway. */
function withStrangeRule(random: Random, deployed: Deployed): Deployed {
  const copy = structuredClone(deployed);
  const rule = random.pick<unknown>([
    "true",
    'mcp.tool.name == "lookup"',
    { deny: '"admin" in jwt.groups' },
    { require: "has(jwt.sub)" },
    { deny: "!has(jwt.level)" },
    'mcp.tool.target == "payments" && "other" in jwt.groups',
    { deny: "mcp.tool.arguments.amount > 200.0" },
    'mcp.prompt.name == "hello"',
  ]);
  const found = JSON.stringify(copy.agentgateway).includes('"mcpAuthorization":{"rules":[');
  if (!found) return copy;
  const text = JSON.stringify(copy.agentgateway).replace(
    '"mcpAuthorization":{"rules":[',
    (head) => `${head}${JSON.stringify(rule)},`,
  );
  return { ...copy, agentgateway: JSON.parse(text) as Fields };
}

/** A policy that nobody's intent asked for. */
function strange(random: Random): Fields {
  const kind = random.pick(["AuthorizationPolicy", "AuthorizationPolicy", "PeerAuthentication"]);
  const namespace = random.pick(["shop", "shop", "ai", "istio-system"]);
  const app = random.pick(["ledger", "pay", "payments-mcp", undefined]);
  const head = {
    apiVersion: "security.istio.io/v1",
    kind,
    metadata: {
      name: `strange-${Math.floor(random.next() * 1_000)}`,
      namespace,
      ...(random.chance(0.1) ? { annotations: { "istio.io/dry-run": "true" } } : {}),
    },
  };
  const selector = app === undefined ? {} : { selector: { matchLabels: { app } } };
  if (kind === "PeerAuthentication")
    return {
      ...head,
      spec: { ...selector, mtls: { mode: random.pick(["PERMISSIVE", "DISABLE", "STRICT"]) } },
    };
  const action = random.pick(["ALLOW", "ALLOW", "DENY", "DENY", "AUDIT", "CUSTOM"]);
  const rules = Array.from({ length: random.pick([0, 1, 1, 2]) }, () => strangeRule(random, action));
  return {
    ...head,
    spec: { ...selector, action, ...(action === "CUSTOM" ? { provider: { name: "authz" } } : {}), rules },
  };
}

function strangeRule(random: Random, action: string): Fields {
  const who = [spiffe("shop/sa/web"), spiffe("ops/sa/batch"), spiffe("ops/sa/debug"), gateways.edge];
  const principals = some(random, who, 1, 2).map((id) => id.slice("spiffe://".length));
  const source = random.pick<Fields>([
    { principals },
    { notPrincipals: principals },
    { namespaces: [random.pick(["shop", "ops", "s*"])] },
    { ipBlocks: ["10.0.0.0/8"] },
    { requestPrincipals: ["https://login.example/*"] },
  ]);
  const operation = random.pick<Fields>([
    { methods: some(random, ["GET", "POST"], 1, 2) },
    { paths: some(random, ["/v1/*", "/v1/entries/{*}", "/pay*", "/items", "/items/{*}", "/mcp"], 1, 2) },
    { notPaths: ["/v1/entries", "/items"] },
    { hosts: ["api.example"] },
    { ports: ["8080"] },
  ]);
  const when = random.pick<Fields>([
    { key: "request.headers[x-team]", values: ["blue"] },
    { key: "request.auth.claims[groups]", notValues: ["support"] },
    { key: "source.namespace", values: ["shop"] },
    { key: "request.auth.claims[iss]", values: ["https://login.example"] },
  ]);
  return {
    ...(random.chance(0.6) && action !== "CUSTOM" ? { from: [{ source }] } : {}),
    ...(random.chance(0.6) ? { to: [{ operation }] } : {}),
    ...(random.chance(0.3) && action !== "CUSTOM" ? { when: [when] } : {}),
  };
}
