import { Random as WordRandom } from "../cel/generate.ts";

/** Picks absent values as well. */
export class Random extends WordRandom {
  override pick<T>(values: readonly T[]): T {
    if (values.length === 0) throw new Error("nothing to pick from");
    return values[Math.floor(this.next() * values.length)] as T;
  }
}

export type Fields = { [key: string]: unknown };

export function some<T>(random: Random, values: readonly T[], least: number, most: number): T[] {
  const left = [...values];
  const count = least + Math.floor(random.next() * (most - least + 1));
  return Array.from({ length: Math.min(count, left.length) }, () => {
    const one = random.pick(left);
    left.splice(left.indexOf(one), 1);
    return one;
  });
}
