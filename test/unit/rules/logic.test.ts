import { describe, expect, it } from "vitest";
import { linted } from "./support.ts";

/** The rules with the places of the findings marked, and what they say. */
async function expectFindings(fixture: string, said: readonly string[]): Promise<void> {
  const found = await linted(fixture);
  expect(found.findings.filter((one) => one.severity === "error")).toEqual([]);
  expect(found.marked).toBe(fixture);
  expect(found.said).toEqual(said);
}

describe("condition-always-false", () => {
  it("an allow whose condition contradicts itself", async () => {
    await expectFindings(
      `
- name: refund
  effect: allow
  subjects: [copilot]
  on: [{ resource: tools, tools: [refund] }]
  condition: ‹mcp.tool.arguments.amount > 5.0 && mcp.tool.arguments.amount < 3.0›
`,
      [
        "condition-always-false: This condition is true on no request, so that p0/refund never allows anything. No value of mcp.tool.arguments.amount fulfils it: correct it, or remove the rule.",
      ],
    );
  });

  it("an allow whose condition contradicts what `on` names", async () => {
    await expectFindings(
      `
- name: lookup
  effect: allow
  subjects: [copilot]
  on: [{ resource: tools, tools: [lookup] }]
  condition: ‹mcp.tool.name == "refund"›
`,
      [
        "condition-always-false: This condition is true on no request that the rule is about, so that p0/lookup never allows anything. It contradicts what `on` names of tools: correct one of the two, or remove the rule.",
      ],
    );
  });

  it("an allow whose condition is an error", async () => {
    await expectFindings(
      `
- name: read
  effect: allow
  subjects: [staff]
  on: [{ resource: orders }]
  condition: ‹context.usage.tokens > 3›
`,
      [
        "condition-always-false: This condition can be decided on no request: context.usage.tokens is missing there, or of another type, so that p0/read never allows anything. Correct it, or remove the rule.",
      ],
    );
  });

  it("a constant, an environment that is not declared", async () => {
    await expectFindings(
      `
- { name: off, effect: allow, subjects: [checkout], on: [{ resource: orders }], condition: ‹"false"› }
- name: typo
  effect: allow
  subjects: [checkout]
  on: [{ resource: ledger }]
  condition: ‹context.environment == "prod"›
`,
      [
        "condition-always-false: This condition is true on no request, so that p0/off never allows anything. It reads nothing of the request. Correct it, or remove the rule.",
        "condition-always-false: This condition is true on no request, so that p0/typo never allows anything. No value of context.environment fulfils it: correct it, or remove the rule.",
      ],
    );
  });

  it("a deny only where it is no error either", async () => {
    await expectFindings(
      `
- name: never
  effect: deny
  on: [{ resource: tools, tools: [lookup] }]
  condition: ‹mcp.tool.name == "refund"›
- name: on-error
  effect: deny
  on: [{ resource: tools, tools: [refund] }]
  condition: mcp.tool.arguments.amount > 5.0 && mcp.tool.arguments.amount < 3.0
`,
      [
        "condition-always-false: This condition is false on every request that the rule is about, so that p0/never never denies anything. It contradicts what `on` names of tools: correct one of the two, or remove the rule.",
      ],
    );
  });

  it("not where it holds in one environment", async () => {
    await expectFindings(
      `
- name: read
  effect: allow
  subjects: [checkout]
  on: [{ resource: orders }]
  condition: context.environment == "staging"
`,
      [],
    );
  });
});

