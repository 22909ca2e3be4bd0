import type { Interaction } from "../../access/interaction.ts";
import type { Place } from "../../text/place.ts";
import type { Destination, HopContext, HopDecision } from "../adapter.ts";
import { ruleMatches, type Seen, see, type Truth } from "./decide-match.ts";
import {
  type AuthorizationPolicy,
  constraints,
  type IstioModel,
  type Rule,
  readsPeer,
  readsToken,
} from "./model.ts";
import { howToExport, modeAt, type Workload, workloadOf } from "./workload.ts";

interface Found {
  readonly rule: { readonly label: string; readonly place: Place };
  readonly reason: string;
}

/**
 * What the sidecar of one workload says of one request, in Istio's own order: the connection, the token, CUSTOM, DENY,
 * ALLOW. `unknown` where something decides that the files do not tell.
 */
export function decideIstio(
  model: IstioModel,
  destination: Destination,
  context: HopContext,
  view: Interaction,
): HopDecision {
  const workload = workloadOf(model, destination, context);
  const seen = see(view, workload);
  const refusals: Found[] = [];
  const doubts: Found[] = [];
  const note = (truth: Truth, found: () => Found, certain = true, doubt = found): void => {
    // A refusal that resources which were not exported could lift is only a doubt.
    if (truth === true && certain) refusals.push(found());
    else if (truth !== false) doubts.push(doubt());
  };
  const complete = workload.notExported.length === 0;

  note(plaintextRefused(seen), () => plaintext(seen), complete);
  note(tokenRefused(seen, view), () => token(workload, view), complete);
  for (const [policy, rule] of rulesOf(workload.custom)) {
    const matched = ruleMatches(rule, false, seen);
    if (workload.customConflict) note(matched, () => conflict(policy, rule));
    else note(matched === true ? "unknown" : matched, () => external(policy, rule));
  }
  for (const [policy, rule] of rulesOf(workload.deny)) {
    const readsIdentity = constraints(rule).some((one) => readsPeer(one.field) || readsToken(one.field));
    const found = (): Found => byRule(policy, rule, seen);
    note(ruleMatches(rule, false, seen), found, complete || !readsIdentity, () => byUnknown(rule));
  }
  const [refusal] = refusals;
  if (refusal !== undefined) return { decision: "deny", ...refusal };
  if (!complete) {
    const missing = workload.notExported;
    const reason = `AuthorizationPolicies of namespace ${missing.join(" and ")} were not exported and could decide otherwise; ${missing.map(howToExport).join("; ")}.`;
    return { decision: "unknown", reason, next: nextView(workload, view) };
  }
  const admitted = allowed(workload, seen);
  if (admitted.decision === "deny") return admitted;
  const [doubt] = doubts;
  if (doubt !== undefined) return { decision: "unknown", ...doubt, next: nextView(workload, view) };
  return { ...admitted, next: nextView(workload, view) };
}

function rulesOf(
  policies: readonly AuthorizationPolicy[],
): readonly (readonly [AuthorizationPolicy, Rule])[] {
  return policies.flatMap((policy) => policy.rules.map((rule) => [policy, rule] as const));
}

function allowed(workload: Workload, seen: Seen): HopDecision {
  if (workload.allow.length === 0) {
    return { decision: "allow", reason: "No ALLOW policy selects the workload, so everything is allowed." };
  }
  let doubt: Found | undefined;
  for (const [policy, rule] of rulesOf(workload.allow)) {
    const matched = ruleMatches(rule, true, seen);
    if (matched === true) return { decision: "allow", ...byRule(policy, rule, seen) };
    if (matched === "unknown") doubt ??= byUnknown(rule);
  }
  if (doubt !== undefined) return { decision: "unknown", ...doubt };
  const names = workload.allow.map((policy) => policy.label).join(", ");
  return { decision: "deny", reason: `No rule of an ALLOW policy matched (${names}).` };
}

function plaintextRefused(seen: Seen): boolean {
  return seen.principal === undefined && modeAt(seen.workload, seen.port).mode === "STRICT";
}

function plaintext(seen: Seen): Found {
  const { setBy } = modeAt(seen.workload, seen.port);
  if (setBy === undefined) throw new Error("STRICT is set by a resource");
  return {
    rule: { label: setBy.label, place: setBy.place },
    reason: `${setBy.label} asks for mutual TLS (STRICT), and the caller presents no certificate.`,
  };
}

