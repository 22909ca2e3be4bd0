/** What rules about credentials and their lifecycle ask of an identity. */
import type { Identity, PolicySet, Rule, Written } from "../../policy/model.ts";
import type { Place } from "../../text/place.ts";
import { child, type MapNode, text } from "../../text/tree.ts";

/** Types (`credentialType` of the schemas) of which somebody keeps a secret that works until it is replaced. */
export type StaticType = "api-key" | "static-secret" | "basic";

const staticWords: Readonly<Record<StaticType, string>> = {
  "api-key": "an API key",
  "static-secret": "a static secret",
  basic: "a password (HTTP Basic)",
};

export function staticType(type: string | undefined): StaticType | undefined {
  return type === "api-key" || type === "static-secret" || type === "basic" ? type : undefined;
}

export function staticInWords(type: StaticType): string {
  return staticWords[type];
}

export function credentialNode(identity: Pick<Identity, "node">): MapNode | undefined {
  const node = child(identity.node, "credential");
  return node?.kind === "map" ? node : undefined;
}

/** Who cannot have a credential of our own issuers, and has agreed on one with us instead. */
export function isExternal({ type }: Identity): boolean {
  return type === "client" || type === "third-party";
}

/** What is not said of how a static secret is kept and replaced. */
export function unmanagedParts(identity: Identity): readonly string[] {
  const credential = credentialNode(identity);
  return ["secretManager", "secretRef", "rotation"].filter((key) => child(credential, key) === undefined);
}

/** What `static-credential` reports: of the same key other rules need not say that it lives too long. */
export function isReportedAsStatic(identity: Identity): boolean {
  const type = staticType(identity.credential?.type);
  // Of passwords `weak-auth-method` speaks.
  if (type === undefined || type === "basic") return false;
  return !isExternal(identity) || unmanagedParts(identity).length > 0;
}

/** Seconds that a credential of the identity may live, and the limit that says so; undefined where none does. */
export function limitOf(
  { type }: Pick<Identity, "type">,
  { controlPlane: { limits } }: PolicySet,
): { readonly seconds: number; readonly name: "credentialTtl" | "agentCredentialTtl" } | undefined {
  // OWASP NHI7 is about non-human identities: how long people stay signed in is for their issuer to say.
  if (type === "group") return undefined;
  const { credentialTtl: all, agentCredentialTtl: agents } = limits;
  if (type === "agent" && agents !== undefined && (all === undefined || agents <= all))
    return { seconds: agents, name: "agentCredentialTtl" };
  return all === undefined ? undefined : { seconds: all, name: "credentialTtl" };
}

export interface SwitchedOff {
  /** `is retired`, `expired on 2026-01-15`. */
  readonly words: string;
  readonly isRetired: boolean;
  readonly place: Place;
}

/** Whether it is said to be out of use. `today` undefined: no date has come. Dates are ISO 8601 and compare as text. */
export function switchedOff({ node }: Identity, today: string | undefined): SwitchedOff | undefined {
  const status = child(node, "status");
  if (status !== undefined && text(status) === "retired")
    return { words: "is retired", isRetired: true, place: status.place };
  for (const [key, verb] of [
    ["expires", "expired on"],
    ["sunset", "was to be gone by"],
  ] as const) {
    const date = child(node, key);
    const day = text(date);
    if (date !== undefined && day !== undefined && today !== undefined && today >= day)
      return { words: `${verb} ${day}`, isRetired: false, place: date.place };
  }
  return undefined;
}

/** Those that are in use, in the order of the files. */
export function activeIdentities(set: PolicySet, today: string | undefined): readonly Identity[] {
  return [...set.identities.values()].filter((one) => switchedOff(one, today) === undefined);
}

/** Whether retired identities are all that an allow rule names as callers, or as those on whose behalf they act. */
export function allowsOnlyRetired(
  { effect, subjects, onBehalfOf }: Rule,
  set: PolicySet | undefined,
): boolean {
  const isRetired = ({ text: name }: Written) => set?.identities.get(name)?.isRetired === true;
  return effect === "allow" && [subjects, onBehalfOf].some((all) => all?.length && all.every(isRetired));
}
