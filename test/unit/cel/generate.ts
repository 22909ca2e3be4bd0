import type { Interaction, Json } from "../../../server/src/access/interaction.ts";

/** A small deterministic generator (mulberry32), so that a failure can be repeated from its seed. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(values: readonly T[]): T {
    const value = values[Math.floor(this.next() * values.length)];
    if (value === undefined) throw new Error("nothing to pick from");
    return value;
  }
}

export const toolSchema: Json = {
  type: "object",
  properties: {
    amount: { type: "number" },
    count: { type: "integer" },
    note: { type: "string" },
    urgent: { type: "boolean" },
    tags: { type: "array", items: { type: "string" } },
    address: { type: "object", properties: { street: { type: "string" }, zip: { type: "integer" } } },
  },
  required: ["amount"],
};

const words = [
  "a",
  "ab",
  "shop",
  "GET",
  "POST",
  "/a/b",
  "/a",
  "a/b",
  "",
  "spiffe://td/ns/shop/sa/web",
  "alice",
  "x\ny",
];
const texts = [
  "request.method",
  "request.path",
  "request.host",
  "source.principal",
  "source.namespace",
  "source.serviceAccount",
  "source.trustDomain",
  "jwt.iss",
  "jwt.sub",
  "client.id",
  "mcp.tool.name",
  "mcp.resource.name",
  "grpc.service",
  "grpc.method",
  "context.environment",
  "mcp.tool.arguments.note",
  "mcp.tool.arguments.address.street",
  "onBehalfOf[0].id",
];
const dynamic = [
  "jwt.team",
  "jwt.level",
  'jwt["x.y"]',
  "jwt.act.sub",
  "jwt.act.deep.er",
  "jwt.groups",
  "request.body.a",
  "request.body.a.b",
];
const doubles = ["mcp.tool.arguments.amount"];
const integers = [
  "mcp.tool.arguments.count",
  "mcp.tool.arguments.address.zip",
  "destination.port",
  "llm.params.max_tokens",
];
const lists = [
  "jwt.aud",
  "client.groups",
  'request.headers["X-Team"]',
  'request.query["q"]',
  'request.query["Q"]',
  "jwt.scope",
  "mcp.tool.arguments.tags",
  "onBehalfOf[0].groups",
];
const present = [
  ...dynamic,
  ...integers,
  "jwt.sub",
  "jwt.scope",
  "source.namespace",
  "mcp.tool",
  "mcp.tool.arguments",
  "request.headers.foo",
];
const regexes = [
  "^a",
  "b$",
  "^/a/",
  "a|b",
  "^(a|b)$",
  "(?i)SHOP",
  "^/a|b$",
  "[ab]+",
  "a.b",
  "\\\\.",
  "^$",
  ".*",
  "\\\\bshop",
  "^/a/.*$",
];
const orders = ["<", "<=", ">", ">="];
const equalities = ["==", "!="];

const quote = (text: string) => JSON.stringify(text);

/** A random condition over the forms that lower, and some that do not. */
export function condition(random: Random, depth = 3, more: readonly string[] = []): string {
  if (depth > 0 && random.chance(0.6)) {
    const [a, b] = [condition(random, depth - 1, more), condition(random, depth - 1, more)];
    return random.pick([
      `(${a} && ${b})`,
      `(${a} || ${b})`,
      `!(${a})`,
      `(${a} && ${b})`,
      `(${a} ? ${b} : ${condition(random, depth - 1, more)})`,
    ]);
  }
  return leaf(random, more);
}

/** `more`: further variables of type string. */
export function leaf(random: Random, more: readonly string[] = []): string {
  const text = () => quote(random.pick(words));
  const number = () => random.pick(["0", "5", "5.5", "200", "-1", "2.0"]);
  const method = () => {
    const name = random.pick(["startsWith", "endsWith", "contains", "matches"]);
    return `${name}(${name === "matches" ? `"${random.pick(regexes)}"` : text()})`;
  };
  const anyText = () => random.pick([...texts, ...more, ...more, ...dynamic]);
  const list = () => random.pick([...lists, ...dynamic]);
  const forms: readonly (() => string)[] = [
    () => `${anyText()} ${random.pick(equalities)} ${text()}`,
    () => `${text()} ${random.pick(equalities)} ${anyText()}`,
    () => `${anyText()} in [${text()}, ${text()}]`,
    () => `${random.pick(dynamic)} in [${text()}, ${number()}, true, null]`,
    () => `${anyText()}.${method()}`,
    () => `${random.pick([...doubles, ...dynamic])} ${random.pick(orders)} ${number()}`,
    () => `${number()} ${random.pick(orders)} ${random.pick([...doubles, ...integers, ...dynamic])}`,
    () => `${random.pick([...doubles, ...dynamic])} ${random.pick(equalities)} ${number()}`,
    () =>
      `${random.pick(integers)} ${random.pick([...orders, ...equalities])} ${random.pick(["0", "5", "200"])}`,
    () => `${random.pick(integers)} in [5, 200]`,
    () => `${random.pick(doubles)} in [5, 5.5]`,
    () => `${random.pick(dynamic)} ${random.pick(equalities)} ${random.pick(["true", "null"])}`,
    () =>
      random.pick([
        "jwt.flag",
        "mcp.tool.arguments.urgent",
        "mcp.tool.arguments.urgent == true",
        "true",
        "1 > 2",
      ]),
    () => `${text()} in ${list()}`,
    () => `${list()}.exists(v, v == ${text()})`,
    () => `${list()}.exists(v, v.${method()} || v == ${text()})`,
    () => `${list()}.exists(v, v in [${text()}, ${text()}])`,
    () => `has(${random.pick(present.filter((one) => !one.includes("[")))})`,
    () => `"x-team" in request.headers`,
    () => `"note" in mcp.tool.arguments`,
    () =>
      `credential.ttl ${random.pick([...orders, ...equalities])} duration("${random.pick(["15m", "90s", "1h"])}")`,
    () => `context.time ${random.pick(orders)} timestamp("2026-01-15T09:00:00Z")`,
    () => `onBehalfOf.${random.pick(["exists", "all"])}(p, p.id == ${text()} && "support" in p.groups)`,
    () => `onBehalfOf.exists(p, p.issuer.startsWith("http"))`,
    () => `size(jwt.groups) ${random.pick(orders)} 1`,
    () => `jwt.groups[0] == ${text()}`,
    () => `jwt.sub == client.id`,
    () => `mcp.tool.arguments.amount * 2.0 > 10.0`,
    () => `jwt.groups.all(g, g.startsWith("a"))`,
    () => `mcp.tool.target == "a"`,
  ];
  return random.pick(forms)();
}

