/** `plumbline import`: what others know already of callers and of what is called, as entries of an Inventory. */
import { decodeUtf8 } from "../text/decode.ts";
import { ImportError, type ImportKind, importKinds } from "../workspace/import/imported.ts";
import { type ImportPlan, planImport } from "../workspace/import/plan.ts";
import { importLines } from "../workspace/import/report.ts";
import { type ImportSource, maxImportBytes, tooLarge } from "../workspace/import/source.ts";
import { importTarget, inventoryFiles } from "../workspace/import/target.ts";
import { unifiedDiff } from "../workspace/import/unified-diff.ts";
import { isInside } from "../workspace/uris.ts";
import { type Arguments, suggestion } from "./arguments.ts";
import type { Command } from "./command.ts";
import { type Opened, openFolder } from "./open.ts";
import { document, text } from "./output.ts";
import { CommandError, type Services } from "./services.ts";

export const importCommand: Command = {
  command: "import",
  summary: "write an inventory from OpenAPI, MCP, Kubernetes or SPIRE",
  usage:
    "import openapi|mcp|kubernetes|spire FILE... [--into FILE] [--dry-run] [--owner OWNER] [--name NAME]",
  notes: [
    "openapi     operations of OpenAPI 3 documents (3.0 to 3.2): a resource that refers to the document",
    "mcp         tools of a saved answer to tools/list: a resource that refers to the answer",
    "kubernetes  ServiceAccounts, workloads from Deployment to CronJob, Gateways: identities; Services: resources",
    "spire       what `spire-server entry show -output json` prints: identities",
    "",
    "What the inventory says stays as it is, comments and order too; what is new is added behind. Lifetimes, SPIFFE IDs,",
    "labels, ports and paths of operations that changed are changed in place. What the source no longer has is listed,",
    "never removed. Doing it twice changes nothing more.",
  ],
  positionals: { names: ["KIND", "FILE"], required: 2, rest: true },
  options: {
    into: {
      type: "string",
      value: "FILE",
      describe: "the inventory, which may be new; by default the only one of the control plane here",
    },
    "dry-run": { type: "boolean", describe: "print the difference, or a new file's text, and write nothing" },
    owner: { type: "string", value: "OWNER", describe: "the owner of new entries" },
    name: { type: "string", value: "NAME", describe: "openapi, mcp: the name of the resource" },
    inline: {
      type: "boolean",
      describe: "openapi: write the operations, instead of a reference to the document",
    },
    "trust-domain": {
      type: "string",
      value: "DOMAIN",
      describe: "kubernetes: the trust domain, where the control plane does not tell it",
    },
  },
  async run(args, services) {
    const [kind = "", ...paths] = args.positionals;
    if (!isKind(kind))
      throw new CommandError(
        `plumbline import reads ${importKinds.join(", ")}, not "${kind}".${suggestion(kind, importKinds)}`,
      );
    const sources = await readSources(paths, kind, services);
    const opened = await openFor(args.text("into"), services);
    const plan = await planned(kind, sources, opened, args, services);
    const report = text(importLines(plan, opened.name));
    if (args.flag("dry-run")) return { stdout: document(difference(plan)), stderr: report, exitCode: 0 };
    if (plan.edits.length > 0) await write(plan, args.text("into") ?? plan.target.name, opened, services);
    return { stdout: report, exitCode: 0 };
  },
};

function isKind(kind: string): kind is ImportKind {
  return (importKinds as readonly string[]).includes(kind);
}

async function readSources(
  paths: readonly string[],
  kind: ImportKind,
  services: Services,
): Promise<readonly ImportSource[]> {
  const sources: ImportSource[] = [];
  for (const path of new Set(paths)) {
    const uri = services.toUri(path);
    const found = await services.anywhere.stat(uri);
    if (found === undefined) throw new CommandError(`There is no file ${path}.`);
    if (found.type === "directory") throw new CommandError(`${path} is a folder. Name the files in it.`);
    if (found.size > maxImportBytes) throw failed(tooLarge(path, found.size, kind));
    const decoded = decodeUtf8(await services.anywhere.readFile(uri));
    if (!("text" in decoded)) throw new CommandError(`${path} cannot be read: ${decoded.problem.message}`);
    sources.push({ uri, name: path, text: decoded.text });
  }
  return sources;
}

/** The working folder; the inventory's own where that lies somewhere else. */
function openFor(into: string | undefined, services: Services): Promise<Opened> {
  const options = { drift: false, scenarios: false };
  if (into === undefined || isInside(services.toUri(into), services.cwd))
    return openFolder(undefined, services, options);
  return openFolder(into.replace(/[^/\\]*$/, "") || ".", services, options);
}

async function planned(
  kind: ImportKind,
  sources: readonly ImportSource[],
  { snapshot, folder, name }: Opened,
  args: Arguments,
  services: Services,
): Promise<ImportPlan> {
  const into = args.text("into");
  const inventories = inventoryFiles(snapshot);
  const [only, ...others] = inventories;
  if (into === undefined && (only === undefined || others.length > 0))
    throw new CommandError(
      only === undefined
        ? "There is no inventory here to write into. Say where it shall be: --into inventory.plumb.yaml."
        : `There are ${inventories.length} inventories here (${inventories.map(name).join(", ")}). Say which one: --into ${name(only)}.`,
    );
  const uri = into === undefined ? (only ?? "") : services.toUri(into);
  const target = importTarget(snapshot, uri, folder, name);
  if (
    target.file === undefined &&
    (await services.anywhere.stat(uri)) !== undefined &&
    /\.plumb\.ya?ml$/.test(uri)
  )
    throw new CommandError(
      `${target.name} is there, but it cannot be read as a policy file. \`plumbline check\` says why.`,
    );
  const [owner, resource, trustDomain] = [args.text("owner"), args.text("name"), args.text("trust-domain")];
  try {
    return planImport(sources, target, {
      kind,
      inline: args.flag("inline"),
      ...(owner === undefined ? {} : { owner }),
      ...(resource === undefined ? {} : { name: resource }),
      ...(trustDomain === undefined ? {} : { trustDomain }),
    });
  } catch (error) {
    throw failed(error);
  }
}

function failed(error: unknown): unknown {
  return error instanceof ImportError ? new CommandError(error.message) : error;
}

/** A difference can be given to `patch`; of a file that is not there the text says more. */
function difference({ target, before, after, edits }: ImportPlan): string {
  return target.file === undefined ? after : unifiedDiff(target.name, before, edits);
}

/** `path`: that of the inventory as the person wrote it. */
async function write(
  { target, before, after }: ImportPlan,
  path: string,
  { host }: Opened,
  services: Services,
): Promise<void> {
  const { uri, name, file } = target;
  if (file === undefined) {
    if ((await services.write(path, after, false)) === "exists")
      throw new CommandError(`${name} was made by somebody else meanwhile. Run \`plumbline import\` again.`);
    return;
  }
  const now = decodeUtf8(await host.readFile(uri));
  if (!("text" in now) || now.text !== before)
    throw new CommandError(`${name} was changed meanwhile. Run \`plumbline import\` again.`);
  await services.replace(uri, after);
}
