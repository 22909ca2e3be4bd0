/**
 * `npm run screenshots [NAME ...]`: takes the pictures of ./scenes.mjs in the npm-only VS Code, with the extension
 * as users have it. Build first.
 */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ensureNpmHost } from "../vscode-host/npm-host.mjs";
import { root } from "../vscode-host/paths.mjs";
import { launchBrowser, startServer } from "../vscode-host/server.mjs";
import { stageExtensionsFolder } from "../vscode-host/stage.mjs";
import { scenes } from "./scenes.mjs";

const folder = path.join(root, "out/screenshots");
const workspace = path.join(folder, "acme");
const pictures = path.join(root, "docs/images");

/** The editor alone: what stands around it would only make the text smaller. */
const SETTINGS = {
  "workbench.colorTheme": "Light Modern",
  "workbench.activityBar.location": "hidden",
  "workbench.statusBar.visible": false,
  "workbench.layoutControl.enabled": false,
  "workbench.editor.editorActionsLocation": "hidden",
  "window.commandCenter": false,
  "window.menuBarVisibility": "hidden",
  "breadcrumbs.enabled": false,
  "editor.fontFamily": "DejaVu Sans Mono",
  "editor.fontSize": 14,
  "editor.lineHeight": 21,
  "editor.minimap.enabled": false,
  "editor.renderLineHighlight": "none",
  "editor.occurrencesHighlight": "off",
  "editor.selectionHighlight": false,
  "editor.matchBrackets": "never",
  "editor.guides.indentation": false,
  "editor.overviewRulerBorder": false,
  "editor.hideCursorInOverviewRuler": true,
  "editor.scrollbar.vertical": "hidden",
  "editor.scrollbar.horizontal": "hidden",
  "editor.stickyScroll.enabled": false,
  "editor.lightbulb.enabled": "off",
  "git.enabled": false,
};

/** @param {import("./scenes.mjs").Scene} scene */
function stageWorkspace(scene) {
  rmSync(workspace, { recursive: true, force: true });
  cpSync(path.join(root, "examples/acme"), workspace, { recursive: true });
  for (const [name, text] of Object.entries(scene.write ?? {})) {
    mkdirSync(path.dirname(path.join(workspace, name)), { recursive: true });
    writeFileSync(path.join(workspace, name), text);
  }
  if (scene.edit !== undefined) makeRepository();
  for (const [name, edits] of Object.entries(scene.edit ?? {})) {
    const file = path.join(workspace, name);
    let text = readFileSync(file, "utf8");
    for (const [from, to] of edits) {
      if (!text.includes(from)) throw new Error(`${name} does not contain ${from}`);
      text = text.replace(from, to);
    }
    writeFileSync(file, text);
  }
}

/** A repository with one commit of everything. */
function makeRepository() {
  /** @param {readonly string[]} args */
  const git = (...args) => execFileSync("git", args, { cwd: workspace, stdio: "pipe" });
  git("init", "--quiet");
  git("config", "user.name", "Test");
  git("config", "user.email", "test@acme.example");
  git("config", "commit.gpgsign", "false");
  git("add", "--all");
  git("commit", "--quiet", "--message", "As it was");
}

async function main() {
  const wanted = process.argv.slice(2);
  const chosen = scenes.filter((scene) => wanted.length === 0 || wanted.includes(scene.name));
  if (!existsSync(path.join(root, "dist/extension.cjs"))) throw new Error("run `npm run build` first");
  mkdirSync(pictures, { recursive: true });
  const host = ensureNpmHost();
  const extensionsDirectory = path.join(folder, "extensions");
  stageExtensionsFolder(extensionsDirectory);
  const browser = await launchBrowser(host);
  try {
    for (const scene of chosen) {
      stageWorkspace(scene);
      const server = await startServer(host, {
        dataDirectory: path.join(folder, "data"),
        extensionsDirectory,
        trustEverything: true,
        settings: { ...SETTINGS, ...scene.settings },
      });
      try {
        const page = await browser.newPage({
          viewport: scene.size,
          deviceScaleFactor: 2,
        });
        const file = `vscode-remote://${server.authority}${path.join(workspace, scene.file)}`;
        const query = new URLSearchParams({
          folder: workspace,
          payload: JSON.stringify([["openFile", file]]),
        });
        await page.goto(`http://${server.authority}/?${query}`);
        await page.locator(".monaco-editor .view-line").first().waitFor({ timeout: 60_000 });
        // In the corner it would light up the edge of the window.
        await page.mouse.move(600, 400);
        // Hides the side bar, which has no setting.
        await page.keyboard.press("Control+B");
        await page.locator(".part.sidebar").first().waitFor({ state: "hidden" });
        try {
          await scene.show(page, path.join(workspace, scene.file));
        } catch (error) {
          await page.screenshot({ path: path.join(folder, `${scene.name}.failed.png`) });
          throw error;
        }
        await page.addStyleTag({ content: ".monaco-editor .cursor { visibility: hidden !important; }" });
        await page.screenshot({ path: path.join(pictures, `${scene.name}.png`) });
        console.log(`docs/images/${scene.name}.png`);
        await page.close();
      } finally {
        await server.stop();
      }
    }
  } finally {
    await browser.close();
  }
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
