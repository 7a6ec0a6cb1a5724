/**
 * Events of the log `alerts`: the rules that users set, what they raised, and how it was told. The secret that signs a rule's webhooks is
 * in none of them, nor more of a webhook's address than its host, since many receivers know their senders by the rest of it: both are kept
 * beside the log.
 */
import Type from 'typebox';
import type { Static } from 'typebox';
import { AssetIdText, CurrencyCode, DecimalText, Instant, Money, nullable, oneOf, strict, UserId, Uuid } from '../schema.js';

export const ALERT_KINDS = [
  'balance_below', 'balance_above', 'day_change_percent', 'discrepancy_opened', 'reauthentication_required', 'sync_failing', 'stale_account', 'large_transaction', 'concentration_above', 'allocation_drift',
] as const;
export type AlertKind = (typeof ALERT_KINDS)[number];
export const DELIVERY_KINDS = ['webhook', 'email', 'live'] as const;
export type DeliveryKind = (typeof DELIVERY_KINDS)[number];
export const ALLOCATION_CLASSES = ['cash', 'equity', 'etf', 'fund', 'bond', 'option', 'crypto', 'other'] as const;

export const Percent = Type.String({ pattern: '^\\d{1,9}(\\.\\d{1,18})?$', description: 'a percentage such as "12.5", not negative' });

/**
 * What a rule of each kind asks: `amount` of balance_below, balance_above and large_transaction; `percent` of day_change_percent (of the day's
 * change, either way unless `direction` says which), concentration_above (of one holding's weight) and allocation_drift (points off `targets`);
 * `failures` in a row of sync_failing; `hours` without a new snapshot of stale_account. Without an account or a connection: of all of the user's.
 */
export const AlertCondition = strict({
  accountId: Type.Optional(nullable(Uuid)),
  connectionId: Type.Optional(nullable(Uuid)),
  amount: Type.Optional(Money),
  percent: Type.Optional(Percent),
  direction: Type.Optional(oneOf(['up', 'down', 'any'])),
  failures: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, description: 'how many syncs in a row must fail, 1 to 100' })),
  hours: Type.Optional(Type.Integer({ minimum: 1, maximum: 8_760, description: 'hours without a new snapshot, 1 to 8760' })),
  targets: Type.Optional(strict(Object.fromEntries(ALLOCATION_CLASSES.map((name) => [name, Type.Optional(Percent)])) as Record<(typeof ALLOCATION_CLASSES)[number], ReturnType<typeof Type.Optional<typeof Percent>>>)),
});
export type AlertCondition = Static<typeof AlertCondition>;

const WebhookTarget = strict({ kind: oneOf(['webhook']), url: Type.String({ minLength: 8, maxLength: 2_000, pattern: '^https?://', description: 'an https address of yours' }) });
const EmailTarget = strict({ kind: oneOf(['email']), to: Type.String({ minLength: 3, maxLength: 320, pattern: '^[^@\\s]+@[^@\\s]+$', description: 'an e-mail address' }) });
const LiveTarget = strict({ kind: oneOf(['live']) });
export const DeliveryTarget = Type.Union([WebhookTarget, EmailTarget, LiveTarget]);
export type DeliveryTarget = Static<typeof DeliveryTarget>;

/**
 * `hysteresis`: how far back over its threshold a figure must come before the rule is armed again, in percent of the threshold (in points where the threshold
 * is a percentage). `quietSeconds`: after an alert the rule says nothing for so long; what becomes true meanwhile and lasts is told then. `mutedUntil`:
 * evaluates, remembers, and tells nobody. Where nothing is said: 1 (half of a percentage of 1 or less), 3600 (0 of discrepancy_opened and
 * large_transaction, whose every event is a matter of its own), enabled, not muted.
 */
export const AlertRuleSettings = {
  name: Type.String({ minLength: 1, maxLength: 200, pattern: '\\S', description: 'a name of 1 to 200 characters' }),
  kind: oneOf(ALERT_KINDS),
  condition: AlertCondition,
  deliveries: Type.Array(DeliveryTarget, { minItems: 1, maxItems: 5 }),
  hysteresis: Percent,
  quietSeconds: Type.Integer({ minimum: 0, maximum: 604_800, description: 'seconds of quiet after an alert, 0 to 604800 (a week)' }),
  enabled: Type.Boolean(),
  mutedUntil: nullable(Instant),
};

const { deliveries: _deliveries, ...rest } = AlertRuleSettings;
/** For people: the host of a webhook and no more of its address. */
const ShownTarget = { kind: oneOf(DELIVERY_KINDS), target: Type.String({ maxLength: 400 }) };
export const AlertRuleSet = strict({ userId: UserId, ruleId: Uuid, ...rest, deliveries: Type.Array(strict(ShownTarget), { maxItems: 5 }) });
export const AlertRuleRemoved = strict({ userId: UserId, ruleId: Uuid });

/** The figure that crossed, and what it crossed; what is unknown is null. */
export const AlertFigures = strict({
  value: nullable(DecimalText),
  threshold: nullable(DecimalText),
  unit: nullable(oneOf(['money', 'percent', 'points', 'count', 'hours'])),
  currency: nullable(CurrencyCode),
  asset: nullable(AssetIdText),
});
export type AlertFigures = Static<typeof AlertFigures>;
/** The event that made the rule true; `eventId` null where it is the passing of time. */
export const AlertCause = strict({ eventId: nullable(Uuid), type: Type.String({ maxLength: 100 }), at: Instant });
export type AlertCause = Static<typeof AlertCause>;

export const AlertRaised = strict({
  userId: UserId, alertId: Uuid, ruleId: Uuid, name: Type.String({ maxLength: 200 }), kind: oneOf(ALERT_KINDS), accountId: nullable(Uuid), connectionId: nullable(Uuid),
  cause: AlertCause, message: Type.String({ maxLength: 1_000 }), figures: AlertFigures, muted: Type.Boolean(),
  /** To whom it will be told. */
  deliveries: Type.Array(strict({ deliveryId: Uuid, ...ShownTarget }), { maxItems: 5 }),
});
export const AlertDelivered = strict({ userId: UserId, alertId: Uuid, ruleId: Uuid, deliveryId: Uuid, kind: oneOf(DELIVERY_KINDS), attempts: Type.Integer({ minimum: 1 }) });
/** Tried for as long as it is tried (24 hours), or refused for good: it waits for a person. */
export const AlertDeliveryParked = strict({ userId: UserId, alertId: Uuid, ruleId: Uuid, deliveryId: Uuid, kind: oneOf(DELIVERY_KINDS), attempts: Type.Integer({ minimum: 0 }), reason: Type.String({ maxLength: 1_000 }) });
export const AlertAcknowledged = strict({ userId: UserId, alertId: Uuid, note: nullable(Type.String({ maxLength: 2_000 })) });

export type AlertRuleSet = Static<typeof AlertRuleSet>;
export type AlertRuleRemoved = Static<typeof AlertRuleRemoved>;
export type AlertRaised = Static<typeof AlertRaised>;
export type AlertDelivered = Static<typeof AlertDelivered>;
export type AlertDeliveryParked = Static<typeof AlertDeliveryParked>;
export type AlertAcknowledged = Static<typeof AlertAcknowledged>;
