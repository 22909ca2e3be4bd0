import type { Interaction } from "../../access/interaction.ts";
import type { Resource } from "../../policy/model.ts";
import {
  type Fields,
  type FormContext,
  field,
  fieldsField,
  given,
  headersOf,
  plainHeaders,
  RequestError,
  type RequestPart,
  requiredText,
  textField,
} from "./reading.ts";

/** A JSON-RPC request of the Model Context Protocol. */
export function mcpRequest(form: Fields, { set, beside }: FormContext): RequestPart {
  const method = requiredText(form, "method", "an MCP request");
  const params = fieldsField(form, "params") ?? {};
  const server =
    textField(form, "server") ?? beside.server ?? beside.resource ?? onlyServer(set.resources.values());
  if (server === undefined)
    throw new RequestError("an MCP request does not tell its server: say `server: NAME` beside it");
  const path = set.resources.get(server)?.mcpPath ?? "/mcp";
  return {
    traffic: "ai",
    transport: "http",
    destination: { resource: server },
    http: { method: "POST", path, ...given({ headers: plainHeaders(headersOf(field(form, "headers"))) }) },
    mcp: { server, method, ...mcpPart(method, params) },
  };
}

function mcpPart(method: string, params: Fields): Partial<NonNullable<Interaction["mcp"]>> {
  switch (method) {
    case "tools/call":
      return {
        tool: {
          name: requiredText(params, "name", "tools/call"),
          arguments: fieldsField(params, "arguments") ?? {},
        },
      };
    case "prompts/get":
      return { prompt: { name: requiredText(params, "name", "prompts/get") } };
    case "resources/read":
      return { resource: { uri: requiredText(params, "uri", "resources/read") } };
    default:
      return {};
  }
}

function onlyServer(resources: Iterable<Resource>): string | undefined {
  const servers = [...resources].filter((one) => one.type === "mcp-server");
  return servers.length === 1 ? servers[0]?.name : undefined;
}
