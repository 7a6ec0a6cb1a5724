/** What crossed an account's border, by revision: returns are computed from it, and transfers between own accounts are matched in it. */
import { dayNumber, dayOf } from '@tidemark/market';
import { decimal } from '@tidemark/money';
import type { AssetId, Decimal } from '@tidemark/money';
import type { SqlClient } from '@tidemark/postgres';
import type { DayNumber, ExternalFlow } from '../reconstruction/model.js';
import { NEWEST } from './read-days.js';
import { jsonRows } from './read-together.js';
import type { ReadPart } from './read-together.js';

export interface StoredFlow extends ExternalFlow {
  readonly id: number;
  readonly accountId: string;
}

interface FlowRow {
  readonly id: number;
  readonly account_id: string;
  readonly day: string;
  readonly transaction_id: string | null;
  readonly kind: string;
  readonly transfer: boolean;
  readonly asset: AssetId | null;
  readonly units: Decimal | null;
  readonly currency: string | null;
  readonly amount: Decimal | null;
}

/** Flows at the newest revision of each account or, where one is named, as they were known at it; by account and day. */
export async function readFlows(client: SqlClient, accountIds: readonly string[], from: DayNumber, to: DayNumber, revision: number = NEWEST): Promise<StoredFlow[]> {
  const { rows } = await client.query<FlowRow>(`${SELECT} WHERE ${standing('$1', '$2', '$3', '$4')} ORDER BY account_id, day, id`, [accountIds, dayOf(from), dayOf(to), revision]);
  return rows.map(flowOf);
}

type FlowFields = readonly [id: number, accountId: string, day: string, transactionId: string | null, kind: string, transfer: boolean, asset: AssetId | null, units: Decimal | null, currency: string | null, amount: Decimal | null];
const FIELDS = ['id', 'account_id', 'day', 'transaction_id', 'kind', 'transfer', 'asset', 'units::text', 'currency', 'amount::text'];

/** As `readFlows`, beside other reads. @param transfersOnly the ones that may be one side of a transfer between accounts of the user */
export function flowsPart(accountIds: readonly string[], from: DayNumber, to: DayNumber, revision: number, { transfersOnly }: { readonly transfersOnly: boolean }): ReadPart<StoredFlow[]> {
  return jsonRows(
    FIELDS,
    (parameter) => `external_flow WHERE ${standing(parameter(accountIds), parameter(dayOf(from)), parameter(dayOf(to)), parameter(revision))}${transfersOnly ? ' AND transfer' : ''}`,
    'account_id, day, id',
    ([id, account_id, day, transaction_id, kind, transfer, asset, units, currency, amount]: FlowFields) => flowOf({ id, account_id, day, transaction_id, kind, transfer, asset, units, currency, amount }),
  );
}

const SELECT = 'SELECT id, account_id, day::text, transaction_id, kind, transfer, asset, units, currency, amount FROM external_flow';
const standing = (ids: string, from: string, to: string, revision: string): string =>
  `account_id = ANY(${ids}::uuid[]) AND day BETWEEN ${from} AND ${to} AND since_revision <= ${revision} AND coalesce(until_revision, ${NEWEST}::bigint + 1) > ${revision}`;

function flowOf(row: FlowRow): StoredFlow {
  return {
    id: row.id, accountId: row.account_id, day: dayNumber(row.day), transactionId: row.transaction_id, kind: row.kind, transfer: row.transfer,
    asset: row.asset, units: row.units === null ? null : decimal(row.units), currency: row.currency, amount: row.amount === null ? null : decimal(row.amount),
  };
}

export interface FlowPlan {
  readonly added: readonly ExternalFlow[];
  /** Ids of those that are not among the computed ones. */
  readonly ended: readonly number[];
}

/** Pure. Equal flows are told apart by their number: two deposits of 100 on one day are two. */
export function planFlows(stored: readonly StoredFlow[], computed: readonly ExternalFlow[]): FlowPlan {
  const left = Map.groupBy(stored, keyOf);
  const added = computed.filter((flow) => left.get(keyOf(flow))?.pop() === undefined);
  return { added, ended: [...left.values()].flat().map((flow) => flow.id) };
}

function keyOf(flow: ExternalFlow): string {
  return JSON.stringify([flow.day, flow.transactionId, flow.kind, flow.transfer, flow.asset, flow.units && decimal(flow.units), flow.currency, flow.amount && decimal(flow.amount)]);
}

export async function writeFlows(tx: SqlClient, writes: readonly (FlowPlan & { readonly accountId: string; readonly revision: number })[]): Promise<void> {
  const ended = writes.flatMap(({ revision, ended: ids }) => ids.map((id) => ({ id, revision })));
  if (ended.length > 0) {
    await tx.query('UPDATE external_flow f SET until_revision = g.revision FROM unnest($1::bigint[], $2::int[]) AS g(id, revision) WHERE f.id = g.id', [ended.map((one) => one.id), ended.map((one) => one.revision)]);
  }
  const added = writes.flatMap(({ accountId, revision, added: flows }) => flows.map((flow) => ({ ...flow, accountId, revision })));
  if (added.length === 0) return;
  await tx.query(
    `INSERT INTO external_flow (account_id, since_revision, day, transaction_id, kind, transfer, asset, units, currency, amount)
     SELECT * FROM unnest($1::uuid[], $2::int[], $3::date[], $4::uuid[], $5::text[], $6::boolean[], $7::text[], $8::numeric[], $9::text[], $10::numeric[])`,
    [
      added.map((one) => one.accountId), added.map((one) => one.revision), added.map((one) => dayOf(one.day)), added.map((one) => one.transactionId), added.map((one) => one.kind),
      added.map((one) => one.transfer), added.map((one) => one.asset), added.map((one) => one.units), added.map((one) => one.currency), added.map((one) => one.amount),
    ],
  );
}
