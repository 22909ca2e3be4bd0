/** A small shop, with the rules that a test gives it. */
import { readFileSync } from "node:fs";
import path from "node:path";
import type { Interaction } from "../../../server/src/access/interaction.ts";
import type { Environment, PolicySet } from "../../../server/src/policy/model.ts";
import { credentialsOf } from "../../../server/src/simulate/credentials.ts";
import { decide } from "../../../server/src/simulate/decide.ts";
import type { Decision } from "../../../server/src/simulate/decision.ts";
import { build } from "../policy/support.ts";

const folder = path.resolve(import.meta.dirname, "../../fixtures/simulate/shop");
export const fixture = (name: string): string => readFileSync(path.join(folder, name), "utf8");

export interface Shop {
  readonly set: PolicySet;
  readonly production: Environment;
  readonly staging: Environment;
  /** Decides in production. */
  decide(interaction: Interaction): Decision;
  /** Decides in production, as an identity that acts for itself or for alice of the groups. */
  as(name: string, asked: Partial<Interaction>, groups?: readonly string[]): Decision;
}

/** `rules` are the lines of a rule list, in YAML; several texts are several policies: p0, p1. */
export function shop(...policies: readonly (string | { readonly audit: string })[]): Shop {
  const documents = policies.map((policy, index) => {
    const [mode, rules] = typeof policy === "string" ? ["enforce", policy] : ["audit", policy.audit];
    return `---\napiVersion: plumbline/v1\nkind: Policy\nmetadata: { name: p${index} }\nspec:\n  mode: ${mode}\n  rules:\n${rules.replace(/^/gm, "    ")}\n`;
  });
  const { set } = build({
    "shop.plumb.yaml": fixture("inventory.plumb.yaml") + documents.join(""),
    "tools.json": fixture("tools.json"),
  });
  const [production, staging] = ["production", "staging"].map((name) => {
    const found = set.controlPlane.environments.get(name);
    if (found === undefined) throw new Error(`no environment ${name}`);
    return found;
  }) as [Environment, Environment];
  const decideHere = (interaction: Interaction) => decide(set, production, interaction);
  return {
    set,
    production,
    staging,
    decide: decideHere,
    as(name, asked, groups) {
      const identity = set.identities.get(name);
      if (identity === undefined) throw new Error(`no identity ${name}`);
      const onBehalfOf = groups === undefined ? [] : [{ id: "alice", issuer: "workforce", groups }];
      const proven = credentialsOf(identity, onBehalfOf, set, production, undefined);
      return decideHere({ traffic: "api", ...proven, ...asked });
    },
  };
}

/** An HTTP request to the payments API. */
export const http = (method: string, target: string): Pick<Interaction, "http"> => ({
  http: { method, host: "api.acme.example", path: target },
});

export const call = (
  name: string,
  args: NonNullable<NonNullable<Interaction["mcp"]>["tool"]>["arguments"] = {},
): Pick<Interaction, "mcp"> => ({
  mcp: { server: "tools", method: "tools/call", tool: { name, arguments: args } },
});

export const list: Pick<Interaction, "mcp"> = { mcp: { server: "tools", method: "tools/list" } };

/** `deny: reason`. */
export const said = ({ decision, reason }: Decision): string => `${decision}: ${reason}`;

/** The failed part of a rule: `condition: amount was 250, needed <= 200`. */
export function why(decision: Decision, rule: string): string | undefined {
  const trace = decision.trace.find((one) => one.rule === rule);
  return trace?.failed && `${trace.failed.part}: ${trace.failed.detail}`;
}
