/**
 * Which finding code a URI of ours asks for: `/codes/schema/type` gives `schema/type`. Anybody can make such a link, so
 * only what has the form of a code is taken: no `..`, no escapes, no empty segment. Undefined for everything else.
 */
export function codeOfPath(path: string): string | undefined {
  return /^\/codes\/([a-z]+(?:-[a-z0-9]+)*(?:\/[a-z]+(?:-[a-z0-9]+)*)?)$/.exec(path)?.[1];
}
