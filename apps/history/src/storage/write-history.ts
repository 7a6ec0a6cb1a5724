/**
 * Stores what a run computed, for a batch of accounts in a handful of statements, in the caller's transaction.
 *
 * Revisions. A run that changes something known writes what differs under revision n+1 and readers of n go on seeing n; one that
 * changes nothing writes nothing. The head row of an account is locked first, so that a run, another run and the end of day follow one
 * another: a day that the end of day appended while a run computed is behind the run's range and stays as it is.
 */
import { assert } from '@tidemark/kernel';
import type { SqlClient } from '@tidemark/postgres';
import type { AccountDay, DayNumber, ExternalFlow, ReconstructionResult } from '../reconstruction/model.js';
import { isSaidByBoth } from '../reconstruction/said.js';
import { columnsOf } from './day-columns.js';
import { goneRow, rowsOfDay } from './day-rows.js';
import { planFlows, readFlows, writeFlows } from './flows.js';
import type { HistoryHead } from './history-head.js';
import { lockHeads, moveHeads } from './history-head.js';
import { insertBlocks, insertDays } from './insert-days.js';
import { encodeMonth } from './month-block.js';
import { ensureDayPartitions, ensureMonthPartitions, holdOpenFrom, monthOf, nextMonth } from './partitions.js';
import type { MovedDay, WritePlan } from './plan-write.js';
import { planWrite } from './plan-write.js';
import { readStoredDays } from './read-days.js';
import type { StoredDay } from './read-days.js';
import { storeReasons } from './reasons.js';

export interface HistoryWrite {
  readonly accountId: string;
  readonly userId: string;
  readonly runId: string | null;
  /** The revision that a change would make; the next one where absent. */
  readonly revision?: number;
  /** Ascending; `reasons` are indices into `reasons` below. */
  readonly days: readonly AccountDay[];
  /** What was computed, inclusive, where it is more than from the first to the last of `days`: known days in it that were not computed again go. */
  readonly range?: { readonly from: DayNumber; readonly to: DayNumber };
  readonly flows: readonly ExternalFlow[];
  readonly reasons: ReconstructionResult['reasons'];
}

export interface HistoryWritten {
  readonly accountId: string;
  /** In force now. */
  readonly revision: number;
  /** Null where nothing was written before. */
  readonly previousRevision: number | null;
  /** A new revision was made. */
  readonly revised: boolean;
  readonly daysWritten: number;
  /** Days that were known and whose value is another now, by currency. */
  readonly moved: readonly MovedDay[];
  readonly daysMoved: number;
}

export async function writeHistory(tx: SqlClient, write: HistoryWrite): Promise<HistoryWritten> {
  return (await writeHistories(tx, [write]))[0] as HistoryWritten;
}

