/** A rule as it is stored: what the user set, and what became of it. */
import type { AlertCondition, AlertKind, DeliveryTarget } from '@tidemark/contracts';

/** What a user sets; everything of it but the addresses and secrets of webhooks stands in `AlertRuleSet`. */
export interface RuleSettings {
  readonly name: string;
  readonly kind: AlertKind;
  readonly condition: AlertCondition;
  readonly deliveries: readonly DeliveryTarget[];
  readonly hysteresis: string;
  readonly quietSeconds: number;
  readonly enabled: boolean;
  readonly mutedUntil: string | null;
}

export interface Rule extends RuleSettings {
  readonly ruleId: string;
  readonly userId: string;
  /** Events that were recorded before it never make it true: when it was set, or armed again by a change. */
  readonly since: string;
  /** Why it cannot be judged now; null where it can. */
  readonly problem: string | null;
  readonly lastEvaluatedAt: string | null;
  readonly lastRaisedAt: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}
