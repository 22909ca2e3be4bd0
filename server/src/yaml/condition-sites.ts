import type { CST } from "yaml";

/** Where the value of a condition's key starts to be looked for: behind its colon. Offsets in the document. */
export interface ConditionSite {
  /** The offset of the key. */
  readonly key: number;
  /** Behind the `:`. */
  readonly after: number;
  /** Inside `{...}`, where commas and brackets end a plain scalar. */
  readonly flow: boolean;
}

/** In these kinds `condition` can be a name of the user's own data (an argument of a tool, a claim). */
const otherKinds: ReadonlySet<string> = new Set(["ControlPlane", "Inventory", "Scenarios"]);

/**
 * The conditions of a policy document: values of keys named `condition`, and the values of maps named `conditions`,
 * below `spec`. Found in the tokens, since a key is read before its value can lead the parser astray.
 */
export function conditionSites(tokens: readonly CST.Token[]): readonly ConditionSite[] {
  const sites: ConditionSite[] = [];
  for (const token of tokens) {
    if (token.type !== "document" || token.value?.type !== "block-map") continue;
    const root = token.value.items;
    const kind = root.find((item) => keyName(item.key) === "kind")?.value;
    if (otherKinds.has(keyName(kind) ?? "")) continue;
    const spec = root.find((item) => keyName(item.key) === "spec")?.value;
    if (spec !== undefined) collect(spec, false, sites);
  }
  return sites;
}

/** Recursion is bounded by the depth that the reader of tokens allows. */
function collect(token: CST.Token, inConditions: boolean, sites: ConditionSite[]): void {
  if (token.type !== "block-map" && token.type !== "block-seq" && token.type !== "flow-collection") return;
  const flow = token.type === "flow-collection";
  for (const item of token.items) {
    const name = keyName(item.key);
    const colon = item.sep?.find((one) => one.type === "map-value-ind");
    if (name !== undefined && colon !== undefined && item.key && (name === "condition" || inConditions))
      sites.push({ key: item.key.offset, after: colon.offset + 1, flow });
    else if (item.value) collect(item.value, name === "conditions", sites);
  }
}

function keyName(token: CST.Token | null | undefined): string | undefined {
  switch (token?.type) {
    case "scalar":
      return token.source;
    case "single-quoted-scalar":
    case "double-quoted-scalar":
      return token.source.slice(1, -1);
    default:
      return undefined;
  }
}
