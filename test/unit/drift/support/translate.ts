/** A world's policy as an operator would write it into Istio, Kong and agentgateway: faithful where they can say it. */
import type { Fields } from "../../simulate/random.ts";
import {
  audience,
  type Caller,
  callers,
  conditions,
  gateways,
  operations,
  partners,
  type ResourceName,
  toolNames,
  workforce,
} from "./vocabulary.ts";
import type { RuleSpec, World } from "./world.ts";

export interface Deployed {
  readonly istio: readonly Fields[];
  readonly kong: Fields;
  readonly agentgateway: Fields;
}

export function translate(world: World): Deployed {
  return { istio: istio(world), kong: kong(world), agentgateway: agentgateway(world) };
}

const enforced = (world: World, resource: ResourceName, effect: "allow" | "deny"): readonly RuleSpec[] =>
  world.rules.filter(
    (one) => one.resource === resource && one.effect === effect && world.audit[one.policy] !== true,
  );

const workloads = {
  db: { namespace: "shop", app: "db" },
  ledger: { namespace: "shop", app: "ledger" },
  pay: { namespace: "shop", app: "pay" },
  tools: { namespace: "ai", app: "payments-mcp" },
} as const;

function istio(world: World): readonly Fields[] {
  const policies = world.resources.flatMap((resource): Fields[] => {
    const { namespace, app } = workloads[resource === "ledger" && world.shared ? "pay" : resource];
    const policy = (name: string, action: string, rules: readonly Fields[]): Fields => ({
      apiVersion: "security.istio.io/v1",
      kind: "AuthorizationPolicy",
      metadata: { name: `${resource}-${name}`, namespace },
      spec: { selector: { matchLabels: { app } }, action, rules },
    });
    const mcp: Fields = {
      from: [{ source: { principals: [principal(gateways["ai-gateway"])] } }],
      to: [{ operation: { methods: ["POST"], paths: ["/mcp"] } }],
    };
    const allow =
      resource === "tools"
        ? [mcp]
        : enforced(world, resource, "allow").flatMap((one) => istioRules(world, one));
    const denies =
      resource === "tools" ? [] : enforced(world, resource, "deny").flatMap((one) => istioRules(world, one));
    return [
      policy("allow", "ALLOW", allow),
      ...(denies.length === 0 ? [] : [policy("deny", "DENY", denies)]),
    ];
  });
  const jwksUri = "https://keys.example";
  return [
    ...policies,
    {
      apiVersion: "security.istio.io/v1",
      kind: "RequestAuthentication",
      metadata: { name: "tokens", namespace: "istio-system" },
      spec: {
        jwtRules: [
          { issuer: workforce, audiences: [audience], jwksUri, forwardOriginalToken: true },
          { issuer: partners, jwksUri, forwardOriginalToken: true },
        ],
      },
    },
    {
      apiVersion: "security.istio.io/v1",
      kind: "PeerAuthentication",
      metadata: { name: "default", namespace: "istio-system" },
      spec: { mtls: { mode: "STRICT" } },
    },
  ];
}

const principal = (spiffeId: string): string => spiffeId.slice("spiffe://".length);

function istioRules(world: World, one: RuleSpec): readonly Fields[] {
  const behindKong = one.resource === "pay";
  const to = istioOperations(world, one);
  const when = one.condition === undefined ? [] : (conditions[one.condition]?.istio ?? []);
  // What the mesh cannot tell of a caller behind Kong is left to Kong.
  const gateway = behindKong ? [gateways.edge] : [];
  const proofs: readonly IstioProof[] = one.subjects?.flatMap((name) => istioProofs(one, name)) ?? [
    { principals: [], when: [] },
  ];
  return proofs.map((proof) => {
    const principals = [...(behindKong ? gateway : proof.principals)].map(principal);
    const all = [...proof.when, ...when];
    return {
      ...(principals.length === 0 ? {} : { from: [{ source: { principals } }] }),
      ...(one.resource === "db" ? {} : { to }),
      ...(all.length === 0 ? {} : { when: all }),
    };
  });
}

interface IstioProof {
  readonly principals: readonly string[];
  readonly when: readonly object[];
}

function istioProofs(one: RuleSpec, name: string): readonly IstioProof[] {
  const caller: Caller = callers[name] ?? {};
  const claim = (path: string, values: readonly string[]) => ({ key: `request.auth.claims${path}`, values });
  const without = (path: string, notValues: readonly string[]) => ({
    key: `request.auth.claims${path}`,
    notValues,
  });
  const token = (groups: string) => [claim("[iss]", [workforce]), claim("[groups]", [groups])];
  if (one.onBehalfOf !== undefined)
    return one.onBehalfOf
      .filter((delegator) => caller.actsFor?.includes(delegator) === true)
      .map((delegator) => ({
        principals: [],
        when: [...token(callers[delegator]?.groups ?? ""), claim("[act][sub]", [caller.workload ?? ""])],
      }));
  const isAllow = one.effect === "allow";
  if (caller.groups !== undefined)
    return [
      { principals: [], when: [...token(caller.groups), ...(isAllow ? [without("[act][sub]", ["*"])] : [])] },
    ];
  if (caller.workload === undefined) return [{ principals: [], when: [] }];
  const actor = caller.actsFor === undefined ? [] : [without("[act][sub]", [caller.workload])];
  return [
    { principals: [caller.workload], when: isAllow ? actor : [] },
    ...(isAllow || caller.actsFor === undefined
      ? []
      : [{ principals: [], when: [claim("[act][sub]", [caller.workload])] }]),
  ];
}

