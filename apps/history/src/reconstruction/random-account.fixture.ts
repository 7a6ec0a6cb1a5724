/**
 * Random accounts with their truth: played forward row by row in whole numbers (millionths of a unit, cents), so simply that it can be
 * believed. Trades are within the day's session and carry their instant, unless the account's provider gives days alone.
 */
import { dayNumber, dayOf, marketDayNumber } from '@tidemark/market';
import type { Random } from '@tidemark/testing';
import type { NormalisedTransaction, TransactionKind } from '@tidemark/transactions';
import type { CapturedSnapshot, PreparedCloses, ReconstructionInput, ReconstructionResult } from './model.js';

const FROM = dayNumber('2026-02-02');
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const ASSETS = ['equity:A', 'equity:B', 'etf:C', 'crypto:D'];

export interface Truth {
  /** Cents × 10^8 (price in cents × millionths of a unit, cash alike), by day. */
  readonly value: ReadonlyMap<number, bigint>;
  /** What the last snapshot states, at the close of its day: nobody who has not seen what followed can say more. */
  readonly atLast: bigint;
  readonly input: ReconstructionInput;
}

interface State {
  readonly units: Map<string, bigint>;
  cash: bigint;
}

interface Happening {
  readonly day: number;
  readonly at: number;
  readonly row: NormalisedTransaction;
  readonly units: bigint;
  readonly cash: bigint;
}

export interface Shape {
  readonly days: number;
  readonly rows: number;
  readonly snapshots: number;
  /** The account held something before the first day. */
  readonly opened: boolean;
  readonly instants: boolean;
  readonly splits: boolean;
}

export function randomAccount(random: Random, shape: Shape): Truth {
  const last = FROM + shape.days - 1;
  const splits = shape.splits ? new Map(ASSETS.filter(() => random.chance(0.4)).map((asset) => [asset, { day: FROM + random.int(5, shape.days - 5), factor: random.pick([2n, 3n, 4n]) }])) : new Map<string, { day: number; factor: bigint }>();
  const closes = new Map(ASSETS.map((asset) => [asset, randomCloses(random, asset, splits.get(asset) ?? null, shape.days)]));
  const opening: State = { units: new Map(ASSETS.map((asset) => [asset, shape.opened ? BigInt(random.int(0, 9)) * 1_000_000n : 0n])), cash: shape.opened ? BigInt(random.int(0, 1_000_000)) : 0n };
  const moments = Array.from({ length: shape.snapshots }, () => (random.int(FROM + 3, last) * 24 + random.pick([2, 15, 17, 22])) * HOUR + random.int(0, 59) * 60_000).sort((a, b) => a - b);
  const happenings = history(random, shape, opening, closes, splits);
  const snapshots = moments.map((at, index) => snapshotAt(at, index, stateAt(opening, happenings, (happening) => happening.at <= at)));
  const input: ReconstructionInput = { accountId: 'a', currency: 'USD', from: FROM, to: last, snapshots, transactions: happenings.map(({ row }) => row), wholeFrom: FROM, closesOf: (asset) => closes.get(asset) ?? null };
  const value = new Map<number, bigint>();
  for (let day = FROM; day <= last; day += 1) value.set(day, worth(stateAt(opening, happenings, (happening) => happening.day <= day), closes, day));
  const lastAt = moments.at(-1) as number;
  const atLast = worth(stateAt(opening, happenings, (happening) => happening.at <= lastAt), closes, Math.min(marketDayNumber(lastAt), last));
  return { value, atLast, input };
}

/** Days on which what is said at full quality is not the truth, or, with `everywhere`, on which anything else is said. */
export function wrongDays({ value, atLast, input }: Truth, { days }: ReconstructionResult, everywhere: boolean): string[] {
  return days.flatMap((said) => {
    if (!everywhere && said.quality < 100) return [];
    const amount = said.value.find(({ currency }) => currency === 'USD')?.amount ?? 'nothing';
    const [whole = '', fraction = ''] = amount.split('.');
    const right = value.get(said.day) as bigint;
    const digits = amount === 'nothing' || fraction.length > 8 ? null : BigInt(whole + fraction.padEnd(8, '0'));
    return digits === right || (!everywhere && said.day === input.snapshots.at(-1)?.day && digits === atLast) ? [] : [`${dayOf(said.day)} (${said.quality}, ${said.origin}): ${amount}, truly ${right}e-8`];
  });
}

function randomCloses(random: Random, symbol: string, split: { day: number; factor: bigint } | null, days: number): PreparedCloses {
  let price = random.int(5_000, 60_000);
  const newest = Array.from({ length: days }, (_, index) => {
    price = Math.max(100, price + random.int(-300, 310));
    if (split !== null && FROM + index === split.day) price = Math.max(100, Math.round(price / Number(split.factor)));
    return BigInt(price);
  });
  return { symbol, currency: 'USD', firstDay: FROM, scale: 2, newest, age: new Int16Array(days), splits: split === null ? [] : [{ day: split.day, numerator: String(split.factor), denominator: '1' }] };
}

