/**
 * Which rules and deployed lines make the difference between two access functions, with a request for each.
 *
 * Call D the requests that `allowing` allows and `denying` denies. A *rule* is all terms with the same origins: one
 * rule of a policy, one line, or after hops were joined a line of each.
 *
 * - An allow rule of `allowing` is responsible iff it allows a request of D. Taking exactly these rules out of
 *   `allowing` leaves no difference, and as long as one of them stands there is one: the set is minimal, and there
 *   is no other minimal one.
 * - A deny rule of `denying` is responsible iff it holds on a request of D. For `denying` to allow all of D exactly
 *   these must go, and, where there is a cause of kind `not-allowed`, allow rules must be added.
 *
 * A cause brings these together as a reader would tell it: an allow rule that the other side has nothing for
 * (`not-allowed`), or a deny rule of the other side and all that it stops (`denied`).
 *
 * They are found by taking them out: each rule that a witness names is taken out, until the answer is `no`. That
 * answer is then the proof that all are named.
 */
import { firstHolding } from "./assignment.ts";
import { attributesOf } from "./attributes-of.ts";
import type { Budget } from "./budget.ts";
import { type CompareOptions, comparisonBudget, covers, isEmpty, type Witness } from "./compare.ts";
import { narrowedRegion, type ReadableRegion } from "./difference-regions.ts";
import { termKey } from "./literal-key.ts";
import { impossibleByShape } from "./possible.ts";
import type { AccessFunction, Origin, Term, Terms } from "./predicate.ts";
import { type RuleGroup, RuleGroups } from "./rule-groups.ts";
import { ComparisonSession } from "./session.ts";
import { joinOrigins, joinTerms } from "./terms.ts";

export interface DifferenceOptions extends CompareOptions {
  /** What `confirm` calls the allowing side. For `newlyAllows` that is `right`, for `newlyDenies` `left`. */
  readonly allowingIs: "left" | "right";
  /** At most so many causes are listed, and so many rules in each; 12 by default. */
  readonly most?: number;
}

export interface Cause {
  /** `not-allowed`: no allow rule of the denying side holds there. `denied`: one does, and a deny rule stops it. */
  readonly kind: "not-allowed" | "denied";
  /** What lets the requests in, on the allowing side. */
  readonly allowOrigins: readonly Origin[];
  /**
   * The deny rules of the denying side that hold there: of `denied`, the one that stops the requests; of
   * `not-allowed` those that hold on some of them as well, none for default deny alone.
   */
  readonly denyOrigins: readonly Origin[];
  /** Around the witness: of a rule with several terms the one that lets it in. Made when first read. */
  readonly region: ReadableRegion;
  /** A request of the cause, confirmed as in `compare`. */
  readonly witness: Witness;
}

export interface Difference {
  /** Allow rules in the order in which they were found, then deny rules. */
  readonly causes: readonly Cause[];
  /**
   * Whether every responsible rule is listed. False where there are more than `most`, where the budget was spent,
   * or where it depends on opaque atoms whether a rule is one.
   */
  readonly complete: boolean;
}

const mostListed = 12;
/** So many combinations of three rules are looked at to tell why a deny rule is responsible. */
const mostJoined = 20_000;

/** The causes of the difference. None, and complete: there is no difference. */
export function differenceCauses(
  allowing: AccessFunction,
  denying: AccessFunction,
  options: DifferenceOptions,
): Difference {
  const search = new CauseSearch(allowing, denying, options);
  return search.difference();
}

interface Stopping {
  readonly deny: RuleGroup;
  /** The allow rules that let in what it stops, each with a request. */
  readonly allows: ReadonlyMap<RuleGroup, Witness>;
}

class CauseSearch {
  readonly #allows: RuleGroups;
  readonly #denies: RuleGroups;
  readonly #options: DifferenceOptions & { readonly budget: Budget };
  readonly #most: number;
  #complete = true;

