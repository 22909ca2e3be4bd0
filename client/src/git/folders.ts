/** Folders as URIs in text, with or without a slash at their end. */

/** The one of two folders that is in the other, or both where they are the same; undefined where they are apart. */
export function innerFolder(left: string, right: string): string | undefined {
  if (isBelow(`${left.replace(/\/$/, "")}/`, right)) return left;
  return isBelow(right, left) ? right : undefined;
}

export function isBelow(uri: string, folder: string): boolean {
  return uri.startsWith(folder.endsWith("/") ? folder : `${folder}/`);
}
