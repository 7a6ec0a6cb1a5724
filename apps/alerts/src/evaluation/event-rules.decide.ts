/** What one event means to one rule that is judged by events alone. */
import type {
  AlertFigures, AlertKind, DiscrepancyOpened, EventEnvelope, ReauthenticationRequired, RecordedTransaction, SyncFailed, TransactionsRecorded,
} from '@tidemark/contracts';
import { absolute, compare, multiply, round } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';
import type { Rule } from '../rule/rule.js';
import type { Stand } from './judge.decide.js';

/** Which events concern which kind; each kind listens to one log. */
export const EVENT_KINDS: Readonly<Record<string, AlertKind>> = {
  DiscrepancyOpened: 'discrepancy_opened',
  ReauthenticationRequired: 'reauthentication_required',
  ConnectionRestored: 'reauthentication_required',
  ConnectionLinked: 'reauthentication_required',
  ConnectionRemoved: 'reauthentication_required',
  SyncFailed: 'sync_failing',
  SyncCompleted: 'sync_failing',
  TransactionsRecorded: 'large_transaction',
};

/** Older rows are the past being imported: nobody is to be woken by them. Days before the event was recorded. */
export const RECENT_DAYS = 31;
const DAY_MS = 86_400_000;
const NO_FIGURES: AlertFigures = { value: null, threshold: null, unit: null, currency: null, asset: null };
const COMPUTED_DIGITS = 18;
/** Of a converted amount in a sentence; the figures have all. */
const SHOWN_DIGITS = 2;

export interface Seen extends Counted {
  /** `pulse`: true of this event, and of nothing that lasts. */
  readonly stand: Stand | 'pulse' | 'nothing';
  readonly figures: AlertFigures;
  readonly message: string;
  /** Why it could not be judged wholly. */
  readonly problem: string | null;
}

export interface Counted {
  readonly failures: number;
  readonly syncId: string | null;
  /** Identities of pending transactions that were told: posted under another, they are no news. The newest last. */
  readonly told: readonly string[];
}

/** What messages call an account or a connection. */
export type NameOf = (id: string | null | undefined) => string;
/** Units of `to` for one of `from` on a day; null where no rate is known. */
export type RateOn = (from: string, to: string, day: string) => Decimal | null;

export interface Known {
  readonly name: NameOf;
  readonly rate: RateOn;
}

type JudgedRule = Pick<Rule, 'kind' | 'condition'>;

/** Of what thing an event speaks; a rule that names another has nothing to do with it. */
export function subjectOf({ type, data }: EventEnvelope): { readonly subject: string; readonly accountId: string | null; readonly connectionId: string | null } {
  const { accountId = null, connectionId = null } = data as { accountId?: string | null; connectionId?: string | null };
  const kind = EVENT_KINDS[type];
  return { subject: (kind === 'discrepancy_opened' || kind === 'large_transaction' ? accountId : connectionId) ?? '', accountId, connectionId };
}

export function concerns({ condition }: JudgedRule, event: EventEnvelope): boolean {
  const { accountId, connectionId } = subjectOf(event);
  return (condition.accountId == null || condition.accountId === accountId) && (condition.connectionId == null || condition.connectionId === connectionId);
}

export function seeEvent(rule: JudgedRule, event: EventEnvelope, before: Counted, known: Known): Seen {
  switch (event.type) {
    case 'DiscrepancyOpened':
      return discrepancy(event as EventEnvelope<DiscrepancyOpened>, known);
    case 'SyncFailed':
      return failed(rule, event as EventEnvelope<SyncFailed>, before, known);
    case 'TransactionsRecorded':
      return transactions(rule, event as EventEnvelope<TransactionsRecorded>, before, known);
    case 'ReauthenticationRequired':
      return reauthentication(event as EventEnvelope<ReauthenticationRequired>, known);
    default:
      return { ...nothing, stand: 'back' };
  }
}

const nothing: Seen = { stand: 'nothing', failures: 0, syncId: null, told: [], figures: NO_FIGURES, message: '', problem: null };

function discrepancy({ data }: EventEnvelope<DiscrepancyOpened>, { name }: Known): Seen {
  const { asset, expected, actual, difference, accountId } = data;
  return { ...nothing, stand: 'pulse', figures: { ...NO_FIGURES, value: difference, asset }, message: `${name(accountId)}: books and provider disagree about ${asset}: ${expected} was expected, the provider has ${actual}.` };
}

