/** One line of the table. `goal` is the most that `ours` (or, where `of` is `ratio`, the least that `ratio`) may be. */
export interface Row {
  readonly name: string;
  readonly ours: number;
  readonly unit: "ms" | "MB" | "kB" | "x" | "exponent";
  readonly peer?: { readonly name: string; readonly value: number };
  readonly goal: { readonly of: "ours" | "ratio"; readonly value: number };
}

export interface JsonRow {
  readonly name: string;
  readonly ours: number;
  readonly unit: Row["unit"];
  readonly peer: number | null;
  /** How many times better than the peer. */
  readonly ratio: number | null;
  readonly goal: string;
  readonly met: boolean;
}

export function toJson({ name, ours, unit, peer, goal }: Row): JsonRow {
  const ratio = peer === undefined ? null : peer.value / ours;
  return {
    name,
    ours: rounded(ours),
    unit,
    peer: peer === undefined ? null : rounded(peer.value),
    ratio: ratio === null ? null : rounded(ratio),
    goal:
      goal.of === "ours" ? `at most ${goal.value} ${unit}` : `at least ${goal.value}x ${peer?.name ?? ""}`,
    met: goal.of === "ours" ? ours <= goal.value : (ratio ?? 0) >= goal.value,
  };
}

export function toMarkdown(rows: readonly JsonRow[]): string {
  const lines = rows.map(({ name, ours, unit, peer, ratio, goal, met }) =>
    [
      name,
      `${ours} ${unit}`,
      peer ?? "",
      ratio === null ? "" : `${ratio}x`,
      goal,
      met ? "yes" : "**no**",
    ].join(" | "),
  );
  return [
    "| what | ours | peer | ratio | goal | met |",
    "|---|---|---|---|---|---|",
    ...lines.map((line) => `| ${line} |`),
  ].join("\n");
}

/** Three significant digits: more would only be noise. */
const rounded = (value: number): number => Number(value.toPrecision(3));
