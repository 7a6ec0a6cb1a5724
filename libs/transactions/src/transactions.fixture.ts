/** Records as the providers' adapters make them. */
import type { RecordedTransaction } from '@tidemark/contracts';
import { normalise } from './normalise.js';
import type { NormalisedTransaction } from './model.js';

type Words = Partial<RecordedTransaction>;

let made = 0;

export function recorded(words: Words): RecordedTransaction {
  made += 1;
  return {
    transactionId: `00000000-0000-7000-8000-${String(made).padStart(12, '0')}`, identity: `t${made}`, date: '2026-02-18', providerType: '', providerSubtype: null, description: null,
    asset: null, quantity: null, price: null, fees: null, amount: null, currency: 'USD', original: {}, ...words,
  };
}

/** `words`: "buy/dividend reinvestment". Plaid's adapter has turned the amount round already: + is cash in. */
export function plaid(words: string, more: Words = {}): NormalisedTransaction {
  const [providerType = '', providerSubtype = null] = words.split('/');
  return normalise('plaid', recorded({ providerType, providerSubtype, asset: 'equity:AAPL', quantity: '0', price: '0', amount: '0', original: { investment_transaction_id: 'x' }, ...more }));
}

export function bank(words: string, amount: string, more: Words = {}): NormalisedTransaction {
  const [providerType = '', providerSubtype = null] = words.split('/');
  return normalise('plaid', recorded({ providerType, providerSubtype, amount, original: { transaction_id: 'x' }, ...more }));
}

export function snaptrade(words: string, more: Words = {}): NormalisedTransaction {
  const [providerType = '', providerSubtype = ''] = words.split('/');
  return normalise('snaptrade', recorded({ providerType, providerSubtype, asset: 'equity:AAPL', ...more }));
}
