/** URIs as strings, in the one spelling that VS Code uses. */
import { URI, Utils } from "vscode-uri";

/** The folder of a file, with a trailing slash. */
export function folderOf(uri: string): string {
  const folder = Utils.dirname(URI.parse(uri)).toString();
  return folder.endsWith("/") ? folder : `${folder}/`;
}

/** `path` (with `/`) from `folder`; `..` is resolved. */
export function resolve(folder: string, path: string): string {
  return Utils.resolvePath(URI.parse(folder), path).toString();
}

export function isInside(uri: string, folder: string): boolean {
  return uri.startsWith(folder.endsWith("/") ? folder : `${folder}/`);
}

/** A URI for people: its path from the nearest of `folders`, else the whole path. */
export function shortName(uri: string, folders: readonly string[]): string {
  const folder = folders.filter((one) => isInside(uri, one)).sort((a, b) => b.length - a.length)[0];
  const path = URI.parse(uri).path;
  return folder === undefined ? path : path.slice(URI.parse(folder).path.replace(/\/?$/, "/").length);
}

export function isPolicyFile(uri: string): boolean {
  return /\.plumb\.ya?ml$/.test(uri);
}

export function isJson(uri: string): boolean {
  return /\.(json|har)$/i.test(uri);
}

/** The path of a URI, decoded. */
export function pathOf(uri: string): string {
  return URI.parse(uri).path;
}

/** The path as a glob of itself: characters with a meaning in globs stand in brackets. */
export function literalGlob(path: string): string {
  return path.replace(/[[\]{}*?]/g, (character) => `[${character}]`);
}
