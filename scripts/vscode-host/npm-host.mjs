/**
 * A real VS Code from the npm registry alone: the VS Code server inside `code-server`, run by the Node that it
 * needs, in a headless Chromium. Everything is installed into `.vscode-test/npm-host/` once and kept there.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { npm, root } from "./paths.mjs";

const folder = path.join(root, ".vscode-test/npm-host");
const modules = path.join(folder, "node_modules");

/** `node-linux-<arch>` is what the `node` package installs; named directly it needs no install script. */
const nodePackage = `node-linux-${process.arch}`;
const manifest = JSON.stringify(
  {
    private: true,
    dependencies: {
      "code-server": "4.139.1",
      [nodePackage]: "^24.0.0",
      "@sparticuz/chromium": "153.0.0",
      "dejavu-fonts-ttf": "2.37.3",
    },
  },
  null,
  2,
);

/**
 * @typedef {object} NpmHost
 * @property {string} node the Node binary that runs the server
 * @property {string} serverMain the server's entry point
 * @property {string} version of VS Code
 * @property {string} chromium the browser's binary
 * @property {Record<string, string>} browserEnvironment variables that the browser needs
 */

/** Whether this machine can run the npm-only host at all; else the reason why not. */
export function unsupportedReason() {
  if (process.platform !== "linux") return `the npm-only host needs Linux, this is ${process.platform}`;
  if (process.arch !== "x64" && process.arch !== "arm64") return `no Node 24 package for ${process.arch}`;
  return undefined;
}

/** @returns {NpmHost} */
export function ensureNpmHost() {
  const marker = path.join(folder, "installed.json");
  if (!existsSync(marker) || readFileSync(marker, "utf8") !== manifest) install(marker);
  const vscode = path.join(modules, "code-server/lib/vscode");
  const { version } = JSON.parse(readFileSync(path.join(vscode, "package.json"), "utf8"));
  return {
    node: path.join(modules, nodePackage, "bin/node"),
    serverMain: path.join(vscode, "out/server-main.js"),
    version,
    ...ensureChromium(),
  };
}

/** @param {string} marker */
function install(marker) {
  console.log("installing the npm-only VS Code host into .vscode-test (once) ...");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, "package.json"), manifest);
  // The packages want newer Node versions than the project's; what runs on Node 24 gets it below.
  const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--engine-strict=false"];
  npm(["install", ...flags], folder);
  npm(["install", "--omit=dev", ...flags], path.join(modules, "code-server/lib/vscode"));
  writeFileSync(marker, manifest);
}

/** Unpacks the browser beside the packages (its library would use the system's temporary folder). */
function ensureChromium() {
  const target = path.join(folder, "chromium");
  const binary = path.join(target, "chromium");
  if (!existsSync(path.join(target, "unpacked"))) {
    rmSync(target, { recursive: true, force: true });
    mkdirSync(target, { recursive: true });
    const script = 'import("@sparticuz/chromium").then(async (m) => { await m.default.executablePath(); })';
    execFileSync(process.execPath, ["--input-type=module", "--eval", script], {
      cwd: folder,
      // The variable makes it unpack the libraries that a slim system lacks, too.
      env: { ...process.env, TMPDIR: target, AWS_LAMBDA_JS_RUNTIME: "nodejs20.x" },
      stdio: "inherit",
    });
    writeFileSync(path.join(target, "fonts/fonts.conf"), fontConfiguration(target));
    writeFileSync(path.join(target, "unpacked"), "");
  }
  const fonts = { FONTCONFIG_PATH: path.join(target, "fonts"), HOME: process.env.HOME ?? target };
  const withLibraries = { ...fonts, LD_LIBRARY_PATH: path.join(target, "al2023/lib") };
  // The system's own libraries are preferred: mixing them with the unpacked ones is the last resort.
  const environments = [fonts, withLibraries];
  const working = environments.find((environment) => startsUp(binary, environment));
  if (working === undefined)
    throw new Error(`${binary} does not start, neither with the system's libraries nor its own`);
  return { chromium: binary, browserEnvironment: working };
}

/**
 * The browser's own configuration names folders of another system; without any font it would crash.
 * @param {string} target
 */
function fontConfiguration(target) {
  const folders = [path.join(target, "fonts/fonts"), path.join(modules, "dejavu-fonts-ttf/ttf")];
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
${folders.map((folder) => `  <dir>${folder}</dir>`).join("\n")}
  <cachedir>${path.join(target, "fonts-cache")}</cachedir>
  <alias><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer></alias>
  <alias><family>sans-serif</family><prefer><family>Open Sans</family><family>DejaVu Sans</family></prefer></alias>
</fontconfig>
`;
}

/** @param {string} binary @param {Record<string, string>} environment */
function startsUp(binary, environment) {
  const { status } = spawnSync(binary, ["--version", "--no-sandbox"], {
    env: { ...process.env, ...environment },
    timeout: 30_000,
  });
  return status === 0;
}
