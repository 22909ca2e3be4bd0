/** The access function of the policies on one resource in one environment, and the requests that cannot be. */
import { attribute } from "../../access/catalogue.ts";
import { type AccessFunction, fails, holds, type Literal } from "../../access/predicate.ts";
import { accessFunction } from "../../access/terms.ts";
import { exactly, oneOf } from "../../access/text-pattern.ts";
import { claimKeys } from "../claims.ts";
import { policySetIn, resourceIn } from "../in-environment.ts";
import type { Environment, PolicySet, Resource } from "../model.ts";
import { actClaim, actorPatterns, actorSubject } from "./callers.ts";
import { type LoweredRule, lowerRule } from "./rules.ts";

/** Enforced policies only: `mode: audit` never takes part in a decision or a comparison. */
export function lowerRules(
  set: PolicySet,
  resource: Resource,
  environment: Environment,
): readonly LoweredRule[] {
  const context = { set: policySetIn(set, environment), environment };
  return set.policies
    .flatMap((policy) => policy.rules)
    .filter((rule) => rule.mode === "enforce")
    .map((rule) => lowerRule(rule, resource, context))
    .filter((lowered) => lowered.terms.length > 0);
}

export function lowerResource(set: PolicySet, resource: Resource, environment: Environment): AccessFunction {
  const rules = lowerRules(set, resource, environment);
  const of = (effect: "allow" | "deny") =>
    rules.filter((lowered) => lowered.rule.effect === effect).flatMap((lowered) => lowered.terms);
  return accessFunction(of("allow"), of("deny"), ...rules.map((lowered) => lowered.opaque));
}

/** A region in which no request can lie, and why; taken out of both sides of a comparison. */
export interface Assumption {
  readonly literals: readonly Literal[];
  readonly why: string;
}

/** What the control plane declares of the world (ARCHITECTURE.md, "Comparison domain"). */
export function assumptions(
  set: PolicySet,
  resource: Resource,
  environment: Environment,
): readonly Assumption[] {
  return [
    ...clientAssumptions,
    {
      literals: [
        fails(attribute("context.environment"), { test: "text", pattern: exactly(environment.name) }),
      ],
      why: `requests are made in ${environment.name}`,
    },
    ...tokenAssumptions(set, environment),
    ...(resource.type === "mcp-server" ? mcpAssumptions(resourceIn(resource, environment)) : []),
  ];
}

/** What a gateway knows of a client it knows by some proof. */
const clientAssumptions: readonly Assumption[] = [
  {
    literals: [
      holds(attribute("client.id"), { test: "present" }),
      fails(attribute("client.method"), { test: "present" }),
    ],
    why: "a client that a gateway knows has proved itself to it",
  },
];

function tokenAssumptions(declared: PolicySet, environment: Environment): readonly Assumption[] {
  const set = policySetIn(declared, environment);
  const context = { set, environment };
  const actors = [...set.identities.values()]
    .filter((identity) => identity.actsFor.length > 0)
    .flatMap((identity) => actorPatterns(identity, context));
  const unknownActor: Assumption = {
    literals: [
      holds(actClaim, { test: "present" }),
      ...actors.map((pattern) => fails(actorSubject, { test: "text", pattern })),
    ],
    why: "issuers exchange tokens only for identities that declare actsFor",
  };
  const shapes = [...set.controlPlane.issuers.values()].flatMap((issuer) =>
    [...issuer.claims].map(([claim, type]): Assumption => {
      const claimed = attribute("jwt.claims", ...claimKeys(claim));
      return {
        literals: [
          holds(attribute("jwt.iss"), { test: "text", pattern: exactly(issuer.url) }),
          holds(claimed, { test: "present" }),
          fails(claimed, { test: "type", type: type === "list" ? "list" : "text" }),
        ],
        why: `tokens of issuer ${issuer.name} have the claim ${claim} as a ${type}`,
      };
    }),
  );
  const withoutSubject = [...set.controlPlane.issuers.values()].map(
    (issuer): Assumption => ({
      literals: [
        holds(attribute("jwt.iss"), { test: "text", pattern: exactly(issuer.url) }),
        fails(attribute("jwt.sub"), { test: "present" }),
      ],
      // OpenID Connect Core, section 2, and RFC 9068, section 2.2, require it.
      why: `tokens of issuer ${issuer.name} have a subject`,
    }),
  );
  return [unknownActor, ...withoutSubject, ...shapes];
}

function mcpAssumptions(resource: Resource): readonly Assumption[] {
  const method = attribute("mcp.methodName");
  const parts = [
    ["tools/call", attribute("mcp.tool.name")],
    ["prompts/get", attribute("mcp.prompt.name")],
    ["resources/read", attribute("mcp.resource.uri")],
  ] as const;
  const only = (id: string, value: string): Assumption => ({
    literals: [fails(attribute(id), { test: "text", pattern: exactly(value) })],
    why: `MCP requests to ${resource.name} are POST ${resource.mcpPath ?? "/mcp"}`,
  });
  return [
    only("request.method", "POST"),
    only("request.path", resource.mcpPath ?? "/mcp"),
    {
      literals: [fails(method, { test: "text", pattern: oneOf(parts.map(([name]) => name)) })],
      why: "lists and lifecycle methods follow from what can be called",
    },
    ...parts.flatMap(([name, part]): Assumption[] => [
      {
        literals: [holds(method, { test: "text", pattern: exactly(name) }), fails(part, { test: "present" })],
        why: `${name} names what it asks for`,
      },
      {
        literals: [fails(method, { test: "text", pattern: exactly(name) }), holds(part, { test: "present" })],
        why: `only ${name} carries ${part.id}`,
      },
    ]),
  ];
}
