/** Registration entries of a SPIRE server, as `spire-server entry show -output json` prints them. */
import { child, items, type ParsedFile, type TreeNode, text } from "../../text/tree.ts";
import type { Environments } from "./environments.ts";
import { Identities, pathOf, type Workload } from "./identities.ts";
import { type Entry, ImportError, type ImportOptions, type Reading } from "./imported.ts";
import { nameOf, titleName } from "./names.ts";
import { wrongKind } from "./source.ts";

interface SpireEntry {
  readonly trustDomain: string;
  readonly path: string;
  readonly parentPath: string;
  readonly selectors: readonly string[];
  readonly hint: string | undefined;
  /** Seconds; 0 where the server's default holds. */
  readonly x509: number;
  readonly jwt: number;
  /** Unix time in seconds; 0 where it has no end. */
  readonly expiresAt: number;
  /** SPIRE itself: `downstream` is another server, `admin` calls the server's own API. */
  readonly role: "downstream" | "admin" | undefined;
}

/** Selectors that a description names; an entry can have dozens. */
const maxSelectors = 4;

export function readSpire(
  files: readonly { readonly file: ParsedFile; readonly name: string }[],
  entries: readonly Entry[],
  environments: Environments,
  options: ImportOptions,
): Reading {
  const notes: string[] = [];
  const all: SpireEntry[] = [];
  let isWhole = true;
  for (const { file, name } of files) {
    const root = file.documents.find((one) => one.root !== undefined)?.root;
    const list = child(root, "entries");
    if (list?.kind !== "list") throw wrongKind(file, name, "spire");
    for (const [index, item] of list.items.entries())
      all.push(readEntry(item, `entry ${index + 1} of ${name}`));
    if ((text(child(root, "next_page_token")) ?? "") !== "") {
      isWhole = false;
      notes.push(
        `${name} is one page of the entries only (next_page_token), so nothing is said of those that are gone.`,
      );
    }
  }
  // A node has an ID to be attested by, and never calls anybody with it.
  const nodes = all.filter((one) => one.parentPath === "/spire/server" || /^\/spire(\/|$)/.test(one.path));
  if (nodes.length > 0)
    notes.push(
      `${counted(nodes.length, "entry", "entries")} of nodes and of SPIRE itself ${nodes.length === 1 ? "was" : "were"} left out.`,
    );
  const concrete = new Set<string>();
  const byId = new Map<string, SpireEntry[]>();
  const ofSpire = new Set(nodes);
  const workloads = all.filter((one) => !ofSpire.has(one));
  notes.push(...roleNotes(workloads));
  for (const one of workloads) {
    concrete.add(idOf(one));
    if (one.role !== undefined) continue;
    // Two environments of one SPIRE have an entry each for what is one identity here.
    const id = `spiffe://${environments.written(one.trustDomain)}${one.path}`;
    const same = byId.get(id);
    if (same === undefined) byId.set(id, [one]);
    else same.push(one);
  }
  const identities = new Identities(entries, environments);
  const things = [...byId].flatMap(([id, same]) => {
    const workload = workloadOf(same, environments);
    const imported = identities.imported(workload, options);
    for (const { entry } of imported?.present ?? []) notes.push(...expiryNotes(entry, workload));
    if (imported === undefined)
      notes.push(`${id} is not a SPIFFE ID that a policy can name, so it was left out.`);
    return imported ?? [];
  });
  const unbounded = [...byId.values()].filter((same) => boundOf(same, "x509") === undefined).length;
  if (unbounded > 0)
    notes.push(
      `${counted(unbounded, "identity has", "identities have")} no x509_svid_ttl of ${unbounded === 1 ? "its" : "their"} own, so the server's default_x509_svid_ttl holds, which is not in the entries: no maxTtl was written for X509-SVIDs.`,
    );
  const domains = new Set(all.map((one) => one.trustDomain));
  for (const domain of domains)
    if (!environments.isDeclared(domain))
      notes.push(`Trust domain ${domain} is not declared: add it to spec.trustDomains of the ControlPlane.`);
  const gone = isWhole
    ? entries.flatMap((entry) => {
        const ids = identities.idsOf(entry).filter((id) => domains.has(domainOf(id)));
        return ids.length === 0 || ids.some((id) => concrete.has(id))
          ? []
          : [{ entry, why: `no entry has ${ids.join(" or ")}` }];
      })
    : [];
  return { things, gone, goneParts: [], notes };
}

function readEntry(node: TreeNode, where: string): SpireEntry {
  const id = child(node, "spiffe_id");
  const trustDomain = text(child(id, "trust_domain"));
  const path = text(child(id, "path"));
  if (trustDomain === undefined || path === undefined)
    throw new ImportError(
      `In ${where} there is no spiffe_id with trust_domain and path. Save what \`spire-server entry show -output json\` prints.`,
    );
  const hint = text(child(node, "hint"));
  return {
    trustDomain,
    path,
    parentPath: text(child(child(node, "parent_id"), "path")) ?? "",
    selectors: items(child(node, "selectors")).flatMap((selector) => {
      const [type, value] = [text(child(selector, "type")), text(child(selector, "value"))];
      return type === undefined || value === undefined ? [] : [`${type}:${value}`];
    }),
    hint: hint === "" ? undefined : hint,
    x509: seconds(child(node, "x509_svid_ttl")) || seconds(child(node, "ttl")),
    jwt: seconds(child(node, "jwt_svid_ttl")),
    expiresAt: seconds(child(node, "expires_at")),
    role: isTrue(child(node, "downstream"))
      ? "downstream"
      : isTrue(child(node, "admin"))
        ? "admin"
        : undefined,
  };
}