/** @param batch of different accounts @returns in the same order */
export async function writeHistories(tx: SqlClient, batch: readonly HistoryWrite[]): Promise<HistoryWritten[]> {
  if (batch.length === 0) return [];
  assert(new Set(batch.map((one) => one.accountId)).size === batch.length, 'an account is twice in one batch');
  const ranges = batch.map((one) => one.range ?? { from: one.days[0]?.day ?? 0, to: one.days.at(-1)?.day ?? 0 });
  const whole = { from: Math.min(...ranges.map((range) => range.from)), to: Math.max(...ranges.map((range) => range.to)) };
  const openFrom = await holdOpenFrom(tx, whole.to);
  if (whole.to >= openFrom) await ensureDayPartitions(tx, Math.max(openFrom, whole.from), whole.to);
  if (whole.from < openFrom) await ensureMonthPartitions(tx, whole.from, openFrom - 1);
  const heads = await lockHeads(tx, batch);
  const known = batch.filter((one) => (heads.get(one.accountId)?.revision ?? 0) > 0).map((one) => one.accountId);
  const stored = known.length > 0 ? await readStoredDays(tx, known, monthOf(whole.from), nextMonth(whole.to) - 1) : new Map<string, Map<DayNumber, StoredDay>>();
  const storedFlows = known.length > 0 ? await readFlows(tx, known, whole.from, whole.to) : [];
  const reasons = await reasonIds(tx, batch);
  const plans = batch.map((one, at) => {
    const head = heads.get(one.accountId) as HistoryHead;
    const range = ranges[at] as { from: DayNumber; to: DayNumber };
    const days = withReasonIds(one.days, reasons[at] as number[]);
    const plan = planWrite({ head, openFrom, range, days, stored: stored.get(one.accountId) ?? new Map<DayNumber, StoredDay>() });
    const flows = planFlows(storedFlows.filter((flow) => flow.accountId === one.accountId && flow.day >= range.from && flow.day <= range.to), one.flows);
    return { one, head, range, plan, flows, ...revisionOf(one, head, plan.revised || flows.ended.length > 0) };
  });
  const blocks = plans.flatMap(({ one, plan, revision }) => plan.months.map(({ month, days }) => ({ accountId: one.accountId, month, revision, block: encodeMonth(month, columnsOf(days)) })));
  assert((await insertBlocks(tx, blocks)) === blocks.length, 'a month is stored at a revision that is only being made');
  await insertDays(tx, plans.flatMap(({ one, plan, revision }) => [...plan.days.flatMap((day) => rowsOfDay(one.accountId, revision, day)), ...plan.gone.map((day) => goneRow(one.accountId, revision, day))]));
  await writeFlows(tx, plans.map(({ one, revision, flows }) => ({ accountId: one.accountId, revision, ...flows })));
  await moveHeads(tx, plans.map(({ one, head, range, revision }) => ({ accountId: one.accountId, revision, runId: one.runId, ...reach(head, range, one.days) })));
  return plans.map(({ one, head, plan, revision, revised }) => ({
    accountId: one.accountId, revision, previousRevision: head.revision === 0 ? null : head.revision, revised, daysWritten: writtenDays(plan), moved: plan.moved, daysMoved: plan.daysMoved,
  }));
}

/** Ids of the reasons of each account's run, in their order. */
async function reasonIds(tx: SqlClient, batch: readonly HistoryWrite[]): Promise<number[][]> {
  const ids = await storeReasons(tx, batch.flatMap((one) => one.reasons.map((reason) => ({ ...reason, accountId: isSaidByBoth(reason) ? null : one.accountId }))));
  let next = 0;
  return batch.map((one) => ids.slice(next, (next += one.reasons.length)));
}

/** Most days have no reason, and are as they were. */
function withReasonIds(days: readonly AccountDay[], ids: readonly number[]): AccountDay[] {
  return days.map((day) => (day.reasons.length === 0 ? day : { ...day, reasons: [...new Set(day.reasons.map((index) => ids[index] as number))] }));
}

function revisionOf(write: HistoryWrite, head: HistoryHead, changed: boolean): { revision: number; revised: boolean } {
  if (!changed && head.revision > 0) return { revision: head.revision, revised: false };
  const revision = write.revision ?? head.revision + 1;
  assert(revision > head.revision, `revision ${revision} of account ${write.accountId} is not after ${head.revision}`);
  return { revision, revised: true };
}

function writtenDays(plan: WritePlan): number {
  return plan.days.length + plan.gone.length + plan.months.reduce((count, month) => count + month.days.length, 0);
}

/** From the first to the last day of the history, now that `days` stand in `range`. */
function reach(head: HistoryHead, range: { from: DayNumber; to: DayNumber }, days: readonly AccountDay[]): { firstDay: DayNumber | null; lastDay: DayNumber | null } {
  const before = head.firstDay !== null && head.firstDay < range.from;
  const after = head.lastDay !== null && head.lastDay > range.to;
  const [first, last] = [days[0]?.day ?? null, days.at(-1)?.day ?? null];
  return {
    firstDay: before ? head.firstDay : (first ?? (after ? range.to + 1 : null)),
    lastDay: after ? head.lastDay : (last ?? (before ? range.from - 1 : null)),
  };
}
