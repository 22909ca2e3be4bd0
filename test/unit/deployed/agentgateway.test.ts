import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Interaction } from "../../../server/src/access/interaction.ts";
import type { Destination, HopContext } from "../../../server/src/deployed/adapter.ts";
import { agentgateway } from "../../../server/src/deployed/agentgateway/adapter.ts";
import type { AgentgatewayModel } from "../../../server/src/deployed/agentgateway/model.ts";
import type { Problem } from "../../../server/src/text/problem.ts";
import type { ParsedFile } from "../../../server/src/text/tree.ts";
import { parseYaml } from "../../../server/src/yaml/parse.ts";

const payments: Destination = {
  hosts: [],
  labels: new Map(),
  transport: "http",
  traffic: "ai",
  target: "payments",
};
const gateway: HopContext = {
  enforcementPoint: "ai-gateway",
  environment: "production",
  identity: "spiffe://prod.acme.example/ns/ai/sa/agentgateway",
  transparent: false,
  forwardsJwt: false,
  completeFor: "all",
  settings: {},
};

const authored = readFileSync(new URL("../../fixtures/agentgateway/authored.yaml", import.meta.url), "utf8");

function file(text: string) {
  return parseYaml("file:///agentgateway.yaml", text, { dialect: "deployed" });
}

function read(text: string): AgentgatewayModel {
  return agentgateway.read([file(text)]).model;
}

function offsets(parsed: ParsedFile, problem: Problem | undefined) {
  if (problem === undefined) throw new Error("no problem was found");
  return parsed.layout.offsets(problem.place);
}

const token = {
  iss: "https://login.acme.example",
  sub: "alice",
  aud: ["https://api.acme.example"],
  claims: { groups: ["support"] },
};

function call(name: string, jwt: Interaction["jwt"] | undefined = token): Interaction {
  return {
    traffic: "ai",
    ...(jwt === undefined ? {} : { jwt }),
    http: { method: "POST", path: "/mcp", host: "ai.acme.example" },
    mcp: { server: "payments-tools", method: "tools/call", tool: { name, arguments: { amount: 9 } } },
  };
}

const decide = (model: AgentgatewayModel, view: Interaction, destination = payments) =>
  agentgateway.decide(model, destination, gateway, view);

/** The authored file with its rules replaced. */
function withRules(...rules: readonly string[]): string {
  const [head = ""] = authored.split("                rules:\n");
  const [, tail = ""] = authored.split("            backends:\n");
  const list = rules.map((rule) => `                  - ${rule}\n`).join("");
  return `${head}                rules:\n${list}            backends:\n${tail}`;
}

describe("reading", () => {
  test("recognises its own files only", () => {
    expect(agentgateway.recognises(file(authored))).toBe(true);
    expect(agentgateway.recognises(file("mcp:\n  targets: []\n"))).toBe(true);
    expect(agentgateway.recognises(file("apiVersion: v1\nkind: Service\nbinds: []\n"))).toBe(false);
    expect(agentgateway.recognises(file('_format_version: "3.0"\nservices: []\n'))).toBe(false);
  });

  test("a sound file has no problems", () => {
    expect(agentgateway.read([file(authored)]).problems).toEqual([]);
    expect(agentgateway.posture?.(read(authored), payments, gateway)).toEqual([]);
    expect(agentgateway.impossible?.(read(authored))).toEqual([]);
  });

  test("CEL that does not parse rejects the file, at the exact characters", () => {
    const parsed = file(withRules("'mcp.tool.name == \"lookup\" &&& true'"));
    const [problem, ...others] = agentgateway.read([parsed]).problems;
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ code: "deployed/agentgateway-cel", severity: "error" });
    expect(problem?.message).toContain("rejects the whole file");
    const { start, end } = offsets(parsed, problem);
    expect(parsed.layout.text.slice(start - 2, end)).toMatch(/^&&&/);
  });

  test("a rule that cannot work is a warning, in a folded scalar too", () => {
    const text = authored.replace('"support" in jwt.groups', "jtw.groups == 1");
    const parsed = file(text);
    const [problem] = agentgateway.read([parsed]).problems;
    expect(problem).toMatchObject({ code: "deployed/agentgateway-cel", severity: "warning" });
    const { start, end } = offsets(parsed, problem);
    expect(text.slice(start, end)).toContain("jtw");
  });
});

