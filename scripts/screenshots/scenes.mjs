/**
 * The pictures of the README and the docs. Each scene opens a file of the workspace as a user would, brings the
 * editor into the state to show, and leaves the picture to the runner.
 */
import { readFileSync } from "node:fs";

/**
 * @typedef {import("playwright-core").Page} Page
 * @typedef {object} Scene
 * @property {string} name the picture is docs/images/<name>.png
 * @property {string} file of the scene's workspace
 * @property {Record<string, string>} [write] files that this scene adds or replaces
 * @property {Record<string, readonly (readonly [from: string, to: string])[]>} [edit] what was changed since the last commit
 * @property {Record<string, unknown>} [settings] user settings of this scene alone
 * @property {{ width: number, height: number }} size
 * @property {(page: Page, file: string) => Promise<void>} show
 */

const DRAFT = `apiVersion: plumbline/v1
kind: Policy
metadata: { name: refunds-draft }
spec:
  owner: payments@acme.example
  rules:
    - name: copilot-refunds-small-amounts
      effect: allow
      subjects: [suport-copilot]
      onBehalfOf: [support-staff]
      on: [{ resource: payments-tools, tools: [refund, lookup_paymnt] }]
      condition: >-
        mcp.tool.arguments.amout <= 200.0
      obligations: { audit: everything }
`;

/**
 * A rule that another one makes idle, and a control in a spelling that no list has.
 * @type {Required<Scene>["edit"]}
 */
const IDLE = {
  "policies/payments.plumb.yaml": [
    [
      "    - name: partner-settlements",
      `    - name: staff-looks-one-up
      effect: allow
      subjects: [support-staff]
      on: [{ resource: payments-api, operations: [getPayment] }]
      obligations: { audit: full }
      controls: ["nist-csf-2.0:pr.aa-05"]
    - name: partner-settlements`,
    ],
  ],
};

/**
 * Puts the cursor into the only occurrence of `part` inside the only occurrence of `context`, as a user does.
 * @param {Page} page @param {string} file @param {string} context @param {string} [part]
 */
async function goTo(page, file, context, part = context) {
  const [before, after] = readFileSync(file, "utf8").split(context);
  if (before === undefined || after === undefined) throw new Error(`${file} does not contain ${context}`);
  const lines = `${before}${context.slice(0, context.indexOf(part))}`.split("\n");
  await page.keyboard.press("Control+G");
  await page.keyboard.type(`${lines.length}:${(lines.at(-1)?.length ?? 0) + 2}`);
  await page.keyboard.press("Enter");
}

/** The hover at the cursor, with everything in it. @param {Page} page @param {RegExp} text */
async function showHover(page, text) {
  await page.keyboard.press("Control+K");
  await page.keyboard.press("Control+I");
  await page.locator(".monaco-hover:visible").filter({ hasText: text }).first().waitFor({ timeout: 20_000 });
  // The quick fixes are looked up after the hover has come.
  await page.getByText("Checking for quick fixes").waitFor({ state: "hidden", timeout: 10_000 });
  await settled(page);
}

/** Until nothing moves any more. @param {Page} page */
async function settled(page) {
  await page.waitForTimeout(1_000);
}

