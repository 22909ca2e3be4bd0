/** Identities of Inventory documents. */
import { at, child, entries, type MapNode, type ScalarNode, type TreeNode, text } from "../../text/tree.ts";
import type { CredentialSpec, DeployedAs, Identity, IdentityType } from "../model.ts";
import { duration, namedMaps, oneOf, present, strings, written, writtenList } from "./read.ts";

const identityTypes: readonly IdentityType[] = [
  "workload",
  "agent",
  "group",
  "client",
  "third-party",
  "legacy-service-account",
  "set",
];

/** Undefined where the type is missing or unknown: nothing can be said of such an identity. */
export function buildIdentity(key: ScalarNode, node: MapNode): Identity | undefined {
  const type = oneOf(child(node, "type"), identityTypes);
  if (type === undefined) return undefined;
  return {
    name: key.text,
    place: key.place,
    type,
    ...present({
      spiffeId: written(child(node, "spiffeId")),
      spiffeIdPattern: written(child(node, "spiffeIdPattern")),
      members: type === "set" ? (writtenList(child(node, "of")) ?? []) : undefined,
      issuer: written(child(node, "issuer")),
      clientId: written(child(node, "clientId")),
      owner: text(child(node, "owner")),
      credential: buildCredential(node),
      isRetired: text(child(node, "status")) === "retired" ? true : undefined,
    }),
    claims: buildClaims(node),
    actsFor: writtenList(child(node, "actsFor")) ?? [],
    deployedAs: new Map(
      namedMaps(child(node, "deployedAs")).map(({ key: gateway, value }): [string, DeployedAs] => [
        gateway.text,
        {
          ...present({
            consumer: text(child(value, "consumer")),
            groups: child(value, "groups")?.kind === "list" ? strings(child(value, "groups")) : undefined,
          }),
          place: gateway.place,
        },
      ]),
    ),
    node,
  };
}

/**
 * The claims that prove the identity. Of a JWT-SVID it is the subject, which is the SPIFFE ID (JWT-SVID 3), where the
 * identity says who issues it and asks for nothing else.
 */
function buildClaims(node: MapNode): Identity["claims"] {
  const written = entries(child(node, "claims"));
  const spiffeId = text(child(node, "spiffeId"));
  const isSvid =
    written.length === 0 &&
    child(node, "issuer") !== undefined &&
    child(node, "clientId") === undefined &&
    text(at(node, "credential", "type")) === "jwt-svid";
  if (isSvid && spiffeId !== undefined) return new Map([["sub", [spiffeId]]]);
  return new Map(written.map(({ key: claim, value }) => [claim.text, claimValues(value)]));
}

/** One value or several; numbers as written (a version 2.0 is no 2), since claims are compared as text first. */
function claimValues(node: TreeNode): readonly string[] {
  if (node.kind === "list") return node.items.flatMap(claimValues);
  if (node.kind !== "scalar" || node.value === null) return [];
  return [typeof node.value === "boolean" ? String(node.value) : node.text];
}

function buildCredential(node: MapNode): CredentialSpec | undefined {
  const entry = node.byKey.get("credential");
  if (entry?.value.kind !== "map") return undefined;
  const credential = entry.value;
  return {
    ...present({
      type: text(child(credential, "type")),
      issuer: text(child(credential, "issuer")),
      maxTtl: duration(child(credential, "maxTtl")),
      boundTo: text(child(credential, "boundTo")),
    }),
    place: entry.key.place,
  };
}
