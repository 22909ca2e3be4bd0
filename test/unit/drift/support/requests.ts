/** Random requests for one path of a random control plane, most of them about something that somebody speaks of. */
import type { Interaction, Json } from "../../../../server/src/access/interaction.ts";
import { withDelegation } from "../../../../server/src/access/witness.ts";
import { type Fields, type Random, some } from "../../simulate/random.ts";
import type { Plane } from "./analyse.ts";
import type { Deployed } from "./translate.ts";
import {
  audience,
  callers,
  gateways,
  operations,
  partners,
  spiffe,
  toolNames,
  workforce,
} from "./vocabulary.ts";
import type { RuleSpec } from "./world.ts";

/**
 * `base` is what every request of the path has. Half of the requests are what a rule of the resource is about, by a
 * caller of that rule.
 */
export function request(random: Random, base: Interaction, { world, deployed }: Plane): Interaction {
  const resource = base.destination?.resource ?? "";
  const rules = world.rules.filter((one) => one.resource === resource);
  const about = rules.length > 0 && random.chance(0.6) ? random.pick(rules) : undefined;
  const credential = random.chance(0.4)
    ? {
        credential: {
          ...(random.chance(0.7) ? { type: random.pick(["x509-svid", "token-exchange"]) } : {}),
          ...(random.chance(0.7) ? { ttl: random.pick(["10m", "15m", "1h"]) } : {}),
          ...(random.chance(0.5) ? { boundTo: { kind: random.pick(["task", "session"]) } } : {}),
        },
      }
    : {};
  return withDelegation({
    ...base,
    ...(about === undefined || random.chance(0.1)
      ? caller(random, resource, deployed)
      : callerOf(random, about, deployed)),
    ...credential,
    ...(resource === "db"
      ? {}
      : resource === "tools"
        ? mcp(random, about)
        : { http: http(random, resource, about) }),
    time: random.pick(["2026-01-15T09:00:00Z", "2026-01-15T12:00:00Z"]),
  });
}

function http(
  random: Random,
  resource: string,
  about: RuleSpec | undefined,
): NonNullable<Interaction["http"]> {
  const declared = operations[resource === "ledger" ? "ledger" : "pay"];
  const [method = "GET", template = "/"] = random.pick(about?.parts ?? declared).split(" ");
  const path = template.replace("{id}", random.pick(["1", "search", "x-1"]));
  const strays = [
    "/",
    "/pay",
    "/pay/",
    "/payroll",
    "/items",
    `${path}/`,
    `${path}/more`,
    "/pay/items/1/2",
    "/v1",
  ];
  return {
    method: random.chance(0.85) ? method : random.pick(["GET", "POST", "DELETE", "HEAD"]),
    host: random.chance(0.93) ? "api.example" : "other.example",
    path: random.chance(0.85) ? path : random.pick(strays),
    ...(random.chance(0.4)
      ? { headers: { "x-team": random.pick([["blue"], ["red"], ["blue", "red"]]) } }
      : {}),
  };
}

function mcp(random: Random, about: RuleSpec | undefined): Pick<Interaction, "http" | "mcp"> {
  const amount = random.pick<Json | undefined>([5, 200, 201, undefined, "5"]);
  const named = { name: random.pick(about?.parts ?? [...toolNames, "other"]) };
  const call = random.chance(0.9)
    ? {
        method: "tools/call",
        tool: { ...named, arguments: amount === undefined ? {} : { amount } },
      }
    : random.pick([
        { method: "prompts/get", prompt: { name: "hello" } },
        { method: "resources/read", resource: { uri: "file:///a" } },
      ]);
  return {
    http: { method: "POST", path: "/mcp", ...(random.chance(0.9) ? { host: "ai.example" } : {}) },
    mcp: { server: "tools", ...call },
  };
}

type Credentials = Pick<Interaction, "source" | "client" | "jwt">;

function caller(random: Random, resource: string, deployed: Deployed): Credentials {
  const workloads = [
    ...Object.values(callers).flatMap((one) => one.workload ?? []),
    ...Object.values(gateways),
    spiffe("shop/sa/other"),
    spiffe("ops/sa/debug"),
    "spiffe://partner.example/ns/shop/sa/web",
  ];
  const likely = ["ledger", "db"].includes(resource) ? 0.9 : 0.4;
  return {
    ...(random.chance(likely) ? { source: { principal: random.pick(workloads) } } : {}),
    ...(random.chance(likely > 0.5 ? 0.4 : 0.75) ? { jwt: token(random) } : {}),
    ...(resource === "pay" && random.chance(0.5) ? { client: client(random, deployed) } : {}),
  };
}

/** The credentials of a caller that the rule names. */
function callerOf(random: Random, about: RuleSpec, deployed: Deployed): Credentials {
  const subject = callers[random.pick(about.subjects ?? Object.keys(callers))] ?? {};
  const stray = caller(random, about.resource, deployed);
  if (about.onBehalfOf !== undefined) {
    const groups = callers[random.pick(about.onBehalfOf)]?.groups ?? "";
    return {
      ...stray,
      jwt: { ...member(groups), claims: { groups: [groups], act: { sub: subject.workload ?? "" } } },
    };
  }
  return {
    ...(random.chance(0.8) ? {} : stray),
    ...(subject.workload === undefined ? {} : { source: { principal: subject.workload } }),
    ...(subject.groups === undefined ? {} : { jwt: member(subject.groups) }),
    ...(subject.consumer === undefined ? {} : { client: client(random, deployed, subject.consumer) }),
  };
}

function member(group: string): NonNullable<Interaction["jwt"]> {
  return { iss: workforce, sub: "alice", aud: [audience], claims: { groups: [group] } };
}

function client(random: Random, deployed: Deployed, name?: string): NonNullable<Interaction["client"]> {
  const consumers = (deployed.kong.consumers ?? []) as readonly Fields[];
  const fitting = consumers.filter((one) => name === undefined || one.username === name);
  const chosen = fitting.length > 0 && random.chance(0.95) ? random.pick(fitting) : undefined;
  if (chosen === undefined) return { id: name ?? "stranger", method: "key-auth" };
  const groups = ((chosen.acls ?? []) as readonly Fields[]).map((one) => String(one.group));
  return {
    id: String(chosen.username),
    method: chosen.keyauth_credentials === undefined ? "jwt" : "key-auth",
    ...(groups.length === 0 ? {} : { groups }),
  };
}

function token(random: Random): NonNullable<Interaction["jwt"]> {
  const iss = random.chance(0.85) ? workforce : random.pick([partners, "https://evil.example"]);
  const actor = random.pick([callers.copilot?.workload, callers.copilot?.workload, callers.web?.workload]);
  const act = random.chance(0.4)
    ? { act: { sub: actor ?? "", ...(random.chance(0.15) ? { act: { sub: "prior" } } : {}) } }
    : {};
  const groups = random.chance(0.9) ? { groups: some(random, ["support", "admin", "other"], 0, 2) } : {};
  return {
    ...(random.chance(0.97) ? { iss } : {}),
    sub: random.pick(["alice", "bob"]),
    ...(random.chance(0.9) ? { aud: [random.chance(0.9) ? audience : "https://other.example"] } : {}),
    claims: { ...groups, ...act, ...(random.chance(0.2) ? { level: "gold" } : {}) },
  };
}
