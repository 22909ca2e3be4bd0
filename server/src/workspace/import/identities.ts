/** Workloads that a source knows by their SPIFFE IDs, against the identities that are there. */
import { formatDuration, parseDuration } from "../../policy/duration.ts";
import { spiffeIdMistake, trustDomainOf } from "../../policy/spiffe-id.ts";
import type { FixValue } from "../../text/fix.ts";
import { child, type MapNode, text } from "../../text/tree.ts";
import type { Environments } from "./environments.ts";
import type { Change, Entry, Imported, ImportOptions } from "./imported.ts";

export interface Workload {
  /** As it is written here: `${td}` or a name. */
  readonly trustDomain: string;
  /** With its leading slash. */
  readonly path: string;
  /** What it may be called, best first. */
  readonly names: readonly string[];
  readonly label: string;
  readonly description?: string;
  /** The day from which its source vouches for it no more: `2026-01-31` (UTC). */
  readonly expires?: string;
  /** Seconds that its SVIDs live, by the type of credential; absent where the source does not say. */
  readonly ttls: Readonly<Partial<Record<"x509-svid" | "jwt-svid", number>>>;
}

/** The identities that are there, by what they are proven by. */
export class Identities {
  readonly #byId = new Map<string, Entry>();
  readonly #stale = new Map<string, Entry[]>();
  readonly #patterns: { readonly entry: Entry; readonly matches: (id: string) => boolean }[] = [];
  readonly #unproven = new Map<string, Entry>();

  constructor(
    readonly entries: readonly Entry[],
    private readonly environments: Environments,
  ) {
    for (const entry of entries) this.#add(entry);
  }

  #add(entry: Entry): void {
    const { node, key } = entry;
    const spiffeId = text(child(node, "spiffeId"));
    const pattern = text(child(node, "spiffeIdPattern"));
    if (spiffeId !== undefined) {
      const ids = this.environments.values(spiffeId);
      for (const id of ids) if (!this.#byId.has(id)) this.#byId.set(id, entry);
      // Of a trust domain that nobody declares any more nobody can prove himself: the same path is the same workload.
      if (ids.every((id) => id.startsWith("spiffe://") && !this.environments.isDeclared(trustDomainOf(id)))) {
        const path = pathOf(ids[0] ?? "");
        this.#stale.set(path, [...(this.#stale.get(path) ?? []), entry]);
      }
    } else if (pattern !== undefined) {
      const tests = this.environments.values(pattern).map(patternTest);
      this.#patterns.push({ entry, matches: (id) => tests.some((test) => test(id)) });
    } else if (isUnproven(node)) this.#unproven.set(key.text, entry);
  }

