import { cruise, type ICruiseResult, type IForbiddenRuleType } from "dependency-cruiser";

/**
 * The folders of server/src from the bottom up. Each may import itself and what stands before it; folders that
 * share a line are siblings and never import each other.
 */
const LAYERS: readonly (readonly string[])[] = [
  ["text"],
  ["yaml", "json"],
  ["access"],
  ["cel"],
  ["policy"],
  ["deployed"],
  ["simulate"],
  ["drift"],
  ["rules"],
  ["workspace"],
  ["features"],
  ["lsp", "cli"],
  ["host"],
];

/** The files that wire the host and may use Node's built-in modules. */
const ENTRY_POINTS = "^(server/src/lsp/server\\.(node|web)\\.ts|server/src/cli/main[^/]*\\.ts)$";

/** What the resolver makes of an import of a package: its folder, or the bare name where it is not installed. */
function packages(...names: readonly string[]): string {
  return `(^|node_modules/)(${names.map((name) => name.replace("/", "\\/")).join("|")})(/|$)`;
}

function layerRules(): IForbiddenRuleType[] {
  return LAYERS.flatMap((siblings, level) =>
    siblings.map((folder): IForbiddenRuleType => {
      const allowed = [...LAYERS.slice(0, level).flat(), folder];
      return {
        name: `layer-${folder}`,
        severity: "error",
        from: { path: `^server/src/${folder}/`, pathNot: ENTRY_POINTS },
        to: { path: "^server/src/", pathNot: `^server/src/(${allowed.join("|")})/` },
      };
    }),
  );
}

/** A package that only some folders of server/src may import. */
function confined(name: string, folders: readonly string[]): IForbiddenRuleType {
  return {
    name: `package-${name.replace(/[^a-z0-9]+/gi, "-")}`,
    severity: "error",
    from: { path: "^(server|client)/src/", pathNot: `^server/src/(${folders.join("|")})/` },
    to: { path: packages(name) },
  };
}

export const RULES: readonly IForbiddenRuleType[] = [
  ...layerRules(),
  {
    name: "known-folder",
    comment: "A new folder of server/src needs its place in LAYERS.",
    severity: "error",
    from: { path: "^server/src/", pathNot: `^server/src/(${LAYERS.flat().join("|")})/` },
    to: {},
  },
  {
    name: "adapters-are-independent",
    severity: "error",
    from: { path: "^server/src/deployed/([^/]+)/" },
    to: { path: "^server/src/deployed/[^/]+/", pathNot: "^server/src/deployed/$1/" },
  },
  {
    name: "host-only-by-entry-points",
    severity: "error",
    from: { path: "^(server|client)/src/", pathNot: `${ENTRY_POINTS}|^server/src/host/` },
    to: { path: "^server/src/host/" },
  },
  {
    name: "built-ins-only-at-the-edge",
    severity: "error",
    from: { path: "^server/src/", pathNot: `${ENTRY_POINTS}|^server/src/host/` },
    to: { dependencyTypes: ["core"] },
  },
  {
    name: "server-never-imports-vscode",
    severity: "error",
    from: { path: "^server/src/" },
    to: { path: packages("vscode", "@types/vscode", "vscode-languageclient") },
  },
  {
    name: "server-never-imports-client",
    severity: "error",
    from: { path: "^server/src/" },
    to: { path: "^client/src/" },
  },
  {
    name: "client-knows-only-the-protocol",
    severity: "error",
    from: { path: "^client/src/" },
    to: { path: "^server/src/", pathNot: "^server/src/lsp/protocol\\.ts$" },
  },
  {
    name: "schemas-only-in-policy",
    severity: "error",
    from: { path: "^(server|client)/src/", pathNot: "^server/src/policy/" },
    to: { path: "^schemas/" },
  },
  confined("yaml", ["yaml"]),
  confined("jsonc-parser", ["json"]),
  confined("@marcbachmann/cel-js", ["cel"]),
  confined("@bufbuild/re2", ["cel", "access"]),
  { name: "no-cycles", severity: "error", from: { path: "^(server|client)/src/" }, to: { circular: true } },
];

/** Every violation below `baseDir`, as `rule: from -> to`. Type-only imports count. */
export async function violations(baseDir: string): Promise<readonly string[]> {
  const answer = await cruise(["server/src", "client/src"], {
    baseDir,
    ruleSet: { forbidden: [...RULES] },
    validate: true,
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
  });
  if (typeof answer.output === "string") throw new Error(`unexpected output: ${answer.output}`);
  const result: ICruiseResult = answer.output;
  return result.summary.violations.map(
    (violation) => `${violation.rule.name}: ${violation.from} -> ${violation.to}`,
  );
}
