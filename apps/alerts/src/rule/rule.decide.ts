/** What a rule of each kind needs, takes and refuses, and what it has where nothing was said. Every refusal names the field and says what would be accepted. */
import type { AlertCondition, AlertKind, DeliveryTarget, FieldError } from '@tidemark/contracts';
import { instant, ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import { compare, divide, isCurrency, isZero, sum } from '@tidemark/money';
import type { RuleSettings } from './rule.js';

export interface RuleInput {
  readonly name: string;
  readonly kind: AlertKind;
  readonly condition?: AlertCondition | undefined;
  readonly deliveries: readonly DeliveryTarget[];
  readonly hysteresis?: string | undefined;
  readonly quietSeconds?: number | undefined;
  readonly enabled?: boolean | undefined;
  readonly mutedUntil?: string | null | undefined;
}

type Field = keyof AlertCondition;

const EXAMPLES: Readonly<Record<Field, string>> = {
  accountId: 'the id of one of your accounts',
  connectionId: 'the id of one of your connections',
  amount: 'an amount such as {"amount":"1000","currency":"USD"}',
  percent: 'a percentage such as "5"',
  direction: 'up, down or any',
  failures: 'a number of syncs in a row, 1 to 100',
  hours: 'a number of hours, 1 to 8760',
  targets: 'targets such as {"equity":"60","bond":"30","cash":"10"}',
};

const TAKES: Readonly<Record<AlertKind, { readonly needs: readonly Field[]; readonly may: readonly Field[] }>> = {
  balance_below: { needs: ['amount'], may: ['accountId'] },
  balance_above: { needs: ['amount'], may: ['accountId'] },
  day_change_percent: { needs: ['percent'], may: ['accountId', 'direction'] },
  discrepancy_opened: { needs: [], may: ['accountId'] },
  reauthentication_required: { needs: [], may: ['connectionId'] },
  sync_failing: { needs: ['failures'], may: ['connectionId'] },
  stale_account: { needs: ['hours'], may: ['accountId', 'connectionId'] },
  large_transaction: { needs: ['amount'], may: ['accountId', 'connectionId'] },
  concentration_above: { needs: ['percent'], may: ['accountId'] },
  allocation_drift: { needs: ['percent', 'targets'], may: ['accountId'] },
};

/** Judged by a figure that services answer, again and again. */
export const VALUE_KINDS: readonly AlertKind[] = ['balance_below', 'balance_above', 'day_change_percent', 'concentration_above', 'allocation_drift'];
/** Whose hysteresis is in points, since their threshold is a percentage. */
const IN_POINTS: ReadonlySet<AlertKind> = new Set<AlertKind>(['day_change_percent', 'concentration_above', 'allocation_drift']);
/** Each of their events is a matter of its own: quiet would swallow the next one. */
const EACH_COUNTS: ReadonlySet<AlertKind> = new Set<AlertKind>(['discrepancy_opened', 'large_transaction']);

const HYSTERESIS = '1';
const QUIET_SECONDS = 3_600;

/** The whole rule with its defaults, or all that is wrong with it. */
export function decideRule(input: RuleInput): Result<RuleSettings, FieldError[]> {
  const condition = withoutNulls(input.condition ?? {});
  const hysteresis = input.hysteresis ?? defaultHysteresis(input.kind, condition);
  const errors = [...fieldsOf(input.kind, condition), ...valuesOf(input.kind, condition), ...hysteresisOf(input.kind, condition, hysteresis), ...mutedOf(input.mutedUntil)];
  if (errors.length > 0) return refuse(errors);
  const { name, kind, deliveries, quietSeconds = EACH_COUNTS.has(kind) ? 0 : QUIET_SECONDS, enabled = true } = input;
  const mutedUntil = input.mutedUntil == null ? null : instant(Date.parse(input.mutedUntil));
  return ok({ name: name.trim(), kind, condition, deliveries: [...deliveries], hysteresis, quietSeconds, enabled, mutedUntil });
}

/** Whether a change makes another rule of it, which is armed anew; a name, a mute or another receiver does not. */
export function armsAnew(before: RuleSettings, after: RuleSettings): boolean {
  const judged = ({ condition, hysteresis, quietSeconds }: RuleSettings) => JSON.stringify([sorted(condition), hysteresis, quietSeconds]);
  return judged(before) !== judged(after) || (!before.enabled && after.enabled);
}

const sorted = (condition: AlertCondition) => Object.entries(condition).sort(([a], [b]) => (a < b ? -1 : 1));

function withoutNulls(condition: AlertCondition): AlertCondition {
  return Object.fromEntries(Object.entries(condition).filter(([, value]) => value !== null));
}

function fieldsOf(kind: AlertKind, condition: AlertCondition): FieldError[] {
  const { needs, may } = TAKES[kind];
  const missing = needs.filter((field) => condition[field] === undefined).map((field) => ({ field: `condition/${field}`, message: `${kind} needs ${EXAMPLES[field]}` }));
  const takes = [...needs, ...may];
  const foreign = (Object.keys(condition) as Field[]).filter((field) => !takes.includes(field));
  return [...missing, ...foreign.map((field) => ({ field: `condition/${field}`, message: `${kind} has no use for it; it takes ${takes.join(', ')}` }))];
}

function valuesOf(kind: AlertKind, { amount, percent, targets }: AlertCondition): FieldError[] {
  const errors: FieldError[] = [];
  if (amount && !isCurrency(amount.currency)) errors.push({ field: 'condition/amount/currency', message: `${String(amount.currency)} is no ISO 4217 currency; USD, EUR, JPY, … are accepted` });
  if (amount && kind === 'large_transaction' && compare(amount.amount, '0') <= 0) errors.push({ field: 'condition/amount/amount', message: 'must be above zero: it is compared with the size of a transaction, whatever its sign' });
  if (percent !== undefined && isZero(percent)) errors.push({ field: 'condition/percent', message: 'must be above zero, such as "5"' });
  if (percent !== undefined && kind !== 'day_change_percent' && compare(percent, '100') >= 0) errors.push({ field: 'condition/percent', message: `must be below 100, such as "25": no ${kind === 'concentration_above' ? 'holding is more than the whole' : 'class is further off than that'}` });
  if (targets) errors.push(...targetsOf(targets));
  return errors;
}

function targetsOf(targets: NonNullable<AlertCondition['targets']>): FieldError[] {
  const total = sum(Object.values(targets).filter((share) => share !== undefined));
  return compare(total, '100') === 0 ? [] : [{ field: 'condition/targets', message: `must add up to 100, and add up to ${total}; a class that is left out has 0` }];
}

/** A figure must be able to come back: by less than the whole threshold. */
function hysteresisOf(kind: AlertKind, { percent }: AlertCondition, hysteresis: string): FieldError[] {
  if (!VALUE_KINDS.includes(kind)) return [];
  const most = IN_POINTS.has(kind) ? percent : '100';
  if (most === undefined || isZero(most) || compare(hysteresis, most) < 0) return [];
  return [{ field: 'hysteresis', message: IN_POINTS.has(kind) ? `must be below condition/percent (${most}): it is in points, and the figure could never come back so far` : 'must be below 100: it is in percent of the amount, and the balance could never come back so far' }];
}

function defaultHysteresis(kind: AlertKind, { percent }: AlertCondition): string {
  if (percent === undefined || !IN_POINTS.has(kind) || compare(HYSTERESIS, percent) < 0) return HYSTERESIS;
  return divide(percent, '2');
}

function mutedOf(mutedUntil: string | null | undefined): FieldError[] {
  if (mutedUntil == null) return [];
  const at = Date.parse(mutedUntil);
  const real = Number.isFinite(at) && instant(at).slice(0, 10) === mutedUntil.slice(0, 10);
  return real ? [] : [{ field: 'mutedUntil', message: `${mutedUntil.slice(0, 10)} is no day of the calendar; an instant such as "2026-12-01T08:00:00Z" is accepted` }];
}
