/** Random control planes on a small vocabulary: one to three policies over up to three resources. */
import { condition as anyCondition } from "../../cel/generate.ts";
import { type Fields, type Random, some } from "../../simulate/random.ts";
import {
  audience,
  callers,
  conditions,
  gateways,
  operations,
  partners,
  type ResourceName,
  toolNames,
  trustDomain,
  workforce,
} from "./vocabulary.ts";

export interface RuleSpec {
  readonly policy: number;
  readonly name: string;
  readonly effect: "allow" | "deny";
  /** Names of `callers`; undefined: anybody. */
  readonly subjects: readonly string[] | undefined;
  readonly onBehalfOf: readonly string[] | undefined;
  readonly resource: ResourceName;
  /** Operations or tools; undefined: all. */
  readonly parts: readonly string[] | undefined;
  /** A name of `conditions`, or a condition in CEL that no enforcement point says in its own way. */
  readonly condition: string | undefined;
  readonly requires: Fields | undefined;
}

export interface World {
  readonly resources: readonly ResourceName[];
  readonly rules: readonly RuleSpec[];
  /** Which policies only audit. */
  readonly audit: readonly boolean[];
  /** Kong takes `/pay` off the path before the mesh sees it. */
  readonly stripPath: boolean;
  readonly preserveHost: boolean;
  /** Kong decides by route and consumer, rather than to leave everything to the mesh. */
  readonly fineRoutes: boolean;
  /** `pay` can be reached inside the mesh, too. */
  readonly alsoDirect: boolean;
  /** The workload of `pay` serves `ledger`, too. */
  readonly shared: boolean;
  readonly exported: "all" | readonly string[];
}

export function world(random: Random): World {
  const all: readonly ResourceName[] = ["ledger", "pay", "tools", "db"];
  const resources = some(random, random.chance(0.85) ? all.slice(0, 3) : all, 1, 2);
  const count = random.pick([1, 1, 2, 3]);
  const fineRoutes = random.chance(0.5);
  const rules = Array.from({ length: count }, (_, policy) =>
    Array.from({ length: random.pick([1, 2, 2, 3]) }, (_, at) =>
      rule(random, policy, `rule-${at}`, random.pick(resources), fineRoutes),
    ),
  ).flat();
  return {
    resources,
    rules,
    audit: Array.from({ length: count }, () => random.chance(0.08)),
    stripPath: !fineRoutes && random.chance(0.5),
    preserveHost: random.chance(0.6),
    fineRoutes,
    alsoDirect: random.chance(0.15),
    shared: random.chance(0.1),
    exported: random.chance(0.9) ? "all" : random.chance(0.7) ? ["shop", "istio-system"] : ["shop"],
  };
}

function rule(
  random: Random,
  policy: number,
  name: string,
  resource: ResourceName,
  byConsumer: boolean,
): RuleSpec {
  const effect = random.chance(0.8) ? "allow" : "deny";
  const isAllow = effect === "allow";
  const isDelegated = isAllow && random.chance(resource === "tools" ? 0.7 : 0.1);
  const parts = resource === "tools" ? toolNames : resource === "db" ? [] : operations[resource];
  return {
    policy,
    name,
    effect,
    ...subjects(random, resource, isAllow, isDelegated, byConsumer),
    resource,
    parts: parts.length > 0 && random.chance(0.75) ? some(random, parts, 1, parts.length) : undefined,
    condition: random.chance(0.35)
      ? random.chance(0.15)
        ? anyCondition(random, 2)
        : random.pick(fitting(resource))
      : undefined,
    requires:
      isAllow && random.chance(0.12)
        ? { credential: random.pick<Fields>([{ maxTtl: "15m" }, { type: "x509-svid" }, { boundTo: "task" }]) }
        : undefined,
  };
}

function subjects(
  random: Random,
  resource: ResourceName,
  isAllow: boolean,
  isDelegated: boolean,
  byConsumer: boolean,
): Pick<RuleSpec, "subjects" | "onBehalfOf"> {
  if (isDelegated)
    return { subjects: ["copilot"], onBehalfOf: random.chance(0.9) ? ["staff"] : ["staff", "admins"] };
  const anybody = random.chance(isAllow ? 0.08 : 0.5);
  if (anybody) return { subjects: undefined, onBehalfOf: undefined };
  const usual = {
    ledger: ["web", "batch", "web", "batch", "staff"],
    db: ["web", "batch"],
    pay: byConsumer ? ["erp", "nightly", "erp", "staff"] : ["staff", "admins"],
    tools: ["staff", "admins", "staff", "copilot"],
  }[resource];
  const pool = random.chance(0.9) ? usual : Object.keys(callers);
  return { subjects: [...new Set(some(random, pool, 1, 2))], onBehalfOf: undefined };
}

function fitting(resource: ResourceName): readonly string[] {
  if (resource === "db") return ["namespace", "lifetime", "level"];
  const names = Object.keys(conditions).filter((name) => name !== "amount");
  return resource === "tools" ? ["amount", "amount", "groups", "level", "lifetime"] : names;
}

/** Names as they are written in the files: what must make no difference. */
export interface Naming {
  identity(name: string): string;
  rule(name: string): string;
}

