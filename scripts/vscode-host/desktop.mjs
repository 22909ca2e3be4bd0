/** Finds a desktop VS Code to run the tests in, and runs them there by @vscode/test-electron. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { downloadAndUnzipVSCode, runTests } from "@vscode/test-electron";
import { root } from "./paths.mjs";

const DOWNLOAD_SERVER = "https://update.code.visualstudio.com/api/releases/stable";
const PROBE_MS = 10_000;

/**
 * @typedef {object} Desktop
 * @property {string} executable
 * @property {string} label
 * @property {() => void} release ends the virtual display, where one was started
 */

/**
 * A desktop VS Code, or the reason why there is none.
 * @returns {Promise<Desktop | string>}
 */
export async function findDesktop() {
  const named = process.env.PLUMBLINE_VSCODE;
  if (named !== undefined && named !== "") {
    // Named on purpose, so another host in its place would mislead.
    if (!existsSync(named)) throw new Error(`PLUMBLINE_VSCODE names ${named}, which does not exist`);
    const display = ensureDisplay();
    if (typeof display === "string") throw new Error(`PLUMBLINE_VSCODE is set, but ${display}`);
    return { executable: named, label: `desktop VS Code (PLUMBLINE_VSCODE=${named})`, release: display };
  }
  if (!(await isReachable())) return "the download server of VS Code cannot be reached";
  const display = ensureDisplay();
  if (typeof display === "string") return display;
  const executable = await downloadAndUnzipVSCode({
    version: "stable",
    cachePath: path.join(root, ".vscode-test"),
  });
  return { executable, label: `desktop VS Code (${path.relative(root, executable)})`, release: display };
}

/**
 * @param {Desktop} desktop
 * @param {{ extension: string, workspace: string, dataDirectory: string }} run
 */
export async function runOnDesktop(desktop, { extension, workspace, dataDirectory }) {
  const rootUser = process.getuid?.() === 0;
  await runTests({
    vscodeExecutablePath: desktop.executable,
    extensionDevelopmentPath: extension,
    extensionTestsPath: path.join(extension, "out/test/index.js"),
    launchArgs: [
      workspace,
      "--disable-extensions",
      "--disable-workspace-trust",
      "--skip-welcome",
      "--skip-release-notes",
      `--user-data-dir=${dataDirectory}`,
      ...(rootUser ? ["--no-sandbox"] : []),
    ],
  });
}

async function isReachable() {
  try {
    const { ok } = await fetch(DOWNLOAD_SERVER, { signal: AbortSignal.timeout(PROBE_MS) });
    return ok;
  } catch {
    // No network, no name, no route, too slow: all the same answer.
    return false;
  }
}

/**
 * A display for Electron: the one there is, or a virtual one. Returns how to end it, or why there is none.
 * @returns {(() => void) | string}
 */
function ensureDisplay() {
  const nothing = () => {
    // Somebody else's display stays.
  };
  if (process.platform !== "linux" || process.env.DISPLAY || process.env.WAYLAND_DISPLAY) return nothing;
  const folders = (process.env.PATH ?? "").split(path.delimiter);
  const xvfb = folders.map((folder) => path.join(folder, "Xvfb")).find((file) => existsSync(file));
  if (xvfb === undefined) return "there is no display, and no Xvfb on PATH";
  const number = `:${90 + (process.pid % 100)}`;
  const child = spawn(xvfb, [number, "-screen", "0", "1400x900x24", "-nolisten", "tcp"], { stdio: "ignore" });
  process.env.DISPLAY = number;
  return () => {
    child.kill();
    delete process.env.DISPLAY;
  };
}
