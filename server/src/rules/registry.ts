/** Every lint rule, by category. */
import { agentWithoutDelegation } from "./ai/agent-without-delegation.ts";
import { agentWithoutKillSwitch } from "./ai/agent-without-kill-switch.ts";
import { missingBudget } from "./ai/missing-budget.ts";
import { modelEgressUnclassifiedData } from "./ai/model-egress-unclassified-data.ts";
import { unsignedAgentCard } from "./ai/unsigned-agent-card.ts";
import type { LintRule } from "./lint-rule.ts";
import { conditionAlwaysFalse } from "./logic/condition-always-false.ts";
import { conditionAlwaysTrue } from "./logic/condition-always-true.ts";
import { conflictingRules } from "./logic/conflicting-rules.ts";
import { redundantRule } from "./logic/redundant-rule.ts";
import { shadowedRule } from "./logic/shadowed-rule.ts";
import { unreachableRule } from "./logic/unreachable-rule.ts";

export const lintRules: readonly LintRule[] = [
  agentWithoutDelegation,
  agentWithoutKillSwitch,
  conditionAlwaysFalse,
  conditionAlwaysTrue,
  conflictingRules,
  missingBudget,
  modelEgressUnclassifiedData,
  redundantRule,
  shadowedRule,
  unreachableRule,
  unsignedAgentCard,
];
