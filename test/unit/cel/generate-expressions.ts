/** Random well-typed expressions of CEL, as policies use it, and random requests that they read. */
import type { Interaction, Json } from "../../../server/src/access/interaction.ts";
import type { Random } from "./generate.ts";

/** The input schema of the tool whose arguments the expressions read. */
export const argumentSchema: Json = {
  type: "object",
  properties: {
    count: { type: "integer" },
    amount: { type: "number" },
    note: { type: "string" },
    urgent: { type: "boolean" },
    tags: { type: "array", items: { type: "string" } },
    address: { type: "object", properties: { zip: { type: "integer" }, city: { type: "string" } } },
    labels: { type: "object", additionalProperties: { type: "string" } },
  },
};

const words = [
  "",
  "a",
  "ab",
  "shop",
  "Shop",
  "x\ny",
  "é",
  "a.b",
  "/api/v1",
  "2026-01-15T09:00:00Z",
  "15m",
  "12",
  "1.5",
  "(",
  "(?=a)",
];
const quote = (text: string) => JSON.stringify(text);
const regexes = [
  "^a",
  "b$",
  "a|b",
  "(?i)shop",
  "[^a-c]",
  "^/api/v[0-9]+$",
  "(a+)+$",
  "\\\\d{2,}",
  "^\\\\S*$",
  ".",
  "(?s)x.y",
  "\\\\bshop\\\\b",
];
const zones = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "+02:00", "-05:30"];
const getters = [
  "getHours",
  "getMinutes",
  "getDayOfWeek",
  "getDayOfMonth",
  "getDate",
  "getMonth",
  "getFullYear",
  "getDayOfYear",
];
const zonedGetters = getters.filter((name) => !["getDayOfYear", "getDayOfMonth"].includes(name));

/** Expressions by their type; `depth` bounds how far they nest. */
export class Expressions {
  constructor(
    private readonly random: Random,
    private readonly locals: readonly string[] = [],
  ) {}

