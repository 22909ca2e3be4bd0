import { type OpaqueAssignment, termsHold } from "../../../server/src/access/evaluate-terms.ts";
import type { LoweredHop } from "../../../server/src/access/hop.ts";
import type { Interaction, Json } from "../../../server/src/access/interaction.ts";
import type { Destination, HopContext, HopDecision } from "../../../server/src/deployed/adapter.ts";
import { istio } from "../../../server/src/deployed/istio/adapter.ts";
import type { Problem } from "../../../server/src/text/problem.ts";
import type { ParsedFile } from "../../../server/src/text/tree.ts";
import { parseYaml } from "../../../server/src/yaml/parse.ts";

export const destination: Destination = {
  hosts: [],
  namespace: "shop",
  labels: new Map([["app", "payments"]]),
  port: 8080,
  transport: "http",
  traffic: "service",
};

export const context: HopContext = {
  enforcementPoint: "mesh",
  environment: "production",
  transparent: true,
  forwardsJwt: true,
  completeFor: "all",
  settings: { trustDomain: "prod" },
};

/** One deployed mesh, its answers by both ways: a test that asks it checks that they agree. */
export class Mesh {
  readonly file: ParsedFile;
  readonly problems: readonly Problem[];
  readonly #model;

  constructor(
    readonly yaml: string,
    private readonly at: Destination = destination,
    private readonly hop: HopContext = context,
  ) {
    this.file = parseYaml("file:///mesh.yaml", yaml, { dialect: "deployed" });
    const { model, problems } = istio.read([this.file]);
    this.#model = model;
    this.problems = problems;
  }

  lower(): LoweredHop {
    return istio.lower(this.#model, this.at, this.hop);
  }

  posture(): readonly Problem[] {
    return istio.posture?.(this.#model, this.at, this.hop) ?? [];
  }

  /** The decision. Throws where the lowered access function says something else. */
  explain(view: Partial<Interaction>): HopDecision {
    const interaction: Interaction = { traffic: "service", ...view };
    const decided = istio.decide(this.#model, this.at, this.hop, interaction);
    const [branch] = this.lower().branches;
    if (branch === undefined) throw new Error("no branch");
    const nothing: OpaqueAssignment = new Map();
    const allowed = termsHold(branch.access.allow, interaction, nothing);
    const denied = termsHold(branch.access.deny, interaction, nothing);
    const lowered =
      denied === true || allowed === false
        ? "deny"
        : allowed === true && denied === false
          ? "allow"
          : "unknown";
    if (lowered !== decided.decision) throw new Error(`decided ${decided.decision}, lowered to ${lowered}`);
    return decided;
  }

  decide(view: Partial<Interaction>): HopDecision["decision"] {
    return this.explain(view).decision;
  }

  /** The source text that a problem or an origin points at. */
  textAt(place: {
    readonly block: { readonly text: string };
    readonly start: number;
    readonly end: number;
  }): string {
    return place.block.text.slice(place.start, place.end);
  }
}

export const from = (principal: string): Partial<Interaction> => ({
  source: { principal: `spiffe://${principal}` },
});

export const get = (path: string, more: Partial<Interaction> = {}): Partial<Interaction> => ({
  http: { method: "GET", host: "payments", path },
  ...more,
});

export const withToken = (
  iss: string,
  sub: string,
  more: { readonly aud?: readonly string[]; readonly claims?: { readonly [name: string]: Json } } = {},
): Partial<Interaction> => ({ jwt: { iss, sub, ...more } });

/** An AuthorizationPolicy of namespace shop, from the text of its spec (indented by two). */
export function policy(spec: string, name = "p", head = ""): string {
  return `---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata:
  name: ${name}
  namespace: shop${head}
spec:
${indent(spec)}
`;
}

export function resource(kind: string, name: string, namespace: string, spec: string, head = ""): string {
  return `---
apiVersion: security.istio.io/v1
kind: ${kind}
metadata:
  name: ${name}
  namespace: ${namespace}${head}
spec:
${indent(spec)}
`;
}

function indent(text: string): string {
  return text
    .trim()
    .split("\n")
    .map((line) => `  ${line}`)
    .join("\n");
}