function isTrue(node: TreeNode | undefined): boolean {
  return node?.kind === "scalar" && node.value === true;
}

/** What an entry gives beyond an SVID is power over SPIRE, which no policy of workloads speaks of. */
function roleNotes(entries: readonly SpireEntry[]): readonly string[] {
  const what = {
    downstream: "SPIRE servers of their own that sign SVIDs (downstream)",
    admin: "administrators of the SPIRE server (admin)",
  };
  return (["downstream", "admin"] as const).flatMap((role) => {
    const ids = [...new Set(entries.filter((one) => one.role === role).map(idOf))];
    const shown = ids.slice(0, 3).join(", ") + (ids.length > 3 ? ` and ${ids.length - 3} more` : "");
    return ids.length === 0
      ? []
      : [`${shown}: left out, since such entries are of ${what[role]}, and no ordinary workloads.`];
  });
}

/** An identity that is there keeps what it says of its end, which people may have set on purpose. */
function expiryNotes({ key, node }: Entry, { expires }: Workload): readonly string[] {
  const own = text(child(node, "expires"));
  if (expires === undefined || own === expires) return [];
  return [
    `The SPIRE entries of ${key.text} end on ${expires}, and here it ${own === undefined ? "has no `expires`" : `expires on ${own}`}: from then on SPIRE issues it no SVID.`,
  ];
}

/** The day on which the last of them ends; undefined where one has no end. */
function expiryOf(same: readonly SpireEntry[]): string | undefined {
  const last = same.some((one) => one.expiresAt === 0) ? 0 : Math.max(...same.map((one) => one.expiresAt));
  // Beyond the year 9999 nobody meant an end.
  return last === 0 || last >= 253_402_300_800 ? undefined : new Date(last * 1000).toISOString().slice(0, 10);
}

/** Numbers of 64 bits are texts in the JSON of Protocol Buffers. */
function seconds(node: TreeNode | undefined): number {
  if (node?.kind !== "scalar" || !/^[0-9]{1,12}$/.test(node.text)) return 0;
  return Number(node.text);
}

/** One workload may have an entry for each node or selector; it can have the SVID of any of them. */
function workloadOf(same: readonly SpireEntry[], environments: Environments): Workload {
  const [first] = same;
  if (first === undefined) throw new Error("no entry");
  const { trustDomain, path } = first;
  const account = same.flatMap((one) => one.selectors).find((one) => one.startsWith("k8s:sa:"));
  const segments = path.split("/").filter((segment) => segment !== "");
  const kubernetes = /^\/ns\/([^/]+)\/sa\/([^/]+)$/.exec(path);
  const long = kubernetes === null ? segments.join("-") : `${kubernetes[1]}-${kubernetes[2]}`;
  const hint = same.find((one) => one.hint !== undefined)?.hint;
  const candidates = [
    hint === undefined ? undefined : titleName(hint),
    kubernetes?.[2] ?? account?.slice("k8s:sa:".length) ?? segments.at(-1),
    long,
    trustDomain,
  ];
  const expires = expiryOf(same);
  const [x509, jwt] = [boundOf(same, "x509"), boundOf(same, "jwt")];
  const selectors = [...new Set(same.flatMap((one) => one.selectors))];
  const shown = selectors.slice(0, maxSelectors).join(", ");
  const more = selectors.length - maxSelectors;
  return {
    trustDomain: environments.written(trustDomain),
    path,
    names: candidates.flatMap((name) => (name === undefined ? [] : (nameOf(name) ?? []))),
    label: `SPIRE entry ${idOf(first)}`,
    ...(shown === "" || shown.includes("${")
      ? {}
      : { description: `SPIRE selectors ${shown}${more > 0 ? ` and ${more} more` : ""}` }),
    ...(expires === undefined ? {} : { expires }),
    ttls: {
      ...(x509 === undefined ? {} : { "x509-svid": x509 }),
      ...(jwt === undefined ? {} : { "jwt-svid": jwt }),
    },
  };
}

/** The longest life; unknown where one of them has the server's default. */
function boundOf(same: readonly SpireEntry[], svid: "x509" | "jwt"): number | undefined {
  return same.some((one) => one[svid] === 0) ? undefined : Math.max(...same.map((one) => one[svid]));
}

function idOf({ trustDomain, path }: SpireEntry): string {
  return `spiffe://${trustDomain}${path}`;
}

function domainOf(id: string): string {
  return id.slice("spiffe://".length, id.length - pathOf(id).length);
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
