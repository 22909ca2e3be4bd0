/** Where the rules about credentials and lifecycle end: what they must not report. */
import { describe, expect, it } from "vitest";
import type { Fix } from "../../../server/src/text/fix.ts";
import { looksRandom, secretsIn } from "../../../server/src/text/secrets.ts";
import { fixesOf } from "../../../server/src/workspace/fixes.ts";
import { Workspace } from "../../../server/src/workspace/workspace.ts";
import { MemoryHost, workspaceFolder } from "../../support/memory-host.ts";
import { codesIn, foundIn, shownIn } from "./found-in.ts";

const id = (name: string): string => `spiffeId: spiffe://prod.example/ns/a/sa/${name}`;
const plane = `trustDomains: { prod.example: {}, test.example: {}, corp.example: {}, cluster.local: {} }
issuers: { workforce: { url: "https://login.example", audiences: ["https://api.example"] } }
secretManagers: { vault: { type: vault } }`;

/** `limits` and `environments` of the control plane, one line each; identities as lines; who may call. */
function shop(identities: string, subjects: string, more: { plane?: string; rules?: string } = {}) {
  return {
    "ControlPlane/shop": `${plane}\n${more.plane ?? "environments: { production: {} }"}`,
    "Inventory/shop": `owner: shop@example\nidentities:\n${identities
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line !== "")
      .map((line) => `  ${line}`)
      .join("\n")}\nresources: { orders: { type: service, protocol: http } }`,
    "Policy/p": `rules:\n${more.rules ?? `  - { name: r, effect: allow, subjects: [${subjects}], on: [{ resource: orders }] }`}`,
  };
}

/** The fixes of each finding of a code. */
async function fixesIn(
  code: string,
  documents: Readonly<Record<string, string>>,
): Promise<readonly (readonly Fix[])[]> {
  const text = Object.entries(documents)
    .map(([title, spec]) => {
      const [kind = "", name = ""] = title.split("/");
      const lines = spec.replace(/^(?=.)/gm, "  ");
      return `apiVersion: plumbline/v1\nkind: ${kind}\nmetadata: { name: ${name} }\nspec:\n${lines}\n`;
    })
    .join("---\n");
  const workspace = new Workspace(new MemoryHost({ "shop.plumb.yaml": text }));
  workspace.setFolders([workspaceFolder]);
  const snapshot = await workspace.analyze();
  return [...snapshot.findings.values()]
    .flat()
    .filter((one) => one.code === code)
    .map((one) => fixesOf(snapshot, one));
}

const limited = (limits: string) => ({ plane: `limits: { ${limits} }\nenvironments: { production: {} }` });

describe("static-credential", () => {
  const code = "static-credential";
  const kept = "secretManager: vault, secretRef: kong/a";

  it.each([
    ["workload", "type: api-key", ["api-key"]],
    ["workload", `type: static-secret, rotation: 30d, ${kept}`, ["static-secret"]],
    ["agent", "type: api-key", ["api-key"]],
    // Of a password weak-auth-method speaks.
    ["workload", "type: basic", []],
    ["workload", "type: x509-svid", []],
    ["client", "type: api-key", ["api-key"]],
    ["client", `type: api-key, ${kept}`, ["api-key"]],
    ["client", `type: api-key, rotation: 30d, ${kept}`, []],
    ["third-party", `type: static-secret, rotation: 30d, ${kept}`, []],
  ])("%s with %s: %j", async (type, credential, shown) => {
    const identities = `a: { type: ${type}, issuer: workforce, clientId: a, credential: { ${credential} } }`;
    expect(await shownIn(code, shop(identities, "a"))).toEqual(shown);
  });

  it("is not said of a retired identity", async () => {
    const retired = "a: { type: workload, status: retired, clientId: a, credential: { type: api-key } }";
    expect(await shownIn(code, shop(retired, "b", { rules: "  []" }))).toEqual([]);
  });

  it("says what nobody said of a key outside, and how long one of our own lives", async () => {
    const outside = `a: { type: client, clientId: a, issuer: workforce, credential: { type: api-key, rotation: 30d } }`;
    const [client] = await foundIn(code, shop(outside, "a"));
    expect(client?.message).toContain("nothing says which secret manager holds it and where in there");
    const own = `a: { type: workload, ${id("a")}, credential: { type: api-key, maxTtl: 90d } }`;
    const [workload] = await foundIn(code, shop(own, "a", limited("credentialTtl: 1h")));
    expect(workload?.message).toContain("lives 90d, while credentialTtl is 1h");
    expect(workload?.fixable).toBe(true);
  });
});

