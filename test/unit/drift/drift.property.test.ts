/**
 * What drift promises, on random control planes: every witness is confirmed by both ordinary evaluators, no request
 * contradicts a verdict, and what is not known is said, with its cause.
 */
import { expect, test, vi } from "vitest";
import { attributesOfFunctions } from "../../../server/src/access/attributes-of.ts";
import { termHolds, termsHold } from "../../../server/src/access/evaluate-terms.ts";
import type { Interaction } from "../../../server/src/access/interaction.ts";
import { project } from "../../../server/src/access/project.ts";
import type { DriftFinding, PathComparison } from "../../../server/src/drift/report.ts";
import { impossibleRegions, invalidTokens } from "../../../server/src/drift/side.ts";
import { baseInteraction } from "../../../server/src/drift/witnesses.ts";
import { decide } from "../../../server/src/simulate/decide.ts";
import { pathsOf } from "../../../server/src/simulate/simulation.ts";
import { walk } from "../../../server/src/simulate/walk.ts";
import { Random } from "../simulate/random.ts";
import {
  type Analysis,
  analyse,
  type ComparedPath,
  comparedPaths,
  filesOf,
  planeOf,
} from "./support/analyse.ts";
import { request } from "./support/requests.ts";
import { gateways } from "./support/vocabulary.ts";

const isDeep = process.env.PLUMBLINE_DEEP !== undefined;
vi.setConfig({ testTimeout: isDeep || process.env.PLUMBLINE_SEEDS !== undefined ? 3_600_000 : 120_000 });
const [first, last] = (process.env.PLUMBLINE_SEEDS ?? (isDeep ? "1-3000" : "1-14")).split("-").map(Number);
const requestsEach = 200;

