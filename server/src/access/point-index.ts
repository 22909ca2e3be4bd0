import type { Lit, Oracle } from "./oracle.ts";
import type { Point } from "./point.ts";
import type { TermId, TermTable } from "./term-table.ts";
import type { AttributeValue } from "./value.ts";

/** Where the terms of one attribute are filed, by what a value can be looked up by. */
interface Files {
  readonly equal: Map<string, TermId[]>;
  readonly member: Map<string, TermId[]>;
  readonly heads: Map<string, TermId[]>;
  readonly headLengths: Set<number>;
}

/** So often all terms are looked at, before an index is made: a comparison of near-equal sides asks only a few times. */
const questionsWithoutIndex = 24;
const worthIndexing = 48;

/**
 * Finds the terms that hold on one request without looking at all: each term is filed under the rarest of its
 * literals that a value can be looked up by, and every term that is looked up is then tested.
 */
export class PointIndex {
  readonly #table: TermTable;
  readonly #oracle: Oracle;
  readonly #files: (Files | undefined)[] = [];
  /** Terms without a literal to file them under. */
  readonly #others: TermId[] = [];
  readonly #frequency: number[] = [];
  #filed = 0;
  #questions = 0;

  constructor(table: TermTable) {
    this.#table = table;
    this.#oracle = table.oracle;
  }

  /** Every term of the lists that holds, each once, in no particular order. */
  holding(point: Point, lists: number): readonly TermId[] {
    const found: TermId[] = [];
    if (this.#table.size < worthIndexing || this.#questions < questionsWithoutIndex) {
      this.#questions++;
      for (let id = 0; id < this.#table.size; id++) this.#test(id, point, lists, found);
      return found;
    }
    this.#fileNew();
    this.#testAll(this.#others, point, lists, found);
    for (let attribute = 0; attribute < this.#files.length; attribute++) {
      const files = this.#files[attribute];
      const value = files === undefined ? undefined : point.value(attribute);
      if (files === undefined || value === undefined || value.kind === "absent") continue;
      for (const bucket of bucketsOf(files, value)) this.#testAll(bucket, point, lists, found);
    }
    // A term with a set of texts is filed under each of them, and a list value has several.
    return found.length < 2 ? found : [...new Set(found)];
  }

  #testAll(ids: readonly TermId[], point: Point, lists: number, found: TermId[]): void {
    for (let at = 0; at < ids.length; at++) this.#test(ids[at] as TermId, point, lists, found);
  }

  #test(id: TermId, point: Point, lists: number, found: TermId[]): void {
    if (this.#table.isIn(id, lists) && point.holdsAll(this.#table.lits(id))) found.push(id);
  }

  /** Terms are only ever added to the table; those that left all lists stay filed and are passed over. */
  #fileNew(): void {
    const { size } = this.#table;
    if (this.#filed === size) return;
    for (let id = this.#filed; id < size; id++) {
      for (const lit of this.#table.lits(id)) this.#frequency[lit] = (this.#frequency[lit] ?? 0) + 1;
    }
    for (; this.#filed < size; this.#filed++) this.#file(this.#filed);
  }

  #file(id: TermId): void {
    let rarest: Lit | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (const lit of this.#table.lits(id)) {
      const frequency = this.#frequency[lit] ?? 0;
      if (frequency < least && this.#canBeFiled(lit)) [rarest, least] = [lit, frequency];
    }
    if (rarest === undefined) this.#others.push(id);
    else this.#fileUnder(rarest, id);
  }

  #canBeFiled(lit: Lit): boolean {
    if ((lit & 1) === 1) return false;
    const { test } = this.#oracle.literal(lit);
    if (test.test === "opaque") return true;
    if ((test.test !== "text" && test.test !== "member") || test.pattern.ignoreCase) return false;
    if (test.pattern.kind === "oneOf") return test.pattern.values.length > 0;
    const head = this.#oracle.head(lit);
    return head?.texts.some((text) => text !== "") === true;
  }

  #fileUnder(lit: Lit, id: TermId): void {
    const files = this.#filesOf(this.#oracle.attributeOf(lit));
    const { test } = this.#oracle.literal(lit);
    if (test.test === "opaque") push(files.equal, test.value, id);
    else if ((test.test === "text" || test.test === "member") && test.pattern.kind === "oneOf") {
      const file = test.test === "text" ? files.equal : files.member;
      for (const value of test.pattern.values) push(file, value, id);
    } else {
      for (const head of this.#oracle.head(lit)?.texts ?? []) {
        push(files.heads, head, id);
        files.headLengths.add(head.length);
      }
    }
  }

  #filesOf(attribute: number): Files {
    let files = this.#files[attribute];
    if (files === undefined) {
      files = { equal: new Map(), member: new Map(), heads: new Map(), headLengths: new Set() };
      this.#files[attribute] = files;
    }
    return files;
  }
}

function bucketsOf(files: Files, value: AttributeValue): readonly (readonly TermId[])[] {
  switch (value.kind) {
    case "text": {
      const found = [files.equal.get(value.value) ?? [], files.member.get(value.value) ?? []];
      for (const length of files.headLengths) {
        if (length > value.value.length) continue;
        const bucket = files.heads.get(value.value.slice(0, length));
        if (bucket !== undefined) found.push(bucket);
      }
      return found;
    }
    case "list":
      return value.members.map((member) => files.member.get(member) ?? []);
    case "opaque":
      return [files.equal.get(value.value) ?? []];
    case "absent":
    case "null":
    case "number":
    case "boolean":
    case "map":
      return [];
  }
}

function push(file: Map<string, TermId[]>, key: string, id: TermId): void {
  const known = file.get(key);
  if (known === undefined) file.set(key, [id]);
  else known.push(id);
}