  /** Undefined where its SPIFFE ID has a mistake. */
  imported(workload: Workload, { owner }: ImportOptions): Imported | undefined {
    const written = `spiffe://${workload.trustDomain}${workload.path}`;
    const ids = this.environments.values(written);
    if (ids.some((id) => spiffeIdMistake(id) !== undefined)) return undefined;
    const entry = this.#same(ids, workload);
    const covering = entry === undefined ? this.#patterns.find((one) => ids.every(one.matches)) : undefined;
    const [type, seconds] = credentialOf(workload);
    return {
      section: "identities",
      names: workload.names,
      label: workload.label,
      value: {
        type: "workload",
        spiffeId: written,
        ...(workload.description === undefined ? {} : { description: workload.description }),
        ...(owner === undefined ? {} : { owner }),
        ...(workload.expires === undefined ? {} : { expires: workload.expires }),
        ...(type === undefined ? {} : { credential: credential(type, seconds) }),
      },
      present:
        entry !== undefined
          ? [{ entry, changes: this.#changes(entry.node, written, ids, workload) }]
          : covering !== undefined
            ? [{ entry: covering.entry, changes: [] }]
            : [],
    };
  }

  /** Every SPIFFE ID that an identity is proven by, over all environments. */
  idsOf({ node }: Entry): readonly string[] {
    const spiffeId = text(child(node, "spiffeId"));
    return spiffeId === undefined ? [] : this.environments.values(spiffeId);
  }

  #same(ids: readonly string[], { path, names }: Workload): Entry | undefined {
    const known = ids.map((id) => this.#byId.get(id)).find((one) => one !== undefined);
    if (known !== undefined) return known;
    const [stale, ...others] = this.#stale.get(path) ?? [];
    if (stale !== undefined && others.length === 0) return stale;
    const [name = ""] = names;
    return this.#unproven.get(name);
  }

  #changes(node: MapNode, written: string, ids: readonly string[], { ttls }: Workload): readonly Change[] {
    const own = text(child(node, "spiffeId"));
    const isSame = own !== undefined && this.environments.values(own).some((id) => ids.includes(id));
    const moved: Change[] = isSame
      ? []
      : [
          {
            what: "spiffeId",
            ...(own === undefined ? {} : { from: own }),
            to: written,
            edits: [{ edit: "set-property", map: node, key: "spiffeId", value: written }],
          },
        ];
    return [...moved, ...ttlChanges(node, ttls)];
  }
}

function ttlChanges(node: MapNode, ttls: Workload["ttls"]): readonly Change[] {
  const own = child(node, "credential");
  if (own === undefined) {
    const [type, seconds] = credentialOf({ ttls });
    if (type === undefined || seconds === undefined) return [];
    const value = credential(type, seconds);
    return [
      {
        what: "credential",
        to: `${type}, ${formatDuration(seconds)} at most`,
        edits: [{ edit: "set-property", map: node, key: "credential", value }],
      },
    ];
  }
  if (own.kind !== "map") return [];
  const type = text(child(own, "type"));
  const seconds = type === "x509-svid" || type === "jwt-svid" ? ttls[type] : undefined;
  const written = child(own, "maxTtl");
  const before = written?.kind === "scalar" ? written.text : undefined;
  if (seconds === undefined || (written !== undefined && before === undefined)) return [];
  if (before !== undefined && parseDuration(before) === seconds) return [];
  const to = formatDuration(seconds);
  return [
    {
      what: "credential.maxTtl",
      ...(before === undefined ? {} : { from: before }),
      to,
      edits: [{ edit: "set-property", map: own, key: "maxTtl", value: to }],
    },
  ];
}

/** The credential that it is given: an X509-SVID, unless its source bounds JWT-SVIDs only. */
function credentialOf({
  ttls,
}: Pick<Workload, "ttls">): readonly ["x509-svid" | "jwt-svid" | undefined, number?] {
  if (ttls["x509-svid"] !== undefined) return ["x509-svid", ttls["x509-svid"]];
  if (ttls["jwt-svid"] !== undefined) return ["jwt-svid", ttls["jwt-svid"]];
  return [undefined];
}

function credential(type: string, seconds: number | undefined): FixValue {
  return { type, ...(seconds === undefined ? {} : { maxTtl: formatDuration(seconds) }) };
}

/** A placeholder: an identity that nothing proves yet. What is proven otherwise gets no further proof behind anyone's back. */
function isUnproven(node: MapNode): boolean {
  const type = text(child(node, "type"));
  const proofs = ["issuer", "claims", "clientId", "deployedAs"];
  return (type === "workload" || type === "agent") && proofs.every((proof) => !node.byKey.has(proof));
}

export function pathOf(spiffeId: string): string {
  return spiffeId.slice(`spiffe://${trustDomainOf(spiffeId)}`.length);
}

function patternTest(pattern: string): (id: string) => boolean {
  const wanted = pattern.split("/");
  return (id) => {
    const segments = id.split("/");
    const isOpen = wanted.at(-1) === "**";
    if (isOpen ? segments.length < wanted.length : segments.length !== wanted.length) return false;
    return wanted.every(
      (one, index) => one === "*" || one === segments[index] || (one === "**" && index === wanted.length - 1),
    );
  };
}
