/** How the control plane writes what differs from environment to environment: its variables, and its trust domains. */
import type { ControlPlane } from "../../policy/model.ts";
import { substitute } from "../../policy/variables.ts";
import { child, text as textOf } from "../../text/tree.ts";
import { type Entry, ImportError } from "./imported.ts";

export class Environments {
  /** Variables that are a trust domain in each environment; the one that is used most comes first. */
  readonly #variables: readonly string[];

  /** Without a control plane nothing is known of variables: everything is written out. */
  constructor(
    private readonly controlPlane: ControlPlane | undefined,
    entries: readonly Entry[],
  ) {
    const uses = (name: string): number =>
      entries.filter((one) => textOf(child(one.node, "spiffeId"))?.startsWith(`spiffe://\${${name}}/`))
        .length;
    this.#variables = this.#candidates().sort((a, b) => uses(b) - uses(a));
  }

  /** What a text is in each environment, each once. */
  values(text: string): readonly string[] {
    const environments = [...(this.controlPlane?.environments.values() ?? [])];
    if (environments.length === 0 || !text.includes("${")) return [text];
    return [...new Set(environments.map((environment) => substitute(text, environment)))];
  }

  isDeclared(trustDomain: string): boolean {
    return this.controlPlane?.trustDomains.has(trustDomain) ?? false;
  }

  /** A trust domain as SPIFFE IDs are written here: `${td}` where an environment has it as its own. */
  written(trustDomain: string): string {
    const variable = this.#variables.find((name) => this.values(`\${${name}}`).includes(trustDomain));
    return variable === undefined ? trustDomain : `\${${variable}}`;
  }

  /** The trust domain, as it is written here, of workloads of which no file tells it. Throws `ImportError`. */
  own(wanted: string | undefined): string {
    if (wanted !== undefined) return this.written(wanted);
    const [variable] = this.#variables;
    if (variable !== undefined) return `\${${variable}}`;
    const declared = [...(this.controlPlane?.trustDomains ?? [])].filter(
      ([, { federation }]) => federation === undefined,
    );
    const [only, ...others] = declared;
    if (only !== undefined && others.length === 0) return only[0];
    const why =
      only === undefined
        ? "no ControlPlane document says which it is"
        : `the control plane has ${declared.map(([name]) => name).join(", ")}, and no variable tells which is whose`;
    throw new ImportError(
      `Kubernetes files do not tell the trust domain, and ${why}. Say it: --trust-domain prod.example.com.`,
    );
  }

  /** The points that see workloads by namespace and labels, by name. */
  get meshes(): readonly string[] {
    const points = [...(this.controlPlane?.environments.values() ?? [])].flatMap((one) => [
      ...one.enforcementPoints.values(),
    ]);
    return [...new Set(points.filter((one) => one.type === "istio").map((one) => one.name))];
  }

  #candidates(): string[] {
    const environments = [...(this.controlPlane?.environments.values() ?? [])];
    const names = [...new Set(environments.flatMap((one) => [...one.vars.keys()]))];
    const hasDeclared = (this.controlPlane?.trustDomains.size ?? 0) > 0;
    return names.filter((name) =>
      environments.every((environment) => {
        const value = environment.vars.get(name);
        if (value === undefined) return false;
        return hasDeclared ? this.isDeclared(value) : /^(td|trust[-_]?domain)$/i.test(name);
      }),
    );
  }
}
