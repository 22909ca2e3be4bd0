/** What an own symbol is, in a few lines of Markdown: hover, and later completion. */
import { formatDuration } from "../policy/duration.ts";
import type { Identity, Resource, Rule } from "../policy/model.ts";
import { operationName } from "../policy/operation-names.ts";
import type { PolicySymbol } from "../policy/symbols.ts";
import { substitute } from "../policy/variables.ts";
import type { ControlPlaneSnapshot } from "../workspace/snapshot.ts";

export function describeSymbol(plane: ControlPlaneSnapshot, symbol: PolicySymbol): string {
  const lines = linesOf(plane, symbol).filter((line) => line !== "");
  return lines.join("  \n");
}

function linesOf(plane: ControlPlaneSnapshot, symbol: PolicySymbol): readonly string[] {
  const { set } = plane;
  switch (symbol.kind) {
    case "identity": {
      const identity = set.identities.get(symbol.name);
      return identity === undefined ? [] : identityLines(plane, identity);
    }
    case "resource": {
      const resource = set.resources.get(symbol.name);
      return resource === undefined ? [] : resourceLines(plane, resource);
    }
    case "rule": {
      const rule = allRules(plane).find((one) => one.id === `${symbol.container}/${symbol.name}`);
      return rule === undefined ? [] : ruleLines(plane, rule);
    }
    case "operation": {
      const operation = set.resources
        .get(symbol.container ?? "")
        ?.operations.find(
          (one) => (one.id ?? operationName(one)) === symbol.name || operationName(one) === symbol.name,
        );
      const of = operation === undefined ? "" : ` · ${operationName(operation)}`;
      return [
        `**${code(symbol.name)}** · operation of ${code(symbol.container ?? "")}${of}`,
        usedIn(plane, symbol),
      ];
    }
    case "tool": {
      const tool = set.resources.get(symbol.container ?? "")?.tools.find((one) => one.name === symbol.name);
      return [
        `**${code(symbol.name)}** · tool of ${code(symbol.container ?? "")}`,
        plain(tool?.description ?? ""),
        parameters(tool?.inputSchema),
        usedIn(plane, symbol),
      ];
    }
    case "enforcement-point": {
      const found = [...set.controlPlane.environments.values()].flatMap((environment) => {
        const point = environment.enforcementPoints.get(symbol.name);
        return point === undefined ? [] : [{ environment: environment.name, point }];
      });
      return [
        `**${code(symbol.name)}** · enforcement point`,
        ...found.map(
          ({ environment, point }) =>
            `${environment}: ${point.type}${point.transparent ? ", transparent" : ""}${point.identity === undefined ? "" : `, seen as ${code(point.identity.text)}`}; deployed: ${point.deployed.flatMap((one) => one.files.map((file) => code(file.text))).join(", ") || "nothing exported"}`,
        ),
      ];
    }
    case "issuer": {
      const issuer = set.controlPlane.issuers.get(symbol.name);
      return [
        `**${code(symbol.name)}** · issuer · ${plain(issuer?.url ?? "")}`,
        `audiences: ${plain(issuer?.audiences.join(", ") ?? "") || "unchecked"}`,
        usedIn(plane, symbol),
      ];
    }
    case "variable": {
      const values = [...set.controlPlane.environments.values()].map(
        (environment) => `${environment.name}: ${code(environment.vars.get(symbol.name) ?? "undefined")}`,
      );
      return [`**${code(symbol.name)}** · variable`, ...values];
    }
    case "scenario": {
      const runs = plane.runs.filter((run) => run.scenario.id === `${symbol.container}/${symbol.name}`);
      return [
        `**${plain(symbol.name)}** · scenario`,
        ...runs.map(
          (run) =>
            `${run.environment}: ${run.status}${run.reason === undefined ? "" : ` — ${plain(run.reason)}`}`,
        ),
      ];
    }
    default:
      return [`**${code(symbol.name)}** · ${symbol.kind.replace("-", " ")}`, usedIn(plane, symbol)];
  }
}

function identityLines(plane: ControlPlaneSnapshot, identity: Identity): readonly string[] {
  const environments = [...plane.set.controlPlane.environments.values()];
  const ids =
    identity.spiffeId === undefined
      ? []
      : environments.map((one) => `${code(substitute(identity.spiffeId?.text ?? "", one))} (${one.name})`);
  const claims = [...identity.claims].map(([name, values]) => `${name} ${values.join(" or ")}`);
  const token =
    identity.issuer === undefined
      ? ""
      : `token of ${code(identity.issuer.text)}${claims.length > 0 ? ` with ${claims.join(", ")}` : ""}`;
  const consumers = [...identity.deployedAs].map(
    ([gateway, known]) =>
      `${gateway} ${known.consumer === undefined ? `groups ${known.groups?.join(", ")}` : `consumer ${code(known.consumer)}`}`,
  );
  const rules = allRules(plane).filter((rule) => rule.subjects?.some((one) => one.text === identity.name));
  const behalf = allRules(plane).filter((rule) => rule.onBehalfOf?.some((one) => one.text === identity.name));
  const scenarios = plane.set.scenarios.filter((one) => one.as?.text === identity.name);
  return [
    `**${code(identity.name)}** · ${identity.type}${ids.length > 0 ? ` · ${ids.join(" · ")}` : ""}`,
    [token, ...consumers].filter((one) => one !== "").join(" · "),
    [
      identity.actsFor.length > 0
        ? `acts for ${identity.actsFor.map((one) => code(one.text)).join(", ")}`
        : "",
      credential(identity),
      identity.owner === undefined ? "" : `owner ${plain(identity.owner)}`,
    ]
      .filter((one) => one !== "")
      .join(" · "),
    `Reaches: ${reaches(rules) || "nothing"}${behalf.length > 0 ? `; others act for it in ${count(behalf.length, "rule")}` : ""}`,
    `Used in ${count(rules.length + behalf.length, "rule")}, ${count(scenarios.length, "scenario")}`,
  ];
}

