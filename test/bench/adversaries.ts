/** Small inputs that are hard to decide: the default budget ends them within seconds and a bounded memory. */
import { compare, comparisonBudget } from "../../server/src/access/compare.ts";
import { adversaries } from "../unit/access/support/adversarial.ts";
import { inChild } from "./child.ts";
import type { Row } from "./row.ts";

interface Measured {
  readonly milliseconds: number;
  readonly megabytes: number;
}

export function measureAdversary(name: string | undefined): Measured {
  const adversary = adversaries().find((one) => one.name === name);
  if (adversary === undefined) throw new Error(`no adversary is called ${name}`);
  const start = performance.now();
  compare(adversary.left, adversary.right, { budget: comparisonBudget() });
  return { milliseconds: performance.now() - start, megabytes: process.resourceUsage().maxRSS / 1024 };
}

export function adversaryRows(script: string): readonly Row[] {
  return adversaries().flatMap(({ name }): readonly Row[] => {
    const { milliseconds, megabytes } = inChild<Measured>(script, ["adversary", name]);
    return [
      { name: `hard input: ${name}`, ours: milliseconds, unit: "ms", goal: { of: "ours", value: 5_000 } },
      {
        name: `hard input: ${name}, peak memory`,
        ours: megabytes,
        unit: "MB",
        goal: { of: "ours", value: 400 },
      },
    ];
  });
}
