import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { splitList } from "../../../server/src/cli/deployed.ts";
import { fixtures, runIn } from "../../support/cli.ts";

const scratch: string[] = [];
afterEach(() => {
  for (const folder of scratch.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** The fixture `shop` with changes, as another folder. */
function other(...changes: readonly (readonly [file: string, from: string, to: string])[]): string {
  const folder = mkdtempSync(path.join(tmpdir(), "plumbline-compare-"));
  scratch.push(folder);
  cpSync(path.join(fixtures, "shop"), folder, { recursive: true });
  for (const [file, from, to] of changes) {
    const target = path.join(folder, file);
    const before = readFileSync(target, "utf8");
    if (!before.includes(from)) throw new Error(`${file} has no ${from}`);
    writeFileSync(target, before.replace(from, to));
  }
  return folder;
}

async function compared(...args: readonly string[]) {
  const { stdout, stderr, exitCode } = await runIn(fixtures, ["compare", ...args, "--format", "json"]);
  expect(stderr).toBeUndefined();
  const result = JSON.parse(stdout);
  expect(exitCode).toBe(result.verdict === "equal" ? 0 : 1);
  return result;
}

describe("two control planes", () => {
  it("are equal to themselves, resource by resource", async () => {
    const result = await compared("shop", "shop");
    expect(result).toMatchObject({
      left: "shop",
      right: "shop",
      verdict: "equal",
      newlyAllows: "no",
      newlyDenies: "no",
      witnesses: [],
      unknown: [],
      lost: [],
    });
    expect(result.comparisons).toMatchObject([
      { environment: "production", resource: "ledger", verdict: "equal" },
      { environment: "production", resource: "stock", verdict: "equal" },
    ]);
  });

  it("read as: the right one is wider, with a request that both evaluators confirm", async () => {
    const wider = other(["policies.plumb.yaml", "subjects: [reports]", "subjects: [reports, checkout]"]);
    const result = await compared("shop", wider);
    expect(result).toMatchObject({ verdict: "wider", newlyAllows: "yes", newlyDenies: "no" });
    expect(result.witnesses).toEqual([
      {
        request: {
          traffic: "service",
          transport: "http",
          environment: "production",
          source: { principal: "spiffe://prod.shop.example/ns/shop/sa/checkout" },
          destination: { resource: "ledger" },
          http: { method: "GET", path: "/entries" },
        },
        left: "deny",
        right: "allow",
        leftReason: "no allow rule applies (default deny)",
        rightReason: "allowed by ledger/reports-read",
      },
    ]);
    expect(await compared(wider, "shop")).toMatchObject({ verdict: "narrower", newlyDenies: "yes" });
  });

  it("say which rule makes the difference, and of which requests", async () => {
    const wider = other(["policies.plumb.yaml", "subjects: [reports]", "subjects: [reports, checkout]"]);
    const { stdout } = await runIn(fixtures, ["compare", "shop", wider, "--resource", "ledger"]);
    expect(stdout.split("\n").slice(0, 3)).toEqual([
      "ledger (production): wider",
      "  newly allows  GET /entries by checkout: rule ledger/reports-read changed its subjects",
      "    spiffe://prod.shop.example/ns/shop/sa/checkout → GET ledger/entries",
    ]);
    const { comparisons } = await compared("shop", wider);
    expect(comparisons[0].changes).toMatchObject([
      { kind: "newly-allows", region: "GET /entries by checkout", witness: { left: "deny", right: "allow" } },
    ]);
  });

  it("expand names: what an identity is called does not matter, what it is does", async () => {
    const moved = other(["shop.plumb.yaml", "sa/reports", "sa/reporting"]);
    expect(await compared("shop", moved)).toMatchObject({ verdict: "incomparable" });
  });

  it("treat a resource that one of them does not declare as denied there", async () => {
    const without = other(
      [
        "shop.plumb.yaml",
        '    stock:\n      type: service\n      protocol: http\n      operations: ["GET /stock"]\n',
        "",
      ],
      [
        "policies.plumb.yaml",
        '    - name: checkout-looks\n      effect: allow\n      subjects: [checkout]\n      on: [{ resource: stock, operations: ["GET /stock"] }]\n',
        "",
      ],
    );
    const result = await compared("shop", without);
    expect(result).toMatchObject({ verdict: "narrower" });
    expect(result.witnesses[0].request.destination).toEqual({ resource: "stock" });
    expect(await compared("shop", without, "--resource", "ledger")).toMatchObject({ verdict: "equal" });
  });

  it("compare agents that only one of them lets act for people", async () => {
    const delegating = (actsFor: string): string =>
      other(
        [
          "shop.plumb.yaml",
          "  limits:",
          '  issuers: { staff: { url: "https://login.shop.example" } }\n  limits:',
        ],
        [
          "shop.plumb.yaml",
          "    reports:\n",
          `    people: { type: group, issuer: staff, claims: { groups: people }, owner: people@shop.example }\n    agent:\n      type: agent\n      spiffeId: spiffe://\${td}/ns/shop/sa/agent\n      owner: agent@shop.example\n${actsFor}      credential: { type: jwt-svid, maxTtl: 15m }\n    reports:\n`,
        ],
        [
          "policies.plumb.yaml",
          "    - name: reports-read",
          '    - name: agent-reads\n      effect: allow\n      subjects: [agent]\n      onBehalfOf: [people]\n      on: [{ resource: ledger, operations: ["GET /entries"] }]\n    - name: reports-read',
        ],
      );
    const [without, within] = [delegating(""), delegating("      actsFor: [people]\n")];
    expect(await compared(without, within, "--resource", "ledger")).toMatchObject({ verdict: "wider" });
    expect(await compared(within, without, "--resource", "ledger")).toMatchObject({ verdict: "narrower" });
  });

  it("are unknown where a side has errors, and name the side", async () => {
    const broken = other(["policies.plumb.yaml", "subjects: [reports]", "subjects: [report]"]);
    const result = await compared("shop", broken);
    expect(result).toMatchObject({ verdict: "unknown", newlyAllows: "unknown", newlyDenies: "unknown" });
    expect(result.unknown).toEqual([
      { text: "ledger", reason: expect.stringContaining(`${broken} has errors in what it says of ledger`) },
    ]);
    expect(result.comparisons).toMatchObject([
      { verdict: "unknown" },
      { resource: "stock", verdict: "equal" },
    ]);
  });

  it("need the environment on both sides", async () => {
    const renamed = other(
      ["shop.plumb.yaml", "    test:\n", "    staging:\n"],
      ["policies.plumb.yaml", "environment: test", "environment: staging"],
    );
    const { stderr, exitCode } = await runIn(fixtures, ["compare", "shop", renamed, "--environment", "test"]);
    expect(exitCode).toBe(2);
    expect(stderr).toBe(`${renamed} has no environment "test"; it has production, staging.\n`);
  });
});

describe("a control plane and deployed files", () => {
  it("are equal where the files say what the policy says", async () => {
    const result = await compared("shop", "files/istio-exact.yaml");
    expect(result).toMatchObject({ verdict: "equal" });
    expect(result.comparisons).toMatchObject([
      { resource: "ledger", path: ["mesh"], environment: "production" },
    ]);
  });

  it("differ in the same way from either side", async () => {
    const wider = await compared("shop", "files/istio-head.yaml");
    expect(wider).toMatchObject({ verdict: "wider", newlyAllows: "yes", newlyDenies: "no" });
    for (const { left, right } of wider.witnesses) expect([left, right]).toEqual(["deny", "allow"]);
    const narrower = await compared("files/istio-head.yaml", "shop");
    expect(narrower).toMatchObject({ verdict: "narrower", newlyAllows: "no", newlyDenies: "yes" });
    for (const { left, right } of narrower.witnesses) expect([left, right]).toEqual(["allow", "deny"]);
  });
});

describe("deployed files on both sides", () => {
  it("are compared by meaning", async () => {
    const result = await compared("shop/deployed/istio.yaml", "files/istio-head.yaml");
    expect(result).toMatchObject({ verdict: "wider", newlyAllows: "yes", newlyDenies: "no" });
    expect(result.witnesses).toMatchObject([
      { request: { http: { method: "HEAD", path: "/entries" } }, left: "deny", right: "allow" },
    ]);
    expect(await compared("files/istio-exact.yaml", "shop/deployed/istio.yaml")).toMatchObject({
      verdict: "wider",
    });
  });

  it("of different types, too", async () => {
    expect(await compared("files/kong.yaml", "files/istio-exact.yaml")).toMatchObject({
      verdict: "incomparable",
      witnesses: expect.arrayContaining([expect.objectContaining({ left: "allow", right: "deny" })]),
    });
  });

  it("are those of one workload where it is named", async () => {
    const args = ["shop/deployed/istio.yaml", "files/istio-head.yaml"] as const;
    expect(await compared(...args, "--workload", "shop/app=ledger")).toMatchObject({ verdict: "wider" });
    expect(await compared(...args, "--workload", "shop/app=stock")).toMatchObject({ verdict: "equal" });
    expect(await compared(...args, "--workload", "billing")).toMatchObject({ verdict: "equal" });
  });

  it("differ by transport: a rule on methods cannot allow raw TCP", async () => {
    const args = ["shop/deployed/istio.yaml", "files/istio-head.yaml"] as const;
    expect(await compared(...args, "--transport", "tcp")).toMatchObject({ verdict: "equal" });
  });

  it("may be several, by globs and lists", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "plumbline-glob-"));
    scratch.push(folder);
    mkdirSync(path.join(folder, "parts"));
    const [head = "", ...rules] = readFileSync(path.join(fixtures, "shop/deployed/istio.yaml"), "utf8").split(
      /(?= {4}- from)/,
    );
    for (const [index, rule] of rules.entries())
      writeFileSync(
        path.join(folder, `parts/${index}.yaml`),
        head.replace("name: ledger", `name: ledger-${index}`) + rule,
      );
    expect(await compared("shop/deployed/istio.yaml", `${folder}/parts/*.yaml`)).toMatchObject({
      verdict: "equal",
    });
    const list = `${folder}/parts/0.yaml,${folder}/parts/1.yaml`;
    expect(await compared("shop/deployed/istio.yaml", list)).toMatchObject({ verdict: "equal" });
    expect(await compared("shop/deployed/istio.yaml", `${folder}/parts/0.yaml`)).toMatchObject({
      verdict: "narrower",
    });
  });

  it("are unknown where a file cannot be read to its end, with the place", async () => {
    const folder = other(["deployed/istio.yaml", "rules:", "rules: ["]);
    const file = path.join(folder, "deployed/istio.yaml");
    const result = await compared("shop/deployed/istio.yaml", file, "--type", "istio");
    expect(result).toMatchObject({ verdict: "unknown", newlyAllows: "unknown", newlyDenies: "unknown" });
    expect(result.unknown[0]).toMatchObject({
      text: file,
      uri: expect.stringContaining("istio.yaml"),
      range: {},
    });
  });

  it("are unknown, not equal, where only one side has what cannot be expressed", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "plumbline-lost-"));
    scratch.push(folder);
    const plugin = (seconds: number): string =>
      `        plugins: [{ name: jwt, config: { maximum_expiration: ${seconds}, claims_to_verify: [exp] } }]\nconsumers: [{ username: staff, jwt_secrets: [{ key: "https://login.shop.example", secret: s }] }]\n`;
    const kong = readFileSync(path.join(fixtures, "files/kong.yaml"), "utf8");
    for (const seconds of [60, 3600])
      writeFileSync(path.join(folder, `${seconds}.yaml`), kong + plugin(seconds));
    const [short, long] = [`${folder}/60.yaml`, `${folder}/3600.yaml`];
    expect(await compared(short, short)).toMatchObject({ verdict: "equal" });
    expect(await compared(short, long)).toMatchObject({ verdict: "unknown" });
  });
});

describe("text", () => {
  it("says the verdict in a sentence, and shows both sides' reasons", async () => {
    const { stdout } = await runIn(fixtures, ["compare", "shop", "files/istio-head.yaml"]);
    expect(stdout).toMatch(/^ledger, mesh \(production\): wider\n {2}newly allows {2}spiffe:/);
    expect(stdout).toContain("    shop: deny: no allow rule applies (default deny)\n");
    expect(stdout).toMatch(/files\/istio-head\.yaml is wider than shop \(1 wider; 0 equal\)\n$/);
  });
});

describe("lists of files", () => {
  it.each([
    ["a.yaml", ["a.yaml"]],
    ["a.yaml, b.yaml", ["a.yaml", "b.yaml"]],
    ["{a,b}.yaml,c", ["{a,b}.yaml", "c"]],
    [",a,,", ["a"]],
  ])("%s", (written, parts) => {
    expect(splitList(written)).toEqual(parts);
  });
});
