/**
 * Tools that a model's provider calls itself (`tools: [{ type: "mcp", server_url }]` of OpenAI's Responses API): such
 * calls go around every enforcement point on the way to that server (design, section 3).
 */
import type { Interaction, Json } from "../access/interaction.ts";

/** The servers that the provider would call, as the request writes them. */
export function providerSideServers({ llm, http }: Interaction): readonly string[] {
  if (llm === undefined) return [];
  const tools = field(http?.body, "tools");
  if (!Array.isArray(tools)) return [];
  return tools.flatMap((tool: Json) => {
    const server = field(tool, "server_url");
    return field(tool, "type") === "mcp" && typeof server === "string" ? [server] : [];
  });
}

function field(value: Json | undefined, name: string): Json | undefined {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return undefined;
  return Object.hasOwn(value, name) ? (value as { readonly [key: string]: Json })[name] : undefined;
}
