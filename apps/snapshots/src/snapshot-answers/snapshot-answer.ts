/** A stored snapshot as it is answered, each line with the value that we compute, and the provider's total beside ours. */
import type { snapshotsRpc } from '@tidemark/contracts';
import { assetRef } from '../asset/asset-ref.js';
import type { SnapshotRow } from '../projections/balances/query.js';
import { noRates } from '../valuation/rate.js';
import type { RateOf } from '../valuation/rate.js';
import { valueAccount } from '../valuation/value-account.js';
import type { ValuedLine } from '../valuation/value-line.js';

export function snapshotAnswer(row: SnapshotRow, rate: RateOf = noRates): snapshotsRpc.Snapshot {
  const held = { snapshotId: row.snapshot_id, capturedAt: row.captured_at, currency: row.currency, balance: row.total_balance, balances: row.balances };
  const valued = valueAccount(held, { base: row.currency, at: row.captured_at, rate });
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
