/** Deployed files that the person named: paths and globs, separated by commas. */
import type { EnforcementPointType } from "../access/attribute.ts";
import { adapterOf, type KnownAdapter, recognise } from "../deployed/registry.ts";
import { enforcementPointTypes } from "../policy/build/control-plane.ts";
import type { Host } from "../text/host.ts";
import type { ParsedFile } from "../text/tree.ts";
import { FileStore, isFailure } from "../workspace/file-store.ts";
import { suggestion } from "./arguments.ts";
import { CommandError } from "./services.ts";

export interface FileSource {
  readonly host: Host;
  /** The URI of a path as the person wrote it. */
  toUri(path: string): string;
  /** Where it is looked for, for messages: ` in git:HEAD`; nothing for the files of this machine. */
  readonly where?: string;
}

/** The types that deployed config can be read of. */
export function readableTypes(): readonly EnforcementPointType[] {
  return enforcementPointTypes.filter((type) => adapterOf(type) !== undefined);
}

export function adapterNamed(type: string): KnownAdapter {
  const known = readableTypes().find((one) => one === type);
  const adapter = known && adapterOf(known);
  if (adapter !== undefined) return adapter;
  throw new CommandError(
    `Deployed config of type "${type}" cannot be read; these can: ${readableTypes().join(", ")}.${suggestion(type, readableTypes())}`,
  );
}

/** Every file, read. Throws `CommandError` where there is none or one cannot be read at all. */
export async function readFiles(written: string, source: FileSource): Promise<readonly ParsedFile[]> {
  const uris = new Set<string>();
  for (const one of splitList(written)) for (const uri of await matching(one, source)) uris.add(uri);
  const files: ParsedFile[] = [];
  for (const file of await new FileStore(source.host).loadAll([...uris])) {
    if (isFailure(file)) throw new CommandError(`A file of ${written} cannot be read. ${file.message}`);
    files.push(file);
  }
  return files;
}

async function matching(
  written: string,
  { host, toUri, where = "" }: FileSource,
): Promise<readonly string[]> {
  const exact = toUri(written);
  const found = await host.stat(exact);
  if (found?.type === "file") return [exact];
  if (found?.type === "directory")
    throw new CommandError(
      `${written} is a folder without a control plane. To read deployed files of it, name them: ${written.replace(/\/$/, "")}/*.yaml.`,
    );
  const segments = written.split("/");
  const wild = segments.findIndex((segment) => /[*?{[]/.test(segment));
  if (wild < 0) throw new CommandError(`There is no file ${written}${where}.`);
  const base = segments.slice(0, wild).join("/") || (written.startsWith("/") ? "/" : ".");
  const uris = await host.findFiles(`${toUri(base).replace(/\/$/, "")}/`, [segments.slice(wild).join("/")]);
  if (uris.length === 0) throw new CommandError(`No file matches ${written}${where}.`);
  return uris;
}

/** Splits at commas that are not inside braces, which globs have of their own. */
export function splitList(written: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let index = 0; index <= written.length; index++) {
    const character = written[index];
    if (character === "{") depth++;
    if (character === "}" && depth > 0) depth--;
    if (index < written.length && (character !== "," || depth > 0)) continue;
    const part = written.slice(from, index).trim();
    if (part !== "") parts.push(part);
    from = index + 1;
  }
  return parts;
}

/** The files by the adapter that reads them; `type` is for what cannot be recognised. */
export function byAdapter(
  files: readonly ParsedFile[],
  type: string | undefined,
  name: (uri: string) => string,
): ReadonlyMap<KnownAdapter, readonly ParsedFile[]> {
  const forced = type === undefined ? undefined : adapterNamed(type);
  const groups = new Map<KnownAdapter, ParsedFile[]>();
  for (const file of files) {
    const adapter = forced ?? recognise(file);
    if (adapter === undefined) throw unrecognised(file, name);
    groups.set(adapter, [...(groups.get(adapter) ?? []), file]);
  }
  return groups;
}

function unrecognised(file: ParsedFile, name: (uri: string) => string): CommandError {
  const broken = file.problems.find((problem) => problem.severity === "error");
  const why =
    broken === undefined
      ? `it holds no config of ${readableTypes().join(", ")}`
      : `it has an error. ${broken.message.replace(/\.$/, "")}`;
  return new CommandError(
    `It cannot be told what ${name(file.uri)} configures: ${why}. Correct it, or say --type.`,
  );
}
