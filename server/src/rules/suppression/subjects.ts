/** What a finding is about, by the names that a waiver can say. */

import type { DeployedConfig } from "../../deployed/config.ts";
import type { DriftFinding, DriftReport } from "../../drift/report.ts";
import type { PolicySet } from "../../policy/model.ts";
import { kindOf } from "../../policy/schema-kinds.ts";
import type { SourceLayout } from "../../text/layout.ts";
import type { Place } from "../../text/place.ts";
import type { Problem } from "../../text/problem.ts";
import { at, child, entries, items, type ParsedFile, type TreeDocument, text } from "../../text/tree.ts";
import { textAt } from "./places.ts";
import { lastFrom } from "./search.ts";

/** A declaration; rules by `policy/rule`, as everywhere outside of their policy. */
interface Part {
  readonly start: number;
  readonly end: number;
  readonly name: string;
}

export interface Subject {
  readonly names: ReadonlySet<string>;
  /** The places in policy files that it is about. */
  readonly places: readonly Place[];
}

export interface SubjectWorld {
  readonly set: PolicySet;
  readonly files: readonly ParsedFile[];
  readonly deployed: ReadonlyMap<string, ReadonlyMap<string, DeployedConfig>>;
  readonly drift: ReadonlyMap<string, DriftReport>;
}

export class Subjects {
  readonly #parts = new Map<string, { readonly layout: SourceLayout; readonly parts: readonly Part[] }>();
  readonly #points = new Map<string, Set<string>>();
  #names: ReadonlySet<string> | undefined;
  readonly #drift: ReadonlyMap<string, DriftFinding>;

  constructor(private readonly world: SubjectWorld) {
    for (const file of world.files) {
      const parts = file.documents.flatMap((one) => partsOf(one, file.layout));
      this.#parts.set(file.uri, { layout: file.layout, parts: parts.sort((a, b) => a.start - b.start) });
    }
    for (const configs of world.deployed.values())
      for (const [point, { files }] of configs)
        for (const { uri } of files) this.#points.set(uri, (this.#points.get(uri) ?? new Set()).add(point));
    const findings = [...world.drift.values()].flatMap((report) => report.findings);
    this.#drift = new Map(findings.map((one) => [one.id, one]));
  }

  /** Every name that a waiver of this control plane can be for. */
  get names(): ReadonlySet<string> {
    this.#names ??= new Set([...this.#parts.values()].flatMap(({ parts }) => parts.map((one) => one.name)));
    return this.#names;
  }

  /** The declaration that it stands in, what it names itself, and of a drift finding all that it is about. */
  of(problem: Problem): Subject {
    const finding = this.#drift.get(String(problem.data?.drift));
    const resource = finding && this.world.set.resources.get(finding.resource);
    const places = [
      problem.place,
      ...(finding === undefined ? [] : (problem.related ?? []).map((one) => one.place)),
      ...(resource === undefined ? [] : [resource.place]),
    ];
    const names = new Set<string>(this.#points.get(problem.place.block.uri));
    for (const place of places) {
      const part = this.#partAt(place);
      if (part !== undefined) names.add(part.name);
    }
    const own = textAt(problem.place);
    if (own !== undefined && this.names.has(own)) names.add(own);
    if (finding?.enforcementPoint !== undefined) names.add(finding.enforcementPoint);
    return { names, places };
  }

  #partAt(place: Place): Part | undefined {
    const known = this.#parts.get(place.block.uri);
    if (known === undefined) return undefined;
    const { start } = known.layout.offsets(place);
    const part = lastFrom(known.parts, start, (one) => one.start);
    return part !== undefined && start < part.end ? part : undefined;
  }
}

function partsOf(document: TreeDocument, layout: SourceLayout): readonly Part[] {
  const spec = child(document.root, "spec");
  const named = (section: typeof spec): readonly Part[] =>
    entries(section).map(({ key, value }) => ({
      start: layout.offsets(key.place).start,
      end: layout.offsets(value.place).end,
      name: key.text,
    }));
  const kind = kindOf(document);
  switch (kind) {
    case "Inventory":
      return [...named(child(spec, "identities")), ...named(child(spec, "resources"))];
    case "ControlPlane":
      return entries(child(spec, "environments")).flatMap(({ value }) =>
        named(child(value, "enforcementPoints")),
      );
    case "Policy": {
      const policy = text(at(document.root, "metadata", "name"));
      return items(child(spec, "rules")).flatMap((rule): readonly Part[] => {
        const name = text(child(rule, "name"));
        return name === undefined ? [] : [{ ...layout.offsets(rule.place), name: `${policy}/${name}` }];
      });
    }
    case "Scenarios":
    case undefined:
      return [];
  }
}
