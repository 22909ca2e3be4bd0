/** Random requests, most of which are about something in a random control plane. */
import type { Interaction, Json } from "../../../server/src/access/interaction.ts";
import type { Environment, Identity, PolicySet, Resource, Rule } from "../../../server/src/policy/model.ts";
import { namesOperation } from "../../../server/src/policy/operation-names.ts";
import { credentialsOf } from "../../../server/src/simulate/credentials.ts";
import { given } from "../../../server/src/simulate/requests/reading.ts";
import { type Fields, type Random, some } from "./random.ts";
import { bodyOf } from "./random-documents.ts";
import { eventTypes, identityNames, methods, resourceNames, templates, toolNames } from "./random-world.ts";

/** A request for something that a rule is about, or for anything; by a caller of the rule, or by anybody. */
export function request(random: Random, set: PolicySet, environment: Environment): Interaction {
  const rules = set.policies.flatMap((policy) => policy.rules);
  const about = random.chance(0.85) ? random.pick(rules) : undefined;
  const wanted = about === undefined ? undefined : random.pick(about.on).resource.text;
  const resource = set.resources.get(wanted ?? random.pick(resourceNames));
  if (resource === undefined) throw new Error("a target names a resource of the world");
  const part = asked(random, resource, about, environment);
  const by = caller(random, set, environment, about);
  return mutated(random, {
    ...by,
    ...part,
    ...given({
      environment: random.pick([environment.name, "elsewhere", undefined]),
      time: random.pick(["2026-01-15T09:00:00Z", "2026-01-15T12:00:00Z", undefined]),
    }),
  });
}

type Part = Omit<Interaction, "source" | "client" | "jwt" | "onBehalfOf">;

function asked(random: Random, resource: Resource, about: Rule | undefined, environment: Environment): Part {
  const destination = random.chance(0.92) ? { destination: { resource: resource.name } } : {};
  const headers = random.chance(0.4) ? { "x-team": [random.pick(["blue", "red"])] } : undefined;
  switch (resource.type) {
    case "api":
    case "service": {
      const named = about?.on.flatMap((one) => one.operations?.map((name) => name.text) ?? []) ?? [];
      const meant = resource.operations.filter((one) => named.some((name) => namesOperation(name, one)));
      const choice = meant.length > 0 && random.chance(0.85) ? meant : resource.operations;
      const operation = choice.length > 0 ? random.pick(choice) : undefined;
      const vars = environment.vars.get("td") ?? "";
      const template = (random.chance(0.95) ? operation?.path : undefined) ?? random.pick(templates);
      const path = template
        .replaceAll("${td}", vars)
        .replace(/\{[^{}]*\}/g, () => random.pick(["1", "search", "v-2", "a.json", "x-y", "events", "a"]));
      const domain = environment.vars.get("domain") ?? "";
      return {
        traffic: "api",
        transport: resource.protocol === "tcp" && random.chance(0.7) ? "tcp" : "http",
        ...destination,
        ...(resource.protocol === "grpc" && random.chance(0.7)
          ? {
              destination: { resource: resource.name },
              grpc: {
                service: "shop.Ledger",
                method: random.pick(["Append", "Read", "Append", "Read", "None"]),
              },
            }
          : {
              http: {
                method: random.chance(0.85)
                  ? (operation?.method ?? "GET")
                  : random.pick([...methods, "get", "OPTIONS"]),
                path: random.chance(resource.ambiguousPaths === "accept" ? 0.3 : 0.1)
                  ? path + random.pick(["?q=1", "?q=2&q=1", "/", "#x", ";a=1", "%2F", "/../x", "%2e", "//"])
                  : path,
                ...given({
                  headers,
                  host: random.pick([
                    ...hostsOf(resource, domain),
                    `API.${domain}:443`,
                    `x.y.${domain}`,
                    "a.example",
                    "other.example",
                    undefined,
                  ]),
                  body: bodyOf(random),
                }),
              },
            }),
      };
    }
    case "mcp-server":
      return {
        traffic: "ai",
        ...destination,
        http: {
          method: "POST",
          path: random.chance(0.85) ? (resource.mcpPath ?? "/mcp") : "/mcp",
          ...given({ headers }),
        },
        mcp: { server: resource.name, ...mcpCall(random, about) },
      };
    case "model": {
      const own = resource.model?.model.replaceAll("${td}", environment.vars.get("td") ?? "");
      return {
        traffic: "ai",
        ...destination,
        llm: {
          ...given({
            model: random.chance(0.7) ? own : random.pick(["gpt-large", "other", undefined]),
            provider: random.pick([resource.model?.provider, undefined, undefined, "other"]),
            maxTokens: random.pick([10, 5000, undefined]),
          }),
        },
      };
    }
    case "event-channel":
      return {
        traffic: "event",
        ...destination,
        event: given({
          topic: random.chance(0.85) ? environment.vars.get("topic") : random.pick(["other", undefined]),
          type: random.chance(0.85) ? random.pick(eventTypes) : random.pick(["order.other", undefined]),
          source: random.pick(["shop", undefined]),
          operation: random.pick(["publish", "consume", undefined] as const),
        }),
      };
  }
}