describe("condition-always-true", () => {
  it("what the target says already", async () => {
    await expectFindings(
      `
- name: refund
  effect: allow
  subjects: [copilot]
  on: [{ resource: tools, tools: [refund] }]
  condition: ‹mcp.tool.name == "refund" || mcp.tool.arguments.amount <= 200.0›
`,
      [
        "condition-always-true: This condition limits nothing: it is true on every request that `on` names. p0/refund allows the same without it. Correct it if a limit was meant, else remove it.\n  `on` implies the condition.",
      ],
    );
  });

  it("what the subjects, or `requires`, say already", async () => {
    await expectFindings(
      `
- name: checkout
  effect: allow
  subjects: [checkout]
  on: [{ resource: orders }]
  condition: ‹source.namespace == "shop"›
- name: short
  effect: allow
  subjects: [reports]
  on: [{ resource: orders }]
  requires: { credential: { maxTtl: 15m } }
  condition: ‹credential.ttl <= duration("1h")›
`,
      [
        "condition-always-true: This condition limits nothing: it is true on every request by its `subjects`. p0/checkout allows the same without it. Correct it if a limit was meant, else remove it.\n  `subjects` implies the condition.",
        "condition-always-true: This condition limits nothing: it is true on every request that meets `requires`. p0/short allows the same without it. Correct it if a limit was meant, else remove it.\n  `requires` implies the condition.",
      ],
    );
  });

  it("of a deny an error counts as applying, of an allow it does not", async () => {
    await expectFindings(
      `
- name: all
  effect: deny
  subjects: [reports]
  on: [{ resource: tools, tools: [refund] }]
  condition: ‹mcp.tool.arguments.amount > 5.0 || mcp.tool.arguments.amount <= 5.0›
- name: numbers
  effect: allow
  subjects: [copilot]
  on: [{ resource: tools, tools: [refund] }]
  condition: mcp.tool.arguments.amount > 5.0 || mcp.tool.arguments.amount <= 5.0
`,
      [
        "condition-always-true: This condition limits nothing: it is true, or cannot be decided, on every request. p0/all denies the same without it. Correct it if a limit was meant, else remove it.",
      ],
    );
  });

  it("not a condition on the environment, even of all of them", async () => {
    await expectFindings(
      `
- name: read
  effect: allow
  subjects: [checkout]
  on: [{ resource: orders }]
  condition: context.environment in ["production", "staging"]
`,
      [],
    );
  });
});

describe("unreachable-rule", () => {
  it("a caller whom nobody can prove to be", async () => {
    await expectFindings(
      `
- { name: haunt, effect: allow, ‹subjects›: [ghost], on: [{ resource: orders }] }
`,
      [
        "unreachable-rule: p0/haunt never applies: no caller can prove to be ghost. Give it a `spiffeId`, or an `issuer` with `claims` or `clientId`, or say what gateways call it under `deployedAs`.\n  ghost is declared here.",
      ],
    );
  });

  it("a delegation that `actsFor` does not give", async () => {
    await expectFindings(
      `
- { name: a, effect: allow, subjects: [copilot], ‹onBehalfOf›: [admins], on: [{ resource: tools }] }
- { name: b, effect: allow, subjects: [checkout], ‹onBehalfOf›: [staff, admins], on: [{ resource: tools }] }
- { name: c, effect: allow, subjects: [copilot], onBehalfOf: [staff, admins], on: [{ resource: tools }] }
`,
      [
        "unreachable-rule: p0/a never applies: copilot may not act for admins: copilot acts for staff. Add admins to `actsFor` of copilot, or correct `onBehalfOf`.\n  copilot is declared here.",
        "unreachable-rule: p0/b never applies: checkout may not act for staff or admins: checkout declares no `actsFor`. Add staff or admins to `actsFor` of checkout, or correct `onBehalfOf`.\n  checkout is declared here.",
      ],
    );
  });

  it("parts that exclude each other", async () => {
    await expectFindings(
      `
- name: ‹elsewhere›
  effect: allow
  subjects: [checkout]
  on: [{ resource: orders }]
  condition: source.namespace == "ai"
- name: ‹long›
  effect: allow
  subjects: [checkout]
  on: [{ resource: orders }]
  requires: { credential: { maxTtl: 15m } }
  condition: credential.ttl > duration("1h")
- name: ‹shape›
  effect: allow
  subjects: [staff]
  on: [{ resource: orders }]
  condition: jwt.groups == "support"
`,
      [
        "unreachable-rule: p0/elsewhere never applies: no request fulfils its `subjects` and `condition` at once. Correct the one that is wrong, or remove the rule.\n  No request fulfils this and `condition`.\n  No request fulfils this and `subjects`.",
        "unreachable-rule: p0/long never applies: no request fulfils its `requires` and `condition` at once. Correct the one that is wrong, or remove the rule.\n  No request fulfils this and `condition`.\n  No request fulfils this and `requires`.",
        // The issuer of the subjects sends groups as a list.
        "unreachable-rule: p0/shape never applies: no request fulfils its `subjects` and `condition` at once. Correct the one that is wrong, or remove the rule.\n  No request fulfils this and `condition`.\n  No request fulfils this and `subjects`.",
      ],
    );
  });

  it("a deny that guards nothing", async () => {
    await expectFindings(
      `
- { name: haunt, effect: deny, ‹subjects›: [ghost], on: [{ resource: orders }] }
`,
      [
        "unreachable-rule: p0/haunt never applies: no caller can prove to be ghost. Give it a `spiffeId`, or an `issuer` with `claims` or `clientId`, or say what gateways call it under `deployedAs`.\n  ghost is declared here.",
      ],
    );
  });
});

