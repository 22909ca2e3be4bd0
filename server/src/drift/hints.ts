/** Names that a natural witness would use: what the inventory declares. */
import type { Hints } from "../access/compare.ts";
import type { Environment, PolicySet, Resource } from "../policy/model.ts";
import { substitute } from "../policy/variables.ts";

export function hintsFor(set: PolicySet, resource: Resource, environment: Environment): Hints {
  const { trustDomain } = { trustDomain: [...set.controlPlane.trustDomains.keys()][0] ?? "example.org" };
  const principals = [...set.identities.values()].flatMap((identity) =>
    identity.spiffeId === undefined ? [] : [substitute(identity.spiffeId.text, environment)],
  );
  const issuers = [...set.controlPlane.issuers.values()];
  const paths = resource.operations.map((operation) => example(operation.path));
  return {
    byAttribute: new Map<string, readonly string[]>([
      ["source.principal", [...principals, `spiffe://${trustDomain}/ns/other/sa/other`]],
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
