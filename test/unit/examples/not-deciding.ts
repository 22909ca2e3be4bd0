/** The keys of the language that decide nothing of a request, each with the reason. */
import type { Label } from "./schema-keys.ts";

interface Group {
  readonly why: string;
  /** `(*)` is any type. */
  readonly keys: readonly string[];
}

const point = "ControlPlane.spec.environments.*.enforcementPoints.*";
const identity = "Inventory.spec.identities.*(*)";
const resource = "Inventory.spec.resources.*(*)";
const scenario = "Scenarios.spec.scenarios[]";

/** Whatever they say, every decision and every comparison with what is deployed stays the same. */
export const told: readonly Group[] = [
  {
    why: "says which keys the rest can have: another value is another document, or the same decisions",
    keys: [
      "ControlPlane.apiVersion",
      "ControlPlane.kind",
      "Inventory.apiVersion",
      "Inventory.kind",
      "Policy.apiVersion",
      "Policy.kind",
      "Scenarios.apiVersion",
      "Scenarios.kind",
      `${identity}.type`,
      `${resource}.type`,
      `${point}.type`,
      `${scenario}.request.mcp.jsonrpc`,
    ],
  },
  {
    why: "is for people and their tools",
    keys: [
      "metadata.description",
      "metadata.labels",
      "metadata.annotations",
      "ControlPlane.spec.owner",
      "ControlPlane.spec.description",
      "ControlPlane.spec.trustDomains.*.description",
      "ControlPlane.spec.issuers.*.description",
      "ControlPlane.spec.environments.*.description",
      `${point}.description`,
      "Inventory.spec.owner",
      "Inventory.spec.description",
      `${identity}.description`,
      `${identity}.owner`,
      `${identity}.sponsor`,
      `${resource}.description`,
      `${resource}.owner`,
      `${resource}.operations[].description`,
      "Policy.spec.owner",
      "Policy.spec.description",
      "Policy.spec.controls",
      "Policy.spec.rules[].description",
      "Policy.spec.rules[].controls",
      "Scenarios.spec.description",
      `${scenario}.name`,
      `${scenario}.description`,
    ],
  },
  {
    why: "is what lint rules ask for and judge by: how identities are governed, and how sensitive resources are",
    keys: [
      "ControlPlane.spec.limits.credentialTtl",
      "ControlPlane.spec.limits.agentCredentialTtl",
      "ControlPlane.spec.trustDomains",
      "ControlPlane.spec.trustDomains.*.federation",
      "ControlPlane.spec.trustDomains.*.bundleEndpoint",
      "ControlPlane.spec.trustDomains.*.endpointSpiffeId",
      "ControlPlane.spec.secretManagers",
      "ControlPlane.spec.secretManagers.*.type",
      "ControlPlane.spec.secretManagers.*.address",
      "ControlPlane.spec.secretManagers.*.description",
      "ControlPlane.spec.auditSinks",
      "ControlPlane.spec.auditSinks.*.format",
      "ControlPlane.spec.auditSinks.*.endpoint",
      "ControlPlane.spec.auditSinks.*.description",
      `${identity}.reviewBy`,
      `${identity}.expires`,
      "Inventory.credential.issuer",
      "Inventory.credential.audiences",
      "Inventory.credential.maxTtl",
      "Inventory.credential.boundTo",
      "Inventory.credential.revokedOn",
      "Inventory.credential.rotation",
      "Inventory.credential.secretManager",
      "Inventory.credential.secretRef",
      `${identity}.agentCard`,
      `${identity}.agentCard.file`,
      `${identity}.agentCard.url`,
      `${identity}.agentCard.signed`,
      `${identity}.killSwitch`,
      `${identity}.vendor`,
      `${identity}.scopes`,
      `${identity}.revocation`,
      `${identity}.replacedBy`,
      `${identity}.sunset`,
      `${resource}.dataClass`,
    ],
  },
  {
    why: "says how findings count",
    keys: [
      "ControlPlane.spec.lint",
      "ControlPlane.spec.lint.rules",
      "ControlPlane.spec.lint.paths",
      "ControlPlane.spec.lint.paths[].files",
      "ControlPlane.spec.lint.paths[].rules",
      "ControlPlane.spec.waivers",
      "Inventory.spec.waivers",
      "Policy.spec.waivers",
      "waivers[].code",
      "waivers[].on",
      "waivers[].reason",
      "waivers[].approvedBy",
      "waivers[].expires",
    ],
  },
  {
    why: "is taken by commands without --environment; scenarios without one run in all environments",
    keys: ["ControlPlane.spec.defaultEnvironment"],
  },
  {
    why: "is where keys come from; that a token is verified is what a request says of it",
    keys: ["ControlPlane.spec.issuers.*.jwksUri"],
  },
  {
    why: "is of an enforcement point whose configuration no adapter reads yet, or reads without it",
    keys: [
      `${point}(istio).settings.dataPlane`,
      `${point}(envoy).settings`,
      `${point}(envoy).settings.listener`,
      `${point}(kong).settings`,
      `${point}(kong).settings.workspace`,
      `${point}(kong).settings.selectTags`,
      `${point}(envoy-gateway).settings`,
      `${point}(envoy-gateway).settings.gateway`,
      `${point}(envoy-gateway).settings.trustDomain`,
      `${point}(agentgateway).settings`,
      `${point}(agentgateway).settings.listener`,
      `${point}(agentgateway).settings.mode`,
      `${point}(litellm).settings`,
      `${point}(litellm).settings.keysInDatabase`,
      "Inventory.spec.resources.*(model).at",
    ],
  },
  {
    why: "is read on paths that enforcement points read alike only: on others nothing is compared",
    keys: [`${point}(istio).settings.pathNormalization`],
  },
  {
    why: "is what a service, a server or a model answers on: it is asked for by its name, and APIs alone by their hosts",
    keys: [
      "Inventory.spec.resources.*(service).hosts",
      "Inventory.spec.resources.*(mcp-server).hosts",
      "Inventory.spec.resources.*(model).hosts",
    ],
  },
  {
    why: "is what the gateway makes of a model: a request is for the name that it gives",
    keys: [
      "Inventory.spec.resources.*(model).routes",
      "Inventory.spec.resources.*(model).routes[].provider",
      "Inventory.spec.resources.*(model).routes[].model",
    ],
  },
  {
    why: "is where events are, and no enforcement point stands before them",
    keys: ["Inventory.spec.resources.*(event-channel).broker"],
  },
  {
    why: "is what has been used of budgets, which the enforcement point counts",
    keys: [`${scenario}.context`, `${scenario}.context.usage`],
  },
  {
    why: "is of the request, but nothing that access depends on",
    keys: [
      `${scenario}.request.mcp.id`,
      `${scenario}.request.chat.messages`,
      `${scenario}.request.authzen.context`,
    ],
  },
];

