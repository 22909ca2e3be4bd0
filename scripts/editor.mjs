/**
 * `npm run editor [FOLDER]`: VS Code with this extension, on examples/acme unless a folder is named. A `code` on
 * PATH is started as an extension development host; else VS Code runs in your browser (npm packages only).
 */
import { spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { ensureInstalled } from "./install.mjs";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const folder = path.resolve(process.argv[2] ?? path.join(root, "examples/acme"));

/** The path of `code`, which on Windows is a script. */
function desktopCode() {
  const names = process.platform === "win32" ? ["code.cmd", "code.exe"] : ["code"];
  return (process.env.PATH ?? "")
    .split(path.delimiter)
    .flatMap((entry) => names.map((name) => path.join(entry, name)))
    .find((file) => existsSync(file));
}

async function main() {
  if (!existsSync(folder)) throw new Error(`${folder} does not exist`);
  ensureInstalled();
  const build = spawnSync(process.execPath, ["scripts/build.mjs"], { cwd: root, stdio: "inherit" });
  if (build.status !== 0) throw new Error("the build failed");
  const code = desktopCode();
  if (code !== undefined) {
    spawn(code, ["--new-window", `--extensionDevelopmentPath=${root}`, folder], {
      detached: true,
      stdio: "ignore",
      shell: process.platform === "win32",
    }).unref();
    console.log(`started ${code} on ${folder}`);
    return;
  }
  await serveInBrowser();
}

async function serveInBrowser() {
  const { ensureNpmHost, unsupportedReason } = await import("./vscode-host/npm-host.mjs");
  const { startServer } = await import("./vscode-host/server.mjs");
  const { stageExtensionsFolder } = await import("./vscode-host/stage.mjs");
  const reason = unsupportedReason();
  if (reason !== undefined) throw new Error(`no \`code\` on PATH, and ${reason}`);
  const extensionsDirectory = path.join(root, "out/user/extensions");
  stageExtensionsFolder(extensionsDirectory);
  // Whoever can reach the port could otherwise run commands as you.
  const connectionToken = randomBytes(16).toString("hex");
  const server = await startServer(ensureNpmHost(), {
    dataDirectory: path.join(root, "out/user/data"),
    extensionsDirectory,
    connectionToken,
  });
  const query = new URLSearchParams({ folder, tkn: connectionToken });
  console.log(`\nVS Code with Plumbline:  http://${server.authority}/?${query}\nCtrl+C ends it.`);
  const end = () => {
    server.stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.once("SIGINT", end);
  process.once("SIGTERM", end);
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