describe("ttl-too-long", () => {
  const code = "ttl-too-long";

  it.each([
    ["workload", "1h", "credentialTtl: 1h", []],
    ["workload", "61m", "credentialTtl: 1h", ["61m"]],
    // The same in another unit.
    ["workload", "60m", "credentialTtl: 1h", []],
    ["workload", "1h", "agentCredentialTtl: 15m", []],
    ["agent", "1h", "credentialTtl: 1h, agentCredentialTtl: 15m", ["1h"]],
    ["agent", "2h", "credentialTtl: 1h", ["2h"]],
    // The limit of all holds for agents too, where theirs is longer.
    ["agent", "2h", "credentialTtl: 1h, agentCredentialTtl: 3h", ["2h"]],
    ["agent", "900d", "delegationDepth: 1", []],
    // How long people stay signed in is no matter of long-lived secrets.
    ["group", "8h", "credentialTtl: 1h", []],
  ])("%s with %s under %s: %j", async (type, maxTtl, limits, shown) => {
    const proof = type === "group" ? "issuer: workforce, claims: { groups: a }" : id("a");
    const identities = `a: { type: ${type}, ${proof}, credential: { type: jwt-svid, maxTtl: ${maxTtl} } }`;
    expect(await shownIn(code, shop(identities, "a", limited(limits)))).toEqual(shown);
  });

  it.each([
    ["a", "2h", ["2h"]],
    ["a", "1h", []],
    ["bot", "1h", ["1h"]],
    ["a, bot", "1h", []],
    ["people", "8h", []],
    ["people, a", "8h", ["8h"]],
  ])("a rule for %s that accepts %s", async (subjects, maxTtl, shown) => {
    const identities = `a: { type: workload, ${id("a")} }\nbot: { type: agent, ${id("bot")} }\npeople: { type: group, issuer: workforce, claims: { groups: people } }`;
    const rule = (effect: string) =>
      `  - { name: r, effect: ${effect}, subjects: [${subjects}], on: [{ resource: orders }], requires: { credential: { maxTtl: ${maxTtl} } } }`;
    const under = limited("credentialTtl: 1h, agentCredentialTtl: 15m");
    expect(await shownIn(code, shop(identities, "a", { ...under, rules: rule("allow") }))).toEqual(shown);
    const without = limited("delegationDepth: 1");
    expect(await shownIn(code, shop(identities, "a", { ...without, rules: rule("allow") }))).toEqual([]);
  });

  it("leaves a static key to static-credential, and speaks of one that is kept as it should be", async () => {
    const key = (more: string) =>
      `a: { type: client, issuer: workforce, clientId: a, credential: { type: api-key, maxTtl: 9d${more} } }`;
    const under = limited("credentialTtl: 1h");
    expect(await shownIn(code, shop(key(""), "a", under))).toEqual([]);
    const kept = ", rotation: 9d, secretManager: vault, secretRef: x/a";
    expect(await shownIn(code, shop(key(kept), "a", under))).toEqual(["9d"]);
  });
});

describe("revocation-missing", () => {
  it.each([
    ["workload", "type: mtls, maxTtl: 24h", []],
    ["workload", "type: mtls, maxTtl: 25h", ["mtls"]],
    ["workload", "type: mtls, maxTtl: 25h, revokedOn: manual", []],
    // How long it lives is not said.
    ["workload", "type: mtls", []],
    ["workload", "type: basic", ["basic"]],
    ["third-party", "type: api-key", []],
    ["group", "type: oidc, maxTtl: 30d", []],
  ])("%s with %s: %j", async (type, credential, shown) => {
    const proof = type === "group" ? "claims: { groups: x }" : "clientId: a";
    const identities = `a: { type: ${type}, issuer: workforce, ${proof}, credential: { ${credential} } }`;
    expect(await shownIn("revocation-missing", shop(identities, "a"))).toEqual(shown);
  });
});

