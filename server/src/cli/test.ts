/** `plumbline test`: runs the scenarios and says which rule decided each. */
import type { Decision } from "../simulate/decision.ts";
import type { Range } from "../text/place.ts";
import type { ScenarioRun } from "../workspace/snapshot.ts";
import { shortName } from "../workspace/uris.ts";
import { type Command, environment, folder, format } from "./command.ts";
import { incompleteNote } from "./incomplete.ts";
import { environmentsOf, type Opened, openControlPlanes } from "./open.ts";
import { json, text } from "./output.ts";
import type { Outcome } from "./services.ts";
import { count, type Style, style } from "./style.ts";

/** One scenario in one environment, as the JSON contract says it; positions are zero-based UTF-16. */
export interface ScenarioJson {
  readonly id: string;
  /** Its path from FOLDER. */
  readonly file: string;
  readonly uri: string;
  readonly range: Range;
  readonly environment: string;
  readonly status: "passed" | "failed";
  readonly expected: {
    readonly decision: "allow" | "deny";
    readonly rule?: string;
    readonly listed?: readonly string[];
  };
  /** Null where the request itself could not be read. */
  readonly actual: {
    readonly decision: Decision["decision"];
    /** The first deciding rule; absent where a default decided. */
    readonly rule?: string;
    readonly rules: readonly string[];
    readonly reason: string;
    readonly listed?: readonly string[];
  } | null;
  /** Why it failed, in a sentence. */
  readonly reason?: string;
}

export const test: Command = {
  command: "test",
  summary: "run the scenarios",
  usage: "test [FOLDER] [--environment NAME] [--format text|json]",
  notes: [
    "A scenario that names an environment runs there, every other one in the default environment;",
    "with --environment, those run that name it or none.",
    "Exits 1 when a scenario fails, and when none ran.",
  ],
  positionals: folder,
  options: { environment, format },
  async run(args, services) {
    const opened = await openControlPlanes(args.positionals[0], services, {
      drift: false,
      scenarios: true,
    });
    const wanted = args.text("environment");
    const chosen = environmentsOf(opened.snapshot.controlPlanes, wanted);
    const runs: ScenarioRun[] = [];
    const elsewhere: ScenarioRun[] = [];
    for (const { plane, environment: here } of chosen)
      for (const run of plane.runs) {
        const named = run.scenario.environment?.text;
        if (run.environment === here || (wanted === undefined && named !== undefined)) runs.push(run);
        else if (named !== undefined) elsewhere.push(run);
      }
    const scenarios = runs.map((run) => scenarioJson(run, opened));
    const failed = scenarios.filter((one) => one.status === "failed").length;
    const summary = { passed: scenarios.length - failed, failed, notRun: elsewhere.length };
    const note = incompleteNote(opened.snapshot);
    const lines = testLines(scenarios, elsewhere, opened, style(services.colour));
    return {
      stdout: args.json ? json({ scenarios, summary }) : text(lines),
      ...stderrOf([...note, ...(scenarios.length === 0 ? [nothingRan(opened, elsewhere)] : [])]),
      exitCode: failed > 0 || scenarios.length === 0 || note.length > 0 ? 1 : 0,
    };
  },
};

function stderrOf(notes: readonly string[]): Pick<Outcome, "stderr"> {
  return notes.length === 0 ? {} : { stderr: text(notes) };
}

function nothingRan({ snapshot }: Opened, elsewhere: readonly ScenarioRun[]): string {
  const declared = snapshot.controlPlanes.some((plane) => plane.set.scenarios.length > 0);
  if (!declared)
    return "No scenario ran: there is none. Write a Scenarios document, so that the policy is tested.";
  const others = [...new Set(elsewhere.map((run) => run.environment))].join(", ");
  return `No scenario ran: all of them name another environment${others === "" ? ", which is not defined" : ` (${others})`}.`;
}

function scenarioJson(
  { scenario, environment: where, status, reason, simulation }: ScenarioRun,
  opened: Opened,
): ScenarioJson {
  const { expect } = scenario;
  const layout = opened.snapshot.layouts.get(scenario.uri);
  if (layout === undefined) throw new Error(`a scenario in ${scenario.uri}, which is not loaded`);
  const decision = simulation?.decision;
  const [rule] = decision?.rules ?? [];
  return {
    id: scenario.id,
    file: shortName(scenario.uri, [opened.folder]),
    ...layout.location(scenario.name.place),
    environment: where,
    status,
    expected: {
      decision: expect.decision,
      ...(expect.rule === undefined ? {} : { rule: expect.rule.text }),
      ...(expect.listed === undefined ? {} : { listed: expect.listed.map((one) => one.text) }),
    },
    actual:
      decision === undefined
        ? null
        : {
            decision: decision.decision,
            ...(rule === undefined ? {} : { rule: rule.rule }),
            rules: decision.rules.map((one) => one.rule),
            reason: decision.reason,
            ...(decision.listed === undefined ? {} : { listed: decision.listed }),
          },
    ...(reason === undefined ? {} : { reason }),
  };
}

function testLines(
  scenarios: readonly ScenarioJson[],
  elsewhere: readonly ScenarioRun[],
  { name }: Opened,
  { good, bad, quiet }: Style,
): readonly string[] {
  const lines: string[] = [];
  for (const one of scenarios) {
    const { line, character } = one.range.start;
    const outcome = one.actual === null ? "" : `${one.actual.decision}: ${one.actual.reason}`;
    const passed = one.status === "passed";
    lines.push(
      `${passed ? good("passed") : bad("FAILED")}  ${one.id} (${one.environment})  ${quiet(`${name(one.uri)}:${line + 1}:${character + 1}`)}`,
      `        ${passed ? quiet(outcome) : (one.reason ?? outcome)}`,
    );
  }
  const failed = scenarios.filter((one) => one.status === "failed").length;
  if (elsewhere.length > 0) {
    const others = [...new Set(elsewhere.map((run) => run.environment))];
    lines.push(
      ...(lines.length === 0 ? [] : [""]),
      `${count(elsewhere.length, "scenario")} of ${others.join(", ")} did not run: say --environment ${others[0]}.`,
    );
  }
  if (lines.length > 0) lines.push("");
  return [...lines, `${scenarios.length - failed} passed, ${failed} failed`];
}
