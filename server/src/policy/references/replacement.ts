import type { Place } from "../../text/place.ts";

/**
 * The text to put at a scalar's content: quoted where YAML would read it differently without (braces of a path
 * template in a flow list, say), unless the place already stands in quotes.
 */
export function replacement(place: Place, name: string): string {
  const before = place.block.text[place.start - 1];
  const quoted = (before === '"' || before === "'") && place.block.text[place.end] === before;
  if (quoted || /^[A-Za-z0-9_][A-Za-z0-9_./ -]*$/.test(name)) return name;
  return JSON.stringify(name);
}