export const plainNames: Naming = { identity: (name) => name, rule: (name) => name };

/** The policy files of a world; JSON is YAML. */
export function policyFile(world: World, names: Naming = plainNames): string {
  const spec = (kind: string, name: string, body: Fields) =>
    JSON.stringify({ apiVersion: "plumbline/v1", kind, metadata: { name }, spec: body });
  return [
    spec("ControlPlane", "random", controlPlane(world, names)),
    spec("Inventory", "all", { identities: identities(names), resources: resources(world) }),
    ...world.audit.map((isAudit, index) =>
      spec("Policy", `policy-${index}`, {
        owner: "owner@example.org",
        ...(isAudit ? { mode: "audit" } : {}),
        rules: world.rules.filter((one) => one.policy === index).map((one) => ruleFields(one, names)),
      }),
    ),
  ].join("\n---\n");
}

function controlPlane(world: World, names: Naming): Fields {
  const completeFor = world.exported === "all" ? "all" : { namespaces: world.exported };
  return {
    owner: "owner@example.org",
    trustDomains: { [trustDomain]: {} },
    issuers: {
      workforce: { url: workforce, audiences: [audience], claims: { groups: "list" } },
      partners: { url: partners },
    },
    limits: { delegationDepth: 1 },
    environments: {
      production: {
        vars: { td: trustDomain },
        enforcementPoints: {
          edge: {
            type: "kong",
            identity: names.identity("edge-gateway"),
            forwards: { jwt: true },
            deployed: [{ files: "deployed/kong.yaml", completeFor: "all" }],
          },
          mesh: {
            type: "istio",
            transparent: true,
            settings: { trustDomain, rootNamespace: "istio-system" },
            deployed: [{ files: "deployed/istio.yaml", completeFor }],
          },
          "ai-gateway": {
            type: "agentgateway",
            identity: names.identity("ai-gateway"),
            deployed: [{ files: "deployed/agentgateway.yaml", completeFor: "all" }],
          },
        },
      },
    },
  };
}

function identities(names: Naming): Fields {
  const owner = "owner@example.org";
  const result: Fields = {
    [names.identity("edge-gateway")]: { type: "workload", spiffeId: gateways.edge, owner },
    [names.identity("ai-gateway")]: { type: "workload", spiffeId: gateways["ai-gateway"], owner },
  };
  for (const [name, { workload, groups, consumer, actsFor }] of Object.entries(callers)) {
    const type =
      actsFor !== undefined ? "agent" : workload !== undefined ? "workload" : groups ? "group" : "client";
    result[names.identity(name)] = {
      type,
      owner,
      ...(workload === undefined ? {} : { spiffeId: workload }),
      ...(groups === undefined ? {} : { issuer: "workforce", claims: { groups } }),
      ...(consumer === undefined ? {} : { deployedAs: { kong: { consumer } } }),
      ...(actsFor === undefined ? {} : { actsFor: actsFor.map(names.identity) }),
    };
  }
  return result;
}

function resources(world: World): Fields {
  const all: Record<ResourceName, Fields> = {
    ledger: {
      type: "service",
      operations: operations.ledger,
      paths: [["mesh"]],
      at: {
        mesh: world.shared
          ? { namespace: "shop", labels: { app: "pay" }, port: 8080 }
          : { namespace: "shop", labels: { app: "ledger" }, port: 8443 },
      },
    },
    db: {
      type: "service",
      protocol: "tcp",
      paths: [["mesh"]],
      at: { mesh: { namespace: "shop", labels: { app: "db" }, port: 5432 } },
    },
    pay: {
      type: "api",
      hosts: ["api.example"],
      operations: operations.pay,
      paths: world.alsoDirect ? [["edge", "mesh"], ["mesh"]] : [["edge", "mesh"]],
      at: { mesh: { namespace: "shop", labels: { app: "pay" }, port: 8080 } },
    },
    tools: {
      type: "mcp-server",
      target: "payments",
      tools: "tools.json",
      paths: [["ai-gateway", "mesh"]],
      at: { mesh: { namespace: "ai", labels: { app: "payments-mcp" }, port: 8080 } },
    },
  };
  return Object.fromEntries(world.resources.map((name) => [name, all[name]]));
}

function ruleFields(one: RuleSpec, names: Naming): Fields {
  const list = one.resource === "tools" ? "tools" : "operations";
  return {
    name: names.rule(one.name),
    effect: one.effect,
    ...(one.subjects === undefined ? {} : { subjects: one.subjects.map(names.identity) }),
    ...(one.subjects === undefined && one.effect === "allow" ? { anonymous: true } : {}),
    ...(one.onBehalfOf === undefined ? {} : { onBehalfOf: one.onBehalfOf.map(names.identity) }),
    on: [{ resource: one.resource, ...(one.parts === undefined ? {} : { [list]: one.parts }) }],
    ...(one.condition === undefined ? {} : { condition: conditions[one.condition]?.cel ?? one.condition }),
    ...(one.requires === undefined ? {} : { requires: one.requires }),
  };
}

export const toolsFile = JSON.stringify({
  tools: toolNames.map((name) => ({
    name,
    inputSchema: { type: "object", properties: { amount: { type: "number" } }, required: ["amount"] },
  })),
});
