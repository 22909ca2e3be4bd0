/** Opens a folder: reads and analyses every control plane below it. */
import type { PolicySet } from "../policy/model.ts";
import type { Host } from "../text/host.ts";
import type { WorkspaceOptions } from "../workspace/options.ts";
import { type ControlPlaneSnapshot, defaultEnvironment, type Snapshot } from "../workspace/snapshot.ts";
import { shortName } from "../workspace/uris.ts";
import { Workspace } from "../workspace/workspace.ts";
import { suggestion } from "./arguments.ts";
import { CommandError, type Services } from "./services.ts";

export interface Opened {
  /** URI, with a trailing slash. */
  readonly folder: string;
  readonly host: Host;
  readonly snapshot: Snapshot;
  /** A URI as the person knows it: its path from the working folder, else the whole path. */
  readonly name: (uri: string) => string;
}

/** Lint rules run where a command asks for them. */
type Options = Pick<WorkspaceOptions, "drift" | "scenarios"> & Partial<Pick<WorkspaceOptions, "rules">>;

/** Throws `CommandError` where there is no such folder. A folder without a control plane is not an error here. */
export async function openFolder(
  path: string | undefined,
  services: Services,
  options: Options,
): Promise<Opened> {
  const written = path ?? ".";
  const uri = services.toUri(written).replace(/\/$/, "");
  const folder = `${uri}/`;
  const found = await services.anywhere.stat(uri);
  if (found === undefined) throw new CommandError(`There is no folder ${written}.`);
  if (found.type === "file")
    throw new CommandError(
      `${written} is a file. Name the folder that holds the control plane: the one with the ControlPlane document, or one above it.`,
    );
  const host = services.hostFor([folder]);
  const snapshot = await analyse(folder, host, options);
  return { folder, host, snapshot, name: (uri) => shortName(uri, [services.cwd]) };
}

export async function analyse(folder: string, host: Host, options: Options): Promise<Snapshot> {
  const workspace = new Workspace(host);
  workspace.setFolders([folder]);
  workspace.configure({ rules: false, ...options });
  return workspace.analyze();
}

/** For commands that can say nothing without a control plane. */
export async function openControlPlanes(
  path: string | undefined,
  services: Services,
  options: Options,
): Promise<Opened> {
  const opened = await openFolder(path, services, options);
  if (opened.snapshot.controlPlanes.length === 0) throw noControlPlane(path ?? ".");
  return opened;
}

export function noControlPlane(path: string): CommandError {
  return new CommandError(
    `There is no control plane in ${path}: no *.plumb.yaml file below it holds a ControlPlane document.`,
  );
}

/** The environment of each control plane. With several, an environment need not be in all of them, but in one. */
export function environmentsOf(
  planes: readonly ControlPlaneSnapshot[],
  wanted: string | undefined,
): readonly { readonly plane: ControlPlaneSnapshot; readonly environment: string }[] {
  const found = planes.flatMap((plane) => {
    const environment = defaultEnvironment(plane.set, wanted);
    return environment === undefined ? [] : [{ plane, environment: environment.name }];
  });
  if (found.length === 0 && wanted !== undefined)
    throw noEnvironment(
      wanted,
      planes.map((plane) => plane.set),
    );
  if (found.length === 0) throw withoutEnvironment(planes.map((plane) => plane.set));
  return found;
}

/** A ControlPlane document that is left out has a finding that says why: to add an environment would not help. */
export function withoutEnvironment(sets: readonly PolicySet[]): CommandError {
  const isLeftOut = sets.some((set) => set.unreadable?.kinds.has("ControlPlane") === true);
  return new CommandError(
    isLeftOut
      ? "The ControlPlane document cannot be read, so no environment is known. `plumbline check` says what is wrong with it."
      : "The control plane defines no environment. Add one to it.",
  );
}

export function noEnvironment(
  wanted: string,
  sets: readonly PolicySet[],
  where = "The control plane",
): CommandError {
  const known = [...new Set(sets.flatMap((set) => [...set.controlPlane.environments.keys()]))];
  return new CommandError(
    `${where} has no environment "${wanted}"; it has ${known.join(", ") || "none"}.${suggestion(wanted, known)}`,
  );
}