describe("credential-outlives-task", () => {
  it.each([
    ["agent", "type: jwt-svid, boundTo: task, revokedOn: task-completion", []],
    ["agent", "type: jwt-svid, boundTo: task, revokedOn: rotation", ["task"]],
    ["workload", "type: jwt-svid, boundTo: task", ["task"]],
    ["agent", "type: jwt-svid, boundTo: session, revokedOn: session-end", []],
    ["agent", "type: jwt-svid, boundTo: session, revokedOn: task-completion", []],
    ["agent", "type: jwt-svid, boundTo: task, revokedOn: session-end", ["task"]],
    ["agent", "type: transaction-token, boundTo: task", []],
    ["agent", "type: token-exchange", ["token-exchange"]],
    ["workload", "type: token-exchange", []],
    // The identity of the agent itself is for no task.
    ["agent", "type: x509-svid", []],
  ])("%s with %s: %j", async (type, credential, shown) => {
    const identities = `a: { type: ${type}, ${id("a")}, credential: { ${credential} } }`;
    expect(await shownIn("credential-outlives-task", shop(identities, "a"))).toEqual(shown);
  });
});

describe("missing-owner", () => {
  const code = "missing-owner";
  const without = (identities: string, subjects: string) => {
    const all = shop(identities, subjects);
    return { ...all, "Inventory/shop": all["Inventory/shop"].replace("owner: shop@example\n", "") };
  };
  const a = `a: { type: workload, ${id("a")} }`;
  const owned = `b: { type: workload, ${id("b")}, owner: b@example }`;

  it("is not said of people and sets, nor where the inventory has one; a document without any lacks one thing", async () => {
    const people =
      "staff: { type: group, issuer: workforce, claims: { groups: x } }\nall: { type: set, of: [staff, b] }";
    expect(await shownIn(code, without(`${people}\n${owned}`, "all"))).toEqual([]);
    expect(await shownIn(code, without(`${a}\n${owned}`, "a, b"))).toEqual(["a"]);
    expect(await shownIn(code, shop(`${a}\n${owned}`, "a, b"))).toEqual([]);
    expect(await shownIn(code, without(a, "a"))).toEqual(["a"]);
    const two = `${a}\nc: { type: workload, ${id("c")} }`;
    expect(await shownIn(code, without(two, "a, c"))).toEqual(["identities"]);
  });

  it("takes blanks for nobody", async () => {
    const blank = `a: { type: workload, ${id("a")}, owner: " " }`;
    expect(await shownIn(code, without(`${blank}\n${owned}`, "a, b"))).toEqual(["a"]);
  });
});

