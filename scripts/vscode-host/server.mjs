/** Starts the VS Code server of the npm-only host, and a browser in front of it. */
import { spawn } from "node:child_process";
import { createWriteStream, mkdirSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import path from "node:path";
import { chromium } from "playwright-core";

/** Calm for pictures and tests: no welcome page, no chat, no recommendations, nothing that asks the network. */
const USER_SETTINGS = {
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "chat.commandCenter.enabled": false,
  "chat.disableAIFeatures": true,
  "extensions.ignoreRecommendations": true,
  "extensions.autoCheckUpdates": false,
  "telemetry.telemetryLevel": "off",
  "update.mode": "none",
  "git.openRepositoryInParentFolders": "never",
  "workbench.enableExperiments": false,
};

/**
 * @param {import("./npm-host.mjs").NpmHost} host
 * @param {object} options
 * @param {string} options.dataDirectory emptied first, so that every run starts alike
 * @param {string} [options.extensionsDirectory]
 * @param {boolean} [options.trustEverything] switches workspace trust off, as tests need it
 * @param {boolean} [options.testDriver] lets the payload name an extension under development and its tests
 * @param {string} [options.connectionToken]
 * @param {Record<string, unknown>} [options.settings] user settings on top of the calm ones
 */
export async function startServer(host, options) {
  rmSync(options.dataDirectory, { recursive: true, force: true });
  const settings = path.join(options.dataDirectory, "data/User/settings.json");
  mkdirSync(path.dirname(settings), { recursive: true });
  writeFileSync(settings, JSON.stringify({ ...USER_SETTINGS, ...options.settings }, null, 2));
  const port = await freePort();
  const args = ["--host", "127.0.0.1", "--port", String(port), "--accept-server-license-terms"];
  args.push("--server-data-dir", options.dataDirectory, "--telemetry-level", "off");
  if (options.connectionToken === undefined) args.push("--without-connection-token");
  else args.push("--connection-token", options.connectionToken);
  if (options.extensionsDirectory !== undefined) args.push("--extensions-dir", options.extensionsDirectory);
  if (options.trustEverything === true) args.push("--disable-workspace-trust");
  if (options.testDriver === true) args.push("--enable-smoke-test-driver");
  const child = spawn(host.node, [host.serverMain, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: cleanEnvironment(),
  });
  const log = createWriteStream(path.join(options.dataDirectory, "server.log"));
  child.stdout.pipe(log);
  child.stderr.pipe(log);
  await answering(port, child);
  return {
    port,
    authority: `127.0.0.1:${port}`,
    stop: () =>
      /** @type {Promise<void>} */ (
        new Promise((resolve) => {
          if (child.exitCode !== null) return resolve();
          const killer = setTimeout(() => child.kill("SIGKILL"), 5_000);
          child.once("exit", () => {
            clearTimeout(killer);
            resolve();
          });
          child.kill("SIGTERM");
        })
      ),
  };
}

/** Variables of an outer VS Code (its terminal, its tests) would confuse this one. */
function cleanEnvironment() {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(VSCODE_|ELECTRON_|NODE_OPTIONS$|VITEST)/.test(name)),
  );
}

/** @param {import("./npm-host.mjs").NpmHost} host */
export async function launchBrowser(host) {
  return chromium.launch({
    executablePath: host.chromium,
    headless: true,
    env: { ...stringsOf(process.env), ...host.browserEnvironment },
    args: [
      // Root may not use the sandbox; everything that is shown comes from this machine.
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--disable-dev-shm-usage",
    ],
  });
}

/** @param {NodeJS.ProcessEnv} environment @returns {Record<string, string>} */
function stringsOf(environment) {
  /** @type {Record<string, string>} */
  const strings = {};
  for (const [name, value] of Object.entries(environment)) if (value !== undefined) strings[name] = value;
  return strings;
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

/** @param {number} port @param {import("node:child_process").ChildProcess} child */
async function answering(port, child) {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`the VS Code server ended at once (exit ${child.exitCode})`);
    try {
      const { ok } = await fetch(`http://127.0.0.1:${port}/version`);
      if (ok) return;
    } catch {
      // Not listening yet: ask again until the deadline.
    }
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  child.kill("SIGKILL");
  throw new Error("the VS Code server did not answer within 60 s");
}
