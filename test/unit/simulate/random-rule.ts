/** Random rules over the resources of a random control plane. */
import { condition as anyCondition } from "../cel/generate.ts";
import { type Fields, type Random, some } from "./random.ts";
import { aboutOperations, bodyConditions } from "./random-documents.ts";
import { eventTypes, identityNames, resourceNames, setNames, toolNames } from "./random-world.ts";

const common = [
  'jwt.groups.exists(g, g == "support")',
  'source.namespace == "shop"',
  'context.environment == "production"',
  'context.time < timestamp("2026-01-15T10:00:00Z")',
  'credential.ttl <= duration("15m")',
  'onBehalfOf.exists(p, p.id == "alice")',
  "!has(jwt.level)",
];
const http = [
  'request.headers["x-team"].exists(v, v == "blue")',
  'request.method == "GET" || request.path.startsWith("/pay")',
  'request.query["q"].exists(v, v == "1")',
  ...bodyConditions,
  'grpc.method == "Read"',
];
const suited: Readonly<Record<string, readonly string[]>> = {
  api: http,
  svc: http,
  rpc: http,
  tools: [
    "mcp.tool.arguments.amount <= 200.0",
    "mcp.tool.arguments.amount <= 200.0 && has(mcp.tool.arguments.note)",
    'mcp.tool.arguments.note.startsWith("a")',
    'mcp.tool.name in ["refund", "lookup"]',
  ],
  large: ["llm.params.max_tokens <= 1000"],
  small: ["llm.params.max_tokens <= 1000"],
  orders: ['event.source == "shop"'],
};

/** Conditions that rules ask for by name; one ends in a comment. */
export const namedConditions: Readonly<Record<string, string>> = {
  support: 'jwt.groups.exists(g, g == "support")',
  early: 'context.time < timestamp("2026-01-15T10:00:00Z") // before ten',
  unbanned: "!has(jwt.banned)",
};

export function rule(random: Random, name: string, declared: Fields): Fields {
  const effect = random.chance(0.8) ? "allow" : "deny";
  const isAllow = effect === "allow";
  const anonymous = isAllow && random.chance(0.12);
  const named = isAllow ? !anonymous : random.chance(0.8);
  const delegated = isAllow && !anonymous && random.chance(0.35);
  const about = random.chance(0.25) ? aboutOperations(random, declared) : undefined;
  const on = about?.on ?? Array.from({ length: random.pick([1, 1, 2]) }, () => target(random, declared));
  return {
    name,
    effect,
    ...(anonymous ? { anonymous: true } : {}),
    ...(named
      ? {
          subjects: delegated
            ? some(random, ["copilot", "bot", "web", "fleet", "jobs"], 1, 2)
            : subjects(random),
        }
      : {}),
    ...(delegated
      ? { onBehalfOf: some(random, ["staff", "admins", "app", "vendor", "web", "people", "all"], 1, 3) }
      : {}),
    on,
    ...(about !== undefined
      ? { condition: about.condition }
      : random.chance(0.3)
        ? { condition: condition(random, String(on[0]?.resource)) }
        : {}),
    ...(random.chance(0.15)
      ? { conditions: some(random, [...Object.keys(namedConditions), "early", "unbanned"], 1, 2) }
      : {}),
    ...(isAllow && random.chance(0.3) ? { requires: { credential: requirement(random) } } : {}),
  };
}

const subjects = (random: Random) => some(random, [...identityNames, ...setNames, "nobody-declared"], 1, 4);

function condition(random: Random, resource: string): string {
  if (random.chance(0.15)) return anyCondition(random, 2);
  return random.pick(random.chance(0.6) ? (suited[resource] ?? common) : common);
}

function target(random: Random, declared: Fields): Fields {
  const resource = random.pick([...resourceNames, "api", "tools"]);
  const list = (name: string, values: readonly string[]): Fields =>
    random.chance(0.5) ? { [name]: some(random, values, 1, 5) } : {};
  const parts = (): Fields => {
    switch (resource) {
      case "api":
      case "svc":
        return list("operations", [...operationNames(declared[resource]), "GET /nothing"]);
      case "rpc":
        return random.chance(0.5)
          ? list("rpcs", ["shop.Ledger/Append", "shop.Ledger/Read", "shop.Ledger/None"])
          : list("operations", ["shop.Ledger/Append", "POST /shop.Ledger/Read"]);
      case "tools":
        return {
          ...list("tools", [...toolNames, "undeclared"]),
          ...(random.chance(0.3) ? { prompts: ["hello"] } : {}),
          ...(random.chance(0.5) ? { resources: [random.pick(["file:///a", "file:///docs/**"])] } : {}),
        };
      case "orders":
        return random.chance(0.6) ? { events: events(random, list) } : {};
      default:
        return {};
    }
  };
  const wrong = random.chance(0.05)
    ? random.pick([{ tools: ["refund"] }, { events: {} }, { operations: ["GET /pay"] }])
    : {};
  return { resource, ...parts(), ...wrong };
}

function events(random: Random, list: (name: string, values: readonly string[]) => Fields): Fields {
  return {
    ...list("types", [...eventTypes, "order.other"]),
    ...(random.chance(0.5) ? { operation: random.pick(["publish", "consume"]) } : {}),
  };
}

/** None of a resource that an edit has taken away. */
function operationNames(resource: unknown): readonly string[] {
  const { operations = [] } = (resource ?? {}) as { readonly operations?: readonly (string | Fields)[] };
  const names = operations.map((one) =>
    typeof one === "string" ? one : String(one.id ?? `${one.method} ${one.path}`),
  );
  // A path template alone means every method that it has.
  const paths = operations.map((one) => (typeof one === "string" ? one.split(" ")[1] : String(one.path)));
  return [...names, ...names, ...paths.flatMap((path) => path ?? [])];
}

function requirement(random: Random): Fields {
  return random.pick<Fields>([
    { maxTtl: "15m" },
    { type: "x509-svid" },
    { type: ["x509-svid", "token-exchange"], maxAge: "5m" },
    { maxTtl: "1h", boundTo: "task" },
    { boundTo: "session" },
    { boundTo: "task" },
  ]);
}