describe("orphaned-identity", () => {
  const code = "orphaned-identity";
  const a = `a: { type: workload, ${id("a")} }`;
  const job = `job: { type: workload, ${id("job")} }`;
  const scenarios = (as: string) =>
    `scenarios: [{ name: s, as: ${as}, request: { resource: orders, http: { method: GET, url: "https://x/" } }, expect: { decision: deny } }]`;

  it.each([
    [
      "a rule that denies",
      { rules: "  - { name: r, effect: deny, subjects: [a], on: [{ resource: orders }] }" },
      "",
    ],
    ["a set", {}, "all: { type: set, of: [a] }"],
    ["actsFor", {}, `bot: { type: agent, ${id("bot")}, actsFor: [a] }`],
    ["replacedBy", {}, `old: { type: legacy-service-account, ${id("old")}, replacedBy: a }`],
    [
      "an enforcement point",
      { plane: "environments: { production: { enforcementPoints: { edge: { type: kong, identity: a } } } }" },
      "",
    ],
  ])("is not said of what %s names", async (_, more, other) => {
    expect(await shownIn(code, shop(`${a}\n${other}\n${job}`, "job", more))).not.toContain("a");
  });

  it("is said of what nothing names, not of what only a scenario does", async () => {
    expect(await shownIn(code, shop(`${a}\n${job}`, "job"))).toEqual(["a"]);
    const all = shop(`${a}\n${job}`, "job");
    expect(await shownIn(code, { ...all, "Scenarios/s": scenarios("a") })).toEqual([]);
  });

  it("is not said where a rule with an error, or one with a name that nobody has, may mean it", async () => {
    const all = shop(`${a}\n${job}`, "job");
    const findings = async (rule: string) => {
      const text = Object.entries({ ...all, "Policy/p": `rules:\n  - ${rule}` })
        .map(([title, spec]) => {
          const [kind = "", name = ""] = title.split("/");
          return `apiVersion: plumbline/v1\nkind: ${kind}\nmetadata: { name: ${name} }\nspec:\n${spec.replace(/^(?=.)/gm, "  ")}\n`;
        })
        .join("---\n");
      const workspace = new Workspace(new MemoryHost({ "shop.plumb.yaml": text }));
      workspace.setFolders([workspaceFolder]);
      const codes = [...(await workspace.analyze()).findings.values()].flat().map((one) => one.code);
      return codes.filter((one) => one === code);
    };
    const rule = (effect: string, who: string) =>
      `{ name: r, effect: ${effect}, subjects: [${who}], on: [{ resource: orders }] }`;
    expect(await findings(rule("allow", "job"))).toEqual([code]);
    expect(await findings(rule("[allow]", "job, a"))).toEqual([]);
    expect(await findings(rule("allow", "job, aa"))).toEqual([]);
    expect(await findings(`${rule("allow", "job")}\n  - { name: 'x`)).toEqual([]);
  });

  it("is not said of a retired one, and once where there are many", async () => {
    const retired = `a: { type: workload, ${id("a")}, status: retired }`;
    expect(await shownIn(code, shop(`${retired}\n${job}`, "job"))).toEqual([]);
    const many = (count: number) =>
      Array.from({ length: count }, (_, index) => `w${index}: { type: workload, ${id(`w${index}`)} }`).join(
        "\n",
      );
    expect(await shownIn(code, shop(`${many(5)}\n${job}`, "job"))).toHaveLength(5);
    const [one, ...others] = await foundIn(code, shop(`${many(6)}\n${job}`, "job"));
    expect(others).toEqual([]);
    expect(one).toMatchObject({ shown: "identities" });
    expect(one?.message).toContain("6 of these 7 identities (w0, w1, w2 and 3 others)");
  });
});

describe("retired-identity-referenced", () => {
  const code = "retired-identity-referenced";
  const rule = (effect: string, subjects: string) =>
    `  - { name: r, effect: ${effect}, subjects: [${subjects}], on: [{ resource: orders }] }`;
  // The day of the tests is 2026-01-15.
  it.each([
    ["status: retired", ["a"]],
    ["status: active", []],
    ["expires: 2026-01-14", ["a"]],
    ["expires: 2026-01-15", ["a"]],
    ["expires: 2026-01-16", []],
    ["reviewBy: 2020-01-01", []],
  ])("%s: %j", async (state, shown) => {
    const identities = `a: { type: workload, ${id("a")}, ${state} }\nb: { type: workload, ${id("b")} }`;
    expect(await shownIn(code, shop(identities, "a, b"))).toEqual(shown);
    expect(await shownIn(code, shop(identities, "", { rules: rule("deny", "a") }))).toEqual([]);
  });

  it("is the only finding of a rule that allows nobody but retired ones", async () => {
    const identities = `a: { type: workload, ${id("a")}, status: retired }\nb: { type: workload, ${id("b")} }`;
    const rules = `${rule("allow", "a")}\n  - { name: s, effect: allow, subjects: [b], on: [{ resource: orders }] }`;
    const files = {
      ...shop(identities, "", { rules }),
      "Scenarios/s":
        "scenarios: [{ name: b, as: b, request: { http: { url: 'http://orders/' }, resource: orders }, expect: { decision: allow } }]",
    };
    expect(await shownIn(code, files)).toEqual(["a"]);
    const codes = await codesIn(files);
    expect(codes).not.toContain("unreachable-rule");
    expect(codes).not.toContain("untested-rule");
    const active = { ...files, "Inventory/shop": files["Inventory/shop"].replace("retired", "active") };
    expect(await shownIn("untested-rule", active)).toEqual(["r"]);
  });

  it.each([
    ["status: retired", ["Take a out"], ["Take a out"]],
    // The day may have been set too early.
    ["sunset: 2026-01-01", ["Take a out"], []],
    ["status: retired, replacedBy: c", ["Replace a with c", "Take a out"], []],
    // That one is there already.
    ["status: retired, replacedBy: b", ["Take a out"], []],
  ])("%s: fixes %j, safe ones %j", async (state, titles, safe) => {
    const identities = `a: { type: legacy-service-account, ${id("a")}, ${state} }
      b: { type: workload, ${id("b")} }
      c: { type: workload, ${id("c")} }`;
    const [found] = await fixesIn(code, shop(identities, "a, b"));
    expect(found?.map((one) => one.title)).toEqual(titles);
    expect(found?.filter((one) => one.isSafe).map((one) => one.title)).toEqual(safe);
  });

  it("says nothing to do where nobody else is allowed", async () => {
    const [found] = await foundIn(code, shop(`a: { type: workload, ${id("a")}, status: retired }`, "a"));
    expect(found).toMatchObject({ shown: "a", fixable: false });
  });

  it("is said where a set, actsFor or an enforcement point still has it", async () => {
    const identities = `a: { type: workload, ${id("a")}, status: retired }
      b: { type: workload, ${id("b")} }
      bot: { type: agent, ${id("bot")}, actsFor: [a, b] }
      all: { type: set, of: [a, b] }`;
    const points =
      "environments: { production: { enforcementPoints: { edge: { type: kong, identity: a } } } }";
    const found = await foundIn(code, shop(identities, "all", { plane: points }));
    expect(found.map((one) => one.message.slice(0, one.message.indexOf(",")))).toEqual([
      "edge in production still calls the next hop as a",
      "bot is still said to act for a",
      "all",
    ]);
  });
});

