import type { EnforcementPoint, Environment, PolicySet, Resource } from "../../policy/model.ts";
import { at, type MapNode } from "../../text/tree.ts";
import { enforcedAllows, targetsOf } from "../analysis/grants.ts";
import { specsOf } from "../analysis/specs.ts";
import { type LintContext, lintRule, type RuleFinding } from "../lint-rule.ts";
import { inWords } from "../words.ts";

export const tokenPassthrough = lintRule({
  id: "token-passthrough",
  category: "authentication",
  traffic: ["ai"],
  controls: ["OWASP-ASI-2025:ASI03", "OWASP-NHI-2025:NHI4", "NIST-CSF-2.0:PR.AA-04"],
  fixable: true,
  letsThrough: "active",
  check,
});

/** One finding for each enforcement point: its setting is the cause, for all servers behind it. */
function check({ environments, files }: LintContext): readonly RuleFinding[] {
  const specs = specsOf(files, "ControlPlane");
  return environments.flatMap(({ environment, set }) => {
    const servers = serversWithRules(set);
    return [...environment.enforcementPoints.values()].flatMap((point) => {
      if (!point.forwards.jwt) return [];
      const behind = servers.filter((one) => hands(point, one, environment) && !isMadeForServer(one, set));
      const forwards = specs
        .map((spec) =>
          at(spec, "environments", environment.name, "enforcementPoints", point.name, "forwards"),
        )
        .find((node): node is MapNode => node?.kind === "map" && node.place.block === point.place.block);
      return behind.length === 0 || forwards === undefined ? [] : [finding(point, behind, forwards)];
    });
  });
}

/** To the others nothing is let through, so that no token gets there. */
function serversWithRules(set: PolicySet): readonly Resource[] {
  const reached = new Set(
    enforcedAllows(set).flatMap((rule) => targetsOf(rule, set).map((one) => one.resource.name)),
  );
  return [...set.resources.values()].filter((one) => one.type === "mcp-server" && reached.has(one.name));
}

/** Whether it is the last on some path that has a connection of its own: what follows passes on what it is given. */
function hands({ name }: EnforcementPoint, server: Resource, environment: Environment): boolean {
  return server.paths.some((path) => {
    const last = path.findLast((hop) => environment.enforcementPoints.get(hop.text)?.transparent !== true);
    return last?.text === name;
  });
}

/**
 * Whether the tokens of its callers are made for this very server, behind a gateway that only looks at them: all issuers
 * that rules for it take tokens of make them for a host that no other resource has. RFC 8707: the audience is the URL.
 */
function isMadeForServer(server: Resource, set: PolicySet): boolean {
  const hosts = hostsOf(server);
  const others = [...set.resources.values()].filter((one) => one !== server);
  if (others.some((one) => hostsOf(one).some((host) => hosts.includes(host)))) return false;
  const callers = enforcedAllows(set)
    .filter((rule) => targetsOf(rule, set).some((one) => one.resource === server))
    .flatMap((rule) => [...(rule.subjects ?? []), ...(rule.onBehalfOf ?? [])])
    .flatMap((name) => set.identities.get(name.text) ?? []);
  const issuers = new Set(callers.flatMap((one) => one.issuer?.text ?? []));
  const audiences = [...issuers].map((name) => set.controlPlane.issuers.get(name)?.audiences ?? []);
  return (
    audiences.length > 0 &&
    audiences.every((all) => all.length > 0 && all.every((one) => hosts.includes(hostOf(one))))
  );
}

const hostsOf = ({ hosts }: Resource): readonly string[] => hosts.map((one) => one.text);

const hostOf = (audience: string): string => /^https:\/\/([^/:]+)/.exec(audience)?.[1] ?? audience;

function finding(point: EnforcementPoint, servers: readonly Resource[], forwards: MapNode): RuleFinding {
  const names = servers.map((one) => one.name);
  const value = at(forwards, "jwt");
  return {
    place: value?.place ?? forwards.place,
    message: `${point.name} hands the caller's token on to ${inWords(names)}: MCP forbids to pass tokens through, since a server that gets one made for somebody else can use it there as the caller. Let ${point.name} keep the token, and give the server one of its own (token exchange, RFC 8693) where it needs to know the caller.`,
    related: servers.slice(0, 4).map((one) => ({
      place: one.place,
      message: `Requests to ${one.name} pass ${point.name} last.`,
    })),
    data: { enforcementPoint: point.name, resources: names },
    fixes: [
      {
        title: `Let ${point.name} keep the token`,
        isSafe: false,
        edits: [{ edit: "set-property", map: forwards, key: "jwt", value: false }],
      },
    ],
  };
}
