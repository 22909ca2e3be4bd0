/**
 * The pictures of the README and the docs. Each scene opens a file of the workspace as a user would, brings the
 * editor into the state to show, and leaves the picture to the runner.
 *
 * @typedef {object} Scene
 * @property {string} name the picture is docs/images/<name>.png
 * @property {string} file of the scene's workspace
 * @property {Record<string, string>} [write] files that this scene adds or replaces
 * @property {{ width: number, height: number }} [size]
 * @property {(page: import("playwright-core").Page) => Promise<void>} show
 */

const BROKEN = `apiVersion: plumbline/v1
kind: Policy
metadata: { name: refunds-draft }
spec:
  owner: payments@acme.example
  rules:
    - name: copilot-refunds-small-amounts
      effect: allow
      subjects: [support-copilot
      onBehalfOf: [support-staff]
      on: [{ resource: payments-tools, tools: [refund] }]
      condition: |-
        mcp.tool.arguments.amount <= 200.0 &&
        mcp.tool.arguments.currency == "EUR"
`;

/** @type {readonly Scene[]} */
export const scenes = [
  {
    name: "diagnostics",
    file: "policies/draft.plumb.yaml",
    write: { "policies/draft.plumb.yaml": BROKEN },
    show: async (page) => {
      await page.locator(".squiggly-error").first().waitFor({ timeout: 30_000 });
      await page.locator(".squiggly-error").first().hover({ force: true });
      await page.locator(".monaco-hover:visible").first().waitFor({ timeout: 10_000 });
    },
  },
];
