/**
 * Parts of the libraries of the language server protocol that do nothing for us, replaced in a bundle by what they come
 * to here: in the client they run at every start, in the server they are a twentieth of it. test/unit/bundles holds what
 * makes each of them safe.
 */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/**
 * @typedef {object} Replacement
 * @property {RegExp} filter what is imported
 * @property {RegExp} from the files that import it
 * @property {string} contents
 */

/** @type {readonly Replacement[]} */
const CLIENT = [
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

/**
 * What the server's library adds to `connection.languages` and to `connection.workspace`, one mixin a file, of which our
 * server asks for none.
 */
const MIXINS = [
  "callHierarchy",
  "diagnostic",
  "fileOperations",
  "foldingRange",
  "inlayHint",
  "inlineCompletion",
  "inlineValue",
  "linkedEditingRange",
  "moniker",
  "semanticTokens",
  "textDocumentContent",
  "typeHierarchy",
];

/** @type {readonly Replacement[]} */
const SERVER = [
  ...MIXINS.map((name) => ({
    filter: new RegExp(`^\\./${name}$`),
    from: /vscode-languageserver[\\/]lib[\\/]common/,
    contents: `exports.${name[0]?.toUpperCase()}${name.slice(1)}Feature = (Base) => Base;`,
  })),
  {
    // Hears of notebooks, which our server does not ask for.
    filter: /^\.\/notebook$/,
    from: /vscode-languageserver[\\/]lib[\\/]common/,
    contents: "module.exports = { NotebookSyncFeature: (Base) => Base };",
  },
  {
    // The messages of that; the library exports them, and nobody else reads them.
    filter: /^\.\/protocol\.notebook$/,
    from: /vscode-languageserver-protocol[\\/]lib[\\/]common/,
    contents: "module.exports = {};",
  },
  {
    // Looks for packages on the disk, in processes of its own; `Files` of the library, which we do not use.
    filter: /^\.\/files$/,
    from: /vscode-languageserver[\\/]lib[\\/]node/,
    contents: "module.exports = {};",
  },
];

/** For a bundle of the client. */
export const clientPlugins = () => [replaceModules(CLIENT)];

/**
 * For a bundle of the server.
 * @param {string} sources the folder of ours that imports the library
 */
export const serverPlugins = (sources) => [
  replaceModules(SERVER),
  onlyUsedTypes(sources),
  plainLibrary(),
  sharedTexts(),
];

/** @param {readonly Replacement[]} replacements @returns {import("esbuild").Plugin} */
function replaceModules(replacements) {
  return {
    name: "replace-modules",
    setup(build) {
      for (const [index, { filter, from }] of replacements.entries()) {
        build.onResolve({ filter }, ({ importer }) =>
          from.test(importer) ? { path: String(index), namespace: "replacement" } : undefined,
        );
      }
      build.onLoad({ filter: /.*/, namespace: "replacement" }, ({ path }) => ({
        contents: replacements[Number(path)]?.contents ?? "",
      }));
    },
  };
}

/**
 * What the libraries say of their messages for whoever reads the protocol's meta model, which nobody does at run time,
 * and what they hand on from each other by getters, which here are plain values: modules that are handed on are loaded
 * by then.
 * @returns {import("esbuild").Plugin}
 */
function plainLibrary() {
  return {
    name: "plain-library",
    setup(build) {
      const filter = /[\\/]vscode-(?:languageserver|languageserver-protocol|jsonrpc)[\\/]lib[\\/].*\.js$/;
      build.onLoad({ filter, namespace: "file" }, ({ path: file }) => ({
        contents: readFileSync(file, "utf8")
          .replace(/^\s*\w+\.(?:messageDirection|capabilities) = messages_1\..*;$/gm, "")
          .replace(
            /^Object\.defineProperty\(exports, "(\w+)", \{ enumerable: true, get: function \(\) \{ return (\w+\.\w+); \} \}\);$/gm,
            "exports.$1 = $2;",
          ),
      }));
    },
  };
}

/**
 * Schemas as JavaScript that says each of its repeated texts once.
 * @returns {import("esbuild").Plugin}
 */
function sharedTexts() {
  return {
    name: "shared-texts",
    setup(build) {
      build.onLoad({ filter: /\.schema\.json$/ }, ({ path: file }) => ({
        contents: asModule(JSON.parse(readFileSync(file, "utf8"))),
        watchFiles: [file],
      }));
    },
  };
}

/** @param {unknown} value of a JSON file */
export function asModule(value) {
  /** @type {Map<string, number>} */
  const seen = new Map();
  JSON.stringify(value, (_key, part) => {
    if (typeof part === "string") seen.set(part, (seen.get(part) ?? 0) + 1);
    return part;
  });
  const shared = [...seen].filter(([text, count]) => count > 1 && text.length > 8).map(([text]) => text);
  const names = new Map(shared.map((text, index) => [text, `t${index}`]));
  /** @param {unknown} part @returns {string} */
  const write = (part) => {
    if (typeof part === "string") return names.get(part) ?? JSON.stringify(part);
    if (Array.isArray(part)) return `[${part.map(write).join(",")}]`;
    if (typeof part !== "object" || part === null) return JSON.stringify(part);
    return `{${Object.entries(part)
      .map(([key, one]) => `${JSON.stringify(key)}:${write(one)}`)
      .join(",")}}`;
  };
  const texts = shared.map((text) => `const ${names.get(text)} = ${JSON.stringify(text)};`);
  return `${texts.join("\n")}\nexport default ${write(value)};`;
}

/** What the protocol's library makes and recognises: ranges, diagnostics, code actions and the like. */
const TYPES = "vscode-languageserver-types";

/**
 * The protocol's library hands on all of that, which would keep it in the bundle. Of it stays what the library reads
 * and what our sources import, so that a new import brings its own.
 * @param {string} sources the folder of ours
 * @returns {import("esbuild").Plugin}
 */
function onlyUsedTypes(sources) {
  return {
    name: "only-used-types",
    setup(build) {
      build.onResolve({ filter: new RegExp(`^${TYPES}$`) }, async ({ importer, kind, resolveDir }) => {
        if (kind !== "require-call" || !/vscode-languageserver-protocol[\\/]lib[\\/]common/.test(importer))
          return;
        // As an `import`, this gives the form whose exports can be left out one by one.
        const { path: file, errors } = await build.resolve(TYPES, { kind: "import-statement", resolveDir });
        return { path: file, errors, namespace: "used-types", pluginData: resolveDir };
      });
      build.onLoad({ filter: /.*/, namespace: "used-types" }, ({ path: file, pluginData }) => {
        const names = usedTypes(readFileSync(file, "utf8"), [
          ...textsIn(pluginData, ".js").map(namesReadByTheLibrary),
          ...textsIn(sources, ".ts").map(namesImportedByUs),
        ]);
        const contents = `export { ${names.join(", ")} } from ${JSON.stringify(file)};`;
        return { contents, resolveDir: pluginData, watchDirs: [sources] };
      });
      build.onLoad({ filter: new RegExp(`${TYPES}[\\\\/].*\\.js$`) }, ({ path: file }) => ({
        contents: withoutEffects(readFileSync(file, "utf8")),
      }));
    },
  };
}

/** @param {string} folder @param {string} suffix */
function textsIn(folder, suffix) {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(suffix))
    .map((name) => readFileSync(path.join(folder, name), "utf8"));
}

