import type { Interaction } from "../access/interaction.ts";

const secret = new Set([
  "authorization",
  "proxy-authorization",
  "cookie",
  "set-cookie",
  "x-api-key",
  "api-key",
  "apikey",
  "x-goog-api-key",
  "x-amz-security-token",
]);

/** The request as it may be shown: that a secret header was there, not what it was (design, section 9). */
export function masked(interaction: Interaction): Interaction {
  const { http } = interaction;
  const headers = Object.entries(http?.headers ?? {});
  if (http === undefined || !headers.some(([name]) => secret.has(name.toLowerCase()))) return interaction;
  const shown = headers.map(([name, values]) => [
    name,
    secret.has(name.toLowerCase()) ? values.map(() => "***") : values,
  ]);
  return { ...interaction, http: { ...http, headers: Object.fromEntries(shown) } };
}
