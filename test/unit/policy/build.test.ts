import { describe, expect, test } from "vitest";
import { referencedFiles, resolveReference } from "../../../server/src/policy/build/files.ts";
import { buildPolicySet } from "../../../server/src/policy/build/policy-set.ts";
import { at, build, fixture, policyFile, root, short, sourceOf } from "./support.ts";

const design = fixture("design-example");
const example = design["acme.plumb.yaml"] ?? "";
const withText = (text: string, more: Readonly<Record<string, string>> = {}) =>
  build({ ...design, "acme.plumb.yaml": text, ...more });

describe("the model of the design's example", () => {
  const { set } = build(design);

  test("the control plane", () => {
    expect(set.controlPlane).toMatchObject({
      folder: root,
      name: { text: "acme" },
      limits: { credentialTtl: 3600, agentCredentialTtl: 900, delegationDepth: 1 },
      defaultEnvironment: { text: "production" },
    });
    const production = set.controlPlane.environments.get("production");
    expect(production?.vars.get("td")).toBe("prod.acme.example");
    expect(production?.enforcementPoints.get("edge")).toMatchObject({
      type: "kong",
      identity: { text: "edge-gateway" },
      transparent: false,
      forwards: { jwt: true },
    });
    expect(production?.enforcementPoints.get("mesh")?.deployed).toMatchObject([
      {
        files: [{ text: "deployed/production/istio/*.yaml" }],
        completeFor: { namespaces: ["shop", "ai", "istio-system"] },
      },
    ]);
    expect(set.controlPlane.issuers.get("workforce")).toMatchObject({
      url: "https://login.acme.example",
      audiences: ["https://api.acme.example"],
    });
  });

  test("identities", () => {
    expect(set.identities.get("support-copilot")).toMatchObject({
      type: "agent",
      spiffeId: { text: "spiffe://${td}/ns/ai/sa/support-copilot" },
      actsFor: [{ text: "support-staff" }],
      credential: { type: "token-exchange", issuer: "workforce", maxTtl: 900, boundTo: "task" },
    });
    const staff = set.identities.get("support-staff");
    expect(staff?.claims.get("groups")).toEqual(["support"]);
    expect(staff?.deployedAs.get("kong")).toMatchObject({ groups: ["support"] });
  });

  test("resources with the operations and tools of their files", () => {
    const api = set.resources.get("payments-api");
    expect(api?.operations.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "GET /payments",
      "GET /payments/{id}",
      "GET /payments/{id}/events",
    ]);
    expect(api?.at.get("mesh")).toMatchObject({ namespace: "shop", port: 8080 });
    expect(api?.paths.map((path) => path.map(({ text }) => text))).toEqual([["edge", "mesh"]]);
    expect(set.resources.get("payments-tools")).toMatchObject({ target: "payments", mcpPath: "/mcp" });
    expect(set.resources.get("payments-tools")?.tools.map(({ name }) => name)).toEqual(["refund", "lookup"]);
  });

  test("rules and scenarios", () => {
    const rule = set.policies[0]?.rules[1];
    expect(rule).toMatchObject({
      id: "payments/copilot-refunds-small-amounts",
      effect: "allow",
      mode: "enforce",
      requires: { maxTtl: 900, boundTo: "task" },
      obligations: { audit: "full" },
      condition: { source: "mcp.tool.arguments.amount <= 200.0" },
    });
    expect(rule?.condition?.compiled.problems).toEqual([]);
    expect(set.scenarios[0]).toMatchObject({
      id: "refunds/copilot refunds within its limit",
      now: "2026-01-15T09:00:00Z",
      onBehalfOf: [{ id: "alice", issuer: "workforce", groups: ["support"] }],
      credential: { age: "2m", ttl: "15m", boundTo: { kind: "task", id: "task-42" } },
      expect: { decision: "allow", rule: { text: "payments/copilot-refunds-small-amounts" } },
    });
  });
});

describe("conditions", () => {
  test("are typed by the targets, with findings at their exact characters", () => {
    const [problem] = withText(example.replace("arguments.amount", "arguments.amout")).problems;
    expect(problem && short(problem)).toMatch(/^cel\/unknown-field «.*amout» -> .*amount$/);
    expect(problem?.message).toContain("specs/payments.tools.json");
  });

  test.each([
    ["double-quoted, with escapes", '"mcp.tool.arguments[\\"\\x61mout\\"] <= 200.0"', '\\"\\x61mout\\"'],
    ["folded", ">-\n        mcp.tool.name == 'x' &&\n        mcp.tool.arguments.amout <= 200.0", "amout"],
  ])("in a scalar that is %s", (_name, scalar, source) => {
    const { problems } = withText(example.replace("mcp.tool.arguments.amount <= 200.0", scalar));
    expect(problems.map(({ code }) => code)).toContain("cel/unknown-field");
    expect(problems.map(({ place }) => at(place)).some((text) => text.endsWith(source))).toBe(true);
  });

  test("take no variables", () => {
    const { problems } = withText(
      example.replace("amount <= 200.0", 'amount <= 200.0 && source.trustDomain == "${td}"'),
    );
    expect(problems.map(short)).toEqual(["reference/variable-in-condition «${td}»"]);
  });

  test("a body is typed by its operation, references and all", () => {
    const text = example
      .replace(
        /openapi: \S+/,
        "operations: [{ id: pay, method: POST, path: /pay, body: { $ref: '#/components/Pay', components: { Pay: { type: object, properties: { amount: { type: number } } } } } }]",
      )
      .replace(
        /operations: \[getPayment.*\]/,
        "operations: [pay]\n      condition: request.body.amout > 1.0",
      );
    expect(withText(text).problems.map(short)[0]).toMatch(/^cel\/unknown-field «.*amout»/);
  });
});

