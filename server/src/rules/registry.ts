/** Every lint rule, by category. */

import { agentWithoutDelegation } from "./ai/agent-without-delegation.ts";
import { agentWithoutKillSwitch } from "./ai/agent-without-kill-switch.ts";
import { missingBudget } from "./ai/missing-budget.ts";
import { modelEgressUnclassifiedData } from "./ai/model-egress-unclassified-data.ts";
import { unsignedAgentCard } from "./ai/unsigned-agent-card.ts";
import { visibleButNotCallable } from "./ai/visible-but-not-callable.ts";
import { allowWithoutAuthentication } from "./authentication/allow-without-authentication.ts";
import { audienceNotSingle } from "./authentication/audience-not-single.ts";
import { invalidSpiffeId } from "./authentication/invalid-spiffe-id.ts";
import { oidcTrustUnpinned } from "./authentication/oidc-trust-unpinned.ts";
import { priorActorInDecision } from "./authentication/prior-actor-in-decision.ts";
import { tokenPassthrough } from "./authentication/token-passthrough.ts";
import { unanchoredSubject } from "./authentication/unanchored-subject.ts";
import { unfederatedTrustDomain } from "./authentication/unfederated-trust-domain.ts";
import { duplicateResource } from "./coverage/duplicate-resource.ts";
import { multipleAuditSinks } from "./coverage/multiple-audit-sinks.ts";
import { multipleSecretManagers } from "./coverage/multiple-secret-managers.ts";
import { unauditedDecision } from "./coverage/unaudited-decision.ts";
import { unboundResource } from "./coverage/unbound-resource.ts";
import { credentialOutlivesTask } from "./credentials/credential-outlives-task.ts";
import { crossEnvironmentIdentity } from "./credentials/cross-environment-identity.ts";
import { humanUsesNhi } from "./credentials/human-uses-nhi.ts";
import { identityReuse } from "./credentials/identity-reuse.ts";
import { inlineSecret } from "./credentials/inline-secret.ts";
import { missingOwner } from "./credentials/missing-owner.ts";
import { orphanedIdentity } from "./credentials/orphaned-identity.ts";
import { retiredIdentityReferenced } from "./credentials/retired-identity-referenced.ts";
import { reviewOverdue } from "./credentials/review-overdue.ts";
import { revocationMissing } from "./credentials/revocation-missing.ts";
import { staticCredential } from "./credentials/static-credential.ts";
import { thirdPartyWithoutOffboarding } from "./credentials/third-party-without-offboarding.ts";
import { ttlTooLong } from "./credentials/ttl-too-long.ts";
import { waiverExpired } from "./credentials/waiver-expired.ts";
import { weakAuthMethod } from "./credentials/weak-auth-method.ts";
import { eventWithoutIdentityBinding } from "./events/event-without-identity-binding.ts";
import type { LintRule } from "./lint-rule.ts";
import { conditionAlwaysFalse } from "./logic/condition-always-false.ts";
import { conditionAlwaysTrue } from "./logic/condition-always-true.ts";
import { conflictingRules } from "./logic/conflicting-rules.ts";
import { dryRunInProduction } from "./logic/dry-run-in-production.ts";
import { failOpen } from "./logic/fail-open.ts";
import { missingDenyTest } from "./logic/missing-deny-test.ts";
import { redundantRule } from "./logic/redundant-rule.ts";
import { shadowedRule } from "./logic/shadowed-rule.ts";
import { unknownControlId } from "./logic/unknown-control-id.ts";
import { unknownObligation } from "./logic/unknown-obligation.ts";
import { unobservableCondition } from "./logic/unobservable-condition.ts";
import { unreachableRule } from "./logic/unreachable-rule.ts";
import { untestedRule } from "./logic/untested-rule.ts";
import { unusedCondition } from "./logic/unused-condition.ts";
import { destructiveToolWithoutApproval } from "./privilege/destructive-tool-without-approval.ts";
import { toolWithoutInputConstraint } from "./privilege/tool-without-input-constraint.ts";
import { unqualifiedToolName } from "./privilege/unqualified-tool-name.ts";
import { wildcardGrant } from "./privilege/wildcard-grant.ts";
import { wildcardPrincipal } from "./privilege/wildcard-principal.ts";

export const lintRules: readonly LintRule[] = [
  agentWithoutDelegation,
  allowWithoutAuthentication,
  agentWithoutKillSwitch,
  audienceNotSingle,
  conditionAlwaysFalse,
  conditionAlwaysTrue,
  conflictingRules,
  credentialOutlivesTask,
  crossEnvironmentIdentity,
  destructiveToolWithoutApproval,
  dryRunInProduction,
  duplicateResource,
  eventWithoutIdentityBinding,
  failOpen,
  humanUsesNhi,
  identityReuse,
  inlineSecret,
  invalidSpiffeId,
  missingBudget,
  missingDenyTest,
  missingOwner,
  modelEgressUnclassifiedData,
  multipleAuditSinks,
  multipleSecretManagers,
  oidcTrustUnpinned,
  orphanedIdentity,
  priorActorInDecision,
  redundantRule,
  retiredIdentityReferenced,
  reviewOverdue,
  revocationMissing,
  shadowedRule,
  staticCredential,
  thirdPartyWithoutOffboarding,
  tokenPassthrough,
  toolWithoutInputConstraint,
  ttlTooLong,
  unanchoredSubject,
  unauditedDecision,
  unboundResource,
  unfederatedTrustDomain,
  unknownControlId,
  unknownObligation,
  unobservableCondition,
  unqualifiedToolName,
  unreachableRule,
  unsignedAgentCard,
  untestedRule,
  unusedCondition,
  visibleButNotCallable,
  waiverExpired,
  weakAuthMethod,
  wildcardGrant,
  wildcardPrincipal,
];