/** @type {readonly Scene[]} */
export const scenes = [
  {
    name: "diagnostics",
    file: "policies/draft.plumb.yaml",
    write: { "policies/draft.plumb.yaml": DRAFT },
    settings: { "plumbline.drift.enable": false, "editor.hover.above": false },
    size: { width: 1200, height: 660 },
    show: async (page, file) => {
      await page.locator(".squiggly-error").nth(2).waitFor({ timeout: 60_000 });
      await page.keyboard.press("Control+Shift+M");
      await page.locator(".markers-panel").getByText("amout").first().waitFor({ timeout: 10_000 });
      // The example has findings of its own, which are planted there.
      await page.locator(".viewpane-filter input").first().fill("draft");
      await page.locator(".markers-panel").getByText("inventory").first().waitFor({ state: "hidden" });
      await page.locator(".view-lines").first().click();
      await goTo(page, file, "everything");
      await showHover(page, /everything/);
    },
  },
  {
    name: "hover",
    file: "policies/ai.plumb.yaml",
    size: { width: 1200, height: 478 },
    show: async (page, file) => {
      await page.locator(".codelens-decoration").getByText("Simulate").first().waitFor({ timeout: 60_000 });
      await goTo(
        page,
        file,
        "name: copilot-lookup\n      effect: allow\n      subjects: [support-copilot]",
        "support-copilot",
      );
      await showHover(page, /support-copilot/);
    },
  },
  {
    name: "simulation",
    file: "scenarios/ai.plumb.yaml",
    size: { width: 1200, height: 420 },
    show: async (page) => {
      const lenses = page.locator(".codelens-decoration").getByText("Simulate");
      await lenses.nth(1).waitFor({ timeout: 60_000 });
      const decision = page.locator(".view-line").getByText(/^DENY/).first();
      // Lenses are drawn anew when more becomes known; a click on an old one goes nowhere.
      for (let tries = 0; tries < 5 && !(await decision.isVisible()); tries++) {
        await settled(page);
        await lenses.nth(1).click();
        await page.waitForTimeout(2_000);
      }
      await decision.click();
      await page.keyboard.press("Control+K");
      await page.keyboard.press("Control+M");
      await settled(page);
    },
  },
  {
    name: "semantic-diff",
    file: "policies/services.plumb.yaml",
    edit: {
      "policies/services.plumb.yaml": [
        [
          "subjects: [reports]\n      on: [{ resource: ledger,",
          "subjects: [reports, warehouse]\n      on: [{ resource: ledger,",
        ],
        ["subjects: [checkout, warehouse]", "subjects: [warehouse]"],
      ],
    },
    settings: { "git.enabled": true, "scm.diffDecorations": "none", "plumbline.drift.enable": false },
    size: { width: 1400, height: 560 },
    show: async (page) => {
      const lens = page.locator(".codelens-decoration").getByText("newly allows").first();
      await lens.waitFor({ timeout: 60_000 });
      const report = page.locator(".view-line").getByText("NEWLY ALLOWED").first();
      // Lenses are drawn anew when more becomes known; a click on an old one goes nowhere.
      for (let tries = 0; tries < 5 && !(await report.isVisible()); tries++) {
        await settled(page);
        await lens.click();
        await page.waitForTimeout(2_000);
      }
      // The lens is no longer underlined when the mouse has left it.
      await page.mouse.move(400, 500);
      await settled(page);
    },
  },
  {
    name: "drift",
    file: "deployed/production/istio/authorization-policies.yaml",
    settings: { "editor.hover.above": false },
    size: { width: 1200, height: 478 },
    show: async (page, file) => {
      await goTo(page, file, "namespaces: [qa]", "qa");
      await page.locator(".codelens-decoration").getByText("drift: wider").waitFor({ timeout: 60_000 });
      await settled(page);
      await showHover(page, /ns\/qa/);
    },
  },
  {
    name: "quick-fixes",
    file: "policies/payments.plumb.yaml",
    edit: IDLE,
    settings: { "plumbline.drift.enable": false, "editor.lightbulb.enabled": "on" },
    size: { width: 1200, height: 400 },
    show: async (page, file) => {
      await page.locator(".squiggly-warning").first().waitFor({ timeout: 60_000 });
      await goTo(page, file, "name: staff-looks-one-up", "staff-looks-one-up");
      await settled(page);
      await page.keyboard.press("Control+.");
      await page.locator(".action-widget").getByText("Ignore redundant-rule").waitFor({ timeout: 20_000 });
      await settled(page);
    },
  },
  {
    name: "lint-finding",
    file: "policies/payments.plumb.yaml",
    edit: IDLE,
    settings: { "plumbline.drift.enable": false, "editor.hover.above": false },
    size: { width: 1200, height: 640 },
    show: async (page, file) => {
      await page.locator(".squiggly-warning").first().waitFor({ timeout: 60_000 });
      await goTo(page, file, "name: staff-looks-one-up", "staff-looks-one-up");
      await settled(page);
      await showHover(page, /changes no decision/);
    },
  },
];
