/**
 * What each account holds by its newest snapshot: enough to tell that two accounts are the same real one. Folds `sync`; from the log
 * `connections` it takes erasure only, and leaves a mark behind, so that the order between the two logs does not matter.
 */
import type { BalanceSnapshotCaptured, ConnectionRemoved, EventEnvelope } from '@tidemark/contracts';
import { add } from '@tidemark/money';
import type { Projection } from '@tidemark/projections';
import { foldRows } from '../fold-rows.js';

export interface HoldingsRow {
  readonly account_id: string;
  readonly user_id: string;
  readonly as_of: string | null;
  readonly epoch: number;
  readonly position: number;
  /** Asset id → quantity. */
  readonly holdings: Readonly<Record<string, string>>;
  readonly erased: boolean;
}

const TABLE = { name: 'account_holdings', key: 'account_id', columns: ['user_id', 'as_of', 'epoch', 'position', 'holdings', 'erased'] };

export const accountHoldings: Projection = {
  name: 'account-holdings',
  logs: ['sync', 'connections'],
  apply: async (tx, events) => {
    const mine = events.filter((event) => event.type === 'BalanceSnapshotCaptured' || isErasure(event));
    await foldRows<HoldingsRow>(tx, TABLE, mine.flatMap(accountsOf), (rows) => {
      for (const event of mine) for (const id of accountsOf(event)) rows.set(id, foldHoldings(rows.get(id) ?? null, id, event));
    });
  },
};

function isErasure(event: EventEnvelope): boolean {
  return event.type === 'ConnectionRemoved' && (event.data as ConnectionRemoved).erased;
}

function accountsOf(event: EventEnvelope): readonly string[] {
  return event.type === 'ConnectionRemoved' ? (event.data as ConnectionRemoved).accountIds : [(event.data as BalanceSnapshotCaptured).accountId];
}

export function foldHoldings(row: HoldingsRow | null, accountId: string, event: EventEnvelope): HoldingsRow {
  if (event.type === 'ConnectionRemoved') return { account_id: accountId, user_id: event.userid, as_of: null, epoch: 0, position: 0, holdings: {}, erased: true };
  const { capturedAt, balances } = event.data as BalanceSnapshotCaptured;
  if (row && (row.erased || !isNewer(row, capturedAt, event))) return row;
  const holdings: Record<string, string> = {};
  for (const { asset, quantity } of balances) holdings[asset] = add(holdings[asset] ?? '0', quantity);
  return { account_id: accountId, user_id: event.userid, as_of: new Date(capturedAt).toISOString(), epoch: event.epoch, position: event.position, holdings, erased: false };
}

/** Latest is the greatest capturedAt; of equals, the later in the log. */
function isNewer(row: HoldingsRow, capturedAt: string, event: EventEnvelope): boolean {
  const [held, come] = [row.as_of === null ? -1 : Date.parse(row.as_of), Date.parse(capturedAt)];
  if (come !== held) return come > held;
  return event.epoch !== row.epoch ? event.epoch > row.epoch : event.position > row.position;
}
