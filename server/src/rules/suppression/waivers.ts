/** `waivers:` of documents: findings that somebody accepted, until a day. */
import { type Kind, kindOf } from "../../policy/schema-kinds.ts";
import type { Place } from "../../text/place.ts";
import { at, child, items, type ListNode, type MapNode, type ParsedFile, text } from "../../text/tree.ts";
import { contentPlaceOf } from "./places.ts";

interface Written {
  readonly text: string;
  readonly place: Place;
}

export interface Waiver {
  readonly code: Written;
  /** Without it everything in its document, and of a ControlPlane everything below its folder. */
  readonly on: Written | undefined;
  /** The last day on which it counts, as `2026-01-15`. */
  readonly expires: string;
  readonly document: {
    readonly kind: Kind;
    readonly name: string;
    readonly uri: string;
    readonly place: Place;
  };
  readonly spec: MapNode;
  readonly list: ListNode;
  readonly index: number;
}

/** Those that say everything that a waiver has to; the others have a finding of the schema, and accept nothing. */
export function waiversOf(files: readonly ParsedFile[]): readonly Waiver[] {
  return files.flatMap((file) =>
    file.documents.flatMap((document) => {
      const kind = kindOf(document);
      const spec = child(document.root, "spec");
      const list = child(spec, "waivers");
      if (kind === undefined || spec?.kind !== "map" || list?.kind !== "list") return [];
      const name = text(at(document.root, "metadata", "name")) ?? "";
      const own = { kind, name, uri: file.uri, place: document.place };
      return items(list).flatMap((item, index): readonly Waiver[] => {
        const code = written(item, "code");
        const expires = text(child(item, "expires"));
        const reason = text(child(item, "reason")) ?? "";
        if (code === undefined || expires === undefined || reason === "") return [];
        return [{ code, on: written(item, "on"), expires, document: own, spec, list, index }];
      });
    }),
  );
}

/** Days are ISO 8601 and compare as text. Where nobody says which day it is, nothing has expired. */
export function isExpired({ expires }: Waiver, today: string | undefined): boolean {
  return today !== undefined && today > expires;
}

function written(item: Parameters<typeof child>[0], key: string): Written | undefined {
  const node = child(item, key);
  const value = text(node);
  return node?.kind === "scalar" && value !== undefined && value !== ""
    ? { text: value, place: contentPlaceOf(node) }
    : undefined;
}
