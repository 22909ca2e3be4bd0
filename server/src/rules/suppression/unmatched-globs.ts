/** `lint.paths` for files that are not there: such settings do nothing, and nobody would see it. */
import type { PolicySet } from "../../policy/model.ts";
import { didYouMean } from "../../text/did-you-mean.ts";
import { globMatcher, literalPrefix } from "../../text/glob.ts";
import type { Problem } from "../../text/problem.ts";
import type { ParsedFile, ScalarNode } from "../../text/tree.ts";
import { type LintSettings, pathBelow } from "./lint-settings.ts";
import { contentPlaceOf } from "./places.ts";

interface World {
  readonly set: PolicySet;
  readonly files: readonly ParsedFile[];
  /** Undefined where not all of them are read, so that a glob may match one of those. */
  readonly others: readonly string[] | undefined;
}

export function unmatchedGlobs({ paths }: LintSettings, { set, files, others }: World): readonly Problem[] {
  const globs = paths.flatMap((one) => one.globs);
  if (others === undefined || globs.length === 0) return [];
  const known = [...files.map((file) => file.uri), ...others].map((uri) =>
    pathBelow(set.controlPlane.folder, uri),
  );
  return globs.filter((glob) => !known.some(globMatcher([glob.text]))).map((glob) => finding(glob, known));
}

function finding(glob: ScalarNode, known: readonly string[]): Problem {
  const meant = otherFolder(glob.text, known);
  const hint =
    meant === undefined
      ? "Write it relative to the folder of this control plane, or remove it."
      : `Did you mean "${meant}"?`;
  return {
    code: "lint/unmatched-files",
    severity: "warning",
    message: `No file of this control plane matches ${glob.text}, so the severities that are set for it do nothing. ${hint}`,
    place: contentPlaceOf(glob),
    ...(meant === undefined ? {} : { data: { replaceWith: meant } }),
  };
}

/** The glob with the folder that was most likely meant, where it then matches something. */
function otherFolder(glob: string, known: readonly string[]): string | undefined {
  const start = literalPrefix(glob);
  const at = glob.indexOf(start);
  if (start === "") return undefined;
  const folders = known.flatMap((path) => {
    const steps = path.split("/").slice(0, -1);
    return steps.map((_, index) => steps.slice(0, index + 1).join("/"));
  });
  const folder = didYouMean(start, new Set(folders));
  if (folder === undefined) return undefined;
  const meant = glob.slice(0, at) + folder + glob.slice(at + start.length);
  return known.some(globMatcher([meant])) ? meant : undefined;
}
