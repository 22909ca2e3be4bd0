import type { Environment, Identity } from "../../policy/model.ts";
import { placeInScalar } from "../../policy/schema-path.ts";
import { substitute, variablesIn } from "../../policy/variables.ts";
import { child, type ScalarNode } from "../../text/tree.ts";
import { activeIdentities } from "../analysis/credentials.ts";
import { type LintContext, lintRule, type RuleFinding } from "../lint-rule.ts";

export const crossEnvironmentIdentity = lintRule({
  id: "cross-environment-identity",
  category: "credentials",
  traffic: ["service", "api", "ai"],
  controls: ["OWASP-NHI-2025:NHI8", "NIST-CSF-2.0:PR.IR-01", "NIST-CSF-2.0:PR.AA-01"],
  fixable: true,
  check,
});

/**
 * Environments are free names, and `eu` and `us` may well share identities. What must not is production and the rest,
 * as far as names tell.
 */
const production = /^(?:prod|production|prd|live)(?:$|[-_.\d])/i;

/** Every mesh that nobody configured is called so, each with its own root certificate. */
const everybodys = "cluster.local";

function check({ set, today }: LintContext): readonly RuleFinding[] {
  const environments = [...set.controlPlane.environments.values()];
  const pairs = environments
    .filter((one) => production.test(one.name))
    .flatMap((live) =>
      environments.filter((one) => !production.test(one.name)).map((other) => ({ live, other })),
    );
  if (pairs.length === 0) return [];
  const known = activeIdentities(set, today).flatMap(trustDomain);
  return [
    ...known.flatMap((one) => writtenOut(one, pairs)),
    ...new Map(pairs.flatMap((pair) => sameVariables(known, pair))).values(),
  ];
}

interface Pair {
  readonly live: Environment;
  readonly other: Environment;
}

interface Known {
  readonly identity: Identity;
  readonly key: "spiffeId" | "spiffeIdPattern";
  readonly node: ScalarNode;
  /** As written, with its variables, and where it ends in the decoded text. */
  readonly domain: string;
  readonly start: number;
  readonly end: number;
}

function trustDomain(identity: Identity): readonly Known[] {
  return (["spiffeId", "spiffeIdPattern"] as const).flatMap((key) => {
    const node = child(identity.node, key);
    const written = identity[key]?.text ?? "";
    const found = /^spiffe:\/\/([^/]+)/.exec(written)?.[1];
    if (node?.kind !== "scalar" || found === undefined) return [];
    const start = "spiffe://".length;
    return [{ identity, key, node, domain: found, start, end: start + found.length }];
  });
}

/** A variable holds this very name in one of two environments, and another in the other. */
function writtenOut(known: Known, pairs: readonly Pair[]): readonly RuleFinding[] {
  const { identity, node, domain, start, end } = known;
  for (const { live, other } of pairs)
    for (const [variable, value] of live.vars) {
      const there = other.vars.get(variable);
      if (there === undefined || there === value || (domain !== value && domain !== there)) continue;
      const written = `\${${variable}}`;
      const [home, away] = domain === value ? [live, other] : [other, live];
      return [
        {
          place: placeInScalar(node, start, end),
          message: `${identity.name} is a workload of ${home.name} in ${away.name} too, since its trust domain is written out: there ${written} is ${domain === value ? there : value}. What rules allow ${identity.name} in ${away.name}, a workload of ${home.name} can do. Write ${written}.`,
          related: [live, other].flatMap((one) => {
            const place = one.varPlaces?.get(variable);
            return place === undefined
              ? []
              : [{ place, message: `${variable} is ${one.vars.get(variable) ?? ""} in ${one.name}.` }];
          }),
          data: { identity: identity.name, variable },
          fixes: [
            {
              title: `Replace ${domain} with ${written}`,
              isSafe: false,
              edits: [
                {
                  edit: "set-scalar",
                  node,
                  value: node.text.slice(0, start) + written + node.text.slice(end),
                },
              ],
            },
          ],
        },
      ];
    }
  return [];
}

/** A variable for trust domains that was copied: its finding, by the place of the copy. */
function sameVariables(
  known: readonly Known[],
  { live, other }: Pair,
): readonly (readonly [unknown, RuleFinding])[] {
  const variables = [...new Set(known.flatMap((one) => variablesIn(one.domain).map((use) => use.name)))];
  return variables.flatMap((variable) => {
    const place = other.varPlaces?.get(variable);
    const value = live.vars.get(variable);
    if (place === undefined || value === undefined || value === everybodys) return [];
    if (other.vars.get(variable) !== value) return [];
    const same = known.filter(
      (one) =>
        one.domain === `\${${variable}}` &&
        substitute(one.node.text, live) === substitute(one.node.text, other),
    );
    const [first, second] = same.map((one) => one.identity.name);
    if (first === undefined) return [];
    const rest =
      second === undefined ? "" : same.length === 2 ? ` and ${second}` : ` and ${same.length - 1} others`;
    const inLive = live.varPlaces?.get(variable);
    return [
      [
        place,
        {
          place,
          message: `${other.name} has the trust domain of ${live.name} (${variable}: ${value}), so that ${first}${rest} ${same.length > 1 ? "have the same SPIFFE IDs" : "has the same SPIFFE ID"} in both: a workload of ${other.name} passes for the one of ${live.name}. Give ${other.name} a trust domain of its own.`,
          ...(inLive === undefined
            ? {}
            : { related: [{ place: inLive, message: `${variable} is ${value} in ${live.name}, too.` }] }),
          data: { variable, environments: [live.name, other.name] },
        },
      ] as const,
    ];
  });
}
