/**
 * Closes one day of one market for every account of it: prices first, then batch by batch, then the event. Whoever is killed between two
 * batches is followed by a worker that goes on after the last one; a day that is closed is not closed again.
 */
import { NAMESPACE, instant, uuidV5 } from '@tidemark/kernel';
import { closeMs, dayOf } from '@tidemark/market';
import type { DayNumber } from '../reconstruction/model.js';
import { SAID } from '../reconstruction/said.js';
import { ensureDayPartitions, holdOpenFrom } from '../storage/partitions.js';
import { storeReasons } from '../storage/reasons.js';
import { heldSymbols, prepareClosingAssets } from './closing-assets.js';
import { closeBatch, nextAccounts } from './close-batch.js';
import type { ClosingDeps } from './deps.js';
import type { MarketClose, Progress } from './market-close.js';
import { triedAgain } from './in-the-way.js';
import { claimClose, endClose, leaveClose, moveClose, openClose } from './market-close.js';
import type { AccountMarket } from './markets.js';
import { isCatchUp } from './markets.js';

export type DayOutcome = { readonly kind: 'closed'; readonly close: MarketClose } | { readonly kind: 'waits_for_prices' } | { readonly kind: 'taken' };

/** @param now closes it with the prices that are there */
export async function closeDay(deps: ClosingDeps, worker: string, of: AccountMarket, day: DayNumber, now = false): Promise<DayOutcome> {
  const { database, clock, settings } = deps;
  const due = closeMs(day, of.market);
  await openClose(database, of.market.id, day, due, isCatchUp(of.market, day, clock.now()));
  const claimed = await claimClose(database, worker, of.market.id, day, settings.lockMs);
  if (!claimed) return { kind: 'taken' };
  try {
    const patient = !now && claimed.afterAccount === null && clock.now() < due + settings.patienceMs;
    if ((await pricesPending(deps, of, day)) && patient) {
      await leaveClose(database, worker, claimed);
      return { kind: 'waits_for_prices' };
    }
    const late = await prepareClosingAssets(database, of.market, day);
    const carried = await readyToWrite(deps, day);
    let close = claimed;
    for (;;) {
      const next = await oneBatch(deps, worker, of, close, carried);
      if (!next) break;
      close = next;
    }
    return { kind: 'closed', close: await finish(deps, worker, close, late) };
  } catch (error) {
    await leaveClose(database, worker, claimed);
    throw error;
  }
}

/** Asks for the day's closes of everything that anybody holds. */
export async function pricesPending({ supply, database }: Pick<ClosingDeps, 'supply' | 'database'>, of: AccountMarket, day: DayNumber): Promise<boolean> {
  const runId = uuidV5(NAMESPACE.reaction, `close/${of.market.id}/${dayOf(day)}`);
  const wants = (await heldSymbols(database)).map((symbol) => ({ symbol, from: day, to: day }));
  return wants.length > 0 && (await supply.want([{ runId, wants }])).has(runId);
}

/** Partitions and the one reason that every account may have. @returns its id */
export async function readyToWrite({ database }: Pick<ClosingDeps, 'database'>, day: DayNumber): Promise<number> {
  return database.transaction(async (tx) => {
    await holdOpenFrom(tx, day);
    await ensureDayPartitions(tx, day, day + AHEAD_DAYS);
    return (await storeReasons(tx, [{ accountId: null, ...SAID.carried }]))[0] as number;
  });
}

/** Partitions are there before they are needed. */
const AHEAD_DAYS = 40;

async function oneBatch({ database, settings, wake }: ClosingDeps, worker: string, of: AccountMarket, close: MarketClose, carried: number): Promise<MarketClose | null> {
  const done = await triedAgain(() => database.transaction(async (tx) => {
    await holdOpenFrom(tx, close.day);
    const batch = await nextAccounts(tx, of, close.day, close.afterAccount, settings.batch);
    const last = batch.at(-1);
    if (!last) return null;
    const { accounts, incomplete } = await closeBatch(tx, of, close.day, batch, carried);
    const progress: Progress = { afterAccount: last.accountId, accounts: close.accounts + accounts, incomplete: close.incomplete + incomplete, changed: close.changed };
    await moveClose(tx, worker, close, progress, settings.lockMs);
    return { ...close, ...progress };
  }));
  if (done && done.incomplete > close.incomplete) wake();
  return done;
}

async function finish({ log, clock }: ClosingDeps, worker: string, close: MarketClose, late: number): Promise<MarketClose> {
  const day = dayOf(close.day);
  const closedAt = instant(clock.now());
  const done = await log.transaction(async (tx) => {
    await endClose(tx, worker, close, late, closedAt);
    tx.append({
      userId: `~market:${close.market}`, stream: `close-${close.market}`, expectedVersion: 'any',
      events: [{ id: uuidV5(NAMESPACE.reaction, `closed/${close.market}/${day}`), type: 'DayClosed', time: closedAt, data: { market: close.market, day, closedAt, accounts: close.accounts, incomplete: close.incomplete, catchUp: close.catchUp } }],
    });
  });
  // Told before, and the row of it was lost: a day is told once, its id says so.
  if (!done.ok && done.error.kind === 'duplicate_event') await log.database.transaction((tx) => endClose(tx, worker, close, late, closedAt));
  else if (!done.ok) throw new Error(`the close of ${day} at ${close.market} could not be appended: ${done.error.kind}`);
  return { ...close, status: 'closed', late };
}
