/** Every lint rule, by category. */
import type { LintRule } from "./lint-rule.ts";
import { conditionAlwaysFalse } from "./logic/condition-always-false.ts";
import { conditionAlwaysTrue } from "./logic/condition-always-true.ts";
import { conflictingRules } from "./logic/conflicting-rules.ts";
import { redundantRule } from "./logic/redundant-rule.ts";
import { shadowedRule } from "./logic/shadowed-rule.ts";
import { unreachableRule } from "./logic/unreachable-rule.ts";

export const lintRules: readonly LintRule[] = [
  conditionAlwaysFalse,
  conditionAlwaysTrue,
  conflictingRules,
  redundantRule,
  shadowedRule,
  unreachableRule,
];