describe("identity-reuse", () => {
  const code = "identity-reuse";
  const same = (left: string, right: string, environments = "{ production: {} }") =>
    shownIn(code, shop(`a: { ${left} }\nb: { ${right} }`, "a", { plane: `environments: ${environments}` }));
  const client = "type: client, issuer: workforce, clientId: x";

  it.each([
    [`type: workload, ${id("x")}`, `type: workload, ${id("x")}`, 1],
    [`type: workload, ${id("x")}`, `type: workload, ${id("x")}, status: retired`, 0],
    [client, client, 1],
    [client, `${client}, claims: { tier: gold }`, 0],
    [
      "type: group, issuer: workforce, claims: { groups: [x, y] }",
      "type: group, issuer: workforce, claims: { groups: [y, x] }",
      1,
    ],
    [
      "type: group, issuer: workforce, claims: { groups: [x, y] }",
      "type: group, issuer: workforce, claims: { groups: x }",
      0,
    ],
    // Nothing proves either.
    ["type: workload", "type: workload", 0],
  ])("%s and %s: %i", async (left, right, count) => {
    expect(await same(left, right)).toHaveLength(count);
  });

  it("knows secrets, but for several identities of one client", async () => {
    const kept = (client: string, ref: string, more = "") =>
      `type: client, issuer: workforce, clientId: ${client}${more}, credential: { type: static-secret, secretManager: vault, secretRef: ${ref} }`;
    expect(await same(kept("x", "a/b"), kept("y", "a/b"))).toEqual(["a/b"]);
    expect(await same(kept("x", "a/b"), kept("y", "a/c"))).toEqual([]);
    expect(await same(kept("x", "a/b"), kept("x", "a/b", ", claims: { tier: gold }"))).toEqual([]);
  });

  it("knows gateways by name and type, and shares their groups", async () => {
    const kong = "{ production: { enforcementPoints: { edge: { type: kong, identity: b } } } }";
    const at = (gateway: string, what: string) => `type: client, deployedAs: { ${gateway}: { ${what} } }`;
    expect(await same(at("kong", "consumer: x"), at("edge", "consumer: x"), kong)).toEqual(["x"]);
    expect(await same(at("kong", "consumer: x"), at("litellm", "consumer: x"), kong)).toEqual([]);
    expect(await same(at("kong", "groups: [x]"), at("kong", "groups: [x]"), kong)).toEqual([]);
  });

  it("looks at each environment with its variables", async () => {
    const environments = "{ production: { vars: { n: a } }, staging: { vars: { n: b } } }";
    const found = await foundIn(
      code,
      shop(
        `a: { type: workload, ${id("b")} }\nb: { type: workload, spiffeId: "spiffe://prod.example/ns/a/sa/\${n}" }`,
        "a, b",
        {
          plane: `environments: ${environments}`,
        },
      ),
    );
    expect(found.map((one) => one.environments)).toEqual([["staging"]]);
  });
});

