/** Parts of a condition that read nothing of the request: they have one value, or fail on every request. */
import { didYouMean } from "../text/did-you-mean.ts";
import type { ConditionProblem } from "./condition.ts";
import { type CelNode, check, partsOf } from "./engine.ts";
import { evaluateNode } from "./evaluate.ts";
import type { Resolution } from "./resolve.ts";
import { re2Function, writtenName } from "./standard-functions.ts";
import { durationOf, inTimeZone, timestampOf } from "./time-functions.ts";

type Foreign = Resolution["foreign"];

/** The value of a part that reads nothing, or why it has none; undefined where it reads something. */
export function constantOf(node: CelNode, foreign: Foreign): ReturnType<typeof evaluateNode> | undefined {
  if (node.op === "value") return { value: node.args };
  return isConstant(node, foreign) && "type" in check(node) ? evaluateNode(node, undefined) : undefined;
}

function isConstant(node: CelNode, foreign: Foreign): boolean {
  return node.op !== "id" && !foreign.has(node) && partsOf(node).every((part) => isConstant(part, foreign));
}

/**
 * The smallest parts that can only fail: `duration("1d")`, `1 / 0`, `getHours("Europe/Berln")`. Such a condition can
 * still have a value, where the part is absorbed by `&&` or `||`, so that it is evaluated as it stands.
 */
export function failingConstants(
  node: CelNode,
  foreign: Foreign,
  isAlone = true,
): readonly ConditionProblem[] {
  const isAbsorbing = mayAbsorb.has(node.op) || (node.op === "rcall" && overLists.has(node.args[0]));
  const areAlone = isAlone && !isAbsorbing;
  const below = partsOf(node).flatMap((part) => failingConstants(part, foreign, areAlone));
  const problem = (at: CelNode, reason: string, fix?: string) => problemAt(at, reason, isAlone, fix);
  if (below.length > 0 || node.op === "value" || (node.op === "rcall" && node.args[0] === re2Function))
    return below;
  if (node.op === "rcall" && /^std_get/.test(node.args[0])) {
    const zone = node.args[2][0];
    const name = zone && constantOf(zone, foreign);
    if (zone && name && "value" in name && typeof name.value === "string") {
      const { value } = name;
      const reason = failure(() => inTimeZone(new Date(0), value));
      return reason === undefined ? [] : [problem(zone, reason, timeZone(value))];
    }
  }
  const result = constantOf(node, foreign);
  if (result === undefined || "value" in result) return [];
  const [only] = node.op === "call" ? node.args[1] : [];
  const text = only?.op === "value" && typeof only.args === "string" ? only.args : undefined;
  if (node.op !== "call" || only === undefined || text === undefined) return [problem(node, result.reason)];
  switch (writtenName(node.args[0])) {
    case "duration":
      return [problem(only, `${result.reason}: the units are h, m, s, ms, us and ns`, durationFor(text))];
    case "timestamp":
      return [problem(only, result.reason, timestampFor(text))];
    default:
      return [problem(only, result.reason)];
  }
}

/** Where the other side, a branch that is not taken or an empty list can decide instead of a part that fails. */
const mayAbsorb: ReadonlySet<string> = new Set(["&&", "||", "?:"]);
const overLists: ReadonlySet<string> = new Set(["all", "exists", "exists_one", "map", "filter"]);

function problemAt(node: CelNode, reason: string, isAlone: boolean, fix?: string): ConditionProblem {
  const { start, end } = node;
  const what = isAlone
    ? "This fails on every request, so that an allow never applies and a deny always does"
    : "This can only fail, and where the rest of the condition does not decide, an allow does not apply and a deny does";
  const quote = node.input.charAt(start) === "'" ? "'" : '"';
  return {
    code: "cel/invalid-constant",
    severity: "error",
    message: `${what}: ${reason}.${fix === undefined ? "" : ` Write "${fix}".`}`,
    start,
    end,
    ...(fix !== undefined && node.op === "value" && { replaceWith: quote + fix + quote }),
  };
}

function failure(attempt: () => unknown): string | undefined {
  try {
    attempt();
    return undefined;
  } catch (error) {
    if (error instanceof Error) return error.message;
    throw error;
  }
}

const fits = (attempt: () => unknown) => failure(attempt) === undefined;

/** Go's way to write what people and ISO 8601 write otherwise: 1d, 15min, 2 hours, PT15M. */
function durationFor(text: string): string | undefined {
  const iso = /^PT?(?=\d)/i.test(text);
  const plain = (iso ? text.replace(/^P/i, "").replace(/T/i, "") : text).replaceAll(/\s|,/g, "");
  const written = plain.replaceAll(/([\d.]+)([a-z]+)/gi, (_, count: string, name: string) => {
    const unit = name.toLowerCase().replace(/^(.+)s$/, "$1");
    const days = { d: 1, day: 1, w: 7, wk: 7, week: 7 }[unit];
    if (days !== undefined) return `${Number(count) * days * 24}h`;
    if (/^(?:min|minute)$/.test(unit)) return `${count}m`;
    if (/^(?:hr|hour)$/.test(unit)) return `${count}h`;
    if (/^(?:sec|second)$/.test(unit)) return `${count}s`;
    return count + name.toLowerCase();
  });
  return fits(() => durationOf(written)) ? written : undefined;
}

/** RFC 3339 needs a time of day and a zone. */
function timestampFor(text: string): string | undefined {
  const day = text.replace(" ", "T").replace(/z$/, "Z");
  return [day, `${day}Z`, `${day}:00Z`, `${day}T00:00:00Z`].find((one) => fits(() => timestampOf(one)));
}

function timeZone(name: string): string | undefined {
  return didYouMean(name, Intl.supportedValuesOf("timeZone"));
}
