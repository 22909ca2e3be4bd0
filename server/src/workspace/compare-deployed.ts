/** Deployed config against deployed config, without an inventory: as what one workload is guarded by. */
import { attribute } from "../access/catalogue.ts";
import { type Answer, type Hints, verdictOf } from "../access/compare.ts";
import type { Lost } from "../access/hop.ts";
import type { Interaction } from "../access/interaction.ts";
import { fails, type Literal } from "../access/predicate.ts";
import { exactly } from "../access/text-pattern.ts";
import type { Destination, HopContext } from "../deployed/adapter.ts";
import type { DeployedConfig } from "../deployed/config.ts";
import { hopFunction } from "../drift/deployed-path.ts";
import { type Comparand, compareAccess } from "./compare-access.ts";
import { type ComparedPart, undecidedPart } from "./compare-report.ts";

/** The workload that is guarded. Without namespace and labels all deployed policies apply to it. */
export interface Workload {
  readonly transport: "http" | "tcp";
  readonly namespace?: string;
  readonly labels: ReadonlyMap<string, string>;
}

export function compareDeployed(
  left: DeployedConfig,
  right: DeployedConfig,
  workload: Workload,
): ComparedPart {
  const [one, other] = [comparand(left, workload), comparand(right, workload)];
  if ("tooComplex" in one || "tooComplex" in other) {
    const reason = "the deployed rules have too many combinations to be compared";
    return undecidedPart({}, [{ text: "the comparison", reason }]);
  }
  return withLost(compareAccess(one, other, { base: baseOf(workload), hints }), one.lost, other.lost);
}

/**
 * What only one side leaves out may be a difference that nobody sees, so that a `no` is not known then. What both leave
 * out alike does the same on both, and a witness stays a witness.
 */
function withLost(part: ComparedPart, left: readonly Lost[], right: readonly Lost[]): ComparedPart {
  const key = ({ text, reason }: Lost): string => `${text}\n${reason}`;
  const [lefts, rights] = [new Set(left.map(key)), new Set(right.map(key))];
  const uncommon = [
    ...left.filter((one) => !rights.has(key(one))),
    ...right.filter((one) => !lefts.has(key(one))),
  ];
  if (uncommon.length === 0 || (part.newlyAllows !== "no" && part.newlyDenies !== "no")) return part;
  const doubted = (answer: Answer["answer"]) => (answer === "no" ? "unknown" : answer);
  const [newlyAllows, newlyDenies] = [doubted(part.newlyAllows), doubted(part.newlyDenies)];
  return {
    ...part,
    newlyAllows,
    newlyDenies,
    verdict: verdictOf({ answer: newlyAllows }, { answer: newlyDenies }),
    unknown: [...part.unknown, ...uncommon],
  };
}

const hints: Hints = {
  byAttribute: new Map([
    ["jwt.sub", ["alice", "bob"]],
    ["request.method", ["GET", "POST"]],
  ]),
};

function comparand(config: DeployedConfig, workload: Workload): Comparand | { readonly tooComplex: true } {
  const destination = destinationOf(workload);
  const context = contextOf(config);
  const lowered = config.lower(destination, context);
  const access = hopFunction(lowered);
  if (access === "too-many-terms") return { tooComplex: true };
  return {
    access,
    impossible: [
      ...config.impossible(),
      { literals: otherTransport(workload), why: `requests are made by ${workload.transport}` },
    ],
    lost: [...lowered.lost, ...refusedParts(config)],
    decide: (request) => {
      const { decision, reason } = config.decide(destination, context, request);
      return { decision, reason };
    },
  };
}

function otherTransport({ transport }: Workload): readonly Literal[] {
  return [fails(attribute("transport"), { test: "text", pattern: exactly(transport) })];
}

/** What the engine would reject is not in its config, so it takes no part; who compares files should know. */
function refusedParts(config: DeployedConfig) {
  return config.problems
    .filter((problem) => problem.severity === "error")
    .map(({ message, place }) => ({ text: "rejected config", reason: message, place }));
}

function destinationOf({ transport, namespace, labels }: Workload): Destination {
  return {
    hosts: [],
    labels,
    transport,
    traffic: "service",
    ...(namespace === undefined ? {} : { namespace }),
  };
}

/** The files are all there is: whoever compares two sets of files asks about these, not about a cluster. */
function contextOf({ type }: DeployedConfig): HopContext {
  return {
    // The same name on both sides, so that the same opaque condition is the same atom.
    enforcementPoint: type,
    environment: "",
    transparent: true,
    forwardsJwt: false,
    completeFor: "all",
    settings: {},
  };
}

function baseOf({ transport }: Workload): Interaction {
  return { traffic: "service", transport };
}
