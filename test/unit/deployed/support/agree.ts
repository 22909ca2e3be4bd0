/** What every adapter promises: its interpreter and its lowering say the same of every request. */
import { expect } from "vitest";
import { attribute } from "../../../../server/src/access/catalogue.ts";
import {
  type OpaqueAssignment,
  readAttribute,
  termsHold,
} from "../../../../server/src/access/evaluate-terms.ts";
import type { HopBranch, LoweredHop, Rewrite } from "../../../../server/src/access/hop.ts";
import type { Interaction } from "../../../../server/src/access/interaction.ts";
import type { HopDecision } from "../../../../server/src/deployed/adapter.ts";

const observed = [
  attribute("request.method"),
  attribute("request.host"),
  attribute("request.path"),
  attribute("request.query", "q"),
  attribute("request.headers", "x-team"),
  attribute("request.headers", "apikey"),
  attribute("source.principal"),
  attribute("source.ip"),
  attribute("jwt.iss"),
  attribute("jwt.sub"),
  attribute("jwt.claims", "groups"),
  attribute("client.id"),
  attribute("client.method"),
  attribute("credential.ttl"),
  attribute("destination.port"),
  attribute("destination.sni"),
  attribute("mcp.methodName"),
  attribute("mcp.tool.name"),
];

/** Every way to choose the opaque atoms of a hop, up to 2^8 of them. */
export function assignments(hop: LoweredHop): readonly OpaqueAssignment[] {
  const keys = [
    ...new Set(hop.branches.flatMap(({ access }) => access.opaque.map((atom) => atom.attribute.key))),
  ];
  return Array.from({ length: 2 ** Math.min(keys.length, 8) }, (_, bits) => {
    return new Map(keys.map((key, index) => [key, (bits >> (index % 8)) & 1 ? "true" : "false"] as const));
  });
}

/** The branch that takes the request; more than one is a defect. */
export function taking(hop: LoweredHop, view: Interaction, opaque?: OpaqueAssignment): HopBranch | undefined {
  const branches = hop.branches.filter(({ guard }) => termsHold(guard, view, opaque) === true);
  expect(branches.map(({ label }) => label).length, "branches that take the request").toBeLessThan(2);
  return branches[0];
}

/** Checks that a decision is what the lowered hop says, under every value of its opaque atoms. */
export function expectAgreement(hop: LoweredHop, decided: HopDecision, view: Interaction): void {
  const lowered = new Set<"allow" | "deny">();
  for (const opaque of assignments(hop)) {
    const branch = taking(hop, view, opaque);
    const allowed =
      branch !== undefined &&
      termsHold(branch.access.allow, view, opaque) === true &&
      termsHold(branch.access.deny, view, opaque) === false;
    lowered.add(allowed ? "allow" : "deny");
    if (allowed && decided.decision === "allow") expectTransfer(branch, view, decided);
  }
  // Where it is open which branch takes the request, all of them may give the same answer, on different ways.
  if (decided.decision === "unknown" && hop.branches.some(hasOpenGuard)) return;
  expect([...lowered].sort()).toEqual(
    decided.decision === "unknown" ? ["allow", "deny"] : [decided.decision],
  );
}

function hasOpenGuard({ guard }: HopBranch): boolean {
  return guard.some(({ literals }) => literals.some(({ test }) => test.test === "opaque"));
}

function expectTransfer(branch: HopBranch, view: Interaction, decided: HopDecision): void {
  const { next } = decided;
  expect(next).toBeDefined();
  expect(decided.upstream).toEqual(branch.upstream);
  if (next === undefined) return;
  for (const one of observed) {
    const { rewrites } = branch.transfer;
    // A request target of which the path is not known cannot state its query either.
    if (one.id === "request.query" && next.http?.path === undefined) continue;
    const family = `${one.id.split(".")[0]}.*`;
    const rewrite: Rewrite = rewrites.get(one.key) ??
      rewrites.get(one.id) ??
      rewrites.get(family) ?? { rewrite: "pass" };
    const before = readAttribute(view, one);
    const after = readAttribute(next, one);
    switch (rewrite.rewrite) {
      case "unknown":
        break;
      case "pass":
        expect({ [one.key]: after }).toEqual({ [one.key]: before });
        break;
      case "absent":
        expect({ [one.key]: after }).toEqual({ [one.key]: { kind: "absent" } });
        break;
      case "constant":
        expect({ [one.key]: "value" in after ? after.value : after }).toEqual({ [one.key]: rewrite.value });
        break;
      case "stripPrefix": {
        const path = before.kind === "text" ? before.value : "";
        expect(path.startsWith(rewrite.prefix)).toBe(true);
        const joined = rewrite.add + path.slice(rewrite.prefix.length);
        expect(after).toEqual({ kind: "text", value: joined.startsWith("/") ? joined : `/${joined}` });
      }
    }
  }
}
