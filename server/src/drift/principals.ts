/**
 * Which SPIFFE IDs can stand on a connection into an Istio mesh. Its CA issues `spiffe://TD/ns/NS/sa/SA`, and a proxy
 * takes certificates of the trust domains that it trusts only; a request from elsewhere is refused before any policy.
 * Sources: Istio, "Security" (SPIFFE identities), and the mesh config's `trustDomain`, `trustDomainAliases`.
 */
import { attribute } from "../access/catalogue.ts";
import { type AccessFunction, fails, holds, type Literal } from "../access/predicate.ts";
import { sequence, type TextPattern } from "../access/text-pattern.ts";
import type { Assumption } from "../policy/lower/resource.ts";
import type { EnforcementPoint, Environment, PolicySet } from "../policy/model.ts";
import { substitute } from "../policy/variables.ts";

const principal = attribute("source.principal");
const shape = /^spiffe:\/\/([^/]+)\/ns\/[^/]+\/sa\/[^/]+$/;

/** `point` is the hop that sees the caller itself. Nothing where that is no mesh, or where a declared identity has another shape. */
export function meshPrincipals(
  set: PolicySet,
  environment: Environment,
  point: EnforcementPoint | undefined,
  ...functions: readonly AccessFunction[]
): readonly Assumption[] {
  if (point?.type !== "istio") return [];
  const declared = [...set.identities.values()].flatMap(({ spiffeId, spiffeIdPattern }) =>
    [spiffeId, spiffeIdPattern].flatMap((one) =>
      one === undefined ? [] : [substitute(one.text, environment)],
    ),
  );
  // `**` may stand for segments of another shape.
  if (declared.some((id) => !shape.test(id) || id.endsWith("/**"))) return [];
  const { trustDomain, trustDomainAliases } = point.settings;
  const trusted = new Set<string>([
    typeof trustDomain === "string" ? trustDomain : "cluster.local",
    ...(Array.isArray(trustDomainAliases) ? trustDomainAliases.map(String) : []),
    ...declared.flatMap((id) => shape.exec(id)?.[1] ?? []),
    ...[...set.controlPlane.trustDomains].flatMap(([name, { federation }]) =>
      federation === undefined ? [] : [name],
    ),
    // What the deployed config names may well be trusted there: a grant to a foreign domain must not be hidden.
    ...functions.flatMap(namedDomains),
  ]);
  const issued = [...trusted].map(
    (domain): Literal =>
      fails(principal, {
        test: "text",
        pattern: sequence(
          { literal: `spiffe://${domain}/ns/` },
          { any: "segment" },
          { literal: "/sa/" },
          { any: "segment" },
        ),
      }),
  );
  return [
    {
      literals: [holds(principal, { test: "present" }), ...issued],
      why: `callers in the mesh are workloads spiffe://DOMAIN/ns/NAMESPACE/sa/ACCOUNT of ${[...trusted].join(", ")}`,
    },
  ];
}

function namedDomains({ allow, deny }: AccessFunction): readonly string[] {
  return [...allow, ...deny].flatMap(({ literals }) =>
    literals.flatMap(({ attribute: read, test }) =>
      read === principal && test.test === "text" ? startsOf(test.pattern) : [],
    ),
  );
}

function startsOf(pattern: TextPattern): readonly string[] {
  const [head] = pattern.kind === "sequence" ? pattern.parts : [];
  const texts =
    pattern.kind === "oneOf" ? pattern.values : head !== undefined && "literal" in head ? [head.literal] : [];
  return texts.flatMap((text) => /^spiffe:\/\/([^/]+)\//.exec(text)?.[1] ?? []);
}
