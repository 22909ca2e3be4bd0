/**
 * The package as a user gets it: packs it, looks at what is in it, installs it into the npm-only VS Code, opens the
 * example there and waits for a finding. The bundles must have been built.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { pack, packagePath } from "../package.mjs";
import { zipEntries } from "../zip-entries.mjs";
import { ensureNpmHost, unsupportedReason } from "./npm-host.mjs";
import { root } from "./paths.mjs";
import { launchBrowser, startServer } from "./server.mjs";

const MAX_BYTES = 1_500_000;

/** Everything but the pages of the codes and the chunks of the bundles, one by one: what is not named here does not ship. */
const CONTENTS = [
  "[Content_Types].xml",
  "extension.vsixmanifest",
  "extension/LICENSE.txt",
  "extension/changelog.md",
  "extension/dist/cli.js",
  "extension/dist/extension.cjs",
  "extension/dist/package.json",
  "extension/dist/server.js",
  "extension/dist/web/extension.js",
  "extension/dist/web/server.js",
  "extension/docs/images/icon.png",
  "extension/package.json",
  "extension/readme.md",
  "extension/schemas/common.schema.json",
  "extension/schemas/control-plane.schema.json",
  "extension/schemas/inventory.schema.json",
  "extension/schemas/plumbline.schema.json",
  "extension/schemas/policy.schema.json",
  "extension/schemas/scenarios.schema.json",
  "extension/syntaxes/cel.tmLanguage.json",
  "extension/syntaxes/language-configuration.json",
  "extension/syntaxes/plumbline.tmLanguage.json",
  "extension/syntaxes/report.tmLanguage.json",
];
const PAGE = /^extension\/docs\/codes\/(?:README|(?:[a-z]+\/)?[a-z0-9-]+)\.md$/;
const CHUNK = /^extension\/dist\/chunks\/[A-Z0-9]{8}\.js$/;

const file = packagePath();
const folder = path.join(root, `out/editor/packed-${process.pid}`);

/** @type {readonly [name: string, body: () => void | Promise<void>][]} */
const TESTS = [
  [
    "the package can be made",
    async () => {
      await pack();
    },
  ],
  ["it holds what ships and nothing else", contents],
  ["it is smaller than 1.5 MB", size],
  ["it can be installed, and underlines drift in the example", smoke],
];

function contents() {
  const names = zipEntries(file);
  const others = names.filter((name) => !PAGE.test(name) && !CHUNK.test(name)).sort();
  const [missing, surplus] = [
    CONTENTS.filter((name) => !others.includes(name)),
    others.filter((name) => !CONTENTS.includes(name)),
  ];
  if (missing.length > 0) throw new Error(`missing: ${missing.join(", ")}`);
  if (surplus.length > 0) throw new Error(`should not ship: ${surplus.join(", ")}`);
  for (const form of [PAGE, CHUNK]) if (!names.some((name) => form.test(name))) throw new Error(`no ${form}`);
}

function size() {
  const { size: bytes } = statSync(file);
  if (bytes >= MAX_BYTES) throw new Error(`it has ${bytes} bytes`);
}

async function smoke() {
  const reason = unsupportedReason();
  if (reason !== undefined) throw new Error(reason);
  const host = ensureNpmHost();
  const extensionsDirectory = path.join(folder, "extensions");
  const dataDirectory = path.join(folder, "data");
  const workspace = path.join(folder, "acme");
  mkdirSync(folder, { recursive: true });
  cpSync(path.join(root, "examples/acme"), workspace, { recursive: true });
  const places = ["--extensions-dir", extensionsDirectory, "--server-data-dir", dataDirectory];
  const install = ["--install-extension", file, ...places, "--accept-server-license-terms"];
  const { status, stdout, stderr } = spawnSync(host.node, [host.serverMain, ...install], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`installing ended with ${status}: ${stdout}${stderr}`);
  const server = await startServer(host, { dataDirectory, extensionsDirectory, trustEverything: true });
  const browser = await launchBrowser(host);
  try {
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    const opened = path.join(workspace, "policies/services.plumb.yaml");
    const payload = JSON.stringify([["openFile", `vscode-remote://${server.authority}${opened}`]]);
    await page.goto(`http://${server.authority}/?${new URLSearchParams({ folder: workspace, payload })}`);
    await page.locator(".squiggly-error").first().waitFor({ timeout: 60_000 });
    await page.locator(".codelens-decoration").getByText("Simulate").first().waitFor({ timeout: 20_000 });
  } finally {
    await browser.close();
    await server.stop();
  }
}

let failed = 0;
for (const [name, body] of TESTS) {
  const started = Date.now();
  try {
    await body();
    console.log(`ok   ${name} (${Date.now() - started} ms)`);
  } catch (error) {
    failed++;
    console.log(`FAIL ${name} (${Date.now() - started} ms)`);
    console.log(`       ${error instanceof Error ? error.message : error}`);
  }
}
rmSync(folder, { recursive: true, force: true });
console.log(`${TESTS.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
