/** Hosts search by the globs that settings are matched by, too. */
export { globMatcher, literalPrefix } from "../text/glob.ts";
