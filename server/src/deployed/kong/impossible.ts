import { attribute } from "../../access/catalogue.ts";
import { fails, holds, type Literal } from "../../access/predicate.ts";
import { exactly, oneOf } from "../../access/text-pattern.ts";
import type { KongConsumer, KongModel } from "./model.ts";

export interface Impossible {
  readonly literals: readonly Literal[];
  readonly why: string;
}

const id = attribute("client.id");
const method = attribute("client.method");
const groups = attribute("client.groups");

/**
 * Regions in which no request can lie: Kong knows a consumer's groups and credentials from its config, and a caller
 * that is no consumer has no groups. A name that is no consumer's stays possible: it is denied.
 */
export function impossibleKong(model: KongModel): readonly Impossible[] {
  const known = [...new Set(model.consumers.flatMap((one) => [...one.groups, ...one.consumerGroups]))];
  return [
    {
      literals: [holds(groups, { test: "present" }), fails(id, { test: "present" })],
      why: "Kong gives groups to consumers only",
    },
    ...model.consumers.flatMap((consumer) => [...groupFacts(consumer, known), ...credentialFacts(consumer)]),
  ];
}

function groupFacts(consumer: KongConsumer, known: readonly string[]): readonly Impossible[] {
  const is = holds(id, { test: "text", pattern: exactly(consumer.name) });
  const own = new Set([...consumer.groups, ...consumer.consumerGroups]);
  const others = known.filter((group) => !own.has(group));
  return [
    ...[...own].map((group) => ({
      literals: [is, fails(groups, { test: "member", pattern: exactly(group) })],
      why: `the consumer "${consumer.name}" is in the group "${group}"`,
    })),
    ...(own.size === 0
      ? [
          {
            literals: [is, holds(groups, { test: "present" })],
            why: `the consumer "${consumer.name}" is in no group`,
          },
        ]
      : []),
    ...(own.size > 0 && others.length > 0
      ? [
          {
            literals: [is, holds(groups, { test: "member", pattern: oneOf(others) })],
            why: `the consumer "${consumer.name}" is in no other group`,
          },
        ]
      : []),
  ];
}

/** A consumer proves itself only by a credential that it has. */
function credentialFacts(consumer: KongConsumer): readonly Impossible[] {
  const methods = [
    ...(consumer.apiKeys > 0 ? ["key-auth"] : []),
    ...(consumer.jwtKeys.length > 0 ? ["jwt"] : []),
  ];
  return [
    {
      literals: [
        holds(id, { test: "text", pattern: exactly(consumer.name) }),
        ...(methods.length === 0 ? [] : [fails(method, { test: "text", pattern: oneOf(methods) })]),
      ],
      why: `the consumer "${consumer.name}" proves itself by ${methods.join(" or ") || "nothing"}`,
    },
  ];
}
