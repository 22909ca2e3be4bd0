/** Names that a natural witness would use: what the inventory declares. */
import { attribute } from "../access/catalogue.ts";
import type { Hints } from "../access/compare.ts";
import type { Json } from "../access/interaction.ts";
import type { AccessFunction } from "../access/predicate.ts";
import type { TextPattern } from "../access/text-pattern.ts";
import { isMap } from "../access/write-attribute.ts";
import { claimKeys } from "../policy/claims.ts";
import type { Environment, Identity, Operation, PolicySet, Resource, Tool } from "../policy/model.ts";
import { substitute } from "../policy/variables.ts";
import { examplePath, exampleText, statedExamples } from "./example-values.ts";

/** `deployed`: what the deployed side says, whose namespaces a witness may name. */
export function hintsFor(
  set: PolicySet,
  resource: Resource,
  environment: Environment,
  ...deployed: readonly AccessFunction[]
): Hints {
  const principals = [...set.identities.values()].flatMap((identity) =>
    identity.spiffeId === undefined ? [] : [substitute(identity.spiffeId.text, environment)],
  );
  const [first = "spiffe://example.org/"] = principals;
  const trustDomain = first.split("/")[2] ?? "example.org";
  const others = namespacesIn(deployed).map(
    (namespace) => `spiffe://${trustDomain}/ns/${namespace}/sa/default`,
  );
  const issuers = [...set.controlPlane.issuers.values()];
  const identities = [...set.identities.values()];
  const clients = identities.flatMap((one) => one.clientId?.text ?? []);
  const known = identities.flatMap((one) => [...one.deployedAs.values()]);
  return {
    byAttribute: new Map<string, readonly string[]>([
      ["source.principal", [...principals, ...others, `spiffe://${trustDomain}/ns/other/sa/other`]],
      ["request.path", resource.operations.map(examplePath)],
      ["request.method", [...new Set(resource.operations.map((one) => one.method))]],
      ["request.host", resource.hosts.map((host) => host.text.replace(/^\*/, "www"))],
      ["jwt.iss", issuers.map((issuer) => issuer.url)],
      ["jwt.aud", issuers.flatMap((issuer) => issuer.audiences)],
      ["jwt.sub", ["alice", "bob"]],
      ...claimsOf(identities),
      ...["azp", "client_id"].map((claim) => [attribute("jwt.claims", claim).key, clients] as const),
      ["mcp.tool.name", resource.tools.map((tool) => tool.name)],
      ...argumentsOf(resource.tools),
      ...parametersOf(resource.operations),
      ["llm.provider", resource.model === undefined ? [] : [resource.model.provider]],
      ["llm.requestModel", resource.model === undefined ? [] : [resource.model.model]],
      ["event.type", resource.event?.types ?? []],
      ["event.topic", resource.event === undefined ? [] : [resource.event.topic]],
      ["client.id", known.flatMap((one) => one.consumer ?? [])],
      ["client.groups", known.flatMap((one) => one.groups ?? [])],
    ]),
  };
}

type Names = readonly (readonly [string, readonly string[]])[];

/** What the declared identities are proven by, claim by claim. */
function claimsOf(identities: readonly Identity[]): Names {
  const byClaim = new Map<string, string[]>();
  for (const { claims } of identities)
    for (const [claim, values] of claims) {
      const { key } = attribute("jwt.claims", ...claimKeys(claim));
      byClaim.set(key, [...new Set([...(byClaim.get(key) ?? []), ...values])]);
    }
  return [...byClaim];
}

/** What the input schemas of tools give as examples of their arguments, or take alone. */
function argumentsOf(tools: readonly Tool[]): Names {
  const byArgument = new Map<string, string[]>();
  for (const { inputSchema } of tools)
    for (const [name, schema] of propertiesOf(inputSchema)) {
      const { key } = attribute("mcp.tool.arguments", name);
      byArgument.set(key, [...(byArgument.get(key) ?? []), ...statedExamples(schema)]);
    }
  return [...byArgument].filter(([, values]) => values.length > 0);
}

function propertiesOf(schema: Json | undefined): readonly (readonly [string, Json])[] {
  const properties = isMap(schema) ? schema.properties : undefined;
  return isMap(properties) ? Object.entries(properties).slice(0, 100) : [];
}

function parametersOf(operations: readonly Operation[]): Names {
  return operations.flatMap(({ parameters }) =>
    parameters
      .filter((one) => one.in === "query")
      .map(
        ({ name, schema }) => [attribute("request.query", name).key, [exampleText(schema, name)]] as const,
      ),
  );
}

/** Namespaces that patterns on the principal speak of: the segment behind `/ns/`. */
function namespacesIn(deployed: readonly AccessFunction[]): readonly string[] {
  const found = new Set<string>();
  for (const { allow, deny } of deployed)
    for (const one of [...allow, ...deny])
      for (const { attribute, test } of one.literals) {
        if (attribute.id !== "source.principal" || test.test !== "text") continue;
        for (const namespace of literalText(test.pattern).matchAll(/\/ns\/([A-Za-z0-9._-]+)\//g))
          if (namespace[1] !== undefined) found.add(namespace[1]);
      }
  return [...found];
}

function literalText(pattern: TextPattern): string {
  if (pattern.kind === "oneOf") return pattern.values.join("\n");
  return pattern.parts.map((part) => ("literal" in part ? part.literal : "\n")).join("");
}
