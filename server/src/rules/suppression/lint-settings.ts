/** `lint:` of the ControlPlane: severities of rules, for all files or for some. */
import { mainControlPlane } from "../../policy/main-control-plane.ts";
import { kindOf } from "../../policy/schema-kinds.ts";
import type { Fix, FixableProblem } from "../../text/fix.ts";
import { globMatcher } from "../../text/glob.ts";
import type { Severity } from "../../text/problem.ts";
import {
  at,
  child,
  entries,
  items,
  type MapNode,
  type ParsedFile,
  type ScalarNode,
  type TreeNode,
  text,
} from "../../text/tree.ts";
import { problemOfCode } from "./known-codes.ts";
import { contentPlaceOf } from "./places.ts";

export type SetSeverity = Severity | "off";

type Rules = ReadonlyMap<string, SetSeverity>;

export interface LintSettings {
  readonly rules: Rules;
  /** In their order: the first whose files match and that names a rule decides about it. */
  readonly paths: readonly {
    readonly matches: (path: string) => boolean;
    readonly rules: Rules;
    readonly globs: readonly ScalarNode[];
  }[];
  /** Names that are no lint rules. */
  readonly problems: readonly FixableProblem[];
}

/** Of the ControlPlane document that counts. What is not of the expected shape has a finding of the schema. */
export function lintSettingsOf(files: readonly ParsedFile[]): LintSettings {
  const documents = files.flatMap(({ documents: all }) =>
    all.flatMap((one): readonly { readonly root: MapNode }[] =>
      kindOf(one) === "ControlPlane" && one.root?.kind === "map" ? [{ root: one.root }] : [],
    ),
  );
  const lint = at(mainControlPlane(documents)?.root, "spec", "lint");
  const paths = items(child(lint, "paths"));
  const all = [child(lint, "rules"), ...paths.map((one) => child(one, "rules"))];
  return {
    rules: rulesOf(child(lint, "rules")),
    paths: paths.map((one) => {
      const globs = globsOf(child(one, "files"));
      return {
        matches: globMatcher(globs.map((glob) => glob.text)),
        rules: rulesOf(child(one, "rules")),
        globs,
      };
    }),
    problems: all.flatMap((map) =>
      entries(map).flatMap(({ key }) => {
        const problem = problemOfCode(key.text, contentPlaceOf(key), "setting");
        if (problem?.code !== "lint/cannot-suppress" || map?.kind !== "map") return problem ?? [];
        return [{ ...problem, fixes: [removeSetting(map, key.text)] }];
      }),
    ),
  };
}

/** `path`: of the file, relative to the control plane's folder. Undefined where nothing is set. */
export function setSeverity(settings: LintSettings, rule: string, path: string): SetSeverity | undefined {
  const special = settings.paths.find((one) => one.rules.has(rule) && one.matches(path));
  return special?.rules.get(rule) ?? settings.rules.get(rule);
}

/** A severity that is fixed is the same without it. */
const removeSetting = (map: MapNode, key: string): Fix => ({
  title: `Remove the setting of ${key}`,
  isSafe: true,
  edits: [{ edit: "remove-property", map, key }],
});

/** Relative to the folder of a control plane; what is not below it as it is. */
export function pathBelow(folder: string, uri: string): string {
  return uri.startsWith(folder) ? decodeURIComponent(uri.slice(folder.length)) : uri;
}

function rulesOf(node: TreeNode | undefined): Rules {
  return new Map(
    entries(node).flatMap(({ key, value }): readonly (readonly [string, SetSeverity])[] => {
      const severity = severities.find((one) => one === text(value));
      return severity === undefined ? [] : [[key.text, severity]];
    }),
  );
}

const severities: readonly SetSeverity[] = ["off", "hint", "information", "warning", "error"];

function globsOf(node: TreeNode | undefined): readonly ScalarNode[] {
  const given = node?.kind === "list" ? node.items : [node];
  return given.flatMap((one) => (one?.kind === "scalar" && typeof one.value === "string" ? [one] : []));
}
