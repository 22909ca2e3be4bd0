import { flag, strings } from "./config.ts";
import type { KongConsumer, KongPlugin } from "./model.ts";

/** The lists of an acl plugin. A list to deny, where there is one, is the only one that counts. */
export interface AclLists {
  readonly deny: boolean;
  readonly groups: ReadonlySet<string>;
  /** Whether consumer groups count beside ACL groups. */
  readonly consumerGroups: boolean;
}

/** Source: Kong `kong/plugins/acl/handler.lua`; the older names of the lists are still accepted by decK. */
export function aclLists({ config }: KongPlugin): AclLists {
  const denied = [...strings(config, "deny"), ...strings(config, "blacklist")];
  const allowed = [...strings(config, "allow"), ...strings(config, "whitelist")];
  const deny = denied.length > 0;
  return {
    deny,
    groups: new Set(deny ? denied : allowed),
    consumerGroups: flag(config, "include_consumer_groups", false),
  };
}

/** Whether the consumer passes. One without groups passes a list to deny and fails one to allow. */
export function passesAcl(lists: AclLists, consumer: KongConsumer): boolean {
  const groups = lists.consumerGroups ? [...consumer.groups, ...consumer.consumerGroups] : consumer.groups;
  return groups.some((group) => lists.groups.has(group)) !== lists.deny;
}