function istioOperations(world: World, one: RuleSpec): readonly Fields[] {
  const all = one.resource === "tools" || one.resource === "db" ? [] : operations[one.resource];
  // A deny without a list takes the whole resource.
  if (one.parts === undefined && one.effect === "deny" && all.length === 0) return [{ operation: {} }];
  return (one.parts ?? all).map((text) => {
    const [method = "", path = ""] = text.split(" ");
    const seen = world.stripPath && one.resource === "pay" ? path.slice("/pay".length) : path;
    const notPaths = path === "/v1/entries/{id}" ? { notPaths: ["/v1/entries/search"] } : {};
    return { operation: { methods: [method], paths: [seen.replaceAll("{id}", "{*}")], ...notPaths } };
  });
}

function kong(world: World): Fields {
  const upstream = { name: "pay", host: "pay.shop.svc.cluster.local", port: 8080, protocol: "http" };
  const common = {
    hosts: ["api.example"],
    strip_path: world.stripPath,
    preserve_host: world.preserveHost,
  };
  const coarse = [{ ...common, name: "pay-all", paths: [world.stripPath ? "/pay/" : "/pay"] }];
  const fine = enforced(world, "pay", "allow").flatMap((one, at) => fineRoutes(one, common, at));
  return {
    _format_version: "3.0",
    services: [{ ...upstream, routes: world.fineRoutes ? fine : coarse }],
    consumers: [
      { username: "erp", keyauth_credentials: [{ key: "k1" }], acls: [{ group: "erp-keys" }] },
      { username: "nightly", keyauth_credentials: [{ key: "k2" }], acls: [{ group: "nightly-keys" }] },
      { username: "tokens", jwt_secrets: [{ key: workforce }] },
    ],
  };
}

function fineRoutes(one: RuleSpec, common: Fields, at: number): readonly Fields[] {
  const consumers = one.subjects?.flatMap((name) => callers[name]?.consumer ?? []) ?? [];
  const isToken = one.subjects?.some((name) => callers[name]?.groups !== undefined) === true;
  const plugins = [
    ...(consumers.length > 0
      ? [
          { name: "key-auth", config: {} },
          { name: "acl", config: { allow: consumers.map((name) => `${name}-keys`) } },
        ]
      : []),
    ...(isToken && consumers.length === 0 ? [{ name: "jwt", config: { key_claim_name: "iss" } }] : []),
  ];
  return (one.parts ?? operations.pay).map((text, index) => {
    const [method = "", path = ""] = text.split(" ");
    return {
      ...common,
      name: `${one.name}-${at}-${index}`,
      methods: [method],
      paths: [`~${path.replaceAll("{id}", "[^/]+")}$`],
      plugins,
    };
  });
}

function agentgateway(world: World): Fields {
  const allows = enforced(world, "tools", "allow");
  const denies = enforced(world, "tools", "deny");
  const needsToken = allows.every(
    (one) => one.subjects?.every((name) => callers[name]?.workload === undefined || one.onBehalfOf) ?? false,
  );
  const rules = [
    ...allows.flatMap(agentgatewayRules),
    ...denies.flatMap((one) => agentgatewayRules(one).map((deny) => ({ deny }))),
  ];
  const jwksUri = { url: "https://keys.example" };
  return {
    binds: [
      {
        port: 3000,
        listeners: [
          {
            routes: [
              {
                name: "payments",
                matches: [{ path: { pathPrefix: "/mcp" } }],
                policies: {
                  jwtAuth: {
                    mode: needsToken ? "strict" : "optional",
                    providers: [
                      { issuer: workforce, audiences: [audience], jwks: jwksUri },
                      { issuer: partners, jwks: jwksUri },
                    ],
                  },
                  mcpAuthorization: { rules: rules.length === 0 ? ["false"] : rules },
                },
                backends: [
                  {
                    mcp: {
                      targets: [
                        {
                          name: "payments",
                          mcp: { host: "http://payments-mcp.ai.svc.cluster.local:8080/mcp" },
                        },
                      ],
                    },
                  },
                ],
              },
            ],
          },
        ],
      },
    ],
  };
}

function agentgatewayRules(one: RuleSpec): readonly string[] {
  const tools = `mcp.tool.name in ${JSON.stringify(one.parts ?? toolNames)}`;
  const condition = one.condition === undefined ? undefined : conditions[one.condition]?.agentgateway;
  const proofs = one.subjects?.flatMap((name) => agentgatewayProofs(one, name)) ?? [undefined];
  return proofs.map(
    (proof) =>
      [one.parts === undefined && one.effect === "deny" ? undefined : tools, proof, condition]
        .filter((part) => part !== undefined)
        .join(" && ") || "true",
  );
}

function agentgatewayProofs(one: RuleSpec, name: string): readonly string[] {
  const caller: Caller = callers[name] ?? {};
  const token = (groups: string) => `jwt.iss == "${workforce}" && "${groups}" in jwt.groups`;
  if (one.onBehalfOf !== undefined)
    return one.onBehalfOf
      .filter((delegator) => caller.actsFor?.includes(delegator) === true)
      .map(
        (delegator) =>
          `jwt.act.sub == "${caller.workload}" && !has(jwt.act.act) && ${token(callers[delegator]?.groups ?? "")}`,
      );
  if (caller.groups !== undefined)
    return [one.effect === "allow" ? `${token(caller.groups)} && !has(jwt.act)` : token(caller.groups)];
  if (caller.workload === undefined) return ["false"];
  return [`source.spiffeId == "${caller.workload}"`];
}
