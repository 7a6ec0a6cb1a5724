/**
 * Rows and blocks of accounts as parts of a statement, each account at a revision of its own. They are what charts read most of, so they
 * come as plain text, which the driver hands over whole; a row of seventeen columns would cost it seventeen look-ups.
 */
import type { DayNumber } from '../reconstruction/model.js';
import { dayOf } from '@tidemark/market';
import type { DayRow } from './day-rows.js';
import type { ReadPart } from './read-together.js';

export interface AccountAt {
  readonly accountId: string;
  readonly revision: number;
}

export interface BlockRead {
  readonly accountId: string;
  readonly month: DayNumber;
  readonly revision: number;
  readonly block: Buffer;
}

const [LINE, FIELD] = ['\n', ' '];

/**
 * Behind a SELECT, so that the planner sees a list of no length it knows: for lists that it knows it makes a plan each, every time, since
 * three ids look cheaper than a list, and over partitions that costs more than what is read.
 */
function ofAccounts(accounts: readonly AccountAt[], parameter: (value: unknown) => string): string {
  const ids = `(SELECT ${parameter(accounts.map((one) => one.accountId))}::uuid[])`;
  const revisions = `(SELECT ${parameter(accounts.map((one) => one.revision))}::int[])`;
  return `account_id = ANY(${ids}::uuid[]) AND revision <= (${revisions})[array_position(${ids}, account_id)]`;
}

/** The newest block of every month from `first` to `last`, at most of the account's revision. */
export function blocksPart(accounts: readonly AccountAt[], first: DayNumber, last: DayNumber): ReadPart<BlockRead[]> {
  return {
    sql: (parameter) => `SELECT string_agg(concat_ws(' ', account_id, month - date '1970-01-01', revision, encode(block, 'hex')), E'\\n') FROM (
      SELECT DISTINCT ON (account_id, month) account_id, month, revision, block FROM account_month WHERE ${ofAccounts(accounts, parameter)} AND month BETWEEN ${parameter(dayOf(first))} AND ${parameter(dayOf(last))}
      ORDER BY account_id, month, revision DESC) b`,
    of: (text) => lines(text).map(([accountId, month, revision, block]) => ({ accountId: accountId as string, month: Number(month), revision: Number(revision), block: Buffer.from(block as string, 'hex') })),
  };
}

/** Absent: null. The currency is last: it is '' where there is none. */
const COLUMNS = [
  'account_id', `day - date '1970-01-01'`, 'revision', 'securities', 'quality', 'origin', 'complete::int', 'cost_known::int', 'inflow_known::int', 'outflow_known::int',
  ...['value', 'cash', 'cost_basis', 'inflow', 'outflow', 'reasons'].map((column) => `coalesce(${column}::text, '')`), 'currency',
];

/** The rows of the newest revision of every day, at most of the account's revision; by account, day and currency. */
export function rowsPart(accounts: readonly AccountAt[], from: DayNumber, to: DayNumber): ReadPart<DayRow[]> {
  return {
    sql: (parameter) => `SELECT string_agg(${COLUMNS.join(` || ' ' || `)}, E'\\n' ORDER BY account_id, day, currency) FROM (
      SELECT *, max(revision) OVER (PARTITION BY account_id, day) AS newest FROM account_day WHERE ${ofAccounts(accounts, parameter)} AND day BETWEEN ${parameter(dayOf(from))} AND ${parameter(dayOf(to))}) d
      WHERE revision = newest`,
    of: (text) => lines(text).map(rowOf),
  };
}

function rowOf([account_id, day, revision, securities, quality, origin, complete, cost, inflowKnown, outflowKnown, value, cash, cost_basis, inflow, outflow, reasons, currency]: string[]): DayRow {
  return {
    account_id: account_id as string, day: Number(day), revision: Number(revision), securities: Number(securities), quality: Number(quality), origin: Number(origin),
    complete: complete === '1', cost_known: cost === '1', inflow_known: inflowKnown === '1', outflow_known: outflowKnown === '1', currency: currency as string,
    value: value || null, cash: cash || null, cost_basis: cost_basis || null, inflow: inflow || null, outflow: outflow || null,
    reasons: reasons ? idsOf(reasons) : null,
  };
}

/** `{1,2}` */
const idsOf = (text: string): number[] => (text === '{}' ? [] : text.slice(1, -1).split(',').map(Number));
const lines = (text: string | null): string[][] => (text === null ? [] : text.split(LINE).map((line) => line.split(FIELD)));
