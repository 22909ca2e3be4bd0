import type { Place } from "../../text/place.ts";
import { child, type MapNode, type TreeNode, text } from "../../text/tree.ts";
import type { KongConsumer } from "./model.ts";
import { maps, placeOf, reference } from "./nodes.ts";
import type { Writing } from "./read-plugins.ts";

interface Draft {
  readonly name: string;
  readonly keys: readonly string[];
  readonly place: Place;
  readonly groups: Set<string>;
  readonly consumerGroups: Set<string>;
  readonly jwtKeys: Set<string>;
  apiKeys: number;
}

/** Collects consumers with their credentials and groups, which decK writes inside the consumer or beside it. */
export class ConsumerReader {
  readonly #drafts = new Map<string, Draft>();
  readonly #later: (() => void)[] = [];

  read(root: MapNode, plugins: Writing[]): void {
    for (const node of maps(child(root, "consumers"))) this.#consumer(node, plugins);
    for (const node of maps(child(root, "consumer_groups"))) this.#group(node, plugins);
    for (const kind of ["acls", "keyauth_credentials", "jwt_secrets"] as const) {
      for (const node of maps(child(root, kind))) {
        this.#later.push(() => this.#credential(kind, node, this.#named(child(node, "consumer"))));
      }
    }
  }

  /** Every name of every consumer, and the name that it is known by. */
  names(): ReadonlyMap<string, string> {
    return new Map([...this.#drafts].map(([key, draft]) => [key, draft.name]));
  }

  consumers(): readonly KongConsumer[] {
    for (const add of this.#later.splice(0)) add();
    return [...new Set(this.#drafts.values())].map((draft) => ({
      name: draft.name,
      keys: draft.keys,
      place: draft.place,
      groups: [...draft.groups],
      consumerGroups: [...draft.consumerGroups],
      apiKeys: draft.apiKeys,
      jwtKeys: [...draft.jwtKeys],
    }));
  }

  #consumer(node: MapNode, plugins: Writing[]): void {
    const keys = ["username", "custom_id", "id"].flatMap((key) => text(child(node, key)) ?? []);
    const name = keys[0];
    if (name === undefined) return;
    const known = keys.map((key) => this.#drafts.get(key)).find((draft) => draft !== undefined);
    const draft: Draft = known ?? {
      name,
      keys,
      place: placeOf(child(node, "username")) ?? node.place,
      groups: new Set(),
      consumerGroups: new Set(),
      jwtKeys: new Set(),
      apiKeys: 0,
    };
    for (const key of keys) this.#drafts.set(key, draft);
    for (const kind of ["acls", "keyauth_credentials", "jwt_secrets"] as const) {
      for (const one of maps(child(node, kind))) this.#credential(kind, one, draft);
    }
    for (const group of maps(child(node, "groups"))) {
      const groupName = reference(group);
      if (groupName !== undefined) draft.consumerGroups.add(groupName);
    }
    for (const plugin of maps(child(node, "plugins"))) {
      plugins.push({ node: plugin, scope: { consumer: draft.name } });
    }
  }

  #group(node: MapNode, plugins: Writing[]): void {
    const name = text(child(node, "name"));
    if (name === undefined) return;
    for (const consumer of maps(child(node, "consumers"))) {
      this.#later.push(() => this.#named(consumer)?.consumerGroups.add(name));
    }
    for (const plugin of maps(child(node, "plugins"))) {
      plugins.push({ node: plugin, scope: { consumerGroup: name } });
    }
  }

  #credential(kind: "acls" | "keyauth_credentials" | "jwt_secrets", node: MapNode, draft?: Draft): void {
    if (draft === undefined) return;
    switch (kind) {
      case "acls": {
        const group = text(child(node, "group"));
        if (group !== undefined) draft.groups.add(group);
        return;
      }
      case "keyauth_credentials":
        draft.apiKeys++;
        return;
      case "jwt_secrets": {
        const key = text(child(node, "key"));
        if (key !== undefined) draft.jwtKeys.add(key);
        return;
      }
    }
  }

  #named(node: TreeNode | undefined): Draft | undefined {
    const name = reference(node);
    return name === undefined ? undefined : this.#drafts.get(name);
  }
}