  constructor(
    private readonly allowing: AccessFunction,
    private readonly denying: AccessFunction,
    options: DifferenceOptions,
  ) {
    this.#allows = new RuleGroups(allowing.allow);
    this.#denies = new RuleGroups(denying.deny);
    this.#most = options.most ?? mostListed;
    const given = options.impossible ?? [];
    // Questions about some of the lists are to be about the same requests as those about all.
    const all = attributesOf(allowing.allow, allowing.deny, denying.allow, denying.deny, given);
    this.#options = {
      ...options,
      impossible: [...given, ...impossibleByShape(all)],
      budget: options.budget ?? comparisonBudget(),
      maxWitnesses: this.#most,
    };
  }

  difference(): Difference {
    const other = { ...this.denying, deny: [] };
    const notAllowed = this.#takeOut("allow", this.#allows, this.allowing, other);
    const denied = this.#stopping();
    const effective = denied.filter((one) => this.#stopsAllowed(one));
    const idle = denied.filter((one) => !effective.includes(one));
    const causes = [
      ...[...notAllowed].map(([allow, witness]) => this.#notAllowed(allow, witness, idle)),
      ...effective.flatMap((one) => this.#denied(one)),
    ];
    return { causes: causes.slice(0, this.#most), complete: this.#complete && causes.length <= this.#most };
  }

  /** What the deny rules of one side stop of what the other allows: both allow the same, so that nothing else differs. */
  #stopping(): readonly Stopping[] {
    const opaque = [...this.allowing.opaque, ...this.denying.opaque];
    const stoppedBy = (deny: Terms): AccessFunction => ({ allow: this.allowing.allow, deny, opaque });
    // What denies on both sides stops nothing that is allowed.
    const here = new Set(this.allowing.deny.map(termKey));
    const only = this.denying.deny.filter((term) => !here.has(termKey(term)));
    if (only.length === 0) return [];
    const found = this.#takeOut("deny", this.#denies, this.allowing, stoppedBy(this.denying.deny));
    return [...found].map(([deny, witness]) => {
      const allows = this.#takeOut("allow", this.#allows, this.allowing, stoppedBy(deny.terms));
      // What it stops by itself may depend on opaque atoms; the request that named it is stopped all the same.
      const there = groupsHolding(this.#allows, witness).map((allow) => [allow, witness] as const);
      return { deny, allows: allows.size > 0 ? allows : new Map(there) };
    });
  }

  /**
   * Takes rules out as long as there is a difference, allow rules of the allowing side or deny rules of the other, and
   * tells which, each with the request that named it.
   */
  #takeOut(
    effect: "allow" | "deny",
    groups: RuleGroups,
    allowing: AccessFunction,
    denying: AccessFunction,
  ): ReadonlyMap<RuleGroup, Witness> {
    const found = new Map<RuleGroup, Witness>();
    const isLeft = this.#options.allowingIs === "left";
    const [left, right] = isLeft ? [allowing, denying] : [denying, allowing];
    const session = new ComparisonSession(left, right, this.#options);
    for (;;) {
      const { answer } = isLeft ? session.newlyDenies(this.#options) : session.newlyAllows(this.#options);
      if (answer.answer === "no") return found;
      if (answer.answer === "unknown" || found.size >= this.#most) {
        this.#complete = false;
        return found;
      }
      const before = found.size;
      for (const witness of answer.witnesses) {
        const term = effect === "allow" ? witness.allowTerm : witness.deniedBy;
        for (const group of namedBy(witness, term, groups)) {
          if (found.has(group)) continue;
          found.set(group, witness);
          session.edit({
            side: isLeft === (effect === "allow") ? "left" : "right",
            removed: { [effect]: group.terms },
          });
        }
      }
      // Without a rule to take out the next answer would be this one.
      if (found.size === before) {
        this.#complete = false;
        return found;
      }
    }
  }

  #notAllowed(allow: RuleGroup, witness: Witness, idle: readonly Stopping[]): Cause {
    const also = idle.filter(({ allows }) => allows.has(allow));
    const deniedBy = firstHolding(this.denying.deny, witness.assignment);
    return this.#cause(
      {
        kind: "not-allowed",
        allowOrigins: allow.origins,
        denyOrigins: also.map(({ deny }) => deny.origins).reduce(joinOrigins, []),
        witness: { ...witness, deniedBy },
      },
      witness.allowTerm,
    );
  }

  #denied({ deny, allows }: Stopping): readonly Cause[] {
    const [witness] = allows.values();
    if (witness === undefined) return [];
    const { allowTerm, deniedBy = allowTerm } = witness;
    const isAllowed = covers(this.allowing.allow, deniedBy, this.#options) === true;
    const box = isAllowed ? deniedBy : (joinTerms(allowTerm, deniedBy) ?? allowTerm);
    const allowOrigins = [...allows.keys()].map(({ origins }) => origins).reduce(joinOrigins, []);
    return [this.#cause({ kind: "denied", allowOrigins, denyOrigins: deny.origins, witness }, box)];
  }

  /** To narrow a region takes questions of its own, so it waits until somebody reads it. */
  #cause(cause: Omit<Cause, "region">, box: Term): Cause {
    const narrow = (): ReadableRegion =>
      narrowedRegion(box, { allowing: this.allowing, denying: this.denying }, this.#options);
    let known: ReadableRegion | undefined;
    return {
      ...cause,
      get region() {
        known ??= narrow();
        return known;
      },
    };
  }

  /**
   * Whether the deny rule stops what would be allowed there; else it only holds on what no rule allows anyway. Where
   * that is too much to ask it is taken to: it is responsible either way, only told with another rule.
   */
  #stopsAllowed({ deny, allows }: Stopping): boolean {
    const isAllowed = ({ assignment }: Witness) => firstHolding(this.denying.allow, assignment) !== undefined;
    if ([...allows.values()].some(isAllowed)) return true;
    const stopped: Term[] = [];
    let left = mostJoined;
    for (const { terms } of allows.keys())
      for (const mine of terms)
        for (const stopping of deny.terms) {
          const both = joinTerms(mine, stopping);
          if (both === undefined) continue;
          for (const theirs of this.denying.allow) {
            if (--left < 0) return true;
            const all = joinTerms(both, theirs);
            if (all !== undefined) stopped.push(all);
          }
        }
    const within: AccessFunction = {
      allow: stopped,
      deny: this.allowing.deny,
      opaque: [...this.allowing.opaque, ...this.denying.opaque],
    };
    return isEmpty(within, this.#options) !== true;
  }
}

/**
 * The rules of the term that a request was found with. It has none where rules with opaque atoms share the work, under
 * each value of an atom another one (`readings.ts`): then those that hold under the values that the request has.
 */
function namedBy(witness: Witness, term: Term | undefined, groups: RuleGroups): readonly RuleGroup[] {
  const named = term === undefined ? [] : groups.of(term);
  if (named.length > 0) return named;
  return groupsHolding(groups, witness);
}

function groupsHolding({ all }: RuleGroups, { assignment }: Witness): readonly RuleGroup[] {
  return all.filter(({ terms }) => firstHolding(terms, assignment) !== undefined);
}
