/** What the rules make of a recorded transaction, as columns; and which rules they are, so that it is seen when they have changed. */
import { createHash } from 'node:crypto';
import type { RecordedTransaction } from '@tidemark/contracts';
import { normalise, TRANSACTION_TABLE } from '@tidemark/transactions';
import type { NormalisedTransaction } from '@tidemark/transactions';

/** Raise it when `normalise` reads the table in another way; a change of the table itself is seen without. */
const READING = 1;

/** Rows that were made by other rules are made anew (`apply-rules.ts`). */
export const RULES = `${READING}.${createHash('sha256').update(JSON.stringify(TRANSACTION_TABLE)).digest('hex').slice(0, 12)}`;

export function understood({ provider, recorded }: { readonly provider: string; readonly recorded: RecordedTransaction }): NormalisedTransaction {
  return normalise(provider, recorded);
}

export function isUnknown({ kind, doubts }: Pick<NormalisedTransaction, 'kind' | 'doubts'>): boolean {
  return kind === 'unknown' || doubts.includes('type_unknown');
}

/** kind, day, at, asset, units, cash, currency, external, pending, unknown: an array each, as `unnest` takes them. */
export function normalisedColumns(all: readonly NormalisedTransaction[]): unknown[][] {
  return [
    all.map((one) => one.kind), all.map((one) => one.date), all.map((one) => one.at), all.map((one) => one.asset), all.map((one) => one.units), all.map((one) => one.cash),
    all.map((one) => one.currency), all.map((one) => one.external), all.map((one) => one.pending), all.map(isUnknown),
  ];
}
