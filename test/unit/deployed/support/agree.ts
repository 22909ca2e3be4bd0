/** What every adapter promises: its interpreter and its lowering say the same of every request. */
import { expect } from "vitest";
import { attribute } from "../../../../server/src/access/catalogue.ts";
import {
  type OpaqueAssignment,
  readAttribute,
  termsHold,
} from "../../../../server/src/access/evaluate-terms.ts";
import type { HopBranch, LoweredHop } from "../../../../server/src/access/hop.ts";
import type { Interaction } from "../../../../server/src/access/interaction.ts";
import { applyTransfer, rewriteOf } from "../../../../server/src/access/transfer.ts";
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

/** Every way to choose the opaque atoms of a hop, up to 2^6 of them. */
export function assignments(hop: LoweredHop): readonly OpaqueAssignment[] {
  const keys = [
    ...new Set(hop.branches.flatMap(({ access }) => access.opaque.map((atom) => atom.attribute.key))),
  ];
  return Array.from({ length: 2 ** Math.min(keys.length, 6) }, (_, bits) => {
    return new Map(keys.map((key, index) => [key, (bits >> (index % 6)) & 1 ? "true" : "false"] as const));
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
  if (decided.decision === "unknown") {
    // The interpreter does not see that one atom both must and must not be true, which lowering does.
    expect(lowered).toContain("deny");
    expect(hop.branches.some(({ access }) => access.opaque.length > 0)).toBe(true);
  } else {
    expect([...lowered]).toEqual([decided.decision]);
  }
}

function hasOpenGuard({ guard }: HopBranch): boolean {
  return guard.some(({ literals }) => literals.some(({ test }) => test.test === "opaque"));
}

/** What the adapter says that the next hop sees is what the transfer makes of the request. */
function expectTransfer(branch: HopBranch, view: Interaction, decided: HopDecision): void {
  const { next } = decided;
  expect(decided.upstream).toEqual(branch.upstream);
  expect(next).toBeDefined();
  if (next === undefined) return;
  const applied = applyTransfer(view, branch.transfer);
  const known = observed.filter((one) => {
    // A request target of which the path is not known cannot state its query either.
    const decisive = one.id === "request.query" ? attribute("request.path") : one;
    return rewriteOf(decisive, branch.transfer).rewrite !== "unknown";
  });
  const read = (interaction: Interaction) =>
    Object.fromEntries(known.map((one) => [one.key, readAttribute(interaction, one)]));
  expect(read(next)).toEqual(read(applied));
}
