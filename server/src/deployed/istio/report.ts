import type { Place } from "../../text/place.ts";
import type { Problem } from "../../text/problem.ts";
import { entries, isNull, type TreeNode } from "../../text/tree.ts";
import type { Value } from "./model.ts";

/**
 * Collects what is wrong with one resource. What Istio's validation (or the schema of its CRD) rejects cannot exist
 * in a cluster: such a resource is reported and has no effect.
 */
export class Report {
  readonly problems: Problem[] = [];
  rejected = false;

  constructor(
    /** Kind and name, as in `AuthorizationPolicy ai/payments`. */
    private readonly subject: string,
  ) {}

  /** `what` is wrong, so the API server would not accept the resource; `advice` says what to do. */
  reject(place: Place, what: string, advice: string): void {
    this.rejected = true;
    this.problems.push({
      code: "deployed/istio-invalid",
      severity: "error",
      message: `${what} Istio rejects ${this.subject} for this, so it is not in force and is left out of every comparison. ${advice}`,
      place,
    });
  }

  /** A key that the CRD does not have: the API server drops it, so that what it should restrict stays open. */
  onlyKeys(node: TreeNode | undefined, known: readonly string[], where: string): void {
    for (const entry of entries(node)) {
      if (known.includes(entry.key.text)) continue;
      const close = known.find((key) => similar(key, entry.key.text));
      this.problems.push({
        code: "deployed/istio-unknown-field",
        severity: "warning",
        message: `${where} has no field "${entry.key.text}"; Kubernetes drops it, so it has no effect in ${this.subject}.${
          close === undefined ? "" : ` Did you mean "${close}"?`
        }`,
        place: entry.key.place,
        ...(close === undefined ? {} : { data: { replaceWith: close } }),
      });
    }
  }

  /** A list of non-empty strings; undefined and null are no list. `name` as the user wrote it: `source.principals`. */
  strings(node: TreeNode | undefined, name: string): readonly Value[] {
    if (node === undefined || isNull(node)) return [];
    if (node.kind !== "list") {
      this.reject(node.place, `${name} is not a list.`, "Write it as a list of strings.");
      return [];
    }
    return node.items.flatMap((item) => {
      if (item.kind !== "scalar" || typeof item.value !== "string") {
        const advice = item.kind === "scalar" && item.value !== null ? `Write "${item.text}" in quotes.` : "";
        this.reject(item.place, `${name} holds something that is not a string.`, advice);
        return [];
      }
      if (item.value === "") {
        this.reject(item.place, `${name} holds an empty string.`, "Remove it, or say what should match.");
        return [];
      }
      return [{ text: item.value, place: item.place }];
    });
  }
}

/** Whether two names differ by plural, by case or by one letter. */
function similar(a: string, b: string): boolean {
  const [left, right] = [a.toLowerCase(), b.toLowerCase()];
  if (left === right || left === `${right}s` || `${left}s` === right) return true;
  if (Math.abs(left.length - right.length) > 1 || left.length < 4) return false;
  let start = 0;
  while (start < left.length && left[start] === right[start]) start++;
  let end = 0;
  while (end < left.length - start && left[left.length - 1 - end] === right[right.length - 1 - end]) end++;
  return Math.max(left.length, right.length) - start - end <= 1;
}
