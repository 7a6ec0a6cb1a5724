/**
 * Account days in columns, for series: blocks of closed months through the cache, rows of the open ones. Two statements in parallel, and
 * one where every closed month is cached. What `readStoredDays` says as objects, this says as columns.
 */
import { dayNumber } from '@tidemark/market';
import type { SqlClient } from '@tidemark/postgres';
import type { DayNumber } from '../reconstruction/model.js';
import type { BlockCache, MonthBlocks } from './block-cache.js';
import { columnsOf, daysOf } from './day-columns.js';
import type { DayColumns } from './day-columns.js';
import type { DayRow } from './day-rows.js';
import { columnsOfRows, dayOfRows } from './day-rows.js';
import { decodeMonth } from './month-block.js';
import { monthOf, nextMonth } from './partitions.js';
import { readBlocks, readRows } from './read-days.js';
import type { StoredDay } from './read-days.js';

export interface ColumnsAsked {
  /** Each with the revision to read at: its head's, or an earlier one. */
  readonly accounts: readonly { readonly accountId: string; readonly revision: number }[];
  readonly from: DayNumber;
  readonly to: DayNumber;
  /** Days before it are in blocks only: there are no rows of them, and no block of them comes at a revision that is there already. */
  readonly compactedTo: DayNumber;
  /** Of later days there may be blocks beside rows. */
  readonly compacting: boolean;
}

/** By account: ascending, no day twice. */
export async function readColumns(client: SqlClient, cache: BlockCache, asked: ColumnsAsked): Promise<Map<string, DayColumns[]>> {
  const { accounts, from, to, compactedTo } = asked;
  const [blocks, rows] = await Promise.all([closedMonths(client, cache, asked), to >= compactedTo ? openDays(client, { ...asked, from: Math.max(from, compactedTo) }) : new Map<string, DayColumns[]>()]);
  return new Map(accounts.map(({ accountId }) => [accountId, [...(blocks.get(accountId) ?? []), ...(rows.get(accountId) ?? [])]]));
}

async function closedMonths(client: SqlClient, cache: BlockCache, { accounts, from, to, compactedTo }: ColumnsAsked): Promise<Map<string, DayColumns[]>> {
  const months: DayNumber[] = [];
  for (let month = monthOf(from); month < compactedTo && month <= to; month = nextMonth(month)) months.push(month);
  const [first, last] = [months[0], months.at(-1)];
  if (first === undefined || last === undefined) return new Map();
  const known = new Map(accounts.map(({ accountId, revision }) => [accountId, cache.of(accountId, revision)]));
  const lacking = accounts.filter(({ accountId }) => months.some((month) => !known.get(accountId)?.has(month)));
  for (const { accountId } of lacking) known.set(accountId, new Map<DayNumber, Buffer | null>([...(known.get(accountId) as MonthBlocks), ...months.map((month) => [month, null] as const)]));
  for (const [revision, group] of Map.groupBy(lacking, (one) => one.revision)) {
    for (const { account_id, month, block } of await readBlocks(client, group.map((one) => one.accountId), first, last, revision)) known.get(account_id)?.set(dayNumber(month), block);
  }
  for (const { accountId, revision } of lacking) cache.keep(accountId, revision, known.get(accountId) as MonthBlocks);
  return new Map([...known].map(([accountId, blocks]) => [accountId, months.flatMap((month) => decoded(month, blocks.get(month) ?? null))]));
}

function decoded(month: DayNumber, block: Buffer | null): DayColumns[] {
  return block ? [decodeMonth(month, block)] : [];
}

/** Rows, and blocks of months that are being compacted; the greatest revision of each day counts. */
async function openDays(client: SqlClient, { accounts, from, to, compacting }: ColumnsAsked): Promise<Map<string, DayColumns[]>> {
  const found = new Map<string, DayColumns[]>();
  for (const [revision, group] of Map.groupBy(accounts, (one) => one.revision)) {
    const ids = group.map((one) => one.accountId);
    const [rows, blocks] = await Promise.all([readRows(client, ids, from, to, revision), compacting ? readBlocks(client, ids, from, to, revision) : []]);
    const ofAccount = Map.groupBy(rows, (row) => row.account_id);
    const blocksOf = Map.groupBy(blocks, (block) => block.account_id);
    for (const accountId of ids) {
      const own = blocksOf.get(accountId);
      const columns = own ? merged(ofAccount.get(accountId) ?? [], own.map((block) => ({ revision: block.revision, columns: decodeMonth(dayNumber(block.month), block.block) })), from, to) : columnsOfRows(ofAccount.get(accountId) ?? []);
      if (columns.days.length > 0) found.set(accountId, [columns]);
    }
  }
  return found;
}

/** Rare, and only while a month is compacted: by way of objects. */
function merged(rows: readonly DayRow[], blocks: readonly { readonly revision: number; readonly columns: DayColumns }[], from: DayNumber, to: DayNumber): DayColumns {
  const days = new Map<DayNumber, StoredDay>(blocks.flatMap(({ revision, columns }) => daysOf(columns).map((day) => [day.day, { revision, day }] as const)));
  for (const [day, ofDay] of Map.groupBy(rows, (row) => row.day)) {
    const { revision } = ofDay[0] as DayRow;
    if (revision >= (days.get(day)?.revision ?? 0)) days.set(day, { revision, day: dayOfRows(ofDay) });
  }
  return columnsOf([...days.values()].flatMap(({ day }) => (day && day.day >= from && day.day <= to ? [day] : [])).sort((a, b) => a.day - b.day));
}
