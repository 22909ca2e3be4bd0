/** A decision that changes by what a name stands for: a set, a pattern of SPIFFE IDs, a named condition. */
import { expect, it } from "vitest";
import { type Change, changed, diffOf, shop } from "./semantic-diff-world.ts";

const inventory = "shop.plumb.yaml";
const policies = "policies.plumb.yaml";

const named = changed(
  shop,
  [
    inventory,
    "  resources:",
    `    readers: { type: set, of: [reports] }
    everybody: { type: set, of: [readers] }
    jobs: { type: workload, spiffeIdPattern: "spiffe://\${td}/ns/batch/sa/*" }
  resources:`,
  ],
  [policies, "subjects: [reports]", "subjects: [everybody, jobs]\n      conditions: [shallow]"],
  [policies, "  rules:", '  conditions: { shallow: "!(\\"depth\\" in request.query)" }\n  rules:'],
);

it.each<{ what: string; change: Change; region: string; cause: string }>([
  {
    what: "a member of a set in a set",
    change: [inventory, "of: [reports]", "of: [reports, checkout]"],
    region: "by checkout",
    cause: "identity readers changed its members",
  },
  {
    what: "a pattern",
    change: [inventory, "/ns/batch/sa/*", "/ns/batch/**"],
    region: "GET /entries by spiffe://",
    cause: "identity jobs changed its spiffeIdPattern",
  },
  {
    what: "a named condition",
    change: [policies, '"!(\\"depth\\" in request.query)"', '"true"'],
    region: "GET /entries",
    cause: "condition shallow of ledger changed its text",
  },
])("$what", async ({ change, region, cause }) => {
  const { changes, verdict } = await diffOf(named, changed(named, change));
  expect(verdict).toBe("wider");
  expect(changes.map((one) => one.cause)).toEqual([
    `${cause}, and with it what rule ledger/reports-read says`,
  ]);
  expect(changes[0]?.region).toContain(region);
  expect(changes[0]?.currentRules.map((rule) => rule.id)).toEqual(["ledger/reports-read"]);
});
