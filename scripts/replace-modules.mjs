/**
 * Parts of the client library that run at every start and do nothing for us, replaced by what they come to here. They
 * are a tenth of the client's bundle. test/unit/bundles holds what makes each of them safe.
 */

/** @type {readonly { filter: RegExp, from: RegExp, contents: string }[]} */
const REPLACEMENTS = [
  {
    // The library asks whether VS Code is new enough for it. The manifest asks for a newer one, or VS Code would not
    // have started us.
    filter: /^semver\/functions\/parse$/,
    from: /vscode-languageclient[\\/]lib[\\/]node/,
    contents: "module.exports = (version) => ({ version, prerelease: [] });",
  },
  {
    filter: /^semver\/functions\/satisfies$/,
    from: /vscode-languageclient[\\/]lib[\\/]node/,
    contents: "module.exports = () => true;",
  },
  {
    // Synchronises notebooks with servers that ask for them; ours does not, and without the capability none may.
    filter: /^\.\/notebook$/,
    from: /vscode-languageclient[\\/]lib[\\/]common/,
    contents: `
      class NotebookDocumentSyncFeature {
        static CellScheme = "vscode-notebook-cell";
        fillClientCapabilities() {}
        initialize() {}
        getState() { return { kind: "static" }; }
        clear() {}
      }
      module.exports = { NotebookDocumentSyncFeature };`,
  },
];

/** @returns {import("esbuild").Plugin} */
export function replaceModules() {
  return {
    name: "replace-modules",
    setup(build) {
      for (const [index, { filter, from }] of REPLACEMENTS.entries()) {
        build.onResolve({ filter }, ({ importer }) =>
          from.test(importer) ? { path: String(index), namespace: "replacement" } : undefined,
        );
      }
      build.onLoad({ filter: /.*/, namespace: "replacement" }, ({ path }) => ({
        contents: REPLACEMENTS[Number(path)]?.contents ?? "",
      }));
    },
  };
}
