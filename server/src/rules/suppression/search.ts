/** The last of `all`, which are in the order of the text, that starts at or before `offset`. */
export function lastFrom<T>(all: readonly T[], offset: number, start: (one: T) => number): T | undefined {
  let low = 0;
  let high = all.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const one = all[middle];
    if (one !== undefined && start(one) <= offset) low = middle + 1;
    else high = middle;
  }
  return all[low - 1];
}

/** In the order in which their keys come first. */
export function groupBy<T>(all: readonly T[], key: (one: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const group = groups.get(key(one));
    if (group === undefined) groups.set(key(one), [one]);
    else group.push(one);
  }
  return groups;
}
