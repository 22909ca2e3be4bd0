/** Variables of issuers, and claims that are no text: the evaluator and the lowering say the same of both. */
import { describe, expect, test } from "vitest";
import { termsHold } from "../../../server/src/access/evaluate-terms.ts";
import type { Interaction, Json } from "../../../server/src/access/interaction.ts";
import { policySetIn } from "../../../server/src/policy/in-environment.ts";
import { lowerResource } from "../../../server/src/policy/lower/resource.ts";
import { credentialsOf } from "../../../server/src/simulate/credentials.ts";
import { decide } from "../../../server/src/simulate/decide.ts";
import { build, short } from "./support.ts";

const plane = (issuer: string, claims: string, effect = "allow") => {
  const built = build({
    "a.plumb.yaml": `apiVersion: plumbline/v1
kind: ControlPlane
metadata: { name: a }
spec:
  issuers: { staff: ${issuer} }
  environments: { prod: { vars: { idp: login.example } }, dev: { vars: { idp: login.dev.example } } }
---
apiVersion: plumbline/v1
kind: Inventory
metadata: { name: a }
spec:
  identities: { one: { type: group, issuer: staff, claims: ${claims} } }
  resources: { api: { type: service } }
---
apiVersion: plumbline/v1
kind: Policy
metadata: { name: p }
spec: { rules: [{ name: r, effect: ${effect}, subjects: [one], on: [{ resource: api }] }] }
`,
  });
  const ask = (environmentName: string, iss: string, banned: Json) => {
    const { set } = built;
    const environment = set.controlPlane.environments.get(environmentName);
    const resource = set.resources.get("api");
    if (environment === undefined || resource === undefined) throw new Error("not built");
    const request: Interaction = {
      traffic: "service",
      destination: { resource: "api" },
      jwt: { iss, sub: "m", claims: { banned } },
    };
    const lowered = lowerResource(set, resource, environment);
    const applies = termsHold(effect === "allow" ? lowered.allow : lowered.deny, request);
    const { rules } = decide(set, environment, request);
    expect(rules.map(({ rule }) => rule)).toEqual(applies ? ["p/r"] : []);
    return applies;
  };
  return { ...built, ask };
};

describe("a JWT-SVID", () => {
  const proves = (identity: string, token: NonNullable<Interaction["jwt"]>) => {
    const { set, problems } = build({
      "a.plumb.yaml": `apiVersion: plumbline/v1
kind: ControlPlane
metadata: { name: a }
spec:
  issuers: { spire: { url: "https://oidc.example", audiences: [api] } }
  environments: { prod: { vars: { td: td.example } } }
---
apiVersion: plumbline/v1
kind: Inventory
metadata: { name: a }
spec:
  identities: { one: { type: workload, spiffeId: "spiffe://\${td}/one", ${identity} } }
  resources: { api: { type: service } }
---
apiVersion: plumbline/v1
kind: Policy
metadata: { name: p }
spec: { rules: [{ name: r, effect: allow, subjects: [one], on: [{ resource: api }] }] }
`,
    });
    expect(problems.map(short)).toEqual([]);
    const [environment] = set.controlPlane.environments.values();
    const [resource] = set.resources.values();
    if (environment === undefined || resource === undefined) throw new Error("not built");
    const request: Interaction = { traffic: "service", destination: { resource: "api" }, jwt: token };
    const applies = termsHold(lowerResource(set, resource, environment).allow, request);
    expect(decide(set, environment, request).decision).toBe(applies ? "allow" : "deny");
    return applies;
  };
  const svid = { iss: "https://oidc.example", sub: "spiffe://td.example/one", aud: ["api"] };
  const own = "issuer: spire, credential: { type: jwt-svid }";

  test("proves the workload that is its subject, where the identity says who issues it", () => {
    expect(proves(own, svid)).toBe(true);
    expect(proves(own, { ...svid, sub: "spiffe://td.example/two" })).toBe(false);
    expect(proves(own, { ...svid, iss: "https://evil.example" })).toBe(false);
    expect(proves(own, { ...svid, aud: ["other"] })).toBe(false);
    expect(proves("credential: { type: jwt-svid }", svid)).toBe(false);
    expect(proves("issuer: spire, credential: { type: x509-svid }", svid)).toBe(false);
  });
});

describe("an issuer has the URL of the environment", () => {
  const { set, problems, ask } = plane(
    '{ url: "https://${idp}", audiences: ["https://api.${idp}"] }',
    "{ banned: true }",
  );

  test("in the policy set of each", () => {
    expect(problems).toEqual([]);
    for (const [name, host] of [
      ["prod", "login.example"],
      ["dev", "login.dev.example"],
    ] as const) {
      const environment = set.controlPlane.environments.get(name);
      if (environment === undefined) throw new Error(`no environment ${name}`);
      expect(policySetIn(set, environment).controlPlane.issuers.get("staff")).toMatchObject({
        url: `https://${host}`,
        audiences: [`https://api.${host}`],
      });
    }
  });

  test("in decisions and in comparisons", () => {
    const { ask: asked } = plane('{ url: "https://${idp}" }', "{ banned: true }");
    expect(asked("prod", "https://login.example", true)).toBe(true);
    expect(asked("dev", "https://login.example", true)).toBe(false);
    expect(asked("dev", "https://login.dev.example", true)).toBe(true);
    expect(ask("prod", "https://login.example", true)).toBe(false); // Its audience is not in the token.
  });

  test("an undefined variable is a finding at its characters", () => {
    expect(plane('{ url: "https://${ipd}" }', "{ banned: true }").problems.map(short)).toEqual([
      "reference/undefined-variable «${ipd}» -> ${idp}",
    ]);
  });
});

describe("a claim that is no text", () => {
  test.each([
    ["{ banned: true }", true, true],
    ["{ banned: True }", true, true],
    ["{ banned: true }", "true", true],
    ["{ banned: true }", false, false],
    ["{ banned: true }", 1, false],
    ["{ banned: 3 }", 3, true],
    ["{ banned: 3 }", "3", true],
    ["{ banned: 3 }", 30, false],
    ["{ banned: [1, true, x] }", true, true],
    ["{ banned: [1, true, x] }", "x", true],
    ["{ banned: [1, true, x] }", 2, false],
    ["{ banned: 2.0 }", "2.0", true],
    ["{ banned: x }", true, false],
  ])("%s and %j", (claims, sent, expected) => {
    for (const effect of ["allow", "deny"])
      expect(
        plane("{ url: https://login.example }", claims, effect).ask("prod", "https://login.example", sent),
      ).toBe(expected);
  });

  test("is what a scenario sends that says `as`", () => {
    const sent = (issuer: string) => {
      const { set } = plane(issuer, "{ banned: true }");
      const identity = set.identities.get("one");
      const environment = set.controlPlane.environments.get("prod");
      if (identity === undefined || environment === undefined) throw new Error("not built");
      return credentialsOf(identity, [], set, environment, undefined).jwt?.claims;
    };
    expect(sent("{ url: https://login.example }")).toEqual({ banned: true });
    expect(sent("{ url: https://login.example, claims: { banned: string } }")).toEqual({ banned: "true" });
    expect(sent("{ url: https://login.example, claims: { banned: list } }")).toEqual({ banned: ["true"] });
  });
});
