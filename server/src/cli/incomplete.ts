/** Says when the policy that was read is not all that the files meant, so that no answer looks surer than it is. */
import type { Snapshot } from "../workspace/snapshot.ts";
import { isPolicyFile } from "../workspace/uris.ts";
import { count } from "./style.ts";

/** Findings that leave the model as it should be: conditions with errors have a meaning, scenarios decide nothing. */
const harmless = /^(cel|scenario|drift|deployed)\//;

/** How many errors in policy files, and in documents that they refer to, may keep a rule or a resource out. */
export function modelErrors(snapshot: Snapshot): number {
  const documents = new Set(snapshot.controlPlanes.flatMap((plane) => [...plane.documents.keys()]));
  const errors = [...snapshot.findings].flatMap(([uri, findings]) =>
    isPolicyFile(uri) || documents.has(uri)
      ? findings.filter((one) => one.severity === "error" && !harmless.test(one.code))
      : [],
  );
  return errors.length;
}

export function incompleteNote(snapshot: Snapshot): readonly string[] {
  const errors = modelErrors(snapshot);
  if (errors === 0) return [];
  return [
    `The files have ${count(errors, "error")}, so that rules may be missing from what was decided here; \`plumbline check\` lists them.`,
  ];
}
