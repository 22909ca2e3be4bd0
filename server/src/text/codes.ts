import { didYouMean } from "./did-you-mean.ts";
import type { Severity } from "./problem.ts";

export interface FindingCode {
  /** `group/name`; of a lint rule its id, without a group. Stable, and never used again for something else: waivers, scripts and links rely on it. */
  readonly code: string;
  /** What the finding is about, as a title. */
  readonly title: string;
  /** The severity in policy files; a place where it is less telling may have a lesser one. */
  readonly severity: Severity;
}

/**
 * Every code that the engine gives to a finding, each with a page `docs/codes/<code>.md`. A code that is no longer
 * given moves to `retiredCodes`. test/unit/docs/codes.test.ts keeps this list, the engine and the pages in step.
 */
export const findingCodes = [
  { code: "yaml/alias", severity: "error", title: "An alias in a policy file" },
  {
    code: "yaml/alias-bomb",
    severity: "error",
    title: "Aliases that expand to more than a parser should build",
  },
  { code: "yaml/anchor", severity: "error", title: "An anchor in a policy file" },
  { code: "yaml/complex-key", severity: "error", title: "A key that is a list or a map" },
  { code: "yaml/condition-needs-quotes", severity: "error", title: "A condition that YAML changes or cuts" },
  { code: "yaml/directive", severity: "error", title: "A YAML directive in a policy file" },
  { code: "yaml/duplicate-key", severity: "error", title: "A key that stands twice in a map" },
  { code: "yaml/merge-key", severity: "error", title: "A merge key in a policy file" },
  { code: "yaml/syntax", severity: "error", title: "Text that is not YAML 1.2" },
  { code: "yaml/tag", severity: "error", title: "A tag in a policy file" },
  { code: "yaml/too-deep", severity: "error", title: "YAML that is nested too deep" },
  { code: "yaml/too-large", severity: "error", title: "A YAML file that is too large" },
  { code: "json/syntax", severity: "error", title: "Text that is not JSON" },
  { code: "json/too-deep", severity: "error", title: "JSON that is nested too deep" },
  { code: "json/too-large", severity: "error", title: "A JSON file that is too large" },
  {
    code: "schema/allow-only",
    severity: "error",
    title: "A deny rule with a part that only allow rules have",
  },
  { code: "schema/api-version", severity: "error", title: "A document without the known version" },
  { code: "schema/const", severity: "error", title: "A value where only one is possible" },
  { code: "schema/duplicate-item", severity: "error", title: "An entry that stands twice in a list" },
  { code: "schema/empty", severity: "error", title: "An empty list, map or text" },
  { code: "schema/enum", severity: "error", title: "A value outside of a closed list" },
  { code: "schema/exclusive", severity: "error", title: "Two properties that exclude each other" },
  { code: "schema/issuer-url", severity: "error", title: "An issuer that is not an https URL" },
  { code: "schema/kind", severity: "error", title: "A document of an unknown kind" },
  { code: "schema/name", severity: "error", title: "A key that cannot be a name" },
  { code: "schema/pattern", severity: "error", title: "A text of the wrong form" },
  { code: "schema/range", severity: "error", title: "A number out of its range" },
  { code: "schema/request-form", severity: "error", title: "A request without exactly one form" },
  { code: "schema/required", severity: "error", title: "A missing property" },
  { code: "schema/spiffe-id", severity: "error", title: "A text that is not a SPIFFE ID" },
  {
    code: "schema/subjects-required",
    severity: "error",
    title: "An allow rule that does not say whom it allows",
  },
  { code: "schema/too-long", severity: "error", title: "A name that is too long" },
  { code: "schema/too-many", severity: "error", title: "A list with too many entries" },
  { code: "schema/type", severity: "error", title: "A value of the wrong type" },
  { code: "schema/unknown-property", severity: "error", title: "A property that does not exist" },
  { code: "reference/acts-for-cycle", severity: "error", title: "Delegation that leads in a circle" },
  { code: "reference/duplicate-name", severity: "error", title: "A name that is declared twice" },
  { code: "reference/file-not-found", severity: "error", title: "A file that is not there" },
  { code: "reference/file-not-readable", severity: "error", title: "A file that cannot be read" },
  { code: "reference/file-too-large", severity: "error", title: "A referenced file that is too large" },
  { code: "reference/outside-workspace", severity: "error", title: "A reference that leaves the workspace" },
  { code: "reference/set-cycle", severity: "error", title: "Sets of identities that are in each other" },
  {
    code: "reference/undefined-variable",
    severity: "error",
    title: "A variable that an environment does not define",
  },
  {
    code: "reference/unknown-enforcement-point",
    severity: "error",
    title: "An enforcement point that no environment has",
  },
  {
    code: "reference/unknown-condition",
    severity: "error",
    title: "A named condition that the policy does not have",
  },
  { code: "reference/unknown-environment", severity: "error", title: "An environment that is not declared" },
  {
    code: "reference/unknown-event-type",
    severity: "error",
    title: "An event type that the channel does not have",
  },
  { code: "reference/unknown-identity", severity: "error", title: "An identity that is not declared" },
  { code: "reference/unknown-issuer", severity: "error", title: "An issuer that is not declared" },
  {
    code: "reference/unknown-mcp-resource",
    severity: "error",
    title: "A resource that the MCP server does not have",
  },
  {
    code: "reference/unknown-operation",
    severity: "error",
    title: "An operation that the resource does not have",
  },
  {
    code: "reference/unknown-prompt",
    severity: "error",
    title: "A prompt that the MCP server does not have",
  },
  { code: "reference/unknown-resource", severity: "error", title: "A resource that is not declared" },
  { code: "reference/unknown-rule", severity: "error", title: "A rule that does not exist" },
  {
    code: "reference/unknown-secret-manager",
    severity: "error",
    title: "A secret manager that is not declared",
  },
  { code: "reference/unknown-tool", severity: "error", title: "A tool that the MCP server does not have" },
  { code: "reference/unknown-trust-domain", severity: "error", title: "A trust domain that is not declared" },
  { code: "reference/variable-in-condition", severity: "error", title: "A variable inside a condition" },
  {
    code: "reference/wrong-target",
    severity: "error",
    title: "A target that does not fit the type of its resource",
  },
  { code: "openapi/duplicate-operation-id", severity: "error", title: "An operationId that stands twice" },
  {
    code: "openapi/external-ref",
    severity: "information",
    title: "A reference to another file in an OpenAPI document",
  },
  { code: "openapi/not-openapi", severity: "error", title: "A file that is not an OpenAPI 3 document" },
  { code: "openapi/path", severity: "error", title: "An OpenAPI path without its slash" },
  { code: "openapi/ref-cycle", severity: "error", title: "OpenAPI references that lead in a circle" },
  {
    code: "openapi/too-many-operations",
    severity: "error",
    title: "An OpenAPI document with more operations than are read",
  },
  { code: "openapi/unresolved-ref", severity: "error", title: "An OpenAPI reference that leads to nothing" },
  { code: "proto/not-proto", severity: "error", title: "A file without gRPC methods" },
  { code: "mcp/duplicate-tool", severity: "error", title: "A tool that stands twice in the list" },
  { code: "mcp/incomplete-list", severity: "warning", title: "One page of the tools only" },
  { code: "mcp/no-tools", severity: "error", title: "A file without a list of tools" },
  {
    code: "mcp/schema-too-large",
    severity: "warning",
    title: "An input schema that is too large to read as a whole",
  },
  { code: "mcp/tool", severity: "error", title: "A tool that cannot be one" },
  { code: "cel/invalid-constant", severity: "error", title: "A constant that can only fail" },
  { code: "cel/not-boolean", severity: "error", title: "A condition that is not true or false" },
  { code: "cel/regex", severity: "error", title: "A regular expression that is not RE2" },
  { code: "cel/syntax", severity: "error", title: "Text that is not CEL" },
  { code: "cel/too-complex", severity: "error", title: "A condition that is too complex to evaluate safely" },
  { code: "cel/type", severity: "error", title: "An operator on values of the wrong types" },
  { code: "cel/unknown-field", severity: "error", title: "A field or argument that does not exist" },
  { code: "cel/unknown-function", severity: "error", title: "A function that CEL does not have" },
  { code: "cel/unknown-value", severity: "warning", title: "A text that the schema's list of values lacks" },
  { code: "cel/unknown-variable", severity: "error", title: "A variable that conditions do not have" },
  {
    code: "cel/wrong-resource",
    severity: "error",
    title: "A variable that requests to the rule's resources do not have",
  },
  { code: "scenario/failed", severity: "error", title: "A scenario with another decision than expected" },
  { code: "scenario/invalid-request", severity: "error", title: "A sample request that cannot be read" },
  {
    code: "workspace/no-control-plane",
    severity: "warning",
    title: "A policy file that belongs to no control plane",
  },
  { code: "workspace/not-readable", severity: "error", title: "A policy file that cannot be read" },
  {
    code: "workspace/two-control-planes",
    severity: "error",
    title: "Two ControlPlane documents in one folder",
  },
  {
    code: "deployed/agentgateway-cel",
    severity: "warning",
    title: "A CEL rule of agentgateway that cannot hold",
  },
  { code: "deployed/istio-invalid", severity: "error", title: "A resource that Istio rejects" },
  { code: "deployed/istio-unknown-field", severity: "warning", title: "A field that Istio does not have" },
  {
    code: "deployed/kong-reference",
    severity: "warning",
    title: "A Kong entity that refers to a missing one",
  },
  {
    code: "deployed/kubernetes-duplicate",
    severity: "warning",
    title: "A Kubernetes resource that stands twice",
  },
  { code: "deployed/kubernetes-name", severity: "error", title: "A Kubernetes resource without a name" },
  {
    code: "deployed/no-adapter",
    severity: "information",
    title: "A type of enforcement point that is not read yet",
  },
  { code: "deployed/no-files", severity: "error", title: "Deployed files that are not there" },
  { code: "deployed/not-readable", severity: "error", title: "A deployed file that cannot be read" },
  {
    code: "deployed/not-recognised",
    severity: "warning",
    title: "A deployed file without config of its type",
  },
  {
    code: "drift/anonymous-fallback",
    severity: "warning",
    title: "Kong lets callers without a credential on",
  },
  {
    code: "drift/bypass",
    severity: "error",
    title: "A hop that admits callers who go around the one before",
  },
  { code: "drift/dry-run", severity: "warning", title: "An Istio policy in dry-run" },
  {
    code: "drift/jwt-audience-optional",
    severity: "information",
    title: "agentgateway accepts tokens without an audience",
  },
  {
    code: "drift/jwt-audience-unchecked",
    severity: "warning",
    title: "agentgateway does not check audiences",
  },
  {
    code: "drift/jwt-expiry-unchecked",
    severity: "warning",
    title: "Kong does not check when tokens expire",
  },
  {
    code: "drift/jwt-not-required",
    severity: "warning",
    title: "agentgateway lets requests without a token pass",
  },
  { code: "drift/key-in-query", severity: "information", title: "Kong takes API keys from the query" },
  { code: "drift/narrower", severity: "warning", title: "What is deployed stops what the policy allows" },
  { code: "drift/optional-jwt", severity: "warning", title: "Istio lets requests without a token pass" },
  {
    code: "drift/permissive-mtls",
    severity: "warning",
    title: "Istio accepts plaintext where rules decide by identity",
  },
  { code: "drift/unchecked-audience", severity: "warning", title: "Istio accepts tokens of any audience" },
  { code: "drift/unenforced", severity: "warning", title: "A condition that no hop can enforce" },
  { code: "drift/unknown", severity: "information", title: "Drift that could not be decided" },
  { code: "drift/wider", severity: "error", title: "What is deployed allows what the policy denies" },
  {
    code: "lint/cannot-suppress",
    severity: "warning",
    title: "A finding that cannot be accepted or set",
  },
  {
    code: "lint/ignore-without-reason",
    severity: "warning",
    title: "A comment that accepts a finding without a reason",
  },
  {
    code: "lint/misspelled-ignore",
    severity: "warning",
    title: "A comment that looks as if it accepted a finding",
  },
  { code: "lint/unknown-rule", severity: "warning", title: "A rule that does not exist" },
  { code: "lint/unmatched-files", severity: "warning", title: "Settings for files that are not there" },
  { code: "lint/unused-ignore", severity: "warning", title: "A comment that accepts nothing" },
  { code: "lint/unused-waiver", severity: "warning", title: "A waiver that accepts nothing" },
  {
    code: "allow-without-authentication",
    severity: "warning",
    title: "An allow for everybody where more can be done than to read",
  },
  {
    code: "agent-without-delegation",
    severity: "warning",
    title: "An agent that acts as itself where it should act for somebody",
  },
  {
    code: "agent-without-kill-switch",
    severity: "warning",
    title: "An agent that nobody says how to switch off",
  },
  {
    code: "audience-not-single",
    severity: "information",
    title: "A token that is good for several audiences",
  },
  { code: "condition-always-false", severity: "warning", title: "A condition that no request fulfils" },
  { code: "condition-always-true", severity: "warning", title: "A condition that limits nothing" },
  {
    code: "conflicting-rules",
    severity: "information",
    title: "A name in an allow rule that a deny leaves nothing of",
  },
  {
    code: "credential-outlives-task",
    severity: "warning",
    title: "A credential that stays valid after its task",
  },
  {
    code: "cross-environment-identity",
    severity: "warning",
    title: "An identity of production in another environment, or the other way round",
  },
  {
    code: "destructive-tool-without-approval",
    severity: "warning",
    title: "A destructive tool that an agent may call unasked",
  },
  {
    code: "duplicate-resource",
    severity: "warning",
    title: "Two resources that stand for the same requests",
  },
  { code: "dry-run-in-production", severity: "warning", title: "A policy that only watches in production" },
  {
    code: "event-without-identity-binding",
    severity: "warning",
    title: "Events decided by what their sender claims",
  },
  { code: "fail-open", severity: "warning", title: "An allow that holds because something is missing" },
  { code: "human-uses-nhi", severity: "warning", title: "People with the credential of a program" },
  { code: "identity-reuse", severity: "warning", title: "Two identities with the same proof" },
  { code: "inline-secret", severity: "error", title: "A secret in a policy file" },
  { code: "invalid-spiffe-id", severity: "error", title: "A comparison with a text that is no SPIFFE ID" },
  { code: "missing-budget", severity: "warning", title: "A model that may be called without a budget" },
  {
    code: "missing-deny-test",
    severity: "information",
    title: "A policy whose scenarios show only what it allows",
  },
  { code: "missing-owner", severity: "warning", title: "An identity that nobody owns" },
  {
    code: "model-egress-unclassified-data",
    severity: "warning",
    title: "Data that may reach a model which is not declared to take it",
  },
  { code: "multiple-audit-sinks", severity: "information", title: "More than one audit sink" },
  { code: "multiple-secret-managers", severity: "information", title: "More than one secret manager" },
  {
    code: "oidc-trust-unpinned",
    severity: "warning",
    title: "An issuer whose tokens are accepted whomever they are for, or from",
  },
  { code: "orphaned-identity", severity: "information", title: "An identity that nothing uses" },
  { code: "prior-actor-in-decision", severity: "error", title: "A decision by who had a token earlier" },
  { code: "redundant-rule", severity: "warning", title: "A rule that changes no decision" },
  {
    code: "retired-identity-referenced",
    severity: "error",
    title: "A retired identity that still has access",
  },
  { code: "review-overdue", severity: "warning", title: "An identity whose review is overdue" },
  {
    code: "revocation-missing",
    severity: "warning",
    title: "A long-lived credential that nobody says how to revoke",
  },
  { code: "shadowed-rule", severity: "warning", title: "An allow rule that deny rules override altogether" },
  {
    code: "static-credential",
    severity: "warning",
    title: "A secret where a short-lived credential could be",
  },
  {
    code: "third-party-without-offboarding",
    severity: "warning",
    title: "A third party that nobody says how to switch off",
  },
  {
    code: "token-passthrough",
    severity: "warning",
    title: "A gateway that hands tokens on to an MCP server",
  },
  {
    code: "tool-without-input-constraint",
    severity: "information",
    title: "A tool that an agent may call with any number",
  },
  { code: "ttl-too-long", severity: "warning", title: "A credential that lives longer than the limit" },
  {
    code: "unanchored-subject",
    severity: "warning",
    title: "A test of a caller's name that other names pass",
  },
  { code: "unaudited-decision", severity: "warning", title: "A decision that leaves no audit event" },
  { code: "unbound-resource", severity: "warning", title: "A resource without an enforcement point" },
  {
    code: "unfederated-trust-domain",
    severity: "warning",
    title: "A third party in a trust domain that is not federated",
  },
  { code: "unknown-control-id", severity: "warning", title: "A control that its framework does not have" },
  { code: "unknown-obligation", severity: "warning", title: "An obligation that nobody can carry out" },
  {
    code: "unobservable-condition",
    severity: "warning",
    title: "A condition that no enforcement point on the way can see",
  },
  {
    code: "unqualified-tool-name",
    severity: "warning",
    title: "A tool that is chosen by name on several servers",
  },
  { code: "unreachable-rule", severity: "warning", title: "A rule that applies to no request" },
  { code: "unsigned-agent-card", severity: "warning", title: "An agent card that is not signed" },
  { code: "untested-rule", severity: "information", title: "A rule that no scenario makes decide" },
  { code: "unused-condition", severity: "information", title: "A named condition that no rule asks for" },
  {
    code: "visible-but-not-callable",
    severity: "warning",
    title: "A tool that its rule names and its condition rules out",
  },
  { code: "waiver-expired", severity: "warning", title: "A waiver whose day is over" },
  {
    code: "weak-auth-method",
    severity: "warning",
    title: "A password, or a weaker proof than the callers have",
  },
  { code: "wildcard-grant", severity: "warning", title: "An allow on all of a resource that can do harm" },
  { code: "wildcard-principal", severity: "warning", title: "An allow for everybody in a trust domain" },
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
