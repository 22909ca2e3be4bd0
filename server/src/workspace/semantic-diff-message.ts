/** The sentence of a change: what, where, and what in the files makes it so. */
import type { DecisionChange, DefinitionChange, DiffRule } from "./semantic-diff-report.ts";

type Told = Pick<DecisionChange, "kind" | "resource" | "environments" | "region" | "cause">;

export function changeMessage({ kind, resource, environments, region, cause }: Told): string {
  const verb = kind === "newly-allows" ? "Newly allows" : "Newly denies";
  return `${verb} ${requests(region)}, on ${resource} (${listed(environments)}): ${cause}.`;
}

/** A region that names no operation begins with its caller or its place: then it is any request of that kind. */
export function requests(region: string): string {
  return /^(?:at|by|on|under|with|without|for|of|where) /.test(region) ? `any request ${region}` : region;
}

/** `about` is the rule that makes the difference, on the side where it does. */
export function causeInWords(about: DiffRule, because: readonly DefinitionChange[]): string {
  const name = `${about.effect === "deny" ? "deny rule" : "rule"} ${about.id}`;
  const rule = `${name}${renamed(about)}`;
  const causes = listed(shortened(because.map((one) => one.text)));
  switch (about.change) {
    case "added":
      return `${rule} is new`;
    case "removed":
      return `${rule} is gone`;
    case "edited":
      return `${rule} changed its ${listed(about.parts.map(partName))}${causes === "" ? "" : `, and ${causes}`}`;
    case "mode":
      return about.side === "current"
        ? `${rule} is enforced now, its policy was in audit mode`
        : `${rule} is no longer enforced, its policy is in audit mode now`;
    case "reinterpreted":
      return causes === ""
        ? `a name in ${rule} means something else now`
        : `${causes}, and with it what ${rule} says`;
    case "unchanged":
      return `${rule} decides now`;
  }
}

/** `on` is a word in a sentence, and what it holds are targets. */
function partName(key: string): string {
  return key === "on" ? "targets" : key;
}

function renamed({ otherId, side }: DiffRule): string {
  if (otherId === undefined) return "";
  return side === "current" ? ` (was ${otherId})` : ` (now ${otherId})`;
}

const mostCauses = 3;

function shortened(all: readonly string[]): readonly string[] {
  const more = all.length - mostCauses;
  return more > 0 ? [...all.slice(0, mostCauses), `${more} more`] : all;
}

export function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
