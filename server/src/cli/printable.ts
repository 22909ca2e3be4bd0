export { visible as printable } from "../text/shown.ts";
