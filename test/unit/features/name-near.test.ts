import { describe, expect, it } from "vitest";
import { nameNear } from "../../../server/src/features/name-near.ts";
import { parseYaml } from "../../../server/src/yaml/parse.ts";
import { readMarkers } from "../../support/markers.ts";

/** The fixture's range is where the rule stands, its cursor where the name is expected. */
function check(fixture: string, name: string): void {
  const { text, cursors, ranges } = readMarkers(fixture);
  const [rule] = ranges;
  if (rule === undefined) throw new Error("the fixture has no range");
  const file = parseYaml("file:///deployed.yaml", text, { dialect: "deployed" });
  expect(nameNear(file, rule, name)).toBe(cursors[0]);
}

const checkout = "spiffe://prod.acme.example/ns/shop/sa/checkout";

describe("nameNear", () => {
  it("finds the name in the rule around its most telling part, not in the rule before", () => {
    check(
      `spec:
  rules:
    - from: [{ source: { principals: [prod.acme.example/ns/shop/sa/checkout] } }]
      to: [{ operation: { paths: [/a] } }]
    - from: [{ source: { principals: [<|>prod.acme.example/ns/shop/sa/checkout] } }]
      to: [{ operation: { paths: [‹/b›] } }]
`,
      checkout,
    );
  });

  it("takes a whole name only", () => {
    check(
      `spec:
  rules:
    - from: [{ source: { principals: [‹prod.acme.example/ns/shop/sa/checkout-2›, <|>prod.acme.example/ns/shop/sa/checkout] } }]
`,
      checkout,
    );
  });

  it("finds a name inside of an expression", () => {
    check(`rules:\n  - ‹jwt.act.sub == "<|>${checkout}"›\n`, checkout);
  });

  it("does not look in the rest of the document", () => {
    check("routes:\n  - name: ‹settlements›\nconsumers:\n  - username: partner-erp\n", "partner-erp");
  });
});