describe("shadowed-rule", () => {
  it("an allow that one deny, or several together, take away", async () => {
    await expectFindings(
      `
- { name: ‹post›, effect: allow, subjects: [checkout], on: [{ resource: ledger, operations: ["POST /entries"] }] }
- { name: no-posts, effect: deny, on: [{ resource: ledger, operations: ["POST /entries"] }] }
- { name: ‹refund›, effect: allow, subjects: [copilot], on: [{ resource: tools, tools: [refund] }] }
- name: small
  effect: deny
  on: [{ resource: tools, tools: [refund] }]
  condition: mcp.tool.arguments.amount < 5.0
- name: other
  effect: deny
  on: [{ resource: tools, tools: [refund] }]
  condition: mcp.tool.arguments.amount >= 5.0
- name: unneeded
  effect: deny
  on: [{ resource: tools, tools: [refund, lookup] }]
  condition: mcp.tool.arguments.note == "x"
`,
      [
        "shadowed-rule: p0/post never allows anything: p0/no-posts denies every request that it would allow, and a deny overrides every allow. Remove this rule, or narrow the deny.\n  p0/no-posts denies all of it.",
        "shadowed-rule: p0/refund never allows anything: p0/small and p0/other together deny every request that it would allow, and a deny overrides every allow. Remove this rule, or narrow the deny.\n  p0/small denies a part of it.\n  p0/other denies a part of it.",
      ],
    );
  });

  it("not one of which something is left", async () => {
    await expectFindings(
      `
- { name: all, effect: allow, subjects: [checkout], on: [{ resource: ledger }] }
- { name: no-posts, effect: deny, on: [{ resource: ledger, operations: ["POST /entries"] }] }
- { name: refund, effect: allow, subjects: [copilot], on: [{ resource: tools, tools: [refund] }] }
- name: small
  effect: deny
  on: [{ resource: tools, tools: [refund] }]
  condition: mcp.tool.arguments.amount < 5.0
- { name: reports, effect: allow, subjects: [reports], on: [{ resource: orders }] }
- { name: nobody-of-the-staff, effect: deny, subjects: [staff], on: [{ resource: orders }] }
`,
      [],
    );
  });
});

