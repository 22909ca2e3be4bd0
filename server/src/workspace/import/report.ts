/** What an import did or would do, for people. */
import { shown } from "../../text/shown.ts";
import type { Entry } from "./imported.ts";
import type { ImportPlan } from "./plan.ts";

/** Lines that may be shown; `name`: a URI as the person knows it. */
export function importLines(plan: ImportPlan, name: (uri: string) => string): readonly string[] {
  const { added, changed, elsewhere, same, gone, goneParts, notes, target } = plan;
  const place = (entry: Entry): string =>
    `${name(entry.file.uri)}:${entry.file.layout.range(entry.key.place).start.line + 1}`;
  const width = Math.max(0, ...added.map((one) => one.name.length));
  const change = ({ entry, change: { what, from, to } }: ImportPlan["changed"][number]): string =>
    `${entry.key.text}: ${what} ${from === undefined ? "" : `${from} -> `}${to}`;
  const groups: readonly (readonly [string, readonly string[]])[] = [
    ["Added", added.map((one) => `${noun(one.section)} ${one.name.padEnd(width)}  ${one.label}`)],
    ["Changed", changed.map((one) => `${change(one)}  ${place(one.entry)}`)],
    [
      "Differs in another file, which was not changed",
      elsewhere.map((one) => `${change(one)}  ${place(one.entry)}`),
    ],
    [
      "No longer in the source; kept, since only you know whether it is gone",
      [
        ...gone.map(({ entry, why }) => `${entry.key.text}: ${why}  ${place(entry)}`),
        ...goneParts.map(({ entry, part }) => `${entry.key.text}: ${part}  ${place(entry)}`),
      ],
    ],
    ["Note", notes],
  ];
  const lines = groups.flatMap(([title, own]) =>
    own.length === 0 ? [] : [title, ...own.map((line) => `  ${line.trimEnd()}`), ""],
  );
  const counts = [
    `${added.length} added`,
    `${changed.length} changed`,
    `${same} as before`,
    ...(gone.length + goneParts.length > 0
      ? [`${gone.length + goneParts.length} no longer in the source`]
      : []),
  ].join(", ");
  return [...lines, `${target.name}: ${counts}`].map(shown);
}

function noun(section: Entry["section"]): string {
  return section === "identities" ? "identity" : "resource";
}