/** A random interaction over the same few values, with missing and mistyped ones. */
export function interaction(random: Random): Interaction {
  const word = () => random.pick(words);
  const maybe = <T>(make: () => T): T | undefined => (random.chance(0.75) ? make() : undefined);
  const some = (): readonly string[] => Array.from({ length: Math.floor(random.next() * 3) }, word);
  const json = (depth: number): Json => {
    const forms: (() => Json)[] = [
      word,
      word,
      () => random.pick([0, 5, 5.5, 200, -1]),
      () => random.chance(0.5),
      () => null,
    ];
    if (depth > 0) {
      forms.push(
        () => some(),
        () => [json(depth - 1), json(depth - 1)],
        () => object(["a", "b", "sub", "deep", "er"], depth - 1),
      );
    }
    return random.pick(forms)();
  };
  const object = (keys: readonly string[], depth: number): { [key: string]: Json } => {
    const made: { [key: string]: Json } = {};
    for (const key of keys) if (random.chance(0.6)) made[key] = json(depth);
    return made;
  };
  const typed = (value: () => Json) => (random.chance(0.7) ? value() : json(1));
  const toolArguments = (): { [key: string]: Json } => {
    const made: { [key: string]: Json } = {};
    const put = (key: string, value: () => Json) => {
      if (random.chance(0.75)) made[key] = typed(value);
    };
    put("amount", () => random.pick([0, 5, 5.5, 200, 250]));
    put("count", () => random.pick([0, 5, 200]));
    put("note", word);
    put("urgent", () => random.chance(0.5));
    put("tags", () => some());
    put("address", () => object(["street", "zip"], 0));
    return made;
  };
  const made = {
    traffic: "ai" as const,
    environment: maybe(word),
    source: maybe(() =>
      compact({
        principal: maybe(() =>
          random.pick(["spiffe://td/ns/shop/sa/web", "spiffe://td/ns/ab/sa/a", ...words]),
        ),
      }),
    ),
    client: maybe(() => compact({ id: maybe(word), groups: maybe(some) })),
    jwt: maybe(() =>
      compact({
        iss: maybe(() => random.pick(["https://idp", ...words])),
        sub: maybe(word),
        aud: maybe(some),
        claims: maybe(() => ({
          ...object(["team", "level", "x.y", "act", "groups", "flag"], 2),
          ...(random.chance(0.7) && { scope: random.chance(0.6) ? some().join(" ") : json(1) }),
        })),
      }),
    ),
    credential: maybe(() => compact({ ttl: maybe(() => random.pick(["15m", "90s", "1h", "2h"])) })),
    destination: maybe(() => compact({ port: maybe(() => random.pick([5, 200, 8080])) })),
    http: maybe(() =>
      compact({
        method: maybe(() => random.pick(["GET", "POST", "get"])),
        host: maybe(word),
        path: maybe(() =>
          random.pick(["/a/b", "/a", "/a/b?q=a&q=ab", "/a/shop?Q=ab", "/a/ab/shop", "/shop/a?q=", ...words]),
        ),
        headers: maybe(() => (random.chance(0.5) ? { "x-team": some() } : { "X-Team": ["a"], foo: ["b"] })),
        body: maybe(() => json(2)),
      }),
    ),
    grpc: random.chance(0.3) ? { service: "a", method: "ab" } : undefined,
    mcp: maybe(() =>
      compact({
        server: maybe(word),
        method: "tools/call",
        tool: maybe(() => compact({ name: word(), arguments: maybe(toolArguments) })),
        resource: maybe(() => ({ uri: word() })),
      }),
    ),
    llm: maybe(() => compact({ maxTokens: maybe(() => random.pick([5, 200, 1.5])) })),
    time: maybe(() =>
      random.pick(["2026-01-15T08:59:59Z", "2026-01-15T09:00:00Z", "2026-01-15T11:00:00+01:00"]),
    ),
  };
  return compact(made) as Interaction;
}

/** Without what is undefined: absent means absent. */
function compact<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