describe("redundant-rule", () => {
  it("inside another; inside several together; what is denied need not be covered", async () => {
    await expectFindings(
      `
- { name: ‹inside›, effect: allow, subjects: [checkout], on: [{ resource: ledger, operations: ["GET /entries"] }] }
- { name: all, effect: allow, subjects: [checkout, reports], on: [{ resource: ledger }] }
- { name: lookup, effect: allow, subjects: [copilot, staff], on: [{ resource: tools, tools: [lookup] }] }
- { name: refund, effect: allow, subjects: [copilot, staff], on: [{ resource: tools, tools: [refund] }] }
- { name: ‹both›, effect: allow, subjects: [copilot], on: [{ resource: tools, tools: [lookup, refund] }] }
- { name: no-exports, effect: deny, on: [{ resource: tools, tools: [export] }] }
- { name: ‹with-export›, effect: allow, subjects: [copilot], on: [{ resource: tools, tools: [lookup, export] }] }
`,
      [
        "redundant-rule: p0/all already allows every request that p0/inside allows, so that this rule changes no decision. Whoever removes it to take the access back takes nothing back. Remove it, or narrow p0/all if that says more than was meant.\n  p0/all allows all of it.",
        "redundant-rule: p0/lookup and p0/refund together already allow every request that p0/both allows, so that this rule changes no decision. Whoever removes it to take the access back takes nothing back. Remove it.\n  p0/lookup allows a part of it.\n  p0/refund allows a part of it.",
        "redundant-rule: p0/lookup already allows some of the requests that p0/with-export allows, and p0/no-exports denies the rest, so that this rule changes no decision. Whoever removes it to take the access back takes nothing back. Remove it, or narrow p0/lookup if that says more than was meant.\n  p0/lookup allows a part of it.\n  p0/no-exports denies a part of it.",
      ],
    );
  });

  it("of equal rules the later, of a chain all but the widest, by the name of one that stays", async () => {
    await expectFindings(
      `
- { name: a, effect: allow, subjects: [checkout], on: [{ resource: orders }] }
- { name: ‹b›, effect: allow, subjects: [checkout], on: [{ resource: orders, operations: ["GET /orders"] }] }
- name: ‹c›
  effect: allow
  subjects: [checkout]
  on: [{ resource: orders }]
  condition: request.path == "/orders" && request.headers["x-a"].exists(v, v == "1")
- name: ‹d›
  effect: allow
  subjects: [checkout]
  on: [{ resource: orders }]
  condition: request.headers["x-a"].exists(v, v == "1")
`,
      ["b", "c", "d"].map((name) =>
        name === "b"
          ? "redundant-rule: p0/a allows exactly the requests that p0/b allows, so that this rule changes no decision. Whoever takes the access back in one place leaves it in the other. Keep one of the two.\n  p0/a allows all of it."
          : `redundant-rule: p0/a already allows every request that p0/${name} allows, so that this rule changes no decision. Whoever removes it to take the access back takes nothing back. Remove it, or narrow p0/a if that says more than was meant.\n  p0/a allows all of it.`,
      ),
    );
  });

  it("a deny inside other denies, and not one that nothing allows anyway", async () => {
    await expectFindings(
      `
- { name: everybody, effect: deny, on: [{ resource: ledger, operations: ["POST /entries"] }] }
- { name: ‹reports›, effect: deny, subjects: [reports], on: [{ resource: ledger, operations: ["POST /entries"] }] }
- { name: guard, effect: deny, on: [{ resource: tools, tools: [export] }] }
`,
      [
        "redundant-rule: p0/everybody already denies every request that p0/reports denies, so that this rule changes no decision. Whoever lifts the deny in one place leaves it in the other. Remove it.\n  p0/everybody denies all of it.",
      ],
    );
  });

  it("obligations count, and so does `requires`", async () => {
    await expectFindings(
      `
- { name: all, effect: allow, subjects: [checkout], on: [{ resource: ledger }], obligations: { audit: full } }
- name: more
  effect: allow
  subjects: [checkout]
  on: [{ resource: ledger, operations: ["GET /entries"] }]
  obligations: { audit: full, redact: [name] }
- name: ‹same›
  effect: allow
  subjects: [checkout]
  on: [{ resource: ledger, operations: ["GET /entries"] }]
  obligations: { audit: full }
- name: short
  effect: allow
  subjects: [reports]
  on: [{ resource: ledger }]
  requires: { credential: { maxTtl: 15m } }
- { name: wide, effect: allow, subjects: [reports], on: [{ resource: ledger, operations: ["GET /entries"] }] }
`,
      [
        "redundant-rule: p0/all already allows every request that p0/same allows, so that this rule changes no decision. Whoever removes it to take the access back takes nothing back. Remove it, or narrow p0/all if that says more than was meant.\n  p0/all allows all of it.",
      ],
    );
  });
});

