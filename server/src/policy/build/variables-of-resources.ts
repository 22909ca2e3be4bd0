/** Which variables of conditions requests to a resource have. What every request may have is in no list here. */
import type { Resource } from "../model.ts";

/** By the first name of a variable. */
const roots = ["request", "grpc", "mcp", "llm", "event"] as const;
type Root = (typeof roots)[number];

/** Where a variable exists, in words for a message. */
const places: Readonly<Record<Root, string>> = {
  request: "APIs, services that speak HTTP or gRPC, MCP servers and models",
  grpc: "services with protocol: grpc",
  mcp: "MCP servers (type mcp-server)",
  llm: "models (type model)",
  event: "event channels (type event-channel)",
};

function has({ type, protocol }: Resource, root: Root): boolean {
  switch (root) {
    case "request":
      return type !== "event-channel" && protocol !== "tcp";
    case "grpc":
      return type === "service" && protocol !== "tcp" && protocol !== "http";
    case "mcp":
      return type === "mcp-server";
    case "llm":
      return type === "model";
    case "event":
      return type === "event-channel";
  }
}

/** The variables that requests to none of the resources have, with why: sentences that end a message. */
export function variablesElsewhere(resources: readonly Resource[]): ReadonlyMap<string, string> {
  const missing = roots.filter((root) => !resources.some((resource) => has(resource, root)));
  if (resources.length === 0) return new Map();
  const names = [...new Set(resources.map(described))].join(" and ");
  return new Map(
    missing.map((root) => [
      root,
      `${root} exists in requests to ${places[root]}, and this rule is for ${names}. ` +
        "Reading it fails on every request, so that an allow never applies and a deny always does. " +
        `Remove it, or write a rule of its own for a resource that has it.`,
    ]),
  );
}

function described({ name, type, protocol }: Resource): string {
  return `${name} (type ${type}${type === "service" && protocol !== undefined ? `, protocol ${protocol}` : ""})`;
}
