/**
 * Realised gains: every step taken in order on the lots of its account. Pure. Fees are in the cost and in the proceeds, because they are
 * in the cash. What has no known cost gives a line without a gain and with the reason. Wash sales are not adjusted.
 */
import type { Day } from '@tidemark/market';
import type { AssetId } from '@tidemark/money';
import { minus, negated, over, plus, ratio, sign, times } from './amount.js';
import { NOTHING } from '../reconstruction/ratio.js';
import type { Ratio } from '../reconstruction/ratio.js';
import { Books } from './books.js';
import type { Position } from './books.js';
import { handOver, merge, receive, spinOff, useOption } from './corporate.js';
import type { Allocations } from './corporate.js';
import { excessLine } from './realised-line.js';
import { rescaled, takeOldest, unitsIn } from './lot.js';
import { openings } from './opening.js';
import type { LotMethod, Pick } from './specific-lots.js';
import type { AccountRecord, Step } from './step.js';
import { timeline } from './timeline.js';
import type { SplitsOf } from './timeline.js';
import { tradeValue } from './trade-value.js';
import type { TradeValue } from './trade-value.js';

export interface RealiseInput {
  /** All accounts of the user: a lot keeps its cost on the way from one to another. */
  readonly accounts: readonly AccountRecord[];
  readonly method: LotMethod;
  readonly picks: readonly Pick[];
  readonly splitsOf: SplitsOf;
  /** What part of its parent's cost goes to a spin-off, where it is known. */
  readonly allocations?: Allocations;
  /** The last day whose steps are taken: the lots that are left are those of its end. Without it, all. */
  readonly until?: Day | undefined;
}

/** All lines, in the order of their dates, and the lots that are left. */
export function realise({ accounts, method, picks, splitsOf, allocations = new Map(), until }: RealiseInput): Books {
  const steps = timeline(accounts, splitsOf);
  const books = new Books(method, picks);
  const whole = new Set<string>();
  for (const account of accounts) {
    const opened = openings(account, steps.filter(({ accountId }) => accountId === account.accountId));
    if (opened !== null) whole.add(account.accountId);
    for (const [asset, units] of opened ?? []) open(books, account, asset, units);
  }
  for (const step of steps) if (until === undefined || step.date <= until) take(books, step, whole.has(step.accountId), allocations);
  refuseUnknown(books, picks, steps);
  return books;
}

const SHORTS = new Set(['sell_short', 'buy_to_cover']);

function open(books: Books, { accountId, transactions, held }: AccountRecord, asset: AssetId, units: Ratio): void {
  const { longs, shorts } = books.position(accountId, asset);
  const lot = { transactionId: null, acquired: null, basis: null, currency: null, why: 'it was there before the first transaction that is known' };
  const isShort = asset.startsWith('option:') || held?.units.get(asset)?.startsWith('-') === true || transactions.some((row) => row.asset === asset && SHORTS.has(row.kind));
  if (sign(units) > 0) longs.push({ ...lot, units, short: false });
  else if (isShort) shorts.push({ ...lot, units: negated(units), short: true });
  else {
    books.unsure.add(`${accountId} ${asset}`);
    books.note('discrepancy', `More of ${asset} came in than is held: a sale or a transfer is missing.`, { accountId, asset });
  }
}

function take(books: Books, step: Step, whole: boolean, allocations: Allocations): void {
  const { transaction, units, accountId, asset } = step;
  const position = books.position(accountId, asset);
  if (step.split !== null) return split(books, step, position);
  if (transaction === null) return;
  if (transaction.units === null) books.note('units_effect_unknown', 'How many units moved is not known: lots and gains of this asset are not whole.', { accountId, asset, date: transaction.date });
  if (transaction.kind === 'return_of_capital' && sign(units) === 0) return repay(books, step, position);
  if (sign(units) === 0) return;
  switch (transaction.kind) {
    case 'option_expiration':
      return trade(books, step, position, whole, { value: NOTHING, why: null });
    case 'option_exercise':
    case 'option_assignment':
      if (asset.startsWith('option:')) return useOption(books, step, position);
      return trade(books, step, position, whole, tradeValue(transaction, premiumOf(books, step)));
    case 'stock_dividend':
      return split(books, step, position);
    case 'asset_transfer':
    case 'adjustment':
      return sign(units) > 0 ? receive(books, step, position) : handOver(books, step, position);
    case 'merger':
      return merge(books, step, position);
    case 'spin_off':
      return spinOff(books, step, position, allocations.get(transaction.transactionId) ?? null);
    case 'sell_short': {
      const { value, why } = tradeValue(transaction, premiumOf(books, step));
      position.shorts.push({ transactionId: transaction.transactionId, acquired: transaction.date, units: negated(units), basis: value, currency: transaction.currency, short: true, why });
      return;
    }
    default:
      return trade(books, step, position, whole, tradeValue(transaction, premiumOf(books, step)));
  }
}

