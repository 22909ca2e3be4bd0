import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { root } from "./paths.mjs";

const SHIPPED = [
  "dist",
  "schemas",
  "syntaxes",
  "docs/codes",
  "docs/images/icon.png",
  "README.md",
  "CHANGELOG.md",
  "LICENSE",
];

/**
 * Copies what ships of the extension to `target`, which is emptied first.
 * @param {string} target
 * @param {{ also?: readonly string[], webOnly?: boolean }} [options] `webOnly` drops the Node entry point, because
 *   with one a remote VS Code runs the extension in its Node extension host
 */
export function stageExtension(target, { also = [], webOnly = false } = {}) {
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  for (const part of [...SHIPPED, ...also]) {
    const source = path.join(root, part);
    if (existsSync(source)) cpSync(source, path.join(target, part), { recursive: true });
  }
  const manifest = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
  if (webOnly) delete manifest.main;
  writeFileSync(path.join(target, "package.json"), JSON.stringify(manifest, null, 2));
}

/**
 * A folder of installed extensions that holds ours alone, as `--extensions-dir` takes it.
 * @param {string} folder
 */
export function stageExtensionsFolder(folder) {
  rmSync(folder, { recursive: true, force: true });
  const { publisher, name, version } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
  stageExtension(path.join(folder, `${publisher}.${name}-${version}`));
}
