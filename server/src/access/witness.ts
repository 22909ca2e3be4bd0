import type { Assignment } from "./assignment.ts";
import type { Interaction, Json, Principal } from "./interaction.ts";
import { isMap, writeAttribute } from "./write-attribute.ts";

/**
 * A concrete interaction with the values of a witness. What the witness does not speak of stays as in `base`: no
 * term tells those attributes apart. What it says is absent is taken out. Opaque atoms have no place in it.
 */
export function toInteraction(assignment: Assignment, base: Interaction): Interaction {
  // Wholes before their parts: `claims.act` as a map, then `claims.act.sub` inside it. Absent ones first.
  const ordered = [...assignment.values()]
    .filter(({ attribute }) => attribute.sort !== "opaque")
    .sort(
      (a, b) =>
        Number(a.value.kind !== "absent") - Number(b.value.kind !== "absent") ||
        rank(a.attribute.id) - rank(b.attribute.id) ||
        a.attribute.keys.length - b.attribute.keys.length ||
        (a.attribute.key < b.attribute.key ? -1 : 1),
    );
  const written = ordered.reduce(
    (made, { attribute, value }) => writeAttribute(made, attribute, value),
    base,
  );
  const aboutToken = ordered.some(({ attribute }) => attribute.id.startsWith("jwt."));
  const whole = withMethod(written);
  return aboutToken ? withDelegation(whole) : whole;
}

/**
 * An MCP request has a method, and a tool a name. A witness that speaks of a part alone leaves them open, since no
 * term speaks of them; then they are what goes with the part.
 */
function withMethod(interaction: Interaction): Interaction {
  const { mcp } = interaction;
  if (mcp === undefined) return interaction;
  // Written attribute by attribute, so that what the type promises may still be missing here.
  const { method, tool, ...rest }: Partial<NonNullable<Interaction["mcp"]>> = mcp;
  const named: Partial<NonNullable<typeof tool>> | undefined = tool;
  if (method !== undefined && (named === undefined || named.name !== undefined)) return interaction;
  const part =
    tool === undefined ? (rest.prompt === undefined ? "resources/read" : "prompts/get") : "tools/call";
  return {
    ...interaction,
    mcp: {
      ...rest,
      method: method ?? part,
      ...(tool === undefined ? {} : { tool: { ...tool, name: named?.name ?? "other" } }),
    },
  };
}

/** A query needs the path that it stands behind. */
function rank(id: string): number {
  return id === "request.query" ? 1 : 0;
}

/** `onBehalfOf` as the token says it: with an `act` claim the top-level subject is the delegator (RFC 8693, 4.1). */
export function withDelegation(interaction: Interaction): Interaction {
  const { onBehalfOf: _before, ...rest } = interaction;
  const delegator = delegatorOf(interaction.jwt);
  return delegator === undefined ? rest : { ...rest, onBehalfOf: [delegator] };
}

function delegatorOf(jwt: Interaction["jwt"]): Principal | undefined {
  const act = jwt?.claims?.act;
  if (!isMap(act) || jwt?.sub === undefined || jwt.iss === undefined) return undefined;
  const groups = texts(jwt.claims?.groups);
  return { id: jwt.sub, issuer: jwt.iss, ...(groups === undefined ? {} : { groups }) };
}

function texts(value: Json | undefined): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return (value as readonly Json[]).filter((one) => typeof one === "string");
}
