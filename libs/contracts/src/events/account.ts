/** What an account is, as a provider describes it. Full account and routing numbers never enter an event. */
import Type from 'typebox';
import type { Static } from 'typebox';
import { CurrencyCode, nullable, strict } from '../schema.js';

/** What may be done with an account; derived when it is imported, from its provider and the coverage rule. */
export const Capabilities = strict({
  trading: Type.Boolean({ description: 'orders can be placed through its provider' }),
  realtime: Type.Boolean({ description: 'the provider answers with current rather than cached data' }),
  positions: Type.Boolean({ description: 'holdings can be read; false for a bank read through balances' }),
  transactions: Type.Boolean(),
});
export type Capabilities = Static<typeof Capabilities>;

export const AccountDetails = strict({
  providerAccountId: Type.String({ minLength: 1, maxLength: 300 }),
  name: Type.String({ maxLength: 300 }),
  officialName: nullable(Type.String({ maxLength: 300 })),
  type: Type.String({ maxLength: 60, description: 'investment, depository, credit, loan, other; an unknown one as received' }),
  subtype: nullable(Type.String({ maxLength: 80 })),
  mask: nullable(Type.String({ maxLength: 12, description: 'the last two to four characters of the number' })),
  numberHash: nullable(Type.String({ maxLength: 64, description: 'keyed hash of the full number, to tell the same real account; the number itself is never kept' })),
  currency: nullable(CurrencyCode),
});
export type AccountDetails = Static<typeof AccountDetails>;
