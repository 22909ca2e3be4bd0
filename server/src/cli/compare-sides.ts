/** The sides of a comparison: control planes in a folder or a git revision, or deployed files. */
import type { DeployedConfig } from "../deployed/config.ts";
import type { Host } from "../text/host.ts";
import type { ParsedFile } from "../text/tree.ts";
import type { Layouts } from "../workspace/findings.ts";
import type { Snapshot } from "../workspace/snapshot.ts";
import { shortName } from "../workspace/uris.ts";
import { byAdapter, readFiles, splitList } from "./deployed.ts";
import { analyse } from "./open.ts";
import { CommandError, type Services } from "./services.ts";

export type Side = PoliciesSide | FilesSide;

interface SideBase {
  /** As the person wrote it. */
  readonly written: string;
  readonly layouts: Layouts;
  readonly name: (uri: string) => string;
}

export interface PoliciesSide extends SideBase {
  readonly kind: "policies";
  /** URI, with a trailing slash. */
  readonly folder: string;
  readonly snapshot: Snapshot;
}

export interface FilesSide extends SideBase {
  readonly kind: "files";
  readonly files: readonly ParsedFile[];
  /** One for each type that the files are of. */
  readonly configs: readonly DeployedConfig[];
}

/** Where the files of a side are: on this machine, or in a revision. */
interface Place {
  readonly written: string;
  readonly path: string;
  toUri(path: string): string;
  hostFor(folders: readonly string[]): Host;
  readonly everything: Host;
  readonly name: (uri: string) => string;
}

const revisionPattern = /^git:([^:]+)(?::(.*))?$/s;

export async function openSides(
  [left, right]: readonly [string, string],
  type: string | undefined,
  services: Services,
): Promise<readonly [Side, Side]> {
  return [
    await openSide(await placeOf(left, right, services), type),
    await openSide(await placeOf(right, left, services), type),
  ];
}

/** A revision without a folder means the folder that the other side names, else the working folder. */
async function placeOf(written: string, other: string, services: Services): Promise<Place> {
  const match = revisionPattern.exec(written);
  if (match === null) {
    if (written.startsWith("git:"))
      throw new CommandError(`${written} names no revision: git:REV or git:REV:FOLDER.`);
    const { toUri, hostFor, anywhere } = services;
    return {
      written,
      path: written,
      toUri,
      hostFor,
      everything: anywhere,
      name: (uri) => shortName(uri, [services.cwd]),
    };
  }
  const [, revision = "", named] = match;
  const path = named ?? (revisionPattern.test(other) || !(await isFolder(other, services)) ? "." : other);
  // A glob or a list has no place of its own: its first folder without wildcards stands for it.
  const location = (splitList(path)[0] ?? path).replace(/[^/]*[*?{[].*$/s, "") || ".";
  const opened = await services.revision(revision, location);
  return { written, path, ...opened, name: (uri) => opened.name(uri) };
}

function revisionOf(written: string): string {
  return `git:${revisionPattern.exec(written)?.[1] ?? ""}`;
}

async function isFolder(path: string, services: Services): Promise<boolean> {
  return (await services.anywhere.stat(services.toUri(path)))?.type === "directory";
}

async function openSide(place: Place, type: string | undefined): Promise<Side> {
  const { written, name } = place;
  const uri = place.toUri(place.path);
  const found = await place.everything.stat(uri);
  if (found?.type === "directory") {
    const folder = `${uri.replace(/\/$/, "")}/`;
    const snapshot = await analyse(folder, place.hostFor([folder]), { drift: false, scenarios: false });
    if (snapshot.controlPlanes.length === 0)
      throw new CommandError(
        `There is no control plane in ${written}: no *.plumb.yaml file below it holds a ControlPlane document. To compare deployed files, name them: ${written.replace(/\/$/, "")}/*.yaml.`,
      );
    return { kind: "policies", written, folder, snapshot, layouts: snapshot.layouts, name };
  }
  const files = await readFiles(place.path, {
    host: place.everything,
    toUri: (path) => place.toUri(path),
    ...(written.startsWith("git:") ? { where: ` in ${revisionOf(written)}` } : {}),
  });
  const configs = [...byAdapter(files, type, name)].map(([adapter, own]) => adapter.read(own));
  return {
    kind: "files",
    written,
    files,
    configs,
    layouts: new Map(files.map((file) => [file.uri, file.layout])),
    name,
  };
}