function reauthentication({ data }: EventEnvelope<ReauthenticationRequired>, { name }: Known): Seen {
  return { ...nothing, stand: 'over', message: `${name(data.connectionId)} must be linked again: ${data.detail}`.slice(0, 1_000) };
}

/** Tries of one sync are one failure. */
function failed({ condition }: JudgedRule, { data }: EventEnvelope<SyncFailed>, before: Counted, { name }: Known): Seen {
  const failures = before.failures > 0 && before.syncId === data.syncId ? before.failures : before.failures + 1;
  const threshold = condition.failures ?? 1;
  const figures: AlertFigures = { ...NO_FIGURES, value: String(failures), threshold: String(threshold), unit: 'count' };
  const times = failures === 1 ? 'The last sync' : `The last ${failures} syncs`;
  return { ...nothing, stand: failures >= threshold ? 'over' : 'between', failures, syncId: data.syncId, figures, message: `${times} of ${name(data.connectionId)} failed: ${data.detail}`.slice(0, 1_000), problem: null };
}

interface Sized {
  readonly transaction: RecordedTransaction;
  readonly size: Decimal;
}

const MOST_TOLD = 100;

function transactions({ condition }: JudgedRule, { data, recordedtime }: EventEnvelope<TransactionsRecorded>, before: Counted, { name, rate }: Known): Seen {
  const { amount } = condition;
  if (!amount) return nothing;
  const oldest = Date.parse(recordedtime) - RECENT_DAYS * DAY_MS;
  const recent = data.transactions.filter((one) => Date.parse(one.date) >= oldest && !before.told.includes(pendingIdentity(one)));
  const unknown = new Set<string>();
  const large: Sized[] = recent.flatMap((transaction) => {
    const size = sizeOf(transaction, amount.currency, rate, unknown);
    return size !== null && compare(size, '0') > 0 && compare(size, amount.amount) >= 0 ? [{ transaction, size }] : [];
  });
  const largest = large.reduce<Sized | null>((most, one) => (most === null || compare(one.size, most.size) > 0 ? one : most), null);
  const problem = unknown.size > 0 ? `Transactions could not be compared with ${amount.currency}: ${[...unknown].sort().join('; ')}.` : null;
  if (!largest) return { ...nothing, told: before.told, problem };
  const told = [...before.told, ...large.filter(({ transaction }) => transaction.pending === true).map(({ transaction }) => transaction.identity)].slice(-MOST_TOLD);
  const more = large.length === 1 ? '' : `, and ${large.length - 1} more that are as large`;
  const { transaction, size } = largest;
  const figures: AlertFigures = { value: size, threshold: amount.amount, unit: 'money', currency: amount.currency, asset: transaction.asset };
  return { ...nothing, stand: 'pulse', told, figures, problem, message: `${name(data.accountId)}: ${wordsOf(transaction)} of ${round(size, SHOWN_DIGITS)} ${amount.currency} on ${transaction.date}${more}; you asked to hear of ${amount.amount} ${amount.currency} and more.` };
}

/** Plaid: the row that it was while it was pending. Empty where it was none. */
function pendingIdentity({ original }: RecordedTransaction): string {
  const id = original['pending_transaction_id'];
  return typeof id === 'string' ? id : '';
}

const wordsOf = ({ description, providerType }: RecordedTransaction): string => (description ?? providerType).slice(0, 200);

/** The amounts that rates are needed for, so that they can be loaded together. */
export function ratesNeeded({ condition }: JudgedRule, { data }: EventEnvelope<TransactionsRecorded>): { currency: string; day: string }[] {
  const currency = condition.amount?.currency;
  return data.transactions.flatMap((one) => (one.currency === null || currency === undefined || one.currency === currency ? [] : [{ currency: one.currency, day: one.date }, { currency, day: one.date }]));
}

/** What moved, whatever its sign, in `to`; null where that is not known, and why, unless nothing moved at all. */
function sizeOf({ amount, quantity, price, currency, date }: RecordedTransaction, to: string, rate: RateOn, unknown: Set<string>): Decimal | null {
  const own = amount !== null ? absolute(amount) : quantity !== null && price !== null ? absolute(multiply(quantity, price)) : null;
  if (own === null) return null;
  if (currency === null) {
    unknown.add('the currency of one is not known');
    return null;
  }
  const factor = rate(currency, to, date);
  if (factor === null) unknown.add(`no rate from ${currency} is known on ${date}`);
  return factor === null ? null : round(multiply(own, factor), COMPUTED_DIGITS);
}