describe("what is broken does not blank the rest", () => {
  test("a rule without an effect", () => {
    const { set } = withText(
      example.replace(
        "    - name: staff-read-payments\n      effect: allow",
        "    - name: staff-read-payments",
      ),
    );
    expect(set.policies[0]?.rules.map(({ name }) => name.text)).toEqual(["copilot-refunds-small-amounts"]);
  });

  test("an identity of an unknown type, a resource that is no mapping", () => {
    const { set } = withText(
      example
        .replace("type: group", "type: grp")
        .replace(/ {4}payments-api:\n( {6}.*\n)+/, "    payments-api: 3\n"),
    );
    expect([...set.identities.keys()]).toEqual(["edge-gateway", "ai-gateway", "checkout", "support-copilot"]);
    expect([...set.resources.keys()]).toEqual(["payments-tools"]);
  });

  test("no readable ControlPlane", () => {
    const text = example.replace("kind: ControlPlane", "kind: ControlPlan");
    const { set, problems } = withText(text);
    expect(set.identities.size).toBe(5);
    expect(problems).toEqual([]);
  });

  test("a file of tools that is no such file has its finding inside of it", () => {
    const { problems } = build({ ...design, "specs/payments.tools.json": '{ "tool": [] }' });
    expect(problems.map(short)).toEqual(['mcp/no-tools «"tool"»']);
    expect(problems[0]?.place.block.uri).toBe(`${root}specs/payments.tools.json`);
  });
});

test("names that stand twice are shown with the first one", () => {
  const more = {
    "more.plumb.yaml": `apiVersion: plumbline/v1
kind: Inventory
metadata: { name: shop }
spec:
  identities: { checkout: { type: group } }
  resources: { payments-api: { type: api } }
---
apiVersion: plumbline/v1
kind: Policy
metadata: { name: payments }
spec: { rules: [] }
---
apiVersion: plumbline/v1
kind: Policy
metadata: { name: other }
spec:
  rules:
    - { name: r, effect: deny, on: [{ resource: payments-api }] }
    - { name: r, effect: deny, on: [{ resource: payments-api }] }
`,
  };
  const { set, problems } = withText(example, more);
  expect(problems.map(short)).toEqual([
    "reference/duplicate-name «checkout»",
    "reference/duplicate-name «payments-api»",
    "reference/duplicate-name «payments»",
    "reference/duplicate-name «r»",
  ]);
  expect(problems[0]?.related?.[0]?.place.block.uri).toBe(`${root}acme.plumb.yaml`);
  expect(set.identities.get("checkout")?.type).toBe("workload");
});

describe("files", () => {
  test.each([
    ["specs/a.yaml", "file:///acme/team/specs/a.yaml"],
    ["./a b#1.yaml", "file:///acme/team/a%20b%231.yaml"],
    ["../a.yaml", "file:///acme/a.yaml"],
    ["x/../a.yaml", "file:///acme/team/a.yaml"],
    ["../../a.yaml", undefined],
    ["../../acme/a.yaml", undefined],
    ["/etc/passwd", undefined],
    ["file:///etc/passwd", undefined],
    ["https://a.example/b.yaml", undefined],
    ["\\\\host\\share", undefined],
    ["C:\\a.yaml", undefined],
  ])("%j", (reference, uri) => {
    const resolved = resolveReference("file:///acme/team/inventory.plumb.yaml", reference, root);
    expect("uri" in resolved ? resolved.uri : undefined).toBe(uri);
  });

  test("that documents name, so that they can be read before", () => {
    const file = policyFile(`${example.replace(/\{ mcp: .* \} \}/, "{ file: captures/x.http }")}`);
    expect(referencedFiles([file], root).map(({ uri, use }) => [uri.slice(root.length), use])).toEqual([
      ["specs/payments.openapi.yaml", "openapi"],
      ["specs/payments.tools.json", "tools"],
      ["captures/x.http", "request"],
    ]);
  });

  test("that cannot be had, each with its own reason at the reference", () => {
    const reasons = ["not-found", "not-readable", "outside-workspace", "too-large"] as const;
    const codes = reasons.map((error) => {
      const source = { root, get: () => ({ error }) };
      return buildPolicySet([policyFile(example)], source).problems.map(short)[0];
    });
    expect(codes).toEqual([
      "reference/file-not-found «specs/payments.openapi.yaml»",
      "reference/file-not-readable «specs/payments.openapi.yaml»",
      "reference/outside-workspace «specs/payments.openapi.yaml»",
      "reference/file-too-large «specs/payments.openapi.yaml»",
    ]);
  });

  test("out of the workspace are not asked for", () => {
    const text = example.replace("specs/payments.openapi.yaml", "../../secret.yaml");
    const asked: string[] = [];
    const source = sourceOf(design);
    const { problems } = buildPolicySet([policyFile(text)], {
      root,
      get: (uri) => {
        asked.push(uri);
        return source.get(uri);
      },
    });
    expect(problems.map(short)).toEqual(["reference/outside-workspace «../../secret.yaml»"]);
    expect(asked).toEqual([`${root}specs/payments.tools.json`]);
  });
});
