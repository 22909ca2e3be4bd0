/** Generated scenarios as a document that checks clean, formatted the way people write them. */
import { visible } from "../../text/shown.ts";
import { stringifyYaml, type Writable, type WritablePath } from "../../yaml/stringify.ts";
import type { ScenarioFields } from "./fields.ts";

export interface Suite {
  readonly name: string;
  readonly environment: string;
  readonly now: string;
  readonly scenarios: readonly ScenarioFields[];
}

/** YAML with a comment on top that says where it comes from. The same suite gives the same text. */
export function suiteText({ name, environment, now, scenarios }: Suite): string {
  const document: Writable = {
    apiVersion: "plumbline/v1",
    kind: "Scenarios",
    metadata: { name },
    spec: { environment, now, scenarios: scenarios as unknown as readonly Writable[] },
  };
  const comment = `# Boundary cases of the policy in ${visible(environment)}, made by \`plumbline generate scenarios\`.\n`;
  return comment + stringifyYaml(document, { isBlock });
}

/** The document, its spec, the list of scenarios, and each of them. */
function isBlock(path: WritablePath): boolean {
  const [first, second, ...more] = path;
  return first === undefined || (first === "spec" && (second === undefined || more.length <= 1));
}
