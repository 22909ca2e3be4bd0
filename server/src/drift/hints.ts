/** Names that a natural witness would use: what the inventory declares. */
import type { Hints } from "../access/compare.ts";
import type { AccessFunction } from "../access/predicate.ts";
import type { TextPattern } from "../access/text-pattern.ts";
import type { Environment, PolicySet, Resource } from "../policy/model.ts";
import { substitute } from "../policy/variables.ts";

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
  const paths = resource.operations.map((operation) => example(operation.path));
  return {
    byAttribute: new Map<string, readonly string[]>([
      ["source.principal", [...principals, ...others, `spiffe://${trustDomain}/ns/other/sa/other`]],
      ["request.path", paths],
      ["request.method", [...new Set(resource.operations.map((one) => one.method))]],
      ["request.host", resource.hosts.map((host) => host.text.replace(/^\*/, "www"))],
      ["jwt.iss", issuers.map((issuer) => issuer.url)],
      ["jwt.aud", issuers.flatMap((issuer) => issuer.audiences)],
      ["jwt.sub", ["alice", "bob"]],
      ["mcp.tool.name", resource.tools.map((tool) => tool.name)],
      [
        "client.id",
        [...set.identities.values()].flatMap((one) =>
          [...one.deployedAs.values()].flatMap((d) => d.consumer ?? []),
        ),
      ],
    ]),
  };
}

/** A path of the template that looks like one: `/payments/{id}` becomes `/payments/id-1`. */
function example(template: string): string {
  return template.replace(
    /\{([^{}/]*)\}/g,
    (_, name: string) => `${name.replace(/[^A-Za-z0-9_-]/g, "") || "x"}-1`,
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