describe("cross-environment-identity", () => {
  const code = "cross-environment-identity";
  const found = (domain: string, environments: string) =>
    foundIn(
      code,
      shop(`a: { type: workload, spiffeId: "spiffe://${domain}/ns/a/sa/a" }`, "a", {
        plane: `environments: ${environments}`,
      }),
    );
  const two = (live: string, other: string, value = "test.example") =>
    `{ ${live}: { vars: { td: prod.example } }, ${other}: { vars: { td: ${value} } } }`;

  it.each([
    ["prod.example", two("production", "staging"), ["prod.example"]],
    ["test.example", two("production", "staging"), ["test.example"]],
    ["${td}", two("production", "staging"), []],
    // The domain of nobody's variable: a federated one, or one for all.
    ["corp.example", two("production", "staging"), []],
    ["prod.example", "{ production: {}, staging: {} }", []],
    // By their names none of them, or both, are production.
    ["prod.example", two("eu", "us"), []],
    ["prod.example", two("prod-eu", "prod-us"), []],
    ["prod.example", two("live", "products"), ["prod.example"]],
    ["${td}", two("production", "staging", "prod.example"), ["td"]],
    ["${td}", two("prod-eu", "prod-us", "prod.example"), []],
  ])("%s in %s: %j", async (domain, environments, shown) => {
    expect((await found(domain, environments)).map((one) => one.shown)).toEqual(shown);
  });

  it("is not said of cluster.local, which every mesh has with a root of its own", async () => {
    const local = "{ production: { vars: { td: cluster.local } }, staging: { vars: { td: cluster.local } } }";
    expect(await found("${td}", local)).toEqual([]);
  });
});

describe("human-uses-nhi", () => {
  it.each([
    ["credential: { type: oidc }", []],
    ["credential: { type: mtls }", []],
    ["credential: { type: api-key }", ["api-key"]],
    ["deployedAs: { kong: { consumer: shared } }", ["shared"]],
    ["deployedAs: { kong: { groups: [shared] } }", []],
  ])("a group with %s: %j", async (more, shown) => {
    const staff = `staff: { type: group, issuer: workforce, claims: { groups: x }, ${more} }`;
    expect(await shownIn("human-uses-nhi", shop(staff, "staff"))).toEqual(shown);
  });
});

describe("weak-auth-method", () => {
  const code = "weak-auth-method";
  const both = `a: { type: workload, ${id("a")}, credential: { type: x509-svid } }
    k: { type: client, issuer: workforce, clientId: k, credential: { type: api-key } }
    u: { type: workload, ${id("u")} }`;
  const asking = (subjects: string, type: string) =>
    shownIn(
      code,
      shop(both, "", {
        rules: `  - { name: r, effect: allow, subjects: [${subjects}], on: [{ resource: orders }], requires: { credential: { type: ${type} } } }`,
      }),
    );

  it.each([
    ["a", "[x509-svid, api-key]", ["api-key"]],
    ["a", "[x509-svid, jwt-svid]", []],
    ["a, k", "[x509-svid, api-key]", []],
    // What this one has is not said.
    ["a, u", "[x509-svid, api-key]", []],
    ["a, k", "[x509-svid, api-key, basic]", ["basic"]],
  ])("%s with %s: %j", async (subjects, type, shown) => {
    expect(await asking(subjects, type)).toEqual(shown);
  });

  it("is said of a password", async () => {
    const basic = `a: { type: client, issuer: workforce, clientId: a, credential: { type: basic } }`;
    expect(await shownIn(code, shop(basic, "a"))).toEqual(["basic"]);
  });
});

