/** Runs the editor tests in the npm-only host: in the Node extension host, or in the web worker extension host. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { root } from "./paths.mjs";
import { launchBrowser, startServer } from "./server.mjs";

const TIMEOUT_MS = 4 * 60_000;

/**
 * @param {object} run
 * @param {import("./npm-host.mjs").NpmHost} run.host
 * @param {string} run.extension the folder of the extension under test
 * @param {string} run.workspace the folder that is opened
 * @param {string} run.dataDirectory
 * @param {string} run.logFile gets what the browser's console says
 * @param {() => boolean} run.finished whether the suite has written its report
 * @param {boolean} run.trusted whether workspace trust is switched off, or on and not given
 */
export async function runInBrowser(run) {
  const { host, extension, workspace, dataDirectory, logFile, finished, trusted } = run;
  const server = await startServer(host, {
    dataDirectory,
    trustEverything: trusted,
    testDriver: true,
    // Nobody is there to answer; a workspace that was not asked about is not trusted.
    settings: trusted ? {} : { "security.workspace.trust.startupPrompt": "never" },
  });
  const browser = await launchBrowser(host);
  /** @type {string[]} */
  const messages = [];
  /** @type {number | undefined} */
  let exitCode;
  try {
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    // The test driver of VS Code calls these two; without them a failed run would only close the window.
    await page.exposeFunction(
      "codeAutomationLog",
      (/** @type {string} */ type, /** @type {unknown[]} */ args) => {
        const line = `${type}: ${args.map((arg) => (typeof arg === "string" ? arg : JSON.stringify(arg))).join(" ")}`;
        // The npm-only host has no native modules; it complains about each at length.
        if (!/spdlog|native-watchdog/.test(line)) messages.push(line);
      },
    );
    await page.exposeFunction("codeAutomationExit", (/** @type {number} */ code) => {
      exitCode = code;
    });
    page.on("pageerror", (error) => messages.push(`page error: ${error.message}`));
    page.on("close", () => messages.push("the page was closed"));
    /** @param {string} file */
    const remote = (file) => `vscode-remote://${server.authority}${file}`;
    const payload = [
      ["extensionDevelopmentPath", remote(extension)],
      ["extensionTestsPath", remote(path.join(extension, "out/test/index.js"))],
    ];
    const query = new URLSearchParams({ folder: workspace, payload: JSON.stringify(payload) });
    await page.goto(`http://${server.authority}/?${query}`);
    const deadline = Date.now() + TIMEOUT_MS;
    while (!finished()) {
      if (exitCode !== undefined && exitCode !== 0 && !finished())
        throw new Error(`the tests did not start:\n${messages.slice(-5).join("\n")}`);
      if (Date.now() > deadline) {
        await page.screenshot({ path: `${logFile}.png` });
        throw new Error(
          `no report within ${TIMEOUT_MS / 1000} s; see ${path.relative(root, logFile)} and the picture beside it`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  } finally {
    writeFileSync(logFile, messages.join("\n"));
    await browser.close();
    await server.stop();
  }
}
