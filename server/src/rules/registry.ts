/** Every lint rule, by category. */
import { agentWithoutDelegation } from "./ai/agent-without-delegation.ts";
import { agentWithoutKillSwitch } from "./ai/agent-without-kill-switch.ts";
import { missingBudget } from "./ai/missing-budget.ts";
import { modelEgressUnclassifiedData } from "./ai/model-egress-unclassified-data.ts";
import { unsignedAgentCard } from "./ai/unsigned-agent-card.ts";
import { multipleAuditSinks } from "./coverage/multiple-audit-sinks.ts";
import { multipleSecretManagers } from "./coverage/multiple-secret-managers.ts";
import { unauditedDecision } from "./coverage/unaudited-decision.ts";
import { unboundResource } from "./coverage/unbound-resource.ts";
import { eventWithoutIdentityBinding } from "./events/event-without-identity-binding.ts";
import type { LintRule } from "./lint-rule.ts";
import { conditionAlwaysFalse } from "./logic/condition-always-false.ts";
import { conditionAlwaysTrue } from "./logic/condition-always-true.ts";
import { conflictingRules } from "./logic/conflicting-rules.ts";
import { dryRunInProduction } from "./logic/dry-run-in-production.ts";
import { missingDenyTest } from "./logic/missing-deny-test.ts";
import { redundantRule } from "./logic/redundant-rule.ts";
import { shadowedRule } from "./logic/shadowed-rule.ts";
import { unknownControlId } from "./logic/unknown-control-id.ts";
import { unreachableRule } from "./logic/unreachable-rule.ts";
import { untestedRule } from "./logic/untested-rule.ts";

export const lintRules: readonly LintRule[] = [
  agentWithoutDelegation,
  agentWithoutKillSwitch,
  conditionAlwaysFalse,
  conditionAlwaysTrue,
  conflictingRules,
  dryRunInProduction,
  eventWithoutIdentityBinding,
  missingBudget,
  missingDenyTest,
  modelEgressUnclassifiedData,
  multipleAuditSinks,
  multipleSecretManagers,
  redundantRule,
  shadowedRule,
  unauditedDecision,
  unboundResource,
  unknownControlId,
  unreachableRule,
  unsignedAgentCard,
  untestedRule,
];
