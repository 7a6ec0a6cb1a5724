/** A stored snapshot as it is answered, each line with the value that we compute, and the provider's total beside ours. */
import type { snapshotsRpc } from '@tidemark/contracts';
import type { Decimal } from '@tidemark/money';
import { assetRef } from '../asset/asset-ref.js';
import type { SnapshotRow } from '../projections/balances/query.js';
import { noRates } from '../valuation/rate.js';
import type { Conversion, RateOf } from '../valuation/rate.js';
import { valueAccount } from '../valuation/value-account.js';
import type { HeldSnapshot } from '../valuation/value-account.js';
import type { ValuedLine } from '../valuation/value-line.js';

export function snapshotAnswer(row: SnapshotRow, rate: RateOf = noRates): snapshotsRpc.Snapshot {
  const valued = valueAccount(heldOf(row), { base: row.currency, at: row.captured_at, rate });
  return {
    snapshotId: row.snapshot_id,
    accountId: row.account_id,
    connectionId: row.connection_id,
    capturedAt: row.captured_at,
    recordedAt: row.recorded_at,
    providerAsOf: row.provider_as_of,
    source: row.source,
    provider: row.provider,
    currency: row.currency,
    providerMetadata: row.provider_metadata,
    totals: { balance: row.total_balance, available: row.total_available, holdingsValue: row.total_holdings, cashValue: row.total_cash, unexplained: valued.unexplained },
    balances: valued.lines.map(lineAnswer),
  };
}

/** What a snapshot is worth in another currency; null where a part of it is unknown. */
export function snapshotValue(row: SnapshotRow, to: Conversion): Decimal | null {
  const valued = valueAccount(heldOf(row), to);
  return valued.complete ? valued.baseValue ?? '0' : null;
}

function heldOf(row: SnapshotRow): HeldSnapshot {
  return { snapshotId: row.snapshot_id, capturedAt: row.captured_at, currency: row.currency, balance: row.total_balance, balances: row.balances };
}

function lineAnswer({ line, role, currency, multiplier, value }: ValuedLine): snapshotsRpc.SnapshotBalance {
  return {
    asset: assetRef(line.asset, line),
    quantity: line.quantity,
    currency,
    price: line.price ?? null,
    multiplier,
    priceAsOf: line.priceAsOf ?? null,
    value,
    costBasis: line.costBasis ?? null,
    vestedQuantity: line.vestedQuantity ?? null,
    countedAsCash: role === 'shown',
  };
}
