/**
 * Account days in columns, for series: blocks of closed months through the cache, rows of the open ones, and what else is to be read with
 * them, in one statement. What `readStoredDays` says as objects, this says as columns.
 */
import type { SqlClient } from '@tidemark/postgres';
import type { DayNumber } from '../reconstruction/model.js';
import type { BlockCache, MonthBlocks } from './block-cache.js';
import { columnsOf, daysOf } from './day-columns.js';
import type { DayColumns } from './day-columns.js';
import type { DayRow } from './day-rows.js';
import { columnsOfRows, dayOfRows } from './day-rows.js';
import { decodeMonth } from './month-block.js';
import { monthOf, nextMonth } from './partitions.js';
import { blocksPart, rowsPart } from './day-parts.js';
import type { AccountAt, BlockRead } from './day-parts.js';
import type { StoredDay } from './read-days.js';
import { nothing, readTogether } from './read-together.js';
import type { PartsRead, ReadPart } from './read-together.js';

export interface ColumnsAsked {
  /** Each with the revision to read at: its head's, or an earlier one. */
  readonly accounts: readonly AccountAt[];
  readonly from: DayNumber;
  readonly to: DayNumber;
  /** Days before it are in blocks only: there are no rows of them, and no block of them comes at a revision that is there already. */
  readonly compactedTo: DayNumber;
  /** Of later days there may be blocks beside rows. */
  readonly compacting: boolean;
}

export interface ColumnsRead<P extends readonly ReadPart<unknown>[]> {
  /** By account: ascending, no day twice. */
  readonly columns: Map<string, DayColumns[]>;
  readonly beside: PartsRead<P>;
}

/** @param beside read in the same statement */
export async function readColumns<const P extends readonly ReadPart<unknown>[]>(client: SqlClient, cache: BlockCache, asked: ColumnsAsked, beside: P): Promise<ColumnsRead<P>> {
  const { accounts, from, to, compactedTo, compacting } = asked;
  const closed = new ClosedMonths(cache, asked);
  const openFrom = Math.max(from, compactedTo);
  const open = accounts.length > 0 && to >= compactedTo;
  const [blocks, rows, compacted, ...more] = await readTogether(client, [
    closed.lacking(),
    open ? rowsPart(accounts, openFrom, to) : nothing<DayRow>(),
    open && compacting ? blocksPart(accounts, monthOf(openFrom), to) : nothing<BlockRead>(),
    ...beside,
  ]);
  closed.take(blocks);
  const [ofAccount, blocksOf] = [Map.groupBy(rows, (row) => row.account_id), Map.groupBy(compacted, (block) => block.accountId)];
  const openDays = (accountId: string): DayColumns[] => {
    const [own, months] = [ofAccount.get(accountId) ?? [], blocksOf.get(accountId)];
    const columns = months ? merged(own, months, openFrom, to) : columnsOfRows(own);
    return columns.days.length > 0 ? [columns] : [];
  };
  return { columns: new Map(accounts.map(({ accountId }) => [accountId, [...closed.of(accountId), ...openDays(accountId)]])), beside: more };
}

/** The blocks of the closed months that are asked for: what the cache has of them, and what has to be read. */
class ClosedMonths {
  private readonly months: DayNumber[] = [];
  private readonly known: Map<string, MonthBlocks>;
  private readonly unknown: readonly AccountAt[];

  constructor(
    private readonly cache: BlockCache,
    { accounts, from, to, compactedTo }: ColumnsAsked,
  ) {
    for (let month = monthOf(from); month < compactedTo && month <= to; month = nextMonth(month)) this.months.push(month);
    this.known = new Map(accounts.map(({ accountId, revision }) => [accountId, cache.of(accountId, revision)]));
    this.unknown = accounts.filter(({ accountId }) => this.months.some((month) => !this.known.get(accountId)?.has(month)));
  }

  lacking(): ReadPart<BlockRead[]> {
    return this.unknown.length === 0 ? nothing() : blocksPart(this.unknown, this.months[0] as DayNumber, this.months.at(-1) as DayNumber);
  }

  take(blocks: readonly BlockRead[]): void {
    const none = this.months.map((month) => [month, null] as const);
    for (const { accountId } of this.unknown) this.known.set(accountId, new Map<DayNumber, Buffer | null>([...(this.known.get(accountId) as MonthBlocks), ...none]));
    for (const { accountId, month, block } of blocks) this.known.get(accountId)?.set(month, block);
    for (const { accountId, revision } of this.unknown) this.cache.keep(accountId, revision, this.known.get(accountId) as MonthBlocks);
  }

  of(accountId: string): DayColumns[] {
    const blocks = this.known.get(accountId);
    return this.months.flatMap((month) => decoded(month, blocks?.get(month) ?? null));
  }
}

function decoded(month: DayNumber, block: Buffer | null): DayColumns[] {
  return block ? [decodeMonth(month, block)] : [];
}

/** Rare, and only while a month is compacted: by way of objects. */
function merged(rows: readonly DayRow[], blocks: readonly BlockRead[], from: DayNumber, to: DayNumber): DayColumns {
  const days = new Map<DayNumber, StoredDay>(blocks.flatMap(({ month, revision, block }) => daysOf(decodeMonth(month, block)).map((day) => [day.day, { revision, day }] as const)));
  for (const [day, ofDay] of Map.groupBy(rows, (row) => row.day)) {
    const { revision } = ofDay[0] as DayRow;
    if (revision >= (days.get(day)?.revision ?? 0)) days.set(day, { revision, day: dayOfRows(ofDay) });
  }
  return columnsOf([...days.values()].flatMap(({ day }) => (day && day.day >= from && day.day <= to ? [day] : [])).sort((a, b) => a.day - b.day));
}
