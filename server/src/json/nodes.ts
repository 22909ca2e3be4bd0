import type { Block, Place } from "../text/place.ts";
import { SegmentMap } from "../text/segments.ts";
import type { ListNode, MapEntry, MapNode, ScalarNode, TreeNode } from "../text/tree.ts";
import { elementSpans, type MemberSpan, memberSpans, type Span } from "./members.ts";
import { stringSegments } from "./string-segments.ts";

/** Finds where a node stands; called at most once a node. */
type Locate = () => Span;

export type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue };

/** The tree over a value of `JSON.parse`: children are made when first asked for, places likewise. */
export function jsonNode(value: JsonValue, block: Block, locate: Locate): TreeNode {
  if (Array.isArray(value)) return new JsonList(value, block, locate);
  if (typeof value === "object" && value !== null) return new JsonMap(value, block, locate);
  return new JsonScalar(value, block, locate);
}

abstract class Located {
  #place: Place | undefined;

  constructor(
    protected readonly block: Block,
    private readonly locate: Locate,
  ) {}

  get place(): Place {
    this.#place ??= { block: this.block, ...this.locate() };
    return this.#place;
  }
}

class JsonScalar extends Located implements ScalarNode {
  readonly kind = "scalar";
  readonly style = "json";
  #segments: SegmentMap | undefined;

  constructor(
    readonly value: string | number | boolean | null,
    block: Block,
    locate: Locate,
  ) {
    super(block, locate);
  }

  /** `JSON.parse` forgets how a number was written, so that numbers look into the file. */
  get text(): string {
    if (typeof this.value === "string") return this.value;
    return typeof this.value === "number"
      ? this.block.text.slice(this.place.start, this.place.end)
      : String(this.value);
  }

  get segments(): SegmentMap {
    if (this.#segments === undefined) {
      const { start, end } = this.place;
      const isString = typeof this.value === "string";
      const builder = stringSegments(this.block.text, isString ? start + 1 : start, isString ? end - 1 : end);
      this.#segments = new SegmentMap(builder.segments, isString ? end - 1 : end);
    }
    return this.#segments;
  }
}

class JsonList extends Located implements ListNode {
  readonly kind = "list";
  #items: readonly TreeNode[] | undefined;
  #spans: readonly Span[] | undefined;

  constructor(
    private readonly value: readonly JsonValue[],
    block: Block,
    locate: Locate,
  ) {
    super(block, locate);
  }

  get items(): readonly TreeNode[] {
    this.#items ??= this.value.map((item, index) => jsonNode(item, this.block, () => this.#span(index)));
    return this.#items;
  }

  #span(index: number): Span {
    this.#spans ??= elementSpans(this.block.text, this.place.start);
    const span = this.#spans[index];
    if (span === undefined) throw new Error(`no item ${index} in the JSON list`);
    return { start: span.start, end: span.end };
  }
}

class JsonMap extends Located implements MapNode {
  readonly kind = "map";
  #entries: readonly MapEntry[] | undefined;
  #byKey: ReadonlyMap<string, MapEntry> | undefined;
  #spans: ReadonlyMap<string, MemberSpan> | undefined;

  constructor(
    private readonly value: { readonly [key: string]: JsonValue },
    block: Block,
    locate: Locate,
  ) {
    super(block, locate);
  }

  get entries(): readonly MapEntry[] {
    this.#entries ??= Object.entries(this.value).map(([name, value]) => ({
      key: new JsonScalar(name, this.block, () => this.#span(name).key),
      value: jsonNode(value, this.block, () => {
        const { start, end } = this.#span(name);
        return { start, end };
      }),
    }));
    return this.#entries;
  }

  get byKey(): ReadonlyMap<string, MapEntry> {
    this.#byKey ??= new Map(this.entries.map((entry) => [entry.key.text, entry]));
    return this.#byKey;
  }

  #span(name: string): MemberSpan {
    this.#spans ??= memberSpans(this.block.text, this.place.start);
    const span = this.#spans.get(name);
    if (span === undefined) throw new Error(`no member ${JSON.stringify(name)} in the JSON object`);
    return span;
  }
}
