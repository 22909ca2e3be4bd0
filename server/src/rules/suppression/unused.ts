/** Comments and waivers that accept nothing. */

import { didYouMean } from "../../text/did-you-mean.ts";
import type { FixEdit } from "../../text/fix.ts";
import type { LintProblem } from "../lint.ts";
import { removeComment } from "./ignore-comments.ts";
import type { Ignore } from "./ignore-index.ts";
import type { Subjects } from "./subjects.ts";
import type { Waiver } from "./waivers.ts";

export function unusedIgnore({ code, place, removal, scope }: Ignore): LintProblem {
  const why =
    scope === undefined
      ? "Nothing follows this comment that it could be for"
      : `There is no finding ${code.text} here that this comment could accept`;
  return {
    code: "lint/unused-ignore",
    severity: "warning",
    message: `${why}. Remove it: it would hide a later finding that nobody has looked at.`,
    place,
    fixes: [removeComment(removal)],
  };
}

export function unusedWaiver(waiver: Waiver, subjects: Subjects): LintProblem {
  const { code, on } = waiver;
  const names = on === undefined ? [] : namesFor(waiver, subjects);
  const isUnknown = on !== undefined && !names.includes(on.text);
  const close = isUnknown ? didYouMean(on.text, names) : undefined;
  const place = isUnknown ? on.place : code.place;
  const where =
    on === undefined
      ? waiver.document.kind === "ControlPlane"
        ? "here"
        : "in this document"
      : `on ${on.text}`;
  const what = isUnknown
    ? `There is no identity, resource, rule or enforcement point "${on.text}", so this waiver accepts nothing.`
    : `There is no finding ${code.text} ${where} that this waiver could accept.`;
  const advice =
    close === undefined
      ? "Remove the waiver: it would hide a later finding that nobody has looked at."
      : `Did you mean "${close}"?`;
  const edit: FixEdit =
    waiver.list.items.length === 1
      ? { edit: "remove-property", map: waiver.spec, key: "waivers" }
      : { edit: "remove-item", list: waiver.list, index: waiver.index };
  return {
    code: "lint/unused-waiver",
    severity: "warning",
    message: `${what} ${advice}`,
    place,
    ...(close === undefined ? {} : { data: { replaceWith: close } }),
    // A name that nobody has may be meant for one that somebody has.
    fixes: close === undefined ? [{ title: "Remove the waiver", isSafe: !isUnknown, edits: [edit] }] : [],
  };
}

/** What `on` can say: rules of its own policy by their names, too. */
function namesFor({ document }: Waiver, { names }: Subjects): readonly string[] {
  const own = `${document.name}/`;
  const short = [...names].flatMap((name) =>
    document.kind === "Policy" && name.startsWith(own) ? [name.slice(own.length)] : [],
  );
  return [...short, ...names];
}