function history(random: Random, shape: Shape, opening: State, closes: ReadonlyMap<string, PreparedCloses>, splits: ReadonlyMap<string, { day: number; factor: bigint }>): Happening[] {
  const state: State = { units: new Map(opening.units), cash: opening.cash };
  const happenings: Happening[] = [];
  const push = (day: number, minute: number, kind: TransactionKind, asset: string | null, units: bigint, cash: bigint): void => {
    if (asset !== null) state.units.set(asset, (state.units.get(asset) as bigint) + units);
    state.cash += cash;
    const at = day * DAY + 14 * HOUR + 45 * 60_000 + minute * 60_000;
    happenings.push({ day, at, row: rowOf(happenings.length, kind, day, shape.instants ? at : null, asset, units, cash), units, cash });
  };
  const perDay = shape.rows / shape.days;
  for (let day = FROM + 1; day < FROM + shape.days; day += 1) {
    for (const [asset, split] of splits) {
      const held = state.units.get(asset) as bigint;
      if (split.day === day && held !== 0n) push(day, -60, 'split', asset, held * (split.factor - 1n), 0n);
    }
    // The last one is at 20:45 UTC, a quarter of an hour before the close.
    for (let minute = 0; minute <= 360 && random.chance(perDay / (1 + perDay)); minute += 30) randomRow(random, state, (...row) => push(day, minute, ...row), (asset) => closes.get(asset)?.newest[day - FROM] as bigint);
  }
  return happenings;
}

type Push = (kind: TransactionKind, asset: string | null, units: bigint, cash: bigint) => void;

function randomRow(random: Random, state: State, push: Push, priceOf: (asset: string) => bigint): void {
  const asset = random.pick(ASSETS);
  const held = state.units.get(asset) as bigint;
  const size = BigInt(random.int(1, 9_000_000));
  const cents = BigInt(random.int(1, 90_000));
  const price = priceOf(asset);
  const kind = random.pick<TransactionKind>(['buy', 'buy', 'sell', 'sell', 'dividend', 'interest', 'fee', 'tax', 'deposit', 'withdrawal', 'asset_transfer', 'reinvestment', 'merger', 'sell_short']);
  if (kind === 'buy' && held >= 0n) push(kind, asset, size, -((size * price) / 1_000_000n) - BigInt(random.int(0, 500)));
  else if (kind === 'sell' && held > 0n) push(kind, asset, random.chance(0.4) ? -held : -(held / 2n) - 1n, (held * price) / 1_000_000n);
  else if (kind === 'dividend' || kind === 'interest') push(kind, kind === 'dividend' ? asset : null, 0n, cents);
  else if (kind === 'fee' || kind === 'tax' || kind === 'withdrawal') push(kind, null, 0n, -cents);
  else if (kind === 'deposit') push(kind, null, 0n, cents * 10n);
  else if (kind === 'asset_transfer' && held >= 0n) push(kind, asset, size, 0n);
  else if (kind === 'reinvestment' && held > 0n) push(kind, asset, size, -cents);
  else if (kind === 'merger' && held > 0n) push(kind, asset, -held, cents * 5n);
  else if (kind === 'sell_short' && held < 0n) push('buy_to_cover', asset, -held, (held * price) / 1_000_000n);
  else if (kind === 'sell_short' && held === 0n) push(kind, asset, -size, (size * price) / 1_000_000n);
}

function rowOf(index: number, kind: TransactionKind, day: number, at: number | null, asset: string | null, units: bigint, cash: bigint): NormalisedTransaction {
  const external = kind === 'deposit' || kind === 'withdrawal' || kind === 'asset_transfer';
  return { transactionId: `t${String(index).padStart(4, '0')}`, provider: 'snaptrade', kind, date: dayOf(day), at: at === null ? null : new Date(at).toISOString(), asset, units: text(units, 6), cash: text(cash, 2), currency: 'USD', fees: null, price: null, external, transfer: external, pending: false, doubts: [], providerType: kind, providerSubtype: null, description: null };
}

function stateAt(opening: State, happenings: readonly Happening[], counts: (happening: Happening) => boolean): State {
  const state: State = { units: new Map(opening.units), cash: opening.cash };
  for (const happening of happenings) {
    if (!counts(happening)) continue;
    if (happening.row.asset !== null) state.units.set(happening.row.asset, (state.units.get(happening.row.asset) as bigint) + happening.units);
    state.cash += happening.cash;
  }
  return state;
}

function snapshotAt(at: number, index: number, { units, cash }: State): CapturedSnapshot {
  const lines = [...units].filter(([, held]) => held !== 0n).map(([asset, held]) => ({ asset, quantity: text(held, 6), currency: 'USD' }));
  return { snapshotId: `s${index}`, capturedAt: new Date(at).toISOString(), day: marketDayNumber(at), calendarDay: Math.floor((at - 5 * HOUR) / DAY), currency: 'USD', lines: [...lines, { asset: 'currency:USD', quantity: text(cash, 2) }] };
}

function worth({ units, cash }: State, closes: ReadonlyMap<string, PreparedCloses>, day: number): bigint {
  return [...units].reduce((total, [asset, held]) => total + held * (closes.get(asset)?.newest[day - FROM] as bigint), cash * 1_000_000n);
}

function text(digits: bigint, scale: number): string {
  const plain = (digits < 0n ? -digits : digits).toString().padStart(scale + 1, '0');
  return `${digits < 0n ? '-' : ''}${plain.slice(0, -scale)}.${plain.slice(-scale)}`;
}
