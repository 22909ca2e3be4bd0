/** `plumbline generate scenarios`: the boundary cases that are missing, as a document, and how good the tests are. */
import type { Rule } from "../policy/model.ts";
import { type Generated, generateScenarios } from "../workspace/boundary/generate.ts";
import type { ControlPlaneSnapshot } from "../workspace/snapshot.ts";
import { type Arguments, suggestion } from "./arguments.ts";
import { type Command, environment, format } from "./command.ts";
import { generatedJson, generatedLines } from "./generate-report.ts";
import { incompleteNote } from "./incomplete.ts";
import { environmentsOf, type Opened, openControlPlanes, withoutEnvironment } from "./open.ts";
import { document, json, text } from "./output.ts";
import { CommandError, type Outcome, type Services } from "./services.ts";
import { count, style } from "./style.ts";

const kinds = ["scenarios"];

export const generate: Command = {
  command: "generate",
  summary: "write the scenarios that are missing just inside and just outside of every rule",
  usage:
    "generate scenarios [FOLDER] [--environment NAME] [--rule POLICY/RULE] [--all] [--output FILE [--force]] [--format text|json]",
  notes: [
    "Changes one thing at a time that the policy says (a subject, a tool, a limit, a claim) and finds a request that",
    "the changed policy decides otherwise. Prints a Scenarios document with the few requests that tell all changes",
    "which no present scenario tells; the score goes to standard error.",
    "Exits 1 where a change is left that no scenario tells.",
  ],
  positionals: { names: ["scenarios", "FOLDER"], required: 1 },
  options: {
    environment,
    rule: { type: "string", value: "POLICY/RULE", describe: "only what this rule says" },
    all: { type: "boolean", describe: "also the cases that present scenarios already show" },
    output: {
      type: "string",
      value: "FILE",
      describe: "write the document there; the score is then the answer",
    },
    force: { type: "boolean", describe: "with --output: replace a file that is there" },
    format,
  },
  async run(args, services) {
    const [kind = "", path] = args.positionals;
    if (!kinds.includes(kind))
      throw new CommandError(
        `plumbline generate makes scenarios, not "${kind}".${suggestion(kind, kinds)} Say \`plumbline generate scenarios\`.`,
      );
    const output = args.text("output");
    if (args.flag("force") && output === undefined)
      throw new CommandError("--force replaces a file: it goes with --output only.");
    const opened = await openControlPlanes(path, services, { drift: false, scenarios: false });
    const { plane, generated } = made(
      opened,
      args,
      output === undefined ? undefined : services.toUri(output),
    );
    const written =
      output === undefined ? undefined : await write(output, generated, args.flag("force"), services);
    const report = { generated, plane, opened };
    const lines = generatedLines(report, written, style(services.colour && output !== undefined));
    const notes = incompleteNote(opened.snapshot);
    const exitCode = generated.survivors.length > 0 ? 1 : 0;
    if (args.json)
      return { stdout: json(generatedJson(report), ["text", "scenarios"]), ...stderrOf(notes), exitCode };
    // Alone on standard output the document can be piped into a file.
    return output === undefined
      ? { stdout: document(generated.text), ...stderrOf([...notes, ...lines]), exitCode }
      : { stdout: text(lines), ...stderrOf(notes), exitCode };
  },
};

function stderrOf(parts: readonly string[]): Pick<Outcome, "stderr"> {
  return parts.length === 0 ? {} : { stderr: text(parts) };
}

function made(
  { snapshot }: Opened,
  args: Arguments,
  output: string | undefined,
): { readonly plane: ControlPlaneSnapshot; readonly generated: Generated } {
  const found = environmentsOf(snapshot.controlPlanes, args.text("environment"));
  const [first, second] = found;
  if (first === undefined) throw withoutEnvironment(snapshot.controlPlanes.map((one) => one.set));
  if (second !== undefined)
    throw new CommandError(
      `There are ${count(found.length, "control plane")} here (${found.map(({ plane }) => plane.set.controlPlane.name.text).join(", ")}), and a document belongs to one. Name the folder of one.`,
    );
  const { plane } = first;
  const here = plane.set.controlPlane.environments.get(first.environment);
  if (here === undefined) throw new Error(`no environment ${first.environment}`);
  const rule = args.text("rule");
  const generated = generateScenarios(plane.set, here, {
    source: { root: plane.root, get: (uri) => plane.documents.get(uri) ?? { error: "not-found" } },
    // What is about to be replaced does not count as there.
    existing: plane.set.scenarios.filter((one) => one.uri !== output),
    all: args.flag("all"),
    ...(rule === undefined ? {} : { rule: ruleNamed(rule, plane).id }),
  });
  return { plane, generated };
}

function ruleNamed(name: string, { set }: ControlPlaneSnapshot): Rule {
  const rules = set.policies.flatMap((policy) => policy.rules);
  const found = rules.find((one) => one.id === name) ?? only(rules.filter((one) => one.name.text === name));
  if (found === undefined) {
    const known = rules.flatMap((one) => [one.id, one.name.text]);
    throw new CommandError(`There is no rule "${name}".${suggestion(name, known)}`);
  }
  if (found.mode === "audit")
    throw new CommandError(
      `${found.id} is in audit mode: it decides nothing, so that no scenario can tell what it says.`,
    );
  return found;
}

function only<T>(all: readonly T[]): T | undefined {
  return all.length === 1 ? all[0] : undefined;
}

/** What became of the file, in a sentence. An empty document is not worth one. */
async function write(
  output: string,
  generated: Generated,
  replace: boolean,
  services: Services,
): Promise<string> {
  const { length } = generated.scenarios;
  if (length === 0) return `Nothing is missing, so ${output} was not written.`;
  if ((await services.write(output, generated.text, replace)) === "exists")
    throw new CommandError(`${output} is there already. Say --force to replace it, or name another file.`);
  const unread = /\.plumb\.ya?ml$/.test(output)
    ? ""
    : " Plumbline reads files that end in .plumb.yaml: give it such a name.";
  return `Wrote ${count(length, "scenario")} to ${output}.${unread}`;
}