describe("third-party-without-offboarding", () => {
  it.each([
    ["", ["a"]],
    [", vendor: V, revocation: R", ["a"]],
    [", vendor: V, revocation: R, expires: 2026-12-01", []],
    [", vendor: V, revocation: R, reviewBy: 2026-12-01", []],
    [", vendor: V, reviewBy: 2026-12-01", ["a"]],
    [", status: retired", []],
  ])("third party%s: %j", async (more, shown) => {
    const party = `a: { type: third-party, issuer: workforce, clientId: a${more} }\nb: { type: client, issuer: workforce, clientId: b }`;
    expect(await shownIn("third-party-without-offboarding", shop(party, "b"))).toEqual(shown);
  });
});

describe("review-overdue", () => {
  // The day of the tests is 2026-01-15.
  it.each([
    ["2026-01-14", ["2026-01-14"]],
    ["2026-01-15", []],
    ["2025-12-31, status: retired", []],
    ["2025-12-31, expires: 2026-01-01", []],
  ])("%s: %j", async (day, shown) => {
    const identities = `a: { type: workload, ${id("a")}, owner: ann@example, reviewBy: ${day} }\nb: { type: workload, ${id("b")} }`;
    const found = await foundIn("review-overdue", shop(identities, "b"));
    expect(found.map((one) => one.shown)).toEqual(shown);
    for (const one of found) expect(one.message).toContain(`by ${day}, and`);
    for (const one of found) expect(one.message).toContain("ann@example has to review it");
  });
});

describe("waiver-expired", () => {
  // The day of the tests is 2026-01-15.
  it.each([
    ["2026-01-14", ["2026-01-14"]],
    ["2026-01-15", []],
    ["2026-01-16", []],
  ])("%s: %j", async (day, shown) => {
    const all = shop(`a: { type: workload, ${id("a")} }`, "a");
    const waivers = `waivers: [{ code: missing-owner, on: a, reason: r, expires: ${day} }]`;
    for (const title of ["ControlPlane/shop", "Inventory/shop", "Policy/p"] as const)
      expect(await shownIn("waiver-expired", { ...all, [title]: `${waivers}\n${all[title]}` })).toEqual(
        shown,
      );
  });
});

describe("inline-secret", () => {
  const code = "inline-secret";
  const reference = (ref: string) =>
    shop(
      `a: { type: client, issuer: workforce, clientId: a, credential: { type: api-key, secretManager: vault, secretRef: ${ref} } }`,
      "a",
    );

  it("shows the secret and nothing around it, and never repeats it", async () => {
    const all = shop(
      `a: { type: workload, ${id("a")}, description: "was postgres://shop:hunter2@db.example once" }`,
      "a",
    );
    const [found, ...others] = await foundIn(code, all);
    expect(others).toEqual([]);
    expect(found?.shown).toBe("postgres://shop:hunter2@");
    expect(JSON.stringify([found?.message, found?.data])).not.toContain("hunter2");
  });

  it("takes a known secret in a reference for one finding", async () => {
    expect(await shownIn(code, reference("postgres://shop:hunter2@db.example"))).toEqual([
      "postgres://shop:hunter2@",
    ]);
    expect(await shownIn(code, reference("kong/partner-erp"))).toEqual([]);
  });

  it.each([
    "kong/partner-erp",
    "arn:aws:secretsmanager:eu-central-1:123456789012:secret:prod/db-AbC123",
    "projects/shop/secrets/partner/versions/7",
    "PaymentsGatewayProductionKey2",
    "partner-erp-api-key-2026-01",
    "550e8400-e29b-41d4-a716-446655440000",
    "https://vault.example/v1/kv/data/partner",
  ])("%s is a reference", (ref) => {
    expect([...secretsIn(ref), looksRandom(ref)]).toEqual([false]);
  });

  it("finds one in a name, and one that stands where a reference belongs", async () => {
    const key = `npm_${"a1B2".repeat(9)}`;
    expect(await shownIn(code, reference(key))).toEqual([key]);
    const inKey = shop(`a: { type: client, issuer: workforce, clientId: a, claims: { ${key}: x } }`, "a");
    expect(await shownIn(code, inKey)).toEqual([key]);
  });
});
