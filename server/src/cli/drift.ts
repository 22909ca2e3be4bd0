/** `plumbline drift`: the policy against what is deployed, by meaning. */
import { driftJson } from "../drift/json.ts";
import type { DriftFinding, DriftReport } from "../drift/report.ts";
import { driftLines } from "../drift/text.ts";
import { withoutAccepted, withoutAcceptedPosture } from "../workspace/accepted-drift.ts";
import type { Finding } from "../workspace/finding.ts";
import { toFindings } from "../workspace/findings.ts";
import { type Command, denyWarnings, environment, folder, format } from "./command.ts";
import { incompleteNote } from "./incomplete.ts";
import { environmentsOf, openControlPlanes } from "./open.ts";
import { json, text } from "./output.ts";
import { paint, style } from "./style.ts";
import { findingLines } from "./text-findings.ts";

export const drift: Command = {
  command: "drift",
  summary: "compare what the policy says with what is deployed",
  usage: "drift [FOLDER] [--environment NAME] [--format text|json] [--deny-warnings]",
  notes: [
    "Every difference is shown with a witness: a request on which policy and deployed config disagree.",
    "Exits 1 unless everything is equal; with --deny-warnings also on weak settings such as permissive mTLS.",
  ],
  positionals: folder,
  options: { environment, format, "deny-warnings": denyWarnings },
  async run(args, services) {
    const { snapshot, name } = await openControlPlanes(args.positionals[0], services, {
      drift: true,
      scenarios: false,
    });
    const chosen = environmentsOf(snapshot.controlPlanes, args.text("environment"));
    const reports: DriftReport[] = [];
    const posture: Finding[] = [];
    const idle: string[] = [];
    const accepted: DriftFinding[] = [];
    let acceptedPosture = 0;
    let isClean = true;
    for (const { plane, environment: here } of chosen) {
      const report = plane.drift.get(here);
      if (report === undefined) continue;
      const weak = report.posture.map((problem) => ({ ...problem, environment: here }));
      const judged = withoutAccepted(report, plane);
      reports.push(judged.report);
      accepted.push(...judged.accepted);
      const settings = toFindings(weak, snapshot.layouts);
      const left = withoutAcceptedPosture(settings, snapshot);
      posture.push(...left);
      acceptedPosture += settings.length - left.length;
      isClean &&= judged.isClean;
      if (plane.set.controlPlane.environments.get(here)?.enforcementPoints.size === 0) idle.push(here);
    }
    const note = incompleteNote(snapshot);
    const weak = posture.flatMap((finding) => findingLines(finding, name, style(services.colour)));
    const lines = [
      ...(weak.length === 0 ? [] : [...weak, ""]),
      ...idle.flatMap((one) => [
        `Environment ${one} defines no enforcement point, so nothing deployed there can drift.`,
        "",
      ]),
      ...driftLines(reports, snapshot.layouts, name, { differences: accepted, settings: acceptedPosture }),
    ];
    return {
      stdout: args.json
        ? json({
            ...driftJson(reports, snapshot.layouts),
            posture,
            accepted: accepted.length + acceptedPosture,
          })
        : text(paint(lines, services.colour)),
      ...(note.length === 0 ? {} : { stderr: text(note) }),
      exitCode: isClean && note.length === 0 && !fails(posture, args.flag("deny-warnings")) ? 0 : 1,
    };
  },
};

function fails(posture: readonly Finding[], warnings: boolean): boolean {
  return posture.some((one) => one.severity === "error" || (warnings && one.severity === "warning"));
}
