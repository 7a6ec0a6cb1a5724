/** Loads what gains are made of: all transactions of all accounts of the user (a lot may have come from any), what is held now, splits, rates. */
import { accountName } from '@tidemark/contracts';
import { instant } from '@tidemark/kernel';
import { dayNumber, dayOf, marketDayOf, marketOf } from '@tidemark/market';
import type { Day } from '@tidemark/market';
import { add, isCash } from '@tidemark/money';
import type { AssetId, Decimal } from '@tidemark/money';
import { resolveTransactions } from '@tidemark/transactions';
import { newestSnapshots } from '../allocation/load-held.js';
import type { HeldAccount } from '../allocation/held-lines.js';
import type { HistoryAccount } from '../projections/accounts/row.js';
import { transactionsOf } from '../projections/transactions/query.js';
import type { HistoryReads } from '../reads/read-context.js';
import type { AccountRecord, IssuerSplit } from './step.js';
import type { SplitsOf } from './timeline.js';

export interface LoadedGains {
  readonly records: readonly AccountRecord[];
  /** Now. */
  readonly held: readonly HeldAccount[];
  readonly splitsOf: SplitsOf;
  readonly rate: (from: string, day: Day) => Decimal | null;
}

/** @param accounts all of the user's; where two claim the same transfer, the one that stands first has it */
export async function loadGains({ database, prices, clock }: HistoryReads, accounts: readonly HistoryAccount[], base: string): Promise<LoadedGains> {
  const now = instant(clock.now());
  const ids = accounts.map(({ accountId }) => accountId);
  const [transactions, snapshots] = await Promise.all([transactionsOf(database, ids), newestSnapshots(database, ids)]);
  const held = accounts.map((account): HeldAccount => {
    const snapshot = snapshots.get(account.accountId);
    return { accountId: account.accountId, name: accountName(account), provider: account.provider, snapshot: snapshot ? { capturedAt: snapshot.captured_at, currency: snapshot.currency, lines: snapshot.lines } : null };
  });
  const records = accounts.map((account, index): AccountRecord => ({ accountId: account.accountId, transactions: resolveTransactions(transactions.get(account.accountId) ?? []), held: heldUnits(held[index]?.snapshot ?? null, account) }));
  const rows = records.flatMap((record) => record.transactions);
  const today = dayNumber(marketDayOf(now));
  const first = rows.reduce((least, { date }) => Math.min(least, dayNumber(date)), today);
  const assets = [...new Set([...rows.flatMap(({ asset }) => (asset === null ? [] : [asset])), ...held.flatMap(({ snapshot }) => snapshot?.lines.map(({ asset }) => asset) ?? [])])].filter((asset) => !isCash(asset));
  const currencies = new Set([base, ...rows.flatMap(({ currency }) => (currency === null ? [] : [currency])), ...held.flatMap(({ snapshot }) => snapshot?.lines.flatMap((line) => line.currency ?? snapshot.currency) ?? [])]);
  const symbols = await prices.symbolsFor(assets);
  const wanted = [...new Set([...symbols.values()].filter((symbol) => symbol !== null))];
  const [closes, rates] = await Promise.all([prices.closes(wanted, first, today), prices.ratesFor([...currencies], first, today)]);
  const splitsOf = (asset: AssetId): IssuerSplit[] => (closes.get(symbols.get(asset) ?? '')?.splits ?? []).filter(({ day }) => day <= today).map(({ day, numerator, denominator }) => ({ day: dayOf(day), numerator, denominator }));
  return { records, held, splitsOf, rate: (from, day) => rates.rate(from, base, dayNumber(day)) };
}

function heldUnits(snapshot: HeldAccount['snapshot'], { timeZone }: HistoryAccount): AccountRecord['held'] {
  if (snapshot === null) return null;
  const units = new Map<AssetId, Decimal>();
  for (const { asset, quantity } of snapshot.lines) if (!isCash(asset)) units.set(asset, add(units.get(asset) ?? '0', quantity));
  return { capturedAt: snapshot.capturedAt, day: marketDayOf(snapshot.capturedAt, timeZone === null ? undefined : marketOf(timeZone)), units };
}