/** A token whose issuer is not accepted, or that is for another audience; a missing one passes. */
function tokenRefused(seen: Seen, view: Interaction): boolean {
  const { jwt } = seen.workload;
  const issuer = view.jwt?.iss;
  if (jwt === undefined || issuer === undefined) return false;
  const audiences = view.jwt?.aud ?? [];
  return !jwt.rules.some(
    (rule) =>
      (rule.issuer === undefined || rule.issuer.text === issuer) &&
      (rule.audiences.length === 0 || rule.audiences.some((one) => audiences.includes(one))),
  );
}

function token(workload: Workload, view: Interaction): Found {
  const rules = workload.jwt?.rules ?? [];
  const issuer = view.jwt?.iss ?? "";
  const ofIssuer = rules.find((rule) => rule.issuer?.text === issuer);
  const rule = ofIssuer ?? rules[0];
  if (rule === undefined) throw new Error("a token was refused without a rule");
  const why =
    ofIssuer === undefined
      ? `issuer ${issuer} is not one that the workload accepts`
      : `it is for ${(view.jwt?.aud ?? []).join(", ") || "no audience"}, needed ${ofIssuer.audiences.join(" or ")}`;
  return {
    rule: { label: "RequestAuthentication", place: rule.place },
    reason: `The token is rejected: ${why}.`,
  };
}

function byRule(policy: AuthorizationPolicy, rule: Rule, seen: Seen): Found {
  return { rule: { label: rule.label, place: rule.place }, reason: `${policy.label}: ${facts(rule, seen)}.` };
}

/** The facts that the rule looked at. */
function facts(rule: Rule, seen: Seen): string {
  const said: string[] = [];
  const fields = constraints(rule).map((one) => one.field);
  if (fields.some(readsPeer)) said.push(`source is ${callerName(seen.principal)}`);
  if (fields.some(readsToken)) said.push(`token is of ${tokenName(seen)}`);
  if (fields.some((field) => field.kind === "sourceIp")) said.push(`address is ${seen.ip ?? "unknown"}`);
  const operation = fields.some((field) => field.kind === "method" || field.kind === "path");
  if (operation) said.push(`request is ${seen.method ?? ""} ${seen.path ?? ""}`.trimEnd());
  if (fields.some((field) => field.kind === "host")) said.push(`host is ${seen.host ?? "missing"}`);
  if (fields.some((field) => field.kind === "port")) said.push(`port is ${seen.port ?? "unknown"}`);
  return said.length === 0 ? "the rule matches the request" : said.join(", ");
}

function callerName(principal: string | undefined): string {
  if (principal === undefined) return "plaintext, without identity";
  const parts = /\/ns\/([^/]+)\/sa\/([^/]+)$/.exec(principal);
  return parts === null ? principal : `${parts[1]}/${parts[2]}`;
}

function tokenName(seen: Seen): string {
  return seen.token === undefined
    ? "nobody (there is none)"
    : `${seen.token.iss ?? ""}/${seen.token.sub ?? ""}`;
}

function byUnknown(rule: Rule): Found {
  return {
    rule: { label: rule.label, place: rule.place },
    reason: `${rule.label} may match: it tests something that the request does not tell.`,
  };
}

function external(policy: AuthorizationPolicy, rule: Rule): Found {
  return {
    rule: { label: rule.label, place: rule.place },
    reason: `${policy.label} leaves the decision to the extension provider ${policy.provider ?? ""}.`,
  };
}

function conflict(policy: AuthorizationPolicy, rule: Rule): Found {
  return {
    rule: { label: rule.label, place: rule.place },
    reason: `${policy.label} is one of several CUSTOM policies with different providers, so Istio denies what it matches.`,
  };
}

/** What the workload behind the sidecar sees: the JWT filter takes the token out unless it is told to forward it. */
function nextView(workload: Workload, view: Interaction): Interaction {
  const accepted = workload.jwt?.rules.find(
    (rule) => rule.issuer === undefined || rule.issuer.text === view.jwt?.iss,
  );
  if (accepted === undefined || accepted.forwardOriginalToken) return view;
  const { jwt: _taken, ...rest } = view;
  return rest;
}
