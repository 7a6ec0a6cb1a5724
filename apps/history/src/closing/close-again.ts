/**
 * Closes a day again for the accounts that hold something whose price came late: what differs is written under the next revision, and
 * each account's owner is told. A day without prices is thereby never wrong for longer than the source is down, and never silently right.
 */
import { instant, NAMESPACE, uuidV5 } from '@tidemark/kernel';
import { closeMs, dayOf } from '@tidemark/market';
import type { LogTransaction } from '@tidemark/event-log';
import type { DayNumber } from '../reconstruction/model.js';
import { holdOpenFrom, readOpenFrom } from '../storage/partitions.js';
import { leaveToEngine, nextAccounts, valuesOf } from './close-batch.js';
import type { BatchAccount } from './close-batch.js';
import { pricesPending, readyToWrite } from './close-day.js';
import { prepareClosingAssets } from './closing-assets.js';
import type { ClosingDeps } from './deps.js';
import { triedAgain } from './in-the-way.js';
import { claimClose, endClose, leaveClose, moveClose } from './market-close.js';
import type { MarketClose } from './market-close.js';
import type { AccountMarket } from './markets.js';
import { CLOSE_AGAIN, withHashedJoins } from './value-batch.js';

/** @returns how many accounts have another day now; null where another worker is at it, or the day's month is compacted: then a reconstruction revises it */
export async function closeAgain(deps: ClosingDeps, worker: string, of: AccountMarket, day: DayNumber): Promise<number | null> {
  const { database, clock, settings } = deps;
  if (day < ((await readOpenFrom(database)) ?? day)) return null;
  await pricesPending(deps, of, day);
  const claimed = await claimClose(database, worker, of.market.id, day, settings.lockMs, true);
  if (!claimed) return null;
  try {
    const before = await lateAssets(deps, of, day);
    const late = await prepareClosingAssets(database, of.market, day);
    const still = new Set(await lateAssets(deps, of, day));
    // Where nobody remembers what was late, everybody is looked at.
    const came = before.length === 0 ? null : before.filter((asset) => !still.has(asset));
    let close: MarketClose = { ...claimed, changed: 0 };
    if (came === null || came.length > 0) {
      const carried = await readyToWrite(deps, day);
      for (let next: MarketClose | null = close; next; next = await again(deps, worker, of, close, carried, came)) close = next;
    }
    await database.transaction((tx) => endClose(tx, worker, close, late, instant(clock.now())));
    return close.changed;
  } catch (error) {
    await leaveClose(database, worker, claimed);
    throw error;
  }
}

async function lateAssets({ database }: ClosingDeps, of: AccountMarket, day: DayNumber): Promise<string[]> {
  const { rows } = await database.query<{ asset: string }>('SELECT asset FROM closing_asset WHERE market = $1 AND day = $2 AND late', [of.market.id, dayOf(day)]);
  return rows.map((row) => row.asset);
}

async function again({ log, clock, settings, wake }: ClosingDeps, worker: string, of: AccountMarket, close: MarketClose, carried: number, came: readonly string[] | null): Promise<MarketClose | null> {
  const done = await triedAgain(() => log.transaction(async (tx) => {
    await holdOpenFrom(tx, close.day);
    const batch = await nextAccounts(tx, of, close.day, close.afterAccount, settings.batch, came);
    const last = batch.at(-1);
    if (!last) return null;
    const changed = await reviseBatch(tx, of, close, batch, carried, instant(clock.now()));
    const progress = { afterAccount: last.accountId, accounts: close.accounts, incomplete: close.incomplete, changed: close.changed + changed };
    await moveClose(tx, worker, close, progress, settings.lockMs);
    return { ...close, ...progress };
  }));
  if (!done.ok) throw new Error(`a close could not be revised: ${done.error.kind}`);
  wake();
  return done.value.value;
}

interface Compared {
  readonly accountId: string;
  readonly currency: string | null;
  readonly before: string | null;
  readonly after: string | null;
  readonly changed: boolean;
}

async function reviseBatch(tx: LogTransaction, of: AccountMarket, { day, again: times }: MarketClose, batch: readonly BatchAccount[], carried: number, now: string): Promise<number> {
  const has = batch.filter((one) => one.has && !one.gone);
  const fit = has.filter((one) => one.capturedAt <= closeMs(day, of.market));
  const { rows } = fit.length === 0 ? { rows: [] } : await withHashedJoins(tx, () => tx.query<Compared>(CLOSE_AGAIN, valuesOf(fit, of.market, day, carried)));
  const looked = new Set(rows.map((row) => row.accountId));
  await leaveToEngine(tx, has.filter((one) => !looked.has(one.accountId)), of.market, day, times);
  const changed = Map.groupBy(rows.filter((row) => row.changed), (row) => row.accountId);
  await tx.query('UPDATE history_head SET revision = revision + 1 WHERE account_id = ANY($1::uuid[])', [[...changed.keys()]]);
  for (const account of fit) {
    const moved = (changed.get(account.accountId) ?? []).filter((row) => row.currency !== '' && row.before !== row.after).map(({ currency, before, after }) => ({ day: dayOf(day), currency, before, after }));
    if (moved.length === 0) continue;
    const { accountId, userId, revision } = account;
    const runId = uuidV5(NAMESPACE.reaction, `close/${of.market.id}/${dayOf(day)}/${times}/${accountId}`);
    const data = { userId, accountId, runId, revision: revision + 1, cause: 'prices', from: dayOf(day), to: dayOf(day), previousRevision: revision, daysMoved: 1, moved };
    tx.append({ userId, stream: `history-${accountId}`, expectedVersion: 'any', events: [{ id: uuidV5(NAMESPACE.reaction, `revised/${runId}`), type: 'HistoryRevised', time: now, data }] });
  }
  return changed.size;
}
