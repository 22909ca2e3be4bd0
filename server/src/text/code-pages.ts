import { findingCode, similarCode } from "./codes.ts";

/** Where the page of a code stands, relative to `docs/codes`: `schema/type.md`. Undefined for what is no code. */
export function codePage(code: string): string | undefined {
  return findingCode(code) === undefined ? undefined : `${code}.md`;
}

/**
 * The link to the page of a code. `base` is the URI of the folder of pages: a `file:` one (for any editor), or the one
 * that our VS Code extension answers, which takes codes. Undefined for what is no code: no link is better than a dead one.
 */
export function codeLink(base: string, code: string): string | undefined {
  const page = codePage(code);
  if (page === undefined) return undefined;
  const folder = base.endsWith("/") ? base : `${base}/`;
  return folder + (folder.startsWith("file:") ? page : code);
}

export type Explanation =
  | { readonly found: true; readonly code: string; readonly text: string }
  | { readonly found: false; readonly message: string };

/**
 * The page of a code, as `plumbline explain CODE` prints it. `readPage` gets a path relative to `docs/codes` and gives
 * the text, or undefined where there is no such file. Only pages of known codes are ever asked for.
 */
export async function explainCode(
  code: string,
  readPage: (path: string) => Promise<string | undefined>,
): Promise<Explanation> {
  const wanted = code.trim();
  const page = codePage(wanted);
  if (page === undefined) {
    const meant = similarCode(wanted);
    const hint =
      meant === undefined ? "Findings name theirs, for example schema/type." : `Did you mean ${meant}?`;
    return { found: false, message: `There is no finding code "${wanted}". ${hint}` };
  }
  const text = await readPage(page);
  if (text === undefined) {
    const message = `The page of ${wanted} is missing from this installation of Plumbline: docs/codes/${page}. Install it again.`;
    return { found: false, message };
  }
  return { found: true, code: wanted, text };
}