test("no request contradicts what drift says of random control planes", async () => {
  const seen = { equal: 0, wider: 0, narrower: 0, incomparable: 0, unknown: 0 };
  const sampled = { allow: 0, deny: 0, differ: 0, undecided: 0, outside: 0 };
  for (let seed = first ?? 1; seed <= (last ?? 0); seed++) {
    const plane = planeOf(seed);
    const analysis = await analyse(filesOf(plane));
    const { report } = analysis;
    const told = (more: unknown) => `seed ${seed}: ${JSON.stringify(more)}`;
    expect(report.refuted, told("refuted")).toBe(0);
    // A random condition may ask an attribute that the resource does not have: that is an error of its own.
    const isBroken = [...analysis.snapshot.findings.values()]
      .flat()
      .some((one) => /^(cel|schema|reference|yaml)\//.test(one.code) && one.severity === "error");
    expect(report.notCompared.length > 0, told(report.notCompared)).toBe(isBroken);
    if (isBroken) continue;
    for (const finding of report.findings) expectWitnesses(finding, analysis, told);
    for (const comparison of report.comparisons) {
      seen[comparison.verdict]++;
      const own = report.findings.filter((one) => isSame(one, comparison));
      expectConsistent(comparison, own, told);
    }
    const random = new Random(seed * 7_919);
    for (const path of comparedPaths(analysis)) {
      const own = report.findings.filter((one) => isSame(one, { ...one, ...named(path) }));
      expectUnenforced(path, own, told);
      const domain = domainOf(path);
      for (let index = 0; index < requestsEach; index++) {
        const drawn = request(random, baseInteraction(path.input), plane);
        if (!domain.isPossible(drawn)) {
          sampled.outside++;
          continue;
        }
        const { policy, deployed } = both(path, drawn);
        sampled[deployed === "unknown" ? "undecided" : policy]++;
        if (deployed === "unknown" || policy === deployed) continue;
        sampled.differ++;
        const isKnown = own.some((one) => one.kind === "unknown");
        const side = policy === "allow" ? "narrower" : "wider";
        if (side === "narrower" && domain.isInvalidToken(drawn)) continue;
        const fitting = side === "wider" ? ["wider", "unenforced"] : ["narrower"];
        const isSaid = isKnown || own.some((one) => fitting.includes(one.kind));
        expect(isSaid, told({ verdict: path.result.verdict, side, drawn })).toBe(true);
      }
    }
  }
  const decided = sampled.allow + sampled.deny;
  const compared = Object.values(seen).reduce((sum, count) => sum + count, 0);
  const counts = JSON.stringify({ seen, sampled });
  if (process.env.PLUMBLINE_SEEDS !== undefined) console.log(counts);
  // The properties say nothing of verdicts that never occur, nor of requests that all are denied or undecided.
  for (const verdict of ["equal", "wider", "narrower"] as const)
    expect(seen[verdict], counts).toBeGreaterThan(compared / 20);
  expect(seen.unknown, counts).toBeLessThan(compared / 4);
  expect(sampled.undecided, counts).toBeLessThan(decided / 4);
  expect(sampled.allow, counts).toBeGreaterThan(decided / 25);
  expect(sampled.differ, counts).toBeGreaterThan(0);
});

type Told = (more: unknown) => string;

const named = ({ input }: ComparedPath) => ({ resource: input.resource.name, path: input.path });

function isSame(finding: DriftFinding, one: Pick<PathComparison, "resource" | "path">): boolean {
  return finding.resource === one.resource && finding.path.join() === one.path.join();
}

/** Each witness is run again, here, on the request alone. */
function expectWitnesses(finding: DriftFinding, { plane: { set, deployed } }: Analysis, told: Told): void {
  expect(finding.message, told(finding.message)).not.toMatch(/undefined|\bnull\b|: \.| {2}|\(\)/);
  if (finding.kind === "unknown") {
    expect(finding.unknown.length, told(finding.id)).toBeGreaterThan(0);
    for (const { reason } of finding.unknown) expect(reason, told(finding.id)).not.toBe("");
    return;
  }
  const environment = set.controlPlane.environments.get(finding.environment);
  const resource = set.resources.get(finding.resource);
  if (environment === undefined || resource === undefined) throw new Error(told(finding.id));
  expect(finding.witnesses.length, told(finding.id)).toBeGreaterThan(0);
  for (const { request: shown, policy, hops } of finding.witnesses) {
    const path = hops.map((hop) => hop.enforcementPoint);
    const configs = deployed.get(environment.name) ?? new Map();
    const rest = finding.kind === "bypass" ? restOf(finding) : finding.path;
    const walked = walk(set, environment, resource, rest, configs, shown);
    expect(walked.hops.map((hop) => hop.enforcementPoint)).toEqual(path);
    expect(decide(set, environment, shown).decision, told(shown)).toBe(policy);
    switch (finding.kind) {
      case "wider":
      case "unenforced":
        expect([policy, walked.decision], told(shown)).toEqual(["deny", "allow"]);
        break;
      case "narrower":
        expect([policy, walked.decision], told(shown)).toEqual(["allow", "deny"]);
        break;
      case "bypass": {
        expect(walked.decision, told(shown)).toBe("allow");
        const before = pathsOf(resource).flatMap((one) => one[one.indexOf(rest[0] ?? "") - 1] ?? []);
        const admitted = before.map((name) => gateways[name as keyof typeof gateways]);
        expect(admitted, told(shown)).not.toContain(shown.source?.principal);
        break;
      }
    }
  }
}

/** The path from the hop that a bypass is about. */
function restOf({ path, enforcementPoint }: DriftFinding): readonly string[] {
  return path.slice(path.indexOf(enforcementPoint ?? ""));
}

/** What is said of a path in one word is what its findings say, and what its hops say. */
function expectConsistent({ verdict, hops, path }: PathComparison, own: readonly DriftFinding[], told: Told) {
  const kinds = new Set(own.map((one) => one.kind));
  const all = told({ verdict, hops, path, kinds: [...kinds] });
  const isWider = kinds.has("wider") || kinds.has("unenforced");
  expect(isWider, all).toBe(verdict === "wider" || verdict === "incomparable");
  expect(kinds.has("narrower"), all).toBe(verdict === "narrower" || verdict === "incomparable");
  if (verdict === "unknown") expect(kinds.has("unknown"), all).toBe(true);
  expect(new Set(own.map((one) => one.id)).size, all).toBe(own.length);
  // What one hop stops of what the policy allows, it stops alone, unless the hop before sends it elsewhere.
  const isAstray = own.some((one) =>
    one.witnesses.some((witness) => witness.hops.some((hop) => hop.reason.startsWith("goes to "))),
  );
  if (kinds.has("narrower") && !isAstray)
    expect(
      hops.map((hop) => hop.verdict),
      all,
    ).not.toEqual(hops.map((hop) => (hop.verdict === "wider" ? "wider" : "equal")));
  // A hop that is all there is of a path says what the path says, but for what it cannot see.
  const [only] = hops;
  if (hops.length === 1 && only?.verdict === "equal") {
    expect(kinds.has("wider"), all).toBe(false);
    expect(kinds.has("narrower"), all).toBe(false);
  }
}

/** Where a hop could keep the request out with what the hops see, it is not unenforced but wider. */
function expectUnenforced({ result }: ComparedPath, own: readonly DriftFinding[], told: Told): void {
  const projected = project(result.policy, result.visible);
  if (projected === "too-complex") return;
  for (const finding of own) {
    if (finding.kind !== "unenforced" && finding.kind !== "wider") continue;
    for (const { request: shown } of finding.witnesses) {
      const [allows, denies] = [termsHold(projected.allow, shown), termsHold(projected.deny, shown)];
      // What hangs on an opaque atom cannot be told apart here, nor there.
      if (allows !== false && denies !== true && (allows === "unknown" || denies === "unknown")) continue;
      const isVisible = allows === false || denies === true;
      expect(isVisible, told({ id: finding.id, shown })).toBe(finding.kind === "wider");
    }
  }
}

function both({ input }: ComparedPath, drawn: Interaction) {
  const { set, environment, resource, path, deployed } = input;
  const decision = decide(set, environment, drawn);
  const walked = walk(set, environment, resource, path, deployed, decision.interaction);
  return { policy: decision.decision === "allow" ? "allow" : "deny", deployed: walked.decision } as const;
}

/** The requests that are compared: those in no region that drift declares impossible. */
function domainOf({ input, hops, result }: ComparedPath) {
  const { terms } = impossibleRegions(input, hops, result.policy, result.access);
  const refused = invalidTokens(
    input.set,
    input.resource,
    attributesOfFunctions(result.policy, result.access),
  );
  return {
    isPossible: (one: Interaction) => !terms.some((term) => termHolds(term, one) === true),
    isInvalidToken: (one: Interaction) => refused.some((term) => termHolds(term, one) === true),
  };
}
