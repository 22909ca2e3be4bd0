import { didYouMean } from "./did-you-mean.ts";
import type { Severity } from "./problem.ts";

export interface FindingCode {
  /** `group/name`; of a lint rule its id, without a group. Stable, and never used again for something else: waivers, scripts and links rely on it. */
  readonly code: string;
  /** The severity in policy files; a place where it is less telling may have a lesser one. */
  readonly severity: Severity;
}

/**
 * Every code that the engine gives to a finding, each with a page `docs/codes/<code>.md` and a title in `code-titles.ts`. A code that is no longer
 * given moves to `retiredCodes`. test/unit/docs/codes.test.ts keeps this list, the engine and the pages in step.
 */
export const findingCodes = [
  { code: "yaml/alias", severity: "error" },
  {
    code: "yaml/alias-bomb",
    severity: "error",
  },
  { code: "yaml/anchor", severity: "error" },
  { code: "yaml/complex-key", severity: "error" },
  { code: "yaml/condition-needs-quotes", severity: "error" },
  { code: "yaml/directive", severity: "error" },
  { code: "yaml/duplicate-key", severity: "error" },
  { code: "yaml/merge-key", severity: "error" },
  { code: "yaml/syntax", severity: "error" },
  { code: "yaml/tag", severity: "error" },
  { code: "yaml/too-deep", severity: "error" },
  { code: "yaml/too-large", severity: "error" },
  { code: "json/syntax", severity: "error" },
  { code: "json/too-deep", severity: "error" },
  { code: "json/too-large", severity: "error" },
  {
    code: "schema/allow-only",
    severity: "error",
  },
  { code: "schema/api-version", severity: "error" },
  { code: "schema/const", severity: "error" },
  { code: "schema/duplicate-item", severity: "error" },
  { code: "schema/empty", severity: "error" },
  { code: "schema/enum", severity: "error" },
  { code: "schema/exclusive", severity: "error" },
  { code: "schema/issuer-url", severity: "error" },
  { code: "schema/kind", severity: "error" },
  { code: "schema/name", severity: "error" },
  { code: "schema/pattern", severity: "error" },
  { code: "schema/range", severity: "error" },
  { code: "schema/request-form", severity: "error" },
  { code: "schema/required", severity: "error" },
  { code: "schema/spiffe-id", severity: "error" },
  {
    code: "schema/subjects-required",
    severity: "error",
  },
  { code: "schema/too-long", severity: "error" },
  { code: "schema/too-many", severity: "error" },
  { code: "schema/type", severity: "error" },
  { code: "schema/unknown-property", severity: "error" },
  { code: "reference/acts-for-cycle", severity: "error" },
  { code: "reference/duplicate-name", severity: "error" },
  { code: "reference/file-not-found", severity: "error" },
  { code: "reference/file-not-readable", severity: "error" },
  { code: "reference/file-too-large", severity: "error" },
  { code: "reference/outside-workspace", severity: "error" },
  { code: "reference/set-cycle", severity: "error" },
  {
    code: "reference/undefined-variable",
    severity: "error",
  },
  {
    code: "reference/unknown-enforcement-point",
    severity: "error",
  },
  {
    code: "reference/unknown-condition",
    severity: "error",
  },
  { code: "reference/unknown-environment", severity: "error" },
  {
    code: "reference/unknown-event-type",
    severity: "error",
  },
  { code: "reference/unknown-identity", severity: "error" },
  { code: "reference/unknown-issuer", severity: "error" },
  {
    code: "reference/unknown-mcp-resource",
    severity: "error",
  },
  {
    code: "reference/unknown-operation",
    severity: "error",
  },
  {
    code: "reference/unknown-prompt",
    severity: "error",
  },
  { code: "reference/unknown-resource", severity: "error" },
  { code: "reference/unknown-rule", severity: "error" },
  {
    code: "reference/unknown-secret-manager",
    severity: "error",
  },
  { code: "reference/unknown-tool", severity: "error" },
  { code: "reference/unknown-trust-domain", severity: "error" },
  { code: "reference/variable-in-condition", severity: "error" },
  {
    code: "reference/wrong-target",
    severity: "error",
  },
  { code: "openapi/duplicate-operation-id", severity: "error" },
  {
    code: "openapi/external-ref",
    severity: "information",
  },
  { code: "openapi/not-openapi", severity: "error" },
  { code: "openapi/path", severity: "error" },
  { code: "openapi/ref-cycle", severity: "error" },
  {
    code: "openapi/too-many-operations",
    severity: "error",
  },
  { code: "openapi/unresolved-ref", severity: "error" },
  { code: "proto/not-proto", severity: "error" },
  { code: "mcp/duplicate-tool", severity: "error" },
  { code: "mcp/incomplete-list", severity: "warning" },
  { code: "mcp/no-tools", severity: "error" },
  {
    code: "mcp/schema-too-large",
    severity: "warning",
  },
  { code: "mcp/tool", severity: "error" },
  { code: "cel/invalid-constant", severity: "error" },
  { code: "cel/not-boolean", severity: "error" },
  { code: "cel/regex", severity: "error" },
  { code: "cel/syntax", severity: "error" },
  { code: "cel/too-complex", severity: "error" },
  { code: "cel/type", severity: "error" },
  { code: "cel/unknown-field", severity: "error" },
  { code: "cel/unknown-function", severity: "error" },
  { code: "cel/unknown-value", severity: "warning" },
  { code: "cel/unknown-variable", severity: "error" },
  {
    code: "cel/wrong-resource",
    severity: "error",
  },
  { code: "scenario/failed", severity: "error" },
  { code: "scenario/invalid-request", severity: "error" },
  {
    code: "workspace/no-control-plane",
    severity: "warning",
  },
  { code: "workspace/not-readable", severity: "error" },
  {
    code: "workspace/two-control-planes",
    severity: "error",
  },
  {
    code: "deployed/agentgateway-cel",
    severity: "warning",
  },
  { code: "deployed/istio-invalid", severity: "error" },
  { code: "deployed/istio-unknown-field", severity: "warning" },
  {
    code: "deployed/kong-reference",
    severity: "warning",
  },
  {
    code: "deployed/kubernetes-duplicate",
    severity: "warning",
  },
  { code: "deployed/kubernetes-name", severity: "error" },
  {
    code: "deployed/no-adapter",
    severity: "information",
  },
  { code: "deployed/no-files", severity: "error" },
  { code: "deployed/not-readable", severity: "error" },
  {
    code: "deployed/not-recognised",
    severity: "warning",
  },
  {
    code: "drift/anonymous-fallback",
    severity: "warning",
  },
  {
    code: "drift/bypass",
    severity: "error",
  },
  { code: "drift/dry-run", severity: "warning" },
  {
    code: "drift/jwt-audience-optional",
    severity: "information",
  },
  {
    code: "drift/jwt-audience-unchecked",
    severity: "warning",
  },
  {
    code: "drift/jwt-expiry-unchecked",
    severity: "warning",
  },
  {
    code: "drift/jwt-not-required",
    severity: "warning",
  },
  { code: "drift/key-in-query", severity: "information" },
  { code: "drift/narrower", severity: "warning" },
  { code: "drift/optional-jwt", severity: "warning" },
  {
    code: "drift/permissive-mtls",
    severity: "warning",
  },
  { code: "drift/unchecked-audience", severity: "warning" },
  { code: "drift/unenforced", severity: "warning" },
  { code: "drift/unknown", severity: "information" },
  { code: "drift/wider", severity: "error" },
  {
    code: "lint/cannot-suppress",
    severity: "warning",
  },
  {
    code: "lint/ignore-without-reason",
    severity: "warning",
  },
  {
    code: "lint/misspelled-ignore",
    severity: "warning",
  },
  { code: "lint/unknown-rule", severity: "warning" },
  { code: "lint/unmatched-files", severity: "warning" },
  { code: "lint/unused-ignore", severity: "warning" },
  { code: "lint/unused-waiver", severity: "warning" },
  {
    code: "allow-without-authentication",
    severity: "warning",
  },
  {
    code: "agent-without-delegation",
    severity: "warning",
  },
  {
    code: "agent-without-kill-switch",
    severity: "warning",
  },
  {
    code: "audience-not-single",
    severity: "information",
  },
  { code: "condition-always-false", severity: "warning" },
  { code: "condition-always-true", severity: "warning" },
  {
    code: "conflicting-rules",
    severity: "information",
  },
  {
    code: "credential-outlives-task",
    severity: "warning",
  },
  {
    code: "cross-environment-identity",
    severity: "warning",
  },
  {
    code: "destructive-tool-without-approval",
    severity: "warning",
  },
  {
    code: "duplicate-resource",
    severity: "warning",
  },
  { code: "dry-run-in-production", severity: "warning" },
  {
    code: "event-without-identity-binding",
    severity: "warning",
  },
  { code: "fail-open", severity: "warning" },
  { code: "human-uses-nhi", severity: "warning" },
  { code: "identity-reuse", severity: "warning" },
  { code: "inline-secret", severity: "error" },
  { code: "invalid-spiffe-id", severity: "error" },
  { code: "missing-budget", severity: "warning" },
  {
    code: "missing-deny-test",
    severity: "information",
  },
  { code: "missing-owner", severity: "warning" },
  {
    code: "model-egress-unclassified-data",
    severity: "warning",
  },
  { code: "multiple-audit-sinks", severity: "information" },
  { code: "multiple-secret-managers", severity: "information" },
  {
    code: "oidc-trust-unpinned",
    severity: "warning",
  },
  { code: "orphaned-identity", severity: "information" },
  { code: "prior-actor-in-decision", severity: "error" },
  { code: "redundant-rule", severity: "warning" },
  {
    code: "retired-identity-referenced",
    severity: "error",
  },
  { code: "review-overdue", severity: "warning" },
  {
    code: "revocation-missing",
    severity: "warning",
  },
  { code: "shadowed-rule", severity: "warning" },
  {
    code: "static-credential",
    severity: "warning",
  },
  {
    code: "third-party-without-offboarding",
    severity: "warning",
  },
  {
    code: "token-passthrough",
    severity: "warning",
  },
  {
    code: "tool-without-input-constraint",
    severity: "information",
  },
  { code: "ttl-too-long", severity: "warning" },
  {
    code: "unanchored-subject",
    severity: "warning",
  },
  { code: "unaudited-decision", severity: "warning" },
  { code: "unbound-resource", severity: "warning" },
  {
    code: "unfederated-trust-domain",
    severity: "warning",
  },
  { code: "unknown-control-id", severity: "warning" },
  { code: "unknown-obligation", severity: "warning" },
  {
    code: "unobservable-condition",
    severity: "warning",
  },
  {
    code: "unqualified-tool-name",
    severity: "warning",
  },
  { code: "unreachable-rule", severity: "warning" },
  { code: "unsigned-agent-card", severity: "warning" },
  { code: "untested-rule", severity: "information" },
  { code: "unused-condition", severity: "information" },
  {
    code: "visible-but-not-callable",
    severity: "warning",
  },
  { code: "waiver-expired", severity: "warning" },
  {
    code: "weak-auth-method",
    severity: "warning",
  },
  { code: "wildcard-grant", severity: "warning" },
  { code: "wildcard-principal", severity: "warning" },
] as const satisfies readonly FindingCode[];

/** Codes that were given once. They stay here so that nobody gives them again. */
export const retiredCodes: readonly string[] = [];

const byCode: ReadonlyMap<string, FindingCode> = new Map(findingCodes.map((one) => [one.code, one]));

export function findingCode(code: string): FindingCode | undefined {
  return byCode.get(code);
}

/** The code that was most likely meant: a misspelled one, or the only one of that name in any group. */
export function similarCode(code: string): string | undefined {
  const named = findingCodes.filter((one) => one.code.endsWith(`/${code}`));
  const [only] = named;
  return named.length === 1 ? only?.code : didYouMean(code, byCode.keys());
}
