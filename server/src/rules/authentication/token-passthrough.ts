import type { EnforcementPoint, Environment, Resource } from "../../policy/model.ts";
import { at, type MapNode } from "../../text/tree.ts";
import { specsOf } from "../analysis/specs.ts";
import { type LintContext, lintRule, type RuleFinding } from "../lint-rule.ts";
import { inWords } from "../words.ts";

export const tokenPassthrough = lintRule({
  id: "token-passthrough",
  category: "authentication",
  traffic: ["ai"],
  controls: ["OWASP-ASI-2025:ASI03", "OWASP-NHI-2025:NHI4", "NIST-CSF-2.0:PR.AA-04"],
  fixable: true,
  check,
});

/** One finding for each enforcement point: its setting is the cause, for all servers behind it. */
function check({ environments, files }: LintContext): readonly RuleFinding[] {
  const specs = specsOf(files, "ControlPlane");
  return environments.flatMap(({ environment, set }) => {
    const servers = [...set.resources.values()].filter((one) => one.type === "mcp-server");
    return [...environment.enforcementPoints.values()].flatMap((point) => {
      if (!point.forwards.jwt) return [];
      const behind = servers.filter((one) => hands(point, one, environment));
      const forwards = specs
        .map((spec) =>
          at(spec, "environments", environment.name, "enforcementPoints", point.name, "forwards"),
        )
        .find((node): node is MapNode => node?.kind === "map" && node.place.block === point.place.block);
      return behind.length === 0 || forwards === undefined ? [] : [finding(point, behind, forwards)];
    });
  });
}

/** Whether it is the last on some path that has a connection of its own: what follows passes on what it is given. */
function hands({ name }: EnforcementPoint, server: Resource, environment: Environment): boolean {
  return server.paths.some((path) => {
    const last = path.findLast((hop) => environment.enforcementPoints.get(hop.text)?.transparent !== true);
    return last?.text === name;
  });
}

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
