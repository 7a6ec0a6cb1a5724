/** Loads the table of an export: the same rows that the answers about history, activities and gains have, all pages of them. */
import type { historyRpc, Problem } from '@tidemark/contracts';
import { ok } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import { activitiesOf } from '../activities/load-activities.js';
import { gainsOf } from '../gains/gains-of.js';
import { daysAsked } from '../reads/days-asked.js';
import type { HistoryReads } from '../reads/read-context.js';
import { loadScope } from '../series/load-scope.js';
import { pointOf } from '../series/point.js';
import type { ScopeAsked } from '../series/scope-accounts.js';
import { ACTIVITY_COLUMNS, GAIN_COLUMNS, gainRows, HISTORY_COLUMNS } from './columns.js';
import type { GainRow } from './columns.js';
import type { Table } from './document.js';

export interface ExportAsked extends ScopeAsked {
  readonly period?: historyRpc.Period | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

export async function historyTable(reads: HistoryReads, asked: ExportAsked): Promise<Result<Table<historyRpc.HistoryPoint>, Problem>> {
  const loaded = await loadScope(reads, asked, { ranges: true });
  if (!loaded.ok) return loaded;
  const { base, days, ranges, reasons } = loaded.value;
  return ok({ of: 'history', columns: HISTORY_COLUMNS, rows: days.map((day) => pointOf(day, ranges.get(day.date))), from: days[0]?.date ?? null, to: days.at(-1)?.date ?? null, currency: base, reasons });
}

const PAGE = 500;

/** Newest first, each in its own currency unless another is asked for. */
export async function activityTable(reads: HistoryReads, asked: ExportAsked): Promise<Result<Table<historyRpc.Activity>, Problem>> {
  const read = await activitiesOf(reads, asked);
  if (!read.ok) return read;
  const days = daysAsked(asked, read.value.lastClosed);
  if (!days.ok) return days;
  const { from, to } = days.value;
  const rows: historyRpc.Activity[] = [];
  for (let more = true; more; ) {
    const last = rows.at(-1);
    const page = await read.value.page({ from: from ?? undefined, to: to ?? undefined, after: last && { day: last.date, transactionId: last.transactionId }, limit: PAGE });
    rows.push(...page.items);
    more = page.more;
  }
  return ok({ of: 'activities', columns: ACTIVITY_COLUMNS, rows, from, to, currency: asked.currency ?? null, reasons: rows.flatMap(({ reason }) => reason ?? []) });
}

/** First in, first out: of another method ask `/portfolio/gains`. */
export async function gainTable(reads: HistoryReads, asked: ExportAsked): Promise<Result<Table<GainRow>, Problem>> {
  const gains = await gainsOf(reads, asked);
  if (!gains.ok) return gains;
  const { from, to, currency, reasons } = gains.value;
  return ok({ of: 'gains', columns: GAIN_COLUMNS, rows: gainRows(gains.value), from, to, currency, reasons });
}
