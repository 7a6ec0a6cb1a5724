/** The columns of each export. Their order and names are kept: a new one is added at the end. Documented in docs/semantics.md. */
import type { historyRpc } from '@tidemark/contracts';
import type { Column } from './csv.js';

export const HISTORY_COLUMNS: readonly Column<historyRpc.HistoryPoint>[] = [
  { name: 'date', of: (point) => point.date ?? point.at },
  { name: 'value', of: (point) => point.value },
  { name: 'cash', of: (point) => point.cash },
  { name: 'costBasis', of: (point) => point.costBasis },
  { name: 'gain', of: (point) => point.gain },
  { name: 'gainPercent', of: (point) => point.gainPercent },
  { name: 'netFlow', of: (point) => point.netFlow },
  { name: 'open', of: (point) => point.open },
  { name: 'high', of: (point) => point.high },
  { name: 'low', of: (point) => point.low },
  { name: 'close', of: (point) => point.close },
  { name: 'securitiesCount', of: (point) => String(point.securitiesCount) },
  { name: 'origin', of: (point) => point.origin },
  { name: 'quality', of: (point) => String(point.quality) },
];

export const ACTIVITY_COLUMNS: readonly Column<historyRpc.Activity>[] = [
  { name: 'date', of: (one) => one.date },
  { name: 'at', of: (one) => one.at },
  { name: 'accountId', of: (one) => one.accountId },
  { name: 'type', of: (one) => one.type },
  { name: 'asset', of: (one) => one.asset },
  { name: 'quantity', of: (one) => one.quantity },
  { name: 'price', of: (one) => one.price },
  { name: 'fees', of: (one) => one.fees },
  { name: 'amount', of: (one) => one.amount },
  { name: 'currency', of: (one) => one.currency },
  { name: 'external', of: (one) => one.external },
  { name: 'pending', of: (one) => one.pending },
  { name: 'provider', of: (one) => one.provider },
  { name: 'providerType', of: (one) => one.providerType },
  { name: 'providerSubtype', of: (one) => one.providerSubtype },
  { name: 'description', of: (one) => one.description },
  { name: 'transactionId', of: (one) => one.transactionId },
  { name: 'counted', of: (one) => one.counted },
];

type Realised = historyRpc.Gains['realised']['lines'][number];
type Unrealised = historyRpc.Gains['unrealised']['lines'][number];
/** Realised and unrealised gains in one table; `kind` tells them apart. */
export type GainRow = { readonly kind: 'realised'; readonly line: Realised } | { readonly kind: 'unrealised'; readonly line: Unrealised };

export const GAIN_COLUMNS: readonly Column<GainRow>[] = [
  { name: 'kind', of: ({ kind }) => kind },
  { name: 'accountId', of: ({ line }) => line.accountId },
  { name: 'asset', of: ({ line }) => line.asset },
  { name: 'acquired', of: ({ line }) => line.acquired },
  { name: 'sold', of: (row) => (row.kind === 'realised' ? row.line.sold : null) },
  { name: 'quantity', of: ({ line }) => line.quantity },
  { name: 'costBasis', of: ({ line }) => line.costBasis },
  { name: 'proceeds', of: (row) => (row.kind === 'realised' ? row.line.proceeds : null) },
  { name: 'value', of: (row) => (row.kind === 'unrealised' ? row.line.value : null) },
  { name: 'gain', of: ({ line }) => line.gain },
  { name: 'currency', of: ({ line }) => line.currency },
  { name: 'longTerm', of: (row) => (row.kind === 'realised' ? row.line.longTerm : null) },
  { name: 'transactionId', of: (row) => (row.kind === 'realised' ? row.line.transactionId : null) },
  { name: 'reason', of: ({ line }) => line.reason?.code },
];

export function gainRows(gains: historyRpc.Gains): GainRow[] {
  return [...gains.realised.lines.map((line) => ({ kind: 'realised' as const, line })), ...gains.unrealised.lines.map((line) => ({ kind: 'unrealised' as const, line }))];
}