describe("conflicting-rules", () => {
  it("a set of which denies leave somebody stands for something, and one of which they leave nobody does not", async () => {
    await expectFindings(
      `
- { name: work, effect: allow, subjects: [checkout, office], on: [{ resource: ledger }] }
- { name: no-reports, effect: deny, subjects: [reports], on: [{ resource: ledger }] }
`,
      [],
    );
    await expectFindings(
      `
- { name: work, effect: allow, subjects: [checkout, ‹office›], on: [{ resource: ledger }] }
- { name: no-office, effect: deny, subjects: [office], on: [{ resource: ledger }] }
`,
      [
        "conflicting-rules: p0/work allows the subject office by name, and p0/no-office denies all of that: a deny overrides every allow, so that the name stands here for nothing. Remove it here, or narrow the deny.\n  p0/no-office denies all of it.",
      ],
    );
  });

  it("a name of which denies leave nothing", async () => {
    await expectFindings(
      `
- name: work
  effect: allow
  subjects: [checkout, ‹reports›]
  on:
    - { resource: ledger, operations: ["GET /entries", "‹POST /entries›"] }
    - { resource: ‹orders› }
- { name: no-posts, effect: deny, on: [{ resource: ledger, operations: ["POST /entries"] }] }
- { name: no-orders, effect: deny, on: [{ resource: orders }] }
- { name: no-reports, effect: deny, subjects: [reports], on: [{ resource: ledger }] }
- { name: tools, effect: allow, subjects: [copilot], on: [{ resource: tools, tools: [lookup, ‹refund›] }] }
- { name: no-refunds, effect: deny, subjects: [copilot], on: [{ resource: tools, tools: [refund] }] }
`,
      [
        "conflicting-rules: p0/work allows the subject reports by name, and p0/no-orders and p0/no-reports together deny all of that: a deny overrides every allow, so that the name stands here for nothing. Remove it here, or narrow the deny.\n  p0/no-orders denies a part of it.\n  p0/no-reports denies a part of it.",
        "conflicting-rules: p0/work allows the operation POST /entries by name, and p0/no-posts denies all of that: a deny overrides every allow, so that the name stands here for nothing. Remove it here, or narrow the deny.\n  p0/no-posts denies all of it.",
        "conflicting-rules: p0/work allows orders by name, and p0/no-orders denies all of that: a deny overrides every allow, so that the name stands here for nothing. Remove it here, or narrow the deny.\n  p0/no-orders denies all of it.",
        "conflicting-rules: p0/tools allows the tool refund by name, and p0/no-refunds denies all of that: a deny overrides every allow, so that the name stands here for nothing. Remove it here, or narrow the deny.\n  p0/no-refunds denies all of it.",
      ],
    );
  });

  it("not a part that a deny takes out of what is not named, nor out of a name of which something is left", async () => {
    await expectFindings(
      `
- { name: all, effect: allow, subjects: [checkout, reports], on: [{ resource: ledger }] }
- { name: no-posts, effect: deny, on: [{ resource: ledger, operations: ["POST /entries"] }] }
- { name: tools, effect: allow, subjects: [copilot], on: [{ resource: tools, tools: [lookup, refund] }] }
- name: no-large-refunds
  effect: deny
  subjects: [copilot]
  on: [{ resource: tools, tools: [refund] }]
  condition: mcp.tool.arguments.amount > 200.0
`,
      [],
    );
  });
});