/** Mostly one that it answers on. */
function hostsOf({ hosts }: Resource, domain: string): readonly string[] {
  const own = hosts.map((host) => host.text.replaceAll("${domain}", domain).replace("*.", "api."));
  return own.length === 0 ? Array(6).fill(`api.${domain}`) : [...own, ...own, ...own, ...own, ...own, ...own];
}

function mcpCall(random: Random, about: Rule | undefined): Omit<NonNullable<Interaction["mcp"]>, "server"> {
  const tools = about?.on.flatMap((one) => one.tools?.map((tool) => tool.text) ?? []) ?? [];
  const isOfResources = about?.on.some((one) => one.mcpResources !== undefined) ?? false;
  const method = random.chance(isOfResources ? 0.3 : 0.75)
    ? "tools/call"
    : random.pick(["prompts/get", "resources/read", "resources/read", "resources/subscribe", "tools/list"]);
  const stray = random.chance(0.1) ? { prompt: { name: "hello" } } : {};
  switch (method) {
    case "tools/call": {
      const name = random.pick(tools.length > 0 && random.chance(0.7) ? tools : [...toolNames, "undeclared"]);
      const amount = random.pick<Json | undefined>([5, 200, 250, "5", null, undefined]);
      const note = random.pick<Json | undefined>(["abc", "x", 7, undefined]);
      return {
        method,
        ...stray,
        tool: {
          name,
          ...(random.chance(0.9)
            ? { arguments: given({ amount, note }) as Fields as { [key: string]: Json } }
            : {}),
        },
      };
    }
    case "prompts/get":
      return { method, ...(random.chance(0.9) ? { prompt: { name: random.pick(["hello", "other"]) } } : {}) };
    case "resources/read":
      return {
        method,
        ...(random.chance(0.9)
          ? { resource: { uri: random.pick(["file:///a", "file:///docs/x", "file:///docs"]) } }
          : {}),
      };
    default:
      return { method, ...stray };
  }
}

function caller(
  random: Random,
  set: PolicySet,
  environment: Environment,
  about: Rule | undefined,
): Pick<Interaction, "source" | "client" | "jwt" | "credential"> {
  const pick = (names: Rule["subjects"]): Identity | undefined => {
    const declared = (names ?? []).flatMap((name) => set.identities.get(name.text) ?? []);
    return declared.length > 0 && random.chance(0.85)
      ? random.pick(declared)
      : set.identities.get(random.pick(identityNames));
  };
  const pair = random.chance(0.6) ? agreed(random, set, about) : undefined;
  const identity = pair?.actor ?? pick(about?.subjects);
  if (identity === undefined || random.chance(0.05)) return {};
  const isDelegated = random.chance(about?.onBehalfOf === undefined ? 0.15 : 0.9);
  const made = credentialsOf(identity, [], set, environment, undefined);
  const credential = random.chance(0.7)
    ? {
        ...given({
          type: random.pick([
            "x509-svid",
            "token-exchange",
            ...(about?.requires?.credentialTypes ?? []),
            undefined,
          ]),
          ttl: random.pick(["15m", "15m", "1h", "2h", "soon", undefined]),
          age: random.pick(["2m", "2m", "10m", undefined]),
        }),
        ...(random.chance(0.5)
          ? { boundTo: { kind: about?.requires?.boundTo ?? random.pick(["task", "session"]) } }
          : {}),
      }
    : undefined;
  const delegator = pair?.delegator ?? pick(about?.onBehalfOf);
  const jwt = isDelegated ? exchanged(random, identity, delegator, set, environment) : made.jwt;
  return { ...made, ...given({ jwt, credential }) };
}