/** @param {string} text of a file of the library, as TypeScript compiles it */
function namesReadByTheLibrary(text) {
  return [...text.matchAll(/vscode_languageserver_types_1\.(\w+)/g)].map(([, name = ""]) => name);
}

/**
 * The values that a file of ours imports from the library. Throws where it takes them without naming them.
 * @param {string} text
 */
export function namesImportedByUs(text) {
  const statements = text.matchAll(
    /^(?:import|export) (?!type )([^;"]*) from "vscode-languageserver(?!-textdocument)[^"]*"/gm,
  );
  return [...statements].flatMap(([statement, clause = ""]) => {
    const list = /^\{([^}]*)\}$/.exec(clause)?.[1];
    if (list === undefined)
      throw new Error(`${statement}: name what you need, for the rest is left out of the bundle`);
    return list.split(",").flatMap((one) => /^\s*(?!type\s)(\w+)/.exec(one)?.[1] ?? []);
  });
}

/**
 * Those of the names that the library of types exports.
 * @param {string} library @param {readonly (readonly string[])[]} lists
 */
function usedTypes(library, lists) {
  const exported = new Set(
    [...library.matchAll(/^export (?:var|class|const) (\w+)/gm)].map(([, name]) => name),
  );
  return [...new Set(lists.flat())].filter((name) => exported.has(name));
}

/**
 * TypeScript writes a namespace as a variable and a call that fills it, which a bundler has to keep; as a call that has
 * no effect and returns it, it is left out where nobody reads it. What no longer looks like that costs size only.
 * @param {string} library
 */
function withoutEffects(library) {
  return library.replace(
    /^((?:export )?var (\w+));\n\(function \(\2\) \{\n([\s\S]*?)^\}\)\(\2 \|\| \(\2 = \{\}\)\);$/gm,
    (_whole, variable, name, body) =>
      `${variable} = /* @__PURE__ */ (function (${name}) {\n${body}return ${name};\n})({});`,
  );
}