function credential({ credential: spec }: Identity): string {
  if (spec === undefined) return "";
  return [
    spec.type,
    spec.maxTtl === undefined ? undefined : formatDuration(spec.maxTtl),
    spec.boundTo && `bound to ${spec.boundTo}`,
  ]
    .filter((one) => one !== undefined)
    .join(", ");
}

function reaches(rules: readonly Rule[]): string {
  const parts = rules
    .filter((rule) => rule.effect === "allow")
    .flatMap((rule) =>
      rule.on.map((target) => {
        const named =
          target.operations ?? target.tools ?? target.rpcs ?? target.prompts ?? target.events?.types;
        const what =
          named === undefined
            ? target.resource.text
            : named.map((one) => `${target.resource.text}/${one.text}`).join(", ");
        return `${plain(what)}${rule.condition === undefined ? "" : " (conditionally)"}`;
      }),
    );
  return [...new Set(parts)].join(", ");
}

function resourceLines(plane: ControlPlaneSnapshot, resource: Resource): readonly string[] {
  const paths = resource.paths.map((path) => path.map((hop) => hop.text).join(" → "));
  const verdicts = [...plane.drift.values()]
    .flatMap((report) => report.comparisons)
    .filter((one) => one.resource === resource.name)
    .map((one) => `${one.path.join(" → ")} ${one.verdict} (${one.environment})`);
  const rules = allRules(plane).filter((rule) =>
    rule.on.some((target) => target.resource.text === resource.name),
  );
  const parts =
    resource.tools.length > 0
      ? count(resource.tools.length, "tool")
      : resource.operations.length > 0
        ? count(resource.operations.length, "operation")
        : "";
  return [
    `**${code(resource.name)}** · ${resource.type}${resource.hosts.length > 0 ? ` · ${resource.hosts.map((host) => code(host.text)).join(", ")}` : ""}`,
    [parts, paths.length > 0 ? `reached by ${paths.join(", or ")}` : "on no path"]
      .filter((one) => one !== "")
      .join(" · "),
    `Rules: ${rules.map((rule) => code(rule.id)).join(", ") || "none, so every request is denied"}`,
    verdicts.length > 0 ? `As deployed: ${verdicts.join(", ")}` : "",
  ];
}

function ruleLines(plane: ControlPlaneSnapshot, rule: Rule): readonly string[] {
  const subjects = rule.anonymous
    ? "anybody"
    : (rule.subjects?.map((one) => code(one.text)).join(", ") ?? "every caller");
  const behalf =
    rule.onBehalfOf === undefined ? "" : ` for ${rule.onBehalfOf.map((one) => code(one.text)).join(", ")}`;
  const deciding = plane.runs.filter((run) =>
    run.simulation?.decision.rules.some((one) => one.rule === rule.id),
  );
  return [
    `**${code(rule.id)}** · ${rule.effect}${rule.mode === "audit" ? " (audit mode: decides nothing)" : ""}`,
    `${subjects}${behalf} → ${reaches([{ ...rule, effect: "allow" }])}`,
    rule.condition === undefined ? "" : `when ${code(rule.condition.source.trim())}`,
    `Decides ${count(new Set(deciding.map((run) => run.scenario.id)).size, "scenario")}`,
  ];
}

function usedIn(plane: ControlPlaneSnapshot, symbol: PolicySymbol): string {
  const policyFiles = new Set(plane.set.policies.map((policy) => policy.uri));
  const inRules = symbol.references.filter((place) => policyFiles.has(place.block.uri)).length;
  return `Used ${count(symbol.references.length, "time")}${inRules > 0 ? `, ${inRules} of them in rules` : ""}`;
}

function parameters(schema: unknown): string {
  if (typeof schema !== "object" || schema === null || !("properties" in schema)) return "";
  const { properties } = schema;
  if (typeof properties !== "object" || properties === null) return "";
  const required = "required" in schema && Array.isArray(schema.required) ? schema.required : [];
  const named = Object.entries(properties).map(([name, value]) => {
    const type = typeof value === "object" && value !== null && "type" in value ? String(value.type) : "any";
    return `${code(name)} ${type}${required.includes(name) ? ", required" : ""}`;
  });
  return named.length === 0 ? "" : `Arguments: ${named.join("; ")}`;
}

function allRules(plane: ControlPlaneSnapshot): readonly Rule[] {
  return plane.set.policies.flatMap((policy) => policy.rules);
}

const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? "" : "s"}`;
/** Text of files in Markdown: as code, where nothing is markup. */
const code = (text: string): string => `\`${text.replace(/`/g, "'")}\``;
const plain = (text: string): string => text.replace(/[\\`*_{}[\]()#+!|<>]/g, "\\$&");