  bool(depth: number): string {
    if (depth > 0 && this.random.chance(0.45)) {
      const [a, b] = [this.bool(depth - 1), this.bool(depth - 1)];
      return this.#one([
        () => `(${a} && ${b})`,
        () => `(${a} || ${b})`,
        () => `!(${a})`,
        () => `(${a} ? ${b} : ${this.bool(depth - 1)})`,
        () => `((${a}) == (${b}))`,
      ]);
    }
    return this.#leaf(Math.max(depth, 1));
  }

  #leaf(depth: number): string {
    const text = () => this.text(depth - 1);
    const integer = () => this.integer(depth - 1);
    const texts = () => this.texts(depth - 1);
    const order = () => this.random.pick(["<", "<=", ">", ">=", "==", "!="]);
    const regex = () => `"${this.random.pick(regexes)}"`;
    return this.#one([
      () => `${text()} ${order()} ${text()}`,
      () => `${text()}.${this.random.pick(["startsWith", "endsWith", "contains"])}(${text()})`,
      () => `${text()}.matches(${regex()})`,
      // Not a literal, so that it may be no expression at all.
      () => `${text()}.matches(jwt.sub)`,
      () => `${integer()} ${order()} ${integer()}`,
      () => `${this.number(depth - 1)} ${order()} ${this.number(depth - 1)}`,
      () => `${this.time(depth - 1)} ${order()} ${this.time(depth - 1)}`,
      () => `${this.length(depth - 1)} ${order()} ${this.length(depth - 1)}`,
      () => `${text()} in ${texts()}`,
      () => `${integer()} in [${integer()}, ${integer()}]`,
      () => `${text()} in {${text()}: 1}`,
      () =>
        `${texts()}.${this.random.pick(["exists", "all", "exists_one"])}(v, ${this.#with("v").bool(depth - 1)})`,
      () => `${texts()} == ${texts()}`,
      () => `size(${texts()}.filter(v, ${this.#with("v").bool(0)})) ${order()} ${integer()}`,
      () =>
        `has(${this.random.pick(["jwt.team", "mcp.tool.arguments.note", "mcp.tool.arguments.address.zip"])})`,
      () => this.random.pick(["mcp.tool.arguments.urgent", "jwt.flag == true", "true", "false"]),
      () => `jwt.level ${order()} ${this.random.pick(["5", "5.0", "0"])}`,
      () => `"k" in mcp.tool.arguments.labels`,
    ]);
  }

  text(depth: number): string {
    const leaf = () =>
      this.#one([
        () => quote(this.random.pick(words)),
        () =>
          this.random.pick([
            "jwt.sub",
            "jwt.iss",
            "mcp.tool.arguments.note",
            "mcp.tool.arguments.address.city",
            "request.method",
          ]),
        () => this.random.pick(["mcp.tool.name", "client.id", ...this.locals]),
        ...(this.locals.length > 0 ? [() => this.random.pick(this.locals)] : []),
      ]);
    if (depth <= 0) return leaf();
    return this.#one([
      leaf,
      leaf,
      () => `(${this.text(depth - 1)} + ${this.text(depth - 1)})`,
      () => `(${this.bool(depth - 1)} ? ${this.text(depth - 1)} : ${this.text(depth - 1)})`,
      () => `string(${this.integer(depth - 1)})`,
      () => `${this.texts(depth - 1)}[${this.random.pick(["0", "1", "-1", "5"])}]`,
      () => `${this.text(depth - 1)}.${this.random.pick(["lowerAscii", "upperAscii", "trim"])}()`,
      () => `${this.text(depth - 1)}.substring(${this.random.pick(["0", "1", "3"])})`,
      () => `mcp.tool.arguments.labels[${this.random.pick(['"k"', '"l"'])}]`,
    ]);
  }

  integer(depth: number): string {
    const leaf = () =>
      this.#one([
        () => this.random.pick(["0", "1", "2", "5", "200", "-1", "9223372036854775807"]),
        () =>
          this.random.pick([
            "mcp.tool.arguments.count",
            "mcp.tool.arguments.address.zip",
            "destination.port",
          ]),
      ]);
    if (depth <= 0) return leaf();
    return this.#one([
      leaf,
      () =>
        `(${this.integer(depth - 1)} ${this.random.pick(["+", "-", "*", "/", "%"])} ${this.integer(depth - 1)})`,
      () => `size(${this.text(depth - 1)})`,
      () => `size(${this.texts(depth - 1)})`,
      () => `int(${this.text(depth - 1)} + "0")`,
      () => `int(${this.number(depth - 1)})`,
      () => `int(${this.time(depth - 1)})`,
      () => `(${this.bool(depth - 1)} ? ${this.integer(depth - 1)} : ${this.integer(depth - 1)})`,
      () => `${this.time(depth - 1)}.${this.random.pick(getters)}()`,
      () => `${this.time(depth - 1)}.${this.random.pick(zonedGetters)}("${this.random.pick(zones)}")`,
      () =>
        `${this.length(depth - 1)}.${this.random.pick(["getHours", "getMinutes", "getSeconds", "getMilliseconds"])}()`,
      () => `${this.text(depth - 1)}.indexOf(${this.text(depth - 1)})`,
    ]);
  }

  number(depth: number): string {
    const leaf = () => this.random.pick(["mcp.tool.arguments.amount", "0.0", "5.5", "200.0", "-1.5", "1e99"]);
    if (depth <= 0) return leaf();
    return this.#one([
      leaf,
      leaf,
      () => `(${this.number(depth - 1)} ${this.random.pick(["+", "-", "*", "/"])} ${this.number(depth - 1)})`,
      () => `double(${this.integer(depth - 1)})`,
      () => `double(${quote(this.random.pick(["1.5", "-2", "1e3", "200"]))})`,
    ]);
  }

  time(depth: number): string {
    const leaf = () =>
      this.random.pick([
        "context.time",
        'timestamp("2026-01-15T09:00:00Z")',
        'timestamp("2026-07-15T23:30:00.5+02:00")',
        "timestamp(0)",
      ]);
    if (depth <= 0) return leaf();
    return this.#one([
      leaf,
      leaf,
      () => `(${this.time(depth - 1)} ${this.random.pick(["+", "-"])} ${this.length(depth - 1)})`,
      () => `timestamp(${this.text(depth - 1)})`,
    ]);
  }

  length(depth: number): string {
    const leaf = () =>
      this.random.pick([
        "credential.ttl",
        'duration("15m")',
        'duration("1h30m")',
        'duration("-1.5s")',
        'duration("0s")',
      ]);
    if (depth <= 0) return leaf();
    return this.#one([
      leaf,
      leaf,
      () => `(${this.length(depth - 1)} ${this.random.pick(["+", "-"])} ${this.length(depth - 1)})`,
      () => `(${this.time(depth - 1)} - ${this.time(depth - 1)})`,
      () => `duration(${quote(this.random.pick(["15m", "1.5h", "-300ms", "x", "15"]))})`,
    ]);
  }

  texts(depth: number): string {
    const leaf = () =>
      this.random.pick([
        "jwt.aud",
        "client.groups",
        "mcp.tool.arguments.tags",
        'request.headers["x-team"]',
        '["a", "shop"]',
      ]);
    if (depth <= 0) return leaf();
    return this.#one([
      leaf,
      leaf,
      () => `[${this.text(depth - 1)}, ${this.text(depth - 1)}]`,
      () => `${leaf()}.filter(w, ${this.#with("w").bool(0)})`,
      () => `${leaf()}.map(w, ${this.#with("w").text(depth - 1)})`,
      () => `${this.text(depth - 1)}.split(".")`,
    ]);
  }

  #with(local: string): Expressions {
    return new Expressions(this.random, [...this.locals, local]);
  }

  #one(forms: readonly (() => string)[]): string {
    return this.random.pick(forms)();
  }
}

