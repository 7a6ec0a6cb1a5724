import { describe, expect, it } from '@jest/globals';
import { NAMESPACE, uuidV5 } from '@tidemark/kernel';
import type { FetchedTransaction } from '@tidemark/providers';
import type { FetchedMoves } from '../fetch/fetch-connection.js';
import type { StoredTransaction } from '../projections/transactions/query.js';
import { movesOf } from './moves.js';

const FETCHED_AT = '2026-11-20T22:00:00.000Z';
const accountId = '11111111-1111-4111-8111-111111111111';

const transaction = (identity: string, more: Partial<FetchedTransaction> = {}): FetchedTransaction => ({
  identity, date: '2026-11-18', providerType: 'buy', providerSubtype: 'buy', description: null, asset: 'equity:AAPL', quantity: '2', price: '100', fees: null, amount: '-200', currency: 'USD', original: { investment_transaction_id: identity }, ...more,
});

const stored = (identity: string, more: Partial<FetchedTransaction> = {}, withdrawnAt: string | null = null): StoredTransaction => ({
  accountId, provider: 'plaid', recordedAt: '2026-11-19T00:00:00.000Z', withdrawnAt, recorded: { ...transaction(identity, more), transactionId: uuidV5(NAMESPACE.transaction, `recorded/${identity}`) },
});

const fetched = (transactions: readonly FetchedTransaction[], more: Partial<FetchedMoves> = {}): FetchedMoves => ({ transactions, withdrawn: [], whole: true, from: '2026-11-10', to: '2026-11-20', ...more });

const moves = (known: readonly StoredTransaction[], said: FetchedMoves | null) => movesOf({ accountId, provider: 'plaid', stored: known, fetched: said, fetchedAt: FETCHED_AT });
const idOf = (one: StoredTransaction) => one.recorded.transactionId;

describe('transactions of an account', () => {
  it('are those that were recorded where its provider was not asked', () => {
    expect(moves([stored('a'), stored('b', {}, '2026-11-19T12:00:00.000Z')], null)).toMatchObject([{ recordedAt: '2026-11-19T00:00:00.000Z', withdrawnAt: null, units: '2' }, { withdrawnAt: '2026-11-19T12:00:00.000Z' }]);
  });

  it('count once where they were recorded and fetched, as they were fetched', () => {
    const known = stored('a');
    expect(moves([known], fetched([transaction('a', { quantity: '3', amount: '-300' })]))).toMatchObject([{ transactionId: idOf(known), units: '3', cash: '-300', recordedAt: '2026-11-19T00:00:00.000Z' }]);
  });

  it('that nobody has recorded yet have the id that sync will give them', () => {
    expect(moves([], fetched([transaction('new')]))).toMatchObject([{ transactionId: uuidV5(NAMESPACE.transaction, `${accountId}/new`), recordedAt: null }]);
  });

  it('that the provider does not name any more were taken back, where it named all of their day', () => {
    const [known, older] = [stored('gone'), stored('older', { date: '2026-11-01' })];
    expect(moves([known, older], fetched([]))).toMatchObject([{ transactionId: idOf(known), withdrawnAt: FETCHED_AT }, { transactionId: idOf(older), withdrawnAt: null }]);
    expect(moves([known], fetched([], { whole: false }))).toMatchObject([{ withdrawnAt: null }]);
    expect(moves([known], fetched([], { whole: false, withdrawn: ['gone'] }))).toMatchObject([{ withdrawnAt: FETCHED_AT }]);
  });

  it('whose id the provider changed are the same by what they say, one for one', () => {
    const twins = [stored('a'), stored('b')];
    const found = moves(twins, fetched([transaction('x'), transaction('y'), transaction('z')]));
    expect(found.map(({ transactionId }) => transactionId)).toEqual([...twins.map(idOf), uuidV5(NAMESPACE.transaction, `${accountId}/z`)]);
    expect(found.map(({ withdrawnAt }) => withdrawnAt ?? null)).toEqual([null, null, null]);
  });
});
