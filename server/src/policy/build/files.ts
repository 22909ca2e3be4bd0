/** References from one file to another: resolved against the file that names them, and never out of the workspace. */
import type { HostErrorCode } from "../../text/host.ts";
import type { Place } from "../../text/place.ts";
import type { Problem } from "../../text/problem.ts";
import { child, items, type ParsedFile } from "../../text/tree.ts";
import type { Written } from "../model.ts";
import { kindOf } from "../schema-kinds.ts";
import { namedMaps, written } from "./read.ts";

/** The files that policies refer to, read before the model is built: building does no input or output. */
export interface DocumentSource {
  /** The workspace folder's URI, with a trailing slash. References do not leave it. */
  readonly root: string;
  get(uri: string): ParsedFile | { readonly error: HostErrorCode };
}

export type ResolvedReference = { readonly uri: string } | { readonly error: "outside-workspace" };

/**
 * The URI of `reference` as the file `from` names it. Only relative paths inside of `root` are followed: an absolute
 * path, a URL, or more `..` than there are folders leaves the workspace.
 */
export function resolveReference(from: string, reference: string, root: string): ResolvedReference {
  const outside = { error: "outside-workspace" } as const;
  if (/^([A-Za-z][A-Za-z0-9+.-]*:|[/\\])/.test(reference) || !from.startsWith(root)) return outside;
  const folders = from.slice(root.length).split("/").slice(0, -1);
  for (const segment of reference.split("/")) {
    if (segment === "" || segment === ".") continue;
    if (segment !== "..") folders.push(encodeSegment(segment));
    else if (folders.pop() === undefined) return outside;
  }
  return { uri: root + folders.join("/") };
}

/** Percent-encodes as VS Code does in its URIs, so that equal files have equal URIs. */
function encodeSegment(segment: string): string {
  return encodeURIComponent(segment).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** A file that the documents need, and where it is named. */
export interface ReferencedFile {
  readonly uri: string;
  readonly place: Place;
  readonly use: "openapi" | "proto" | "tools" | "request" | "agent-card";
}

/** Every file that the documents of a control plane name, those outside of the workspace left out. */
export function referencedFiles(files: readonly ParsedFile[], root: string): readonly ReferencedFile[] {
  return files.flatMap((file) =>
    namedFiles(file).flatMap(({ reference, use }): readonly ReferencedFile[] => {
      const resolved = resolveReference(file.uri, reference.text, root);
      return "uri" in resolved ? [{ uri: resolved.uri, place: reference.place, use }] : [];
    }),
  );
}

interface NamedFile {
  readonly reference: Written;
  readonly use: ReferencedFile["use"];
}

function namedFiles(file: ParsedFile): readonly NamedFile[] {
  const found: NamedFile[] = [];
  const add = (reference: Written | undefined, use: NamedFile["use"]): void => {
    if (reference !== undefined) found.push({ reference, use });
  };
  for (const document of file.documents) {
    const spec = child(document.root, "spec");
    const kind = kindOf(document);
    if (kind === "Inventory") {
      for (const { value } of namedMaps(child(spec, "resources"))) {
        add(written(child(value, "openapi")), "openapi");
        add(written(child(value, "proto")), "proto");
        add(written(child(value, "tools")), "tools");
      }
      for (const { value } of namedMaps(child(spec, "identities"))) {
        add(written(child(child(value, "agentCard"), "file")), "agent-card");
      }
    } else if (kind === "Scenarios") {
      for (const scenario of items(child(spec, "scenarios"))) {
        add(written(child(child(scenario, "request"), "file")), "request");
      }
    }
  }
  return found;
}

export type OpenedFile = { readonly file: ParsedFile } | { readonly problem: Problem };

/** The file that `reference` names in the file `from`, or the finding at the reference. */
export function openReference(from: string, reference: Written, source: DocumentSource): OpenedFile {
  const resolved = resolveReference(from, reference.text, source.root);
  if ("error" in resolved) return { problem: fileProblem(resolved.error, reference) };
  const found = source.get(resolved.uri);
  return "error" in found ? { problem: fileProblem(found.error, reference) } : { file: found };
}

function fileProblem(error: HostErrorCode, { text, place }: Written): Problem {
  const finding = (code: string, message: string): Problem => ({ code, severity: "error", message, place });
  switch (error) {
    case "outside-workspace":
      return finding(
        "reference/outside-workspace",
        `"${text}" leads out of the workspace, where Plumbline reads nothing. Copy the file into the workspace and name it by a relative path.`,
      );
    case "not-found":
      return finding(
        "reference/file-not-found",
        `There is no file "${text}" beside this one. Paths are relative to the file that names them.`,
      );
    case "not-readable":
      return finding(
        "reference/file-not-readable",
        `"${text}" cannot be read: it is not a file, its permissions forbid it, or it is not UTF-8 text.`,
      );
    case "too-large":
      return finding("reference/file-too-large", `"${text}" is too large to be read.`);
  }
}