describe("rules", () => {
  test.each([
    ["lookup", "alice", "allow"],
    ["refund", "alice", "allow"],
    ["drop", "alice", "deny"],
    ["lookup", "mallory", "deny"],
  ] as const)("calling %s as %s: %s", (tool, sub, decision) => {
    expect(decide(read(authored), call(tool, { ...token, sub })).decision).toBe(decision);
  });

  test("the rule that decides is named, with its place", () => {
    const parsed = file(authored);
    const decided = decide(agentgateway.read([parsed]).model, call("lookup"));
    expect(decided.rule?.label).toBe("mcpAuthorization rule 1 of route tools");
    expect(decided.rule && parsed.layout.range(decided.rule.place).start.line).toBe(18);
    expect(decided.reason).toBe("mcpAuthorization rule 1 of route tools allows the request");
  });

  test.each([
    [[], "drop", "allow", "no rules allow everything"],
    [["deny: mcp.tool.name == 'drop'"], "lookup", "allow", "only denies: what they do not deny is allowed"],
    [["deny: mcp.tool.arguments.amount > 5.0"], "drop", "allow", "a deny that fails denies nothing"],
    [
      ["mcp.tool.arguments.amount < 50.0"],
      "drop",
      "deny",
      "arguments are not there, so that no allow is true",
    ],
    [["require: jwt.role == 'x'", "'true'"], "drop", "deny", "a require that fails denies"],
    [["require: mcp.tool.target == 'payments'"], "drop", "allow", "the target is known"],
  ])("%s on %s: %s, since %s", (rules, tool, decision) => {
    expect(decide(read(withRules(...rules)), call(tool)).decision).toBe(decision);
  });

  test("lists and the session are nobody's call; a call without a name is none", () => {
    const view = (mcp: Interaction["mcp"]) => ({ ...call("x"), ...(mcp === undefined ? {} : { mcp }) });
    expect(decide(read(authored), view({ method: "tools/list" })).decision).toBe("allow");
    expect(decide(read(authored), view({ method: "tools/call" })).decision).toBe("deny");
  });
});

describe("tokens", () => {
  const mode = (name: string) => read(authored.replace("mode: strict", name));

  test("strict wants a valid token, optional a valid one if any, permissive none", () => {
    const { aud: _aud, ...without } = token;
    const other = { ...token, iss: "https://evil.example" };
    const none = { traffic: "ai", http: call("x").http, mcp: call("lookup").mcp } as Interaction;
    const decisions = (model: AgentgatewayModel) =>
      [none, call("lookup"), call("lookup", other), call("lookup", without)].map(
        (view) => decide(model, view).decision,
      );
    expect(decisions(mode("mode: strict"))).toEqual(["deny", "allow", "deny", "deny"]);
    expect(decisions(mode("cache: 1"))).toEqual(["allow", "allow", "deny", "deny"]);
    expect(decisions(mode("mode: permissive"))).toEqual(["allow", "allow", "allow", "allow"]);
  });

  test("without requiredClaims a token without an audience passes, which the posture tells and a comparison assumes away", () => {
    const model = read(authored.replace("requiredClaims: [exp, aud]", "requiredClaims: [exp]"));
    const { aud: _aud, ...without } = token;
    expect(decide(model, call("lookup", without)).decision).toBe("allow");
    expect(agentgateway.posture?.(model, payments, gateway).map(({ code }) => code)).toEqual([
      "drift/jwt-audience-optional",
    ]);
    expect(agentgateway.impossible?.(model).map(({ why }) => why)).toEqual([
      "tokens of https://login.acme.example name an audience",
    ]);
  });

  test("claims of a token that nobody verified are not there", () => {
    const model = mode("mode: permissive");
    const forged = { ...token, iss: "https://evil.example" };
    expect(decide(model, call("refund", forged)).decision).toBe("deny");
    expect(decide(model, call("refund")).decision).toBe("allow");
  });
});

describe("what the next hop sees", () => {
  test("a POST of the gateway's own to the target, without the token that it verified", () => {
    const decided = decide(read(authored), call("lookup"));
    expect(decided.upstream).toEqual({ host: "payments-mcp.ai.svc.cluster.local", port: 8080 });
    expect(decided.next).toMatchObject({
      source: { principal: gateway.identity },
      http: { method: "POST", host: "payments-mcp.ai.svc.cluster.local", path: "/mcp" },
      destination: { port: 8080 },
      mcp: { method: "tools/call", tool: { name: "lookup" } },
    });
    expect(decided.next?.jwt).toBeUndefined();
    const [branch] = agentgateway.lower(read(authored), { ...payments, target: "billing" }, gateway).branches;
    expect(branch?.upstream).toEqual({ host: "billing-mcp.ai.svc.cluster.local", port: 9090 });
    expect(branch?.transfer.rewrites.get("request.path")).toEqual({ rewrite: "constant", value: "/rpc" });
  });

  test("backendAuth passthrough puts the token back", () => {
    const model = read(
      authored.replace("cors: {", "backendAuth: { passthrough: {} }\n              cors: {"),
    );
    expect(decide(model, call("lookup")).next?.jwt).toEqual(token);
  });
});

test("a target that no route leads to is denied", () => {
  const nowhere = { ...payments, target: "nowhere" };
  expect(decide(read(authored), call("lookup"), nowhere).decision).toBe("deny");
  expect(agentgateway.lower(read(authored), nowhere, gateway).branches).toEqual([]);
});

test("a policy that is not modelled is open, and its config stays private", () => {
  const model = read(
    authored.replace("cors: {", "apiKey: { keys: [{ key: s3cr3t }] }\n              cors: {"),
  );
  expect(decide(model, call("lookup")).decision).toBe("unknown");
  const { branches, lost } = agentgateway.lower(model, payments, gateway);
  expect(lost.map(({ text }) => text)).toEqual(["the policy apiKey"]);
  const shown = JSON.stringify(branches.map(({ access }) => access.opaque.map(({ attribute }) => attribute)));
  expect(shown).not.toContain("s3cr3t");
});
