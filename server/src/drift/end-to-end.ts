/** Compares one path of one resource end to end, and says what the difference is. */
import type { Attribute } from "../access/attribute.ts";
import { attributesOfFunctions } from "../access/attributes-of.ts";
import {
  type Answer,
  type Assignment,
  type Confirmation,
  newlyAllowed,
  newlyDenied,
  verdictOf,
} from "../access/compare.ts";
import type { Lost } from "../access/hop.ts";
import type { AccessFunction, Term } from "../access/predicate.ts";
import { project } from "../access/project.ts";
import { type ToldDifference, tellDifference } from "../access/region-lists.ts";
import { toInteraction } from "../access/witness.ts";
import { Allowance } from "./allowance.ts";
import { composePath, lostOf } from "./deployed-path.ts";
import { hintsFor } from "./hints.ts";
import type { Verdict, Witness } from "./report.ts";
import { impossibleRegions, invalidTokens, type PathInput, policyFunction, type ReadyHop } from "./side.ts";
import { unseenAtoms, visibleOn } from "./visibility.ts";
import { baseInteraction, witnessAlong } from "./witnesses.ts";

export interface EndToEnd {
  readonly verdict: Verdict;
  /** Surplus that the hops could have kept out with what they see. */
  readonly wider: Answer;
  /** Surplus that no hop of the path could keep out. */
  readonly unenforced: Answer;
  readonly narrower: Answer;
  readonly policy: AccessFunction;
  /** The policy as the hops together can see it: what they could let through at most. */
  readonly projected: AccessFunction;
  readonly access: AccessFunction;
  readonly lost: readonly Lost[];
  readonly assumptions: readonly string[];
  /** Witnesses that an evaluator contradicts: defects of Plumbline, of which the tests want none. */
  readonly refuted: number;
  readonly visible: (attribute: Attribute) => boolean;
  /** Whether `access`, a part of the deployed path, allows what the policy denies, outside of `except`. */
  surplusOf(access: AccessFunction, except: readonly Term[]): Answer;
  /** What `access`, a part of the deployed path, allows and `policy`, as it is or projected, denies, outside of `except`. */
  tellSurplus(access: AccessFunction, policy: AccessFunction, except: readonly Term[]): ToldDifference;
  /** What the policy allows and the deployed path denies. */
  tellMissing(): ToldDifference;
}

const no: Answer = { answer: "no" };

export function compareEndToEnd(
  input: PathInput,
  hops: readonly ReadyHop[],
  allowance: Allowance = new Allowance(),
): EndToEnd | { readonly tooComplex: string } {
  const access = composePath(hops);
  if (access === "too-many-terms")
    return { tooComplex: "the hops together have too many combinations of rules" };
  const policy = policyFunction(input);
  const seeing = hops.map((hop) => ({ type: hop.point.type, branches: hop.lowered.branches }));
  const visible = visibleOn(seeing, unseenAtoms(input.set, input.resource, visibleOn(seeing)));
  const projected = allowance.spend((budget) => project(policy, visible, { budget }));
  if (projected === "too-complex")
    return { tooComplex: "the conditions that no hop can see are too entangled" };
  const regions = impossibleRegions(input, hops, policy, access, projected);
  const refused = invalidTokens(input.set, input.resource, attributesOfFunctions(policy, access));
  const hints = hintsFor(input.set, input.resource, input.environment, access);
  const confirm = (values: Assignment) => confirmed(witnessOf(input, values));
  let refuted = 0;
  const ask = (
    question: typeof newlyAllowed,
    left: AccessFunction,
    right: AccessFunction,
    except: readonly Term[],
  ) => {
    const impossible = [...regions.terms, ...except];
    const said = allowance.spend((budget) => question(left, right, { impossible, hints, confirm, budget }));
    refuted += said.refuted.length;
    return said.answer;
  };
  const tell = (
    allowingIs: "left" | "right",
    allowing: AccessFunction,
    denying: AccessFunction,
    except: readonly Term[],
  ) => {
    const impossible = [...regions.terms, ...except];
    return allowance.spend((budget) =>
      tellDifference(allowing, denying, {
        allowingIs,
        impossible,
        unspoken: refused,
        hints,
        confirm,
        budget,
      }),
    );
  };
  const surplus = ask(newlyAllowed, policy, access, []);
  const missing = ask(newlyDenied, policy, access, refused);
  const [wider, unenforced] =
    surplus.answer === "no" ? [no, no] : split(ask(newlyAllowed, projected, access, []), surplus);
  return {
    verdict: verdictOf(surplus, missing),
    wider,
    unenforced,
    narrower: missing,
    policy,
    projected,
    access,
    lost: lostOf(hops),
    assumptions: regions.why,
    visible,
    get refuted() {
      return refuted;
    },
    surplusOf: (part, except) => ask(newlyAllowed, policy, part, except),
    tellSurplus: (part, from, except) => tell("right", part, from, except),
    tellMissing: () => tell("left", policy, access, refused),
  };
}

/** A surplus over the projected policy is one that the hops could keep out; where there is none, no hop could. */
function split(projected: Answer, surplus: Answer): readonly [Answer, Answer] {
  switch (projected.answer) {
    case "yes":
      return [projected, no];
    case "no":
      return [no, surplus];
    case "unknown":
      return [surplus.answer === "yes" ? surplus : projected, no];
  }
}

function witnessOf(input: PathInput, values: Assignment): Witness {
  return witnessAlong(input, toInteraction(values, baseInteraction(input)));
}

function confirmed(witness: Witness): Confirmation {
  const unknown = witness.hops.some((hop) => hop.decision === "unknown");
  return { left: witness.policy, right: unknown ? "unknown" : witness.deployed };
}