function premiumOf(books: Books, { handover }: Step): Ratio | null {
  return handover?.kind === 'premium' && handover.role === 'gets' ? (books.premiums.get(handover.id) ?? null) : NOTHING;
}

/** Units that come in close a short position first; units that go close the long one, and what is sold beyond it opens a short one. */
function trade(books: Books, step: Step, position: Position, whole: boolean, { value, why }: TradeValue): void {
  const { accountId, units, transaction } = step;
  if (transaction === null) return;
  const { transactionId, date, currency } = transaction;
  const comes = sign(units) > 0;
  const size = comes ? units : negated(units);
  const { taken, short } = comes ? takeOldest(position.shorts, size) : books.takeLongs(position, size, transaction);
  books.close({ accountId, transaction, units: size, value, why }, taken);
  if (sign(short) === 0) return;
  const rest = { transactionId, acquired: date, units: short, basis: value === null ? null : times(value, over(short, size)), currency, why };
  if (comes) position.longs.push({ ...rest, short: false });
  else if (whole) position.shorts.push({ ...rest, short: true });
  else books.close({ accountId, transaction, units: size, value, why }, [{ ...rest, acquired: null, basis: null, short: false, why: 'its purchase is not among the transactions that are known' }]);
}

/** More, or fewer, units for the same cost. What was paid out for fractions lowers the cost: which fractions they were is not told. */
function split(books: Books, step: Step, position: Position): void {
  const { longs, shorts } = position;
  const held = minus(unitsIn(longs), unitsIn(shorts));
  const { accountId, asset, units, transaction } = step;
  const factor = step.split?.factor ?? (sign(held) === 0 ? null : over(plus(held, units), held));
  if (step.split !== null && step.split.factor === null && sign(units) === 0) books.note('units_effect_unknown', 'The ratio of a split is not known: lots of this asset are not whole.', { accountId, asset, date: step.date });
  if (factor === null || sign(factor) <= 0) {
    if (sign(held) === 0 && sign(units) > 0) receive(books, step, position);
    return;
  }
  if (sign(held) !== 0 && step.split?.factor && transaction === null) books.note('split_assumed', 'The issuer split its shares and the account did not report it.', { accountId, asset, date: step.date });
  rescaled(longs, factor);
  rescaled(shorts, factor);
  const cash = step.split?.cash ?? (transaction?.cash ? ratio(transaction.cash) : NOTHING);
  if (sign(cash) !== 0 && longs.length > 0) books.lower(position, cash);
}

/** A return of capital lowers the cost; what is more than the cost is a gain. */
function repay(books: Books, { accountId, asset, transaction }: Step, position: Position): void {
  if (transaction === null) return;
  if (transaction.cash === null) return books.note('cash_effect_unknown', 'How much capital was returned is not known: the cost of this asset is too high.', { accountId, asset, date: transaction.date });
  const cash = ratio(transaction.cash);
  if (sign(cash) === 0) return;
  const [oldest] = position.longs;
  if (oldest === undefined) return books.note('cost_basis_missing', 'Capital was returned on what is not known to have been held.', { accountId, asset, date: transaction.date });
  const excess = books.lower(position, cash);
  if (sign(excess) > 0) books.lines.push(excessLine(accountId, transaction, excess, oldest.acquired));
}

function refuseUnknown(books: Books, picks: readonly Pick[], steps: readonly Step[]): void {
  const known = new Map(steps.flatMap(({ transaction }) => (transaction === null ? [] : [[transaction.transactionId, transaction]])));
  for (const { sale } of picks) {
    const row = known.get(sale);
    if (row === undefined) books.refusals.push(`${sale} is no transaction in an asset of these accounts`);
    else if (row.units === null || !row.units.startsWith('-')) books.refusals.push(`${sale} is no sale: it is a ${row.kind}`);
  }
}