/** An actor of the rule that may act for a delegator of the rule, if there is one. */
function agreed(
  random: Random,
  set: PolicySet,
  about: Rule | undefined,
): { readonly actor: Identity; readonly delegator: Identity } | undefined {
  const pairs = (about?.subjects ?? []).flatMap(({ text }) => {
    const actor = set.identities.get(text);
    return (about?.onBehalfOf ?? []).flatMap((wanted) => {
      const delegator = set.identities.get(wanted.text);
      const may = actor?.actsFor.some((one) => one.text === wanted.text) ?? false;
      return actor !== undefined && delegator !== undefined && may ? [{ actor, delegator }] : [];
    });
  });
  return pairs.length === 0 ? undefined : random.pick(pairs);
}

/** The delegator's own token, with the actor on top of it. */
function exchanged(
  random: Random,
  actor: Identity,
  delegator: Identity | undefined,
  set: PolicySet,
  environment: Environment,
): Interaction["jwt"] {
  const own = delegator && credentialsOf(delegator, [], set, environment, undefined).jwt;
  const subject = credentialsOf(actor, [], set, environment, undefined);
  const sub = subject.source?.principal ?? subject.jwt?.claims?.azp ?? actor.name;
  const nested = random.pick<Json | undefined>([
    undefined,
    undefined,
    undefined,
    { sub: "prior" },
    { sub: "a", act: { sub: "b" } },
  ]);
  const act = random.pick<Json>([
    given({ sub, act: nested }) as Json,
    given({ sub, act: nested }) as Json,
    { sub: "stranger" },
    null,
    "text",
    [{ sub }],
  ]);
  return {
    ...own,
    ...given({ iss: own?.iss ?? "https://login.example", sub: random.pick(["alice", own?.sub]) }),
    claims: { ...own?.claims, act: random.chance(0.8) ? (given({ sub, act: nested }) as Json) : act },
  };
}

/** Sometimes something is missing, wrong or of another type. */
function mutated(random: Random, interaction: Interaction): Interaction {
  if (random.chance(0.75)) return interaction;
  const { jwt } = interaction;
  return random.pick<() => Interaction>([
    () => ({
      ...interaction,
      source: {
        principal: random.pick([
          "spiffe://prod.example/ns/shop/sa/web",
          "spiffe://prod.example/ns/ai/sa/copilot",
          "spiffe://partner.example/vendor",
          "spiffe://prod.example/ns/other/sa/web",
          "spiffe://prod.example/ns/ai/x/y",
          "spiffe://prod.example/ns/ai",
        ]),
      },
    }),
    () => ({ ...interaction, source: {} }),
    () => ({
      ...interaction,
      client: {
        id: random.pick(["app", "app", "app-key", "legacy-prod.example", "other"]),
        groups: some(random, ["gold", "of-prod.example", "tin"], 0, 2),
      },
    }),
    () =>
      jwt === undefined
        ? interaction
        : {
            ...interaction,
            jwt: {
              ...jwt,
              ...random.pick([{ aud: ["wrong"] }, { aud: ["x", "https://api.example"] }, { aud: [] }]),
            },
          },
    () =>
      jwt === undefined
        ? interaction
        : {
            ...interaction,
            jwt: {
              ...jwt,
              iss: random.pick(["https://login.example/", "https://partner.example", "https://evil.example"]),
            },
          },
    // A JWT-SVID, without a certificate.
    () => ({
      ...interaction,
      source: {},
      jwt: {
        iss: "https://partner.example",
        sub: random.pick(["spiffe://prod.example/ns/shop/sa/web", "spiffe://prod.example/ns/shop/sa/other"]),
      },
    }),
    () => ({
      ...interaction,
      jwt: {
        ...jwt,
        claims: {
          ...jwt?.claims,
          ...random.pick<{ [key: string]: Json }>([
            { groups: "support" },
            { groups: ["x", "support", 7] },
            { groups: null },
            { realm: { roles: ["writer"] }, groups: ["root"] },
            { "https://acme.example/team": "blue" },
            { azp: "app" },
            { client_id: "bot-prod.example" },
          ]),
        },
      },
    }),
  ])();
}
