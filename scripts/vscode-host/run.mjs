/**
 * Runs test/editor inside a real VS Code.
 *
 *   node scripts/vscode-host/run.mjs --host desktop    the Node extension host
 *   node scripts/vscode-host/run.mjs --host web        the web worker extension host (as vscode.dev has it)
 *   node scripts/vscode-host/run.mjs --host untrusted  the Node extension host, in a workspace that is not trusted
 *
 * Desktop: `PLUMBLINE_VSCODE`, else a downloaded VS Code, else the npm-only host. The others: always the npm-only host.
 * `--grep TEXT` runs the tests whose name contains it. The bundles must have been built.
 */
import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { runInBrowser } from "./browser-tests.mjs";
import { findDesktop, runOnDesktop } from "./desktop.mjs";
import { ensureNpmHost, unsupportedReason } from "./npm-host.mjs";
import { root } from "./paths.mjs";
import { watchProcesses } from "./processes.mjs";
import { stageExtension } from "./stage.mjs";

/**
 * @typedef {object} Result
 * @property {string} name
 * @property {"passed" | "failed" | "skipped"} status
 * @property {number} milliseconds
 * @property {string} [error]
 */

const { values } = parseArgs({
  options: { host: { type: "string", default: "desktop" }, grep: { type: "string", default: "" } },
});
const KINDS = /** @type {const} */ (["desktop", "web", "untrusted"]);
const kind = KINDS.find((one) => one === values.host) ?? "desktop";
/** The example that people see with what only tests need, or a workspace that tries to lead out of itself. */
const SOURCES = kind === "untrusted" ? ["test/editor/untrusted"] : ["examples/acme", "test/editor/workspace"];
/** Of this run alone, since runs of the same host may overlap. It stays where a test has failed. */
const runs = path.join(root, "out/editor");
const folder = path.join(runs, `${kind}-${process.pid}`);
const workspace = path.join(folder, "workspace");
const report = path.join(workspace, ".plumbline-test/report.json");

/** Removes the folders of runs that have ended. */
function removeOldRuns() {
  if (!existsSync(runs)) return;
  for (const name of readdirSync(runs)) {
    const pid = Number(/-(\d+)$/.exec(name)?.[1] ?? 0);
    if (!isAlive(pid)) rmSync(path.join(runs, name), { recursive: true, force: true });
  }
}

/** @param {number} pid zero for none */
function isAlive(pid) {
  if (pid === 0) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // A process of somebody else is alive, too.
    return /** @type {NodeJS.ErrnoException} */ (error).code === "EPERM";
  }
}

function stageWorkspace() {
  for (const source of SOURCES) cpSync(path.join(root, source), workspace, { recursive: true });
  if (kind === "untrusted") stageOutside();
  makeRepository();
  mkdirSync(path.dirname(report), { recursive: true });
  writeFileSync(path.join(path.dirname(report), "options.json"), JSON.stringify({ kind, grep: values.grep }));
}

/** A repository with one commit of everything; what the run itself writes there is none of its business. */
function makeRepository() {
  /** @param {readonly string[]} args */
  const git = (...args) => execFileSync("git", args, { cwd: workspace, stdio: "pipe" });
  git("init", "--quiet");
  // The person's own settings must not matter, neither here nor when a test commits.
  git("config", "user.name", "Test");
  git("config", "user.email", "test@acme.example");
  git("config", "commit.gpgsign", "false");
  git("config", "core.hooksPath", ".git/no-hooks");
  writeFileSync(path.join(workspace, ".git/info/exclude"), ".plumbline-test/\n");
  git("add", "--all");
  git("commit", "--quiet", "--message", "As it was");
}

/** What the hostile workspace would like to read. */
function stageOutside() {
  const outside = path.join(folder, "outside");
  mkdirSync(outside, { recursive: true });
  writeFileSync(
    path.join(outside, "tools.json"),
    JSON.stringify({ tools: [{ name: "secret_tool_of_outside", inputSchema: { type: "object" } }] }),
  );
  cpSync(
    path.join(root, "examples/acme/deployed/production/istio/authorization-policies.yaml"),
    path.join(outside, "authorization-policies.yaml"),
  );
  mkdirSync(path.join(workspace, "specs"));
  symlinkSync(path.join(outside, "tools.json"), path.join(workspace, "specs/linked.json"));
}

/** @returns {Promise<{ label: string, more: Result[] }>} which host ran, and what was seen from outside */
async function runSuite() {
  removeOldRuns();
  const extension = path.join(folder, "extension");
  stageExtension(extension, { also: ["out/test"], webOnly: kind === "web" });
  stageWorkspace();
  const dataDirectory = path.join(folder, "data");
  let whyNotDesktop =
    kind === "web" ? "the web extension host runs in a browser" : "trust needs its own profile";
  if (kind === "desktop") {
    const desktop = await findDesktop();
    if (typeof desktop !== "string") {
      try {
        await runOnDesktop(desktop, { extension, workspace, dataDirectory });
      } catch (error) {
        // A failed test makes it throw, too; then there is a report that says more.
        if (!existsSync(report)) throw error;
      } finally {
        desktop.release();
      }
      return { label: desktop.label, more: [] };
    }
    whyNotDesktop = desktop;
  }
  const reason = unsupportedReason();
  if (reason !== undefined) throw new Error(`no VS Code to run in: ${whyNotDesktop}; ${reason}`);
  const host = ensureNpmHost();
  const logFile = path.join(folder, "browser.log");
  const finished = () => existsSync(report);
  const trusted = kind !== "untrusted";
  const processes = trusted ? undefined : watchProcesses(path.join(extension, "dist/server.js"));
  await runInBrowser({ host, extension, workspace, dataDirectory, logFile, finished, trusted });
  const label = `VS Code ${host.version} from npm (code-server) in headless Chromium; ${whyNotDesktop}`;
  return { label, more: processes === undefined ? [] : [startedNothing(processes.stop())] };
}

/** @param {{ servers: number, children: string[] }} seen @returns {Result} */
function startedNothing({ servers, children }) {
  const name = "the server starts no process";
  if (servers === 1 && children.length === 0) return { name, status: "passed", milliseconds: 0 };
  const error = `${servers} servers were seen; they started: ${children.join(", ") || "nothing"}`;
  return { name, status: "failed", milliseconds: 0, error };
}

async function main() {
  const started = Date.now();
  const { label, more } = await runSuite();
  /** @type {{ appName: string, results: Result[] }} */
  const { results: inside } = JSON.parse(readFileSync(report, "utf8"));
  const results = [...inside, ...more];
  console.log(
    `host: ${label}${kind === "web" ? " (web worker extension host)" : kind === "untrusted" ? " (workspace not trusted)" : ""}`,
  );
  for (const { name, status, milliseconds, error } of results) {
    console.log(
      `${status === "passed" ? "ok  " : status === "failed" ? "FAIL" : "skip"} ${name} (${milliseconds} ms)`,
    );
    if (error !== undefined) console.log(error.replace(/^/gm, "       "));
  }
  const failed = results.filter((result) => result.status === "failed").length;
  const passed = results.filter((result) => result.status === "passed").length;
  console.log(`${((Date.now() - started) / 1000).toFixed(1)} s`);
  console.log(`${passed} passed, ${failed} failed`);
  // A suite without a test proves nothing.
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.log("0 passed, 1 failed");
  process.exitCode = 1;
}
