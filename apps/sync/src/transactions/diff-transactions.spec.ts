import { describe, expect, it } from '@jest/globals';
import type { FetchedTransaction } from '@tidemark/providers';
import { contentOf, transactionIdOf } from './content.js';
import { diffTransactions } from './diff-transactions.js';
import type { KnownTransaction, TransactionAnswer } from './diff-transactions.js';

const ACCOUNT = '0190a5b0-0000-7000-8000-00000000000a';

function said(identity: string, more: Partial<FetchedTransaction> = {}): FetchedTransaction {
  return { identity, date: '2026-11-10', providerType: 'buy', providerSubtype: null, description: 'bought', asset: 'equity:AAPL', quantity: '1', price: '100', fees: null, amount: '-100', currency: 'USD', original: { id: identity }, ...more };
}
function known(identity: string, more: Partial<FetchedTransaction> = {}, withdrawn = false): KnownTransaction {
  const transaction = said(identity, more);
  return { identity, transactionId: transactionIdOf(ACCOUNT, identity), content: contentOf(transaction), date: transaction.date, withdrawn };
}
function diff(before: KnownTransaction[], transactions: FetchedTransaction[], more: Partial<TransactionAnswer> = {}) {
  const { recorded, changed, withdrawn, renamed } = diffTransactions(ACCOUNT, before, { transactions, withdrawn: [], wholeRange: true, from: '2026-11-01', to: '2026-11-21', ...more });
  return { recorded: recorded.map((one) => one.identity), changed: changed.map((one) => one.identity), withdrawn: withdrawn.map((one) => one.identity), renamed: renamed.map((one) => `${one.from}→${one.to.identity}`) };
}
const nothing = { recorded: [], changed: [], withdrawn: [], renamed: [] };

describe('the difference between what is known and what a provider says', () => {
  it('is every transaction, the first time', () => {
    expect(diff([], [said('a'), said('b', { amount: '-5' })])).toEqual({ ...nothing, recorded: ['a', 'b'] });
  });

  it('is nothing where the same is said again, whatever the raw text looks like', () => {
    expect(diff([known('a')], [said('a', { original: { id: 'a', fetchedAt: 'later' } })])).toEqual(nothing);
  });

  it('is a change where one says something else, under the id it has', () => {
    expect(diff([known('a', { pending: true })], [said('a', { pending: false, amount: '-101' })])).toEqual({ ...nothing, changed: ['a'] });
    const result = diffTransactions(ACCOUNT, [known('a')], { transactions: [said('a', { amount: '-101' })], withdrawn: [], wholeRange: true, from: '2026-11-01', to: '2026-11-21' });
    expect(result.changed[0]?.transactionId).toBe(known('a').transactionId);
  });

  it('is a withdrawal where a whole answer lacks one dated within its range', () => {
    expect(diff([known('a')], [])).toEqual({ ...nothing, withdrawn: ['a'] });
    expect(diff([known('first', { date: '2026-11-01' }), known('last', { date: '2026-11-21', amount: '1' })], [])).toEqual({ ...nothing, withdrawn: ['first', 'last'] });
  });

  it('is no withdrawal outside the range, nor where the answer is not whole, nor a second time', () => {
    expect(diff([known('a', { date: '2026-10-31' })], [])).toEqual(nothing);
    expect(diff([known('a')], [], { wholeRange: false })).toEqual(nothing);
    expect(diff([known('a', {}, true)], [])).toEqual(nothing);
  });

  it('believes the provider that says so itself', () => {
    expect(diff([known('a', { date: '2020-01-01' })], [], { wholeRange: false, withdrawn: ['a', 'never seen'] })).toEqual({ ...nothing, withdrawn: ['a'] });
  });

  it('sees a withdrawn one that comes back as a change', () => {
    expect(diff([known('a', {}, true)], [said('a')])).toEqual({ ...nothing, changed: ['a'] });
  });

  it('recognises one whose id has changed by its content', () => {
    expect(diff([known('old')], [said('new')])).toEqual({ ...nothing, renamed: ['old→new'] });
    const result = diffTransactions(ACCOUNT, [known('old')], { transactions: [said('new')], withdrawn: [], wholeRange: true, from: '2026-11-01', to: '2026-11-21' });
    expect(result.renamed[0]?.to.transactionId).toBe(known('old').transactionId);
  });

  it('keeps two equal purchases of one day apart', () => {
    expect(diff([known('a')], [said('a'), said('b')])).toEqual({ ...nothing, recorded: ['b'] });
    expect(diff([known('a'), known('b')], [said('c'), said('d')]).renamed).toEqual(['a→c', 'b→d']);
  });

  it('takes equal content for another transaction where the answer is not whole', () => {
    expect(diff([known('old')], [said('new')], { wholeRange: false })).toEqual({ ...nothing, recorded: ['new'] });
  });

  it('takes the later word where one identity is said twice', () => {
    const result = diffTransactions(ACCOUNT, [], { transactions: [said('a'), said('a', { amount: '-7' })], withdrawn: [], wholeRange: true, from: '2026-11-01', to: '2026-11-21' });
    expect(result.recorded.map((one) => one.transaction.amount)).toEqual(['-7']);
  });
});
