/** Sentences that the text and the Markdown of a diff have in common. */
import type { ChangeJson, DiffJson } from "./diff-report.ts";
import { count } from "./style.ts";

/** How it stands, in a sentence: verdict first. */
export function headline({ verdict, base }: Pick<DiffJson, "verdict" | "base">): string {
  switch (verdict) {
    case "equal":
      return `The working tree allows the same as ${base}`;
    case "wider":
    case "narrower":
      return `The working tree is ${verdict} than ${base}`;
    case "incomparable":
      return `The working tree and ${base} are incomparable: each allows requests that the other denies`;
    case "unknown":
      return `It is not known whether the working tree allows the same as ${base}`;
  }
}

/** `3 files changed, no decision does`; `2 files changed: 1 change newly allows requests, 2 newly deny some`. */
export function summary(report: DiffJson): string {
  const { files, changes, unknown, notCompared } = report;
  const changed = files.length === 0 ? "No file changed" : `${count(files.length, "file")} changed`;
  const allows = changes.filter((one) => one.kind === "newly-allows").length;
  const denies = changes.length - allows;
  const counts = [
    ...(allows > 0 ? [`${count(allows, "change")} newly allow${allows === 1 ? "s" : ""} requests`] : []),
    ...(denies > 0 ? [`${count(denies, "change")} newly den${denies === 1 ? "ies" : "y"} requests`] : []),
    ...(unknown.length > 0 ? [`${count(unknown.length, "condition")} cannot be compared`] : []),
    ...(notCompared.length > 0 ? [`${count(notCompared.length, "resource")} not compared`] : []),
  ];
  if (report.verdict === "equal") return `${changed}, no decision does`;
  return counts.length === 0 ? changed : `${changed}: ${counts.join(", ")}`;
}

/** A change that says no more than that its whole environment came or went. */
export function isOfEnvironment({ because }: Pick<ChangeJson, "because">): boolean {
  return because.some((one) => one.kind === "environment");
}

/** Environments that came or went, each a sentence. */
export function environmentNotes({ environments, changes }: DiffJson): readonly string[] {
  return environments.flatMap(({ name, presence, newlyAllows, newlyDenies, controlPlane }) => {
    if (presence === "both") return [];
    const isNew = presence === "added";
    const own = changes.filter(
      (one) => isOfEnvironment(one) && one.controlPlane === controlPlane && one.environments.includes(name),
    ).length;
    const is = `Environment ${name} is ${isNew ? "new" : "gone"}`;
    if ((isNew ? newlyAllows : newlyDenies) === "no")
      return [`${is}: nothing ${isNew ? "is" : "was"} allowed there`];
    const rules = own === 0 ? "" : `, by ${count(own, "rule")}`;
    return [
      `${is}: all that ${isNew ? "is" : "was"} allowed there is newly ${isNew ? "allowed" : "denied"}${rules}`,
    ];
  });
}

const mostOfOneCause = 3;

/**
 * The changes to show in full, and how many others have the same cause as some of them: what one changed identity does
 * to a hundred rules is one thing to know.
 */
export function shortlist(changes: readonly ChangeJson[]): {
  readonly shown: readonly ChangeJson[];
  readonly more: readonly string[];
} {
  const byCause = new Map<string, ChangeJson[]>();
  for (const change of changes) {
    const { id, kind, because } = change;
    const key = because.length === 0 ? id : JSON.stringify([kind, because.map((one) => one.text)]);
    const same = byCause.get(key);
    if (same === undefined) byCause.set(key, [change]);
    else same.push(change);
  }
  const groups = [...byCause.values()];
  const shown = new Set(groups.flatMap((group) => group.slice(0, mostOfOneCause)));
  return {
    shown: changes.filter((one) => shown.has(one)),
    more: groups.flatMap((group) => {
      const [first] = group;
      if (first === undefined || group.length <= mostOfOneCause) return [];
      const rules = count(group.length - mostOfOneCause, "more rule");
      const verb = first.kind === "newly-allows" ? "allow" : "deny";
      const why = listed(first.because.map((one) => one.text));
      return [`${rules} newly ${verb} requests because ${why}`];
    }),
  };
}

/** Resources of which a rule may be missing in the list of changes, in a sentence; undefined where there is none. */
export function incomplete({ environments }: DiffJson): string | undefined {
  const names = environments.flatMap((environment) =>
    environment.resources.flatMap(({ name, complete, newlyAllows, newlyDenies }) =>
      !complete && (newlyAllows === "yes" || newlyDenies === "yes") ? [name] : [],
    ),
  );
  const known = [...new Set(names)];
  return known.length === 0
    ? undefined
    : `More rules may take part in what changes on ${listed(known)}: not all are listed`;
}

export function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

/** `denied (no allow rule applies)`, `allowed by ledger/reports-read`. */
export function decisionInWords(decision: string, reason: string): string {
  if (reason.startsWith("allowed by ") || reason.startsWith("denied by ")) return reason;
  const why = reason.replace(/^no allow rule applies \(default deny\)/, "no allow rule applies");
  return `${decision === "allow" ? "allowed" : "denied"} (${why})`;
}