/** Say where a policy is enforced: they change what is compared with what is deployed, and no decision of the policy. */
export const enforced: readonly string[] = [
  `${point}(istio).settings`,
  `${point}(istio).settings.rootNamespace`,
  `${point}(istio).settings.trustDomain`,
  `${point}(istio).settings.trustDomainAliases`,
  `${point}(istio).settings.numTrustedProxies`,
  "ControlPlane.spec.environments.*.enforcementPoints",
  `${point}.settings`,
  `${point}.identity`,
  `${point}.transparent`,
  `${point}.forwards`,
  `${point}.forwards.jwt`,
  `${point}.deployed`,
  `${point}.deployed[].files`,
  `${point}.deployed[].completeFor`,
  `${point}.deployed[].completeFor.namespaces`,
  "Inventory.binding.namespace",
  "Inventory.binding.labels",
  "Inventory.binding.service",
  "Inventory.binding.port",
  `${resource}.paths`,
  "Inventory.spec.resources.*(api).at",
  "Inventory.spec.resources.*(service).at",
  "Inventory.spec.resources.*(service).protocol",
  "Inventory.spec.resources.*(mcp-server).at",
  "Inventory.spec.resources.*(mcp-server).target",
  "Inventory.spec.resources.*(mcp-server).path",
];

/** What the example does not write. */
export const notShown: readonly Group[] = [
  {
    why: "no enforcement point that Plumbline knows decides on events",
    keys: ["Inventory.spec.resources.*(event-channel).paths", "Inventory.spec.resources.*(event-channel).at"],
  },
];

export const keysOfGroups = (groups: readonly Group[]): readonly string[] =>
  groups.flatMap((group) => group.keys);

/** Whether one of the keys stands for the label. */
export function isAmong(keys: readonly string[], label: Label): boolean {
  return keys.some((key) => matches(key, label));
}

export function matches(key: string, label: Label): boolean {
  if (!key.includes("(*)")) return key === label;
  const [before = "", after = ""] = key.split("(*)");
  return (
    label.startsWith(`${before}(`) &&
    label.endsWith(`)${after}`) &&
    !label.slice(before.length + 1, -after.length - 1).includes(")")
  );
}
