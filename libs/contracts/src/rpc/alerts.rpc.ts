/** What the alerts service answers: rules, alerts and how they were told. */
import Type from 'typebox';
import type { Static, TProperties } from 'typebox';
import { AlertCause, AlertFigures, AlertRuleSettings, ALERT_KINDS, DELIVERY_KINDS } from '../events/alerts.js';
import { Instant, nullable, oneOf, strict, Uuid } from '../schema.js';
import { pageOf, PageQuery } from './page.js';
import { contract } from './rpc.js';

/**
 * `state`: `armed` waits for its condition; `raised` saw it and waits until it is over; `unknown` cannot be judged now, and `problem` says why.
 * `secretSet`: its webhooks are signed with a secret that was given or made when it was set.
 */
export const AlertRule = strict({ id: Uuid, ...AlertRuleSettings, secretSet: Type.Boolean(), state: oneOf(['armed', 'raised', 'unknown']), problem: nullable(Type.String()), lastEvaluatedAt: nullable(Instant), lastRaisedAt: nullable(Instant), createdAt: Instant, updatedAt: Instant });
export type AlertRule = Static<typeof AlertRule>;
/** A secret of ours is shown once: in the answer to the request that made it. */
export const AlertRuleWithSecret = strict({ ...AlertRule.properties, webhookSecret: nullable(Type.String()) });

const Secret = Type.Optional(Type.String({ minLength: 16, maxLength: 200, description: 'the secret that signs its webhooks, 16 characters or more; made for you where left out' }));
const optional = <T extends TProperties>(properties: T) => Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, Type.Optional(schema)])) as { [K in keyof T]: ReturnType<typeof Type.Optional<T[K]>> };
const { name, kind, condition, deliveries, ...defaulted } = AlertRuleSettings;

export const createAlertRule = contract('alerts.create-rule', strict({ name, kind, condition: Type.Optional(condition), deliveries, ...optional(defaulted), webhookSecret: Secret }), AlertRuleWithSecret);
export const listAlertRules = contract('alerts.rules', strict({ kind: Type.Optional(oneOf(ALERT_KINDS)), ...PageQuery }), pageOf(AlertRule));
export const getAlertRule = contract('alerts.rule', strict({ ruleId: Uuid }), AlertRule);
export const changeAlertRule = contract('alerts.change-rule', strict({ ruleId: Uuid, ...optional({ name, condition, deliveries, ...defaulted }), webhookSecret: Secret }), AlertRuleWithSecret);
export const removeAlertRule = contract('alerts.remove-rule', strict({ ruleId: Uuid }), strict({ removed: Type.Boolean() }));

export const DELIVERY_STATUSES = ['pending', 'retrying', 'delivered', 'parked', 'muted'] as const;
export const AlertDelivery = strict({ id: Uuid, kind: oneOf(DELIVERY_KINDS), target: Type.String(), status: oneOf(DELIVERY_STATUSES), attempts: Type.Integer(), lastError: nullable(Type.String()), nextAttemptAt: nullable(Instant), deliveredAt: nullable(Instant) });
export const Alert = strict({
  id: Uuid, ruleId: Uuid, name: Type.String(), kind: oneOf(ALERT_KINDS), accountId: nullable(Uuid), connectionId: nullable(Uuid), raisedAt: Instant, cause: AlertCause, message: Type.String(), figures: AlertFigures,
  status: oneOf(['open', 'acknowledged']), acknowledgedAt: nullable(Instant), note: nullable(Type.String()), deliveries: Type.Array(AlertDelivery),
});
export type Alert = Static<typeof Alert>;
export const listAlerts = contract('alerts.list', strict({ status: Type.Optional(oneOf(['open', 'acknowledged'])), ruleId: Type.Optional(Uuid), ...PageQuery }), pageOf(Alert));
export const getAlert = contract('alerts.get', strict({ alertId: Uuid }), Alert);
export const acknowledgeAlert = contract('alerts.acknowledge', strict({ alertId: Uuid, note: Type.Optional(Type.String({ minLength: 1, maxLength: 2_000 })) }), Alert);
/** Tries what is parked or waits once more, now. */
export const retryAlert = contract('alerts.retry', strict({ alertId: Uuid }), Alert);
/** A message over the wire as `live` brings it, and as a webhook's body. */
export const AlertMessage = strict({ alertId: Uuid, ruleId: Uuid, name: Type.String(), kind: oneOf(ALERT_KINDS), accountId: nullable(Uuid), connectionId: nullable(Uuid), raisedAt: Instant, cause: AlertCause, message: Type.String(), figures: AlertFigures });
export type AlertMessage = Static<typeof AlertMessage>;