/** A request in which each of those is there most of the time, and of its type. */
export function typedRequest(random: Random): Interaction {
  const some = <T>(value: T) => (random.chance(0.85) ? value : undefined);
  const word = () => random.pick(words);
  const list = () => Array.from({ length: Math.floor(random.next() * 4) }, word);
  const fields = (entries: { readonly [name: string]: Json | undefined }): { [name: string]: Json } =>
    Object.fromEntries(
      Object.entries(entries).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    );
  const groups = some(list());
  const time = some(random.pick(["2026-03-29T01:30:00Z", "2026-01-15T09:00:00Z", "2026-10-25T00:15:30.25Z"]));
  const ttl = some(random.pick(["15m", "90s", "1h"]));
  return {
    traffic: "ai",
    http: { method: random.pick(["GET", "POST"]), headers: random.chance(0.8) ? { "x-team": list() } : {} },
    jwt: {
      iss: word(),
      sub: word(),
      aud: list(),
      claims: fields({
        team: some(word()),
        level: some(random.pick([0, 5, 5.5])),
        flag: some(true),
      }),
    },
    client: { id: word(), ...(groups !== undefined && { groups }) },
    destination: { port: random.pick([5, 200, 8080]) },
    mcp: {
      method: "tools/call",
      tool: {
        name: word(),
        arguments: fields({
          count: some(random.pick([0, 1, 5, 200, -3])),
          amount: some(random.pick([0, 5.5, 200, -1])),
          note: some(word()),
          urgent: some(random.chance(0.5)),
          tags: some(list()),
          address: some(fields({ zip: some(random.pick([0, 5, 12])), city: some(word()) })),
          labels: some(fields({ k: some(word()) })),
        }),
      },
    },
    ...(time !== undefined && { time }),
    ...(ttl !== undefined && { credential: { ttl } }),
  };
}
